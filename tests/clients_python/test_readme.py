"""What the README and the examples print is run as printed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.clients_python.programs import CLIENT
from tests.clients_python.stub_server import Stub, plain_verdict

README = (CLIENT / "README.md").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


@pytest.fixture
def environment(tmp_path: Path, stub: Stub) -> dict[str, str]:
    """As after `pip install`: the package on the path, the command and pytest at hand."""
    commands = tmp_path / "bin"
    commands.mkdir()
    pytest_command = f'"{sys.executable}" -m pytest -p flywheel_client.pytest_plugin -p no:django'
    for name, line in {
        "flywheel": f'"{sys.executable}" -m flywheel_client.cli',
        "pytest": pytest_command,
    }.items():
        (commands / name).write_text(f'#!/bin/sh\nexec {line} "$@"\n')
        (commands / name).chmod(0o755)
    return {
        "PATH": f"{commands}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(CLIENT / "src"),
        "FLYWHEEL_ENDPOINT": stub.url,
        "FLYWHEEL_KEY": stub.key,
    }


def test_the_twenty_lines_capture(stub: Stub, environment: dict[str, str]) -> None:
    source = blocks("python")[0]
    assert len([line for line in source.splitlines() if line.strip()]) <= 20
    done = subprocess.run(
        [sys.executable, "-c", source],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert "Stats(offered=3, pending=0, delivered=3" in done.stdout
    assert (len(stub.state.interactions), len(stub.state.feedback)) == (1, 2)


def test_the_turn_as_a_block_captures(stub: Stub, environment: dict[str, str]) -> None:
    source = blocks("python")[1]
    subprocess.run([sys.executable, "-c", source], env=environment, check=True, timeout=60)
    assert (len(stub.state.interactions), len(stub.state.feedback)) == (1, 1)


def test_the_gate_and_pytest_run_in_an_empty_directory(stub: Stub, environment: dict[str, str], tmp_path: Path) -> None:
    stub.state.verdict = lambda run: {**plain_verdict(run), "verdict": "passed", "reasons": []}
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    statuses = []
    for script in blocks("sh"):
        done = subprocess.run(
            ["sh", "-c", script],
            cwd=scratch,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        statuses.append((done.returncode, done.stdout))
    assert statuses[0][0] == 0
    assert "passed" in statuses[0][1]
    assert {"gate.xml", "gate.md"} <= {path.name for path in scratch.iterdir()}
    assert statuses[1][0] == 1
    assert "1 failed, 1 passed" in statuses[1][1]


def test_every_option_that_the_readme_and_the_examples_name_exists(environment: dict[str, str]) -> None:
    helped = subprocess.run(
        ["flywheel", "gate", "--help"], env=environment, capture_output=True, text=True, check=True
    ).stdout
    examples = "".join(path.read_text() for path in (CLIENT / "examples").glob("*.yml"))
    named = set(re.findall(r"--[a-z][a-z-]+", README + examples)) - {"--help"}
    unknown = {option for option in named if option not in helped and not option.startswith("--flywheel-")}
    assert unknown == set()


@pytest.mark.parametrize("name", ["github-actions.yml", "gitlab-ci.yml"])
def test_the_ci_examples_are_yaml_that_runs_the_gate(name: str) -> None:
    parsed = yaml.safe_load((CLIENT / "examples" / name).read_text())
    assert "flywheel gate" in str(parsed)
