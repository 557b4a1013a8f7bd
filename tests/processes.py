"""Real processes beside a test: started, waited for, and ended with it."""

import os
import subprocess
import sys
import time
import traceback
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection, connections

from tests.servers import free_port

START_SECONDS = 120.0
STOP_SECONDS = 10.0


@contextmanager
def running(command: list[str], environment: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run the command, its output in the log; end it when the context closes, by force after ten seconds."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def web_server(environment: dict[str, str], log: Path) -> Iterator[str]:
    """The address of a web server of its own, once it answers."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = [
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "rsgi",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--workers",
        "1",
        "flywheel_site.rsgi:application",
    ]
    with running(command, {**environment, "PORT": str(port)}, log) as process:
        wait(lambda: answers(f"{url}/healthz"), process, log)
        yield url


def wait(condition: Callable[[], bool], process: subprocess.Popen[bytes], log: Path) -> None:
    """Return when the condition holds; fail, with the log, when the process ends or two minutes pass."""
    deadline = time.monotonic() + START_SECONDS
    while not condition():
        if process.poll() is not None or time.monotonic() > deadline:
            raise AssertionError(f"{log.stem} is not ready:\n{log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.05)


def answers(url: str) -> bool:
    """Whether the address answers with a success."""
    try:
        with urllib.request.urlopen(url, timeout=2):
            return True
    except (urllib.error.URLError, OSError):
        return False


def forked(work: Callable[[], object]) -> int:
    """The number of a process that does the work, with a connection of its own, and ends; with status 1 if it raises."""
    connections.close_all()
    if connection.vendor == "postgresql":
        connection.close_pool()  # type: ignore[attr-defined]
    child = os.fork()
    if child:
        return child
    connection.settings_dict["OPTIONS"].pop("pool", None)  # a pool has threads, and a forked process is to have none
    try:
        work()
        os._exit(0)
    except BaseException:
        traceback.print_exc()
        raise
    finally:
        os._exit(1)
