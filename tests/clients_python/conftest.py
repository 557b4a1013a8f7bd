"""Tests the client from its sources; programs that a test starts find it on their path."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients_python.programs import CLIENT, Program

sys.path.insert(0, str(CLIENT / "src"))

from flywheel_client import Client
from tests.clients_python.stub_server import Stub, running_stub


@pytest.fixture
def stub() -> Iterator[Stub]:
    """A server that fails on demand."""
    with running_stub() as running:
        yield running


@pytest.fixture
def client(stub: Stub) -> Iterator[Client]:
    """A client of the stub that delivers without delay."""
    with Client(stub.url, stub.key, flush_interval=0.01, timeout=5) as made:
        yield made


@pytest.fixture
def service() -> Iterator[tuple[str, str]]:
    """Address and key of a server that keeps the contract: the real one where the environment names it."""
    url, key = os.environ.get("FLYWHEEL_TEST_URL"), os.environ.get("FLYWHEEL_TEST_KEY")
    if url and key:
        yield url, key
        return
    with running_stub() as running:
        yield running.url, running.key


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """Run a Python program in a scratch directory, with the client on its path."""

    def run(*arguments: str, timeout: float = 60) -> subprocess.CompletedProcess[str]:
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "DJANGO"))}
        environment["PYTHONPATH"] = str(CLIENT / "src")
        environment["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # a dozen of our own, a second each time
        command = [sys.executable, *arguments]
        return subprocess.run(
            command,
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    return run
