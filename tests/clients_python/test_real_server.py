"""The README's gate against the real server, in an empty directory, exactly as printed; and with an HTTP agent."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from curation.models import GateRun
from tests import factories as cast
from tests.clients_python.programs import CLIENT
from tests.processes import running, wait
from tests.servers import free_port

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.worker, pytest.mark.one_database, pytest.mark.slow]
README = (CLIENT / "README.md").read_text()
GATE, PYTEST = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
RIGHT = "You can return it within 30 days of delivery."
ASKED = (
    "a jacket",
    "two books",
    "the blue lamp",
    "garden chairs",
    "an opened phone",
    "gift cards",
    "baby clothes",
    "a used bicycle",
    "running shoes",
    "kitchen knives",
    "a broken mug",
    "winter tyres",
)


def corrected() -> str:
    """A project `support` with a release in which the README's answer is what people wrote; a key that may gate."""
    support = cast.project("support")
    for number, thing in enumerate(ASKED):
        question = f"Until when can I return {thing} that I ordered?"
        talk = cast.asked(support, f"user-{number}", question=question, answer=f"No returns after {number + 2} weeks.")
        cast.said(support, talk, "edit", correction=RIGHT)
    cast.turn(support)
    cast.cut(support)
    return cast.key(support, ["export"])


@pytest.fixture
def shell(tmp_path: Path, transactional_db: None, shared_web: str) -> dict[str, str]:
    """The environment after `pip install clients/python`, with the variables that the README asks for."""
    commands = tmp_path / "bin"
    commands.mkdir()
    for name, line in {
        "flywheel": f'"{sys.executable}" -m flywheel_client.cli',
        "pytest": f'"{sys.executable}" -m pytest -p flywheel_client.pytest_plugin -p no:django -p no:cacheprovider',
    }.items():
        (commands / name).write_text(f'#!/bin/sh\nexec {line} "$@"\n')
        (commands / name).chmod(0o755)
    return {
        "PATH": f"{commands}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(CLIENT / "src"),
        "FLYWHEEL_ENDPOINT": shared_web,
        "FLYWHEEL_KEY": corrected(),
    }


def sh(script: str, folder: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", "-ec", script], cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=120
    )


def test_the_readmes_gate_and_pytest_run_as_printed(shell: dict[str, str], tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    gated = sh(GATE, scratch, shell)
    assert gated.returncode == 0, gated.stdout + gated.stderr
    run = GateRun.objects.get()
    assert run.verdict == "passed" and f"/admin/curation/gaterun/{run.pk}/change/" in gated.stdout
    assert {"gate.xml", "gate.md"} <= {path.name for path in scratch.iterdir()}
    tested = sh(PYTEST, scratch, shell)
    assert tested.returncode == 0 and f"{run.results.count()} passed" in tested.stdout, tested.stdout + tested.stderr


def test_an_agent_behind_http_is_gated_and_a_worse_one_refused(shell: dict[str, str], tmp_path: Path) -> None:
    port, log = free_port(), tmp_path / "agent.log"
    command = [sys.executable, "-u", str(CLIENT / "examples" / "http_agent.py"), str(port)]
    gate = "flywheel gate --release support/latest --name ours --quiet --json --retries 0"
    with running(command, dict(os.environ), log) as process:
        wait(lambda: b"listening" in log.read_bytes(), process, log)
        passed = sh(f"{gate} --agent http://127.0.0.1:{port}/", tmp_path, shell)
    assert passed.returncode == 0, passed.stdout + passed.stderr
    (tmp_path / "worse.py").write_text("def answer(question, context):\n    return 'Returns end after two weeks.'\n")
    refused = sh(f"{gate} --agent worse:answer", tmp_path, shell)
    verdict = json.loads(refused.stdout)
    assert refused.returncode == 1 and "significant_drop" in {reason["code"] for reason in verdict["reasons"]}
    unreachable = sh(f"{gate} --agent http://127.0.0.1:{port}/", tmp_path, shell)
    assert unreachable.returncode == 1 and GateRun.objects.latest("pk").verdict == "refused"


def test_a_flaky_agent_is_asked_again_before_it_is_judged(shell: dict[str, str], tmp_path: Path) -> None:
    gate = "flywheel gate --release support/latest --name ours --quiet --concurrency 1"
    (tmp_path / "steady.py").write_text(f"def answer(question, context):\n    return {RIGHT!r}\n")
    assert sh(f"{gate} --agent steady:answer", tmp_path, shell).returncode == 0
    (tmp_path / "moody.py").write_text(
        "seen = []\n\n\ndef answer(question, context):\n    seen.append(question)\n"
        f"    return 'I do not know.' if len(seen) == 1 else {RIGHT!r}\n"
    )
    moody = sh(f"{gate} --agent moody:answer", tmp_path, shell)
    assert moody.returncode == 0, moody.stdout + moody.stderr
    assert GateRun.objects.latest("pk").results.exclude(attempts=[]).count() == 1
