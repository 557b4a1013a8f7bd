"""The pytest plugin, in a pytest of its own."""

from __future__ import annotations

import hashlib
import json
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.clients_python.programs import Program
from tests.clients_python.stub_server import CASES

pytestmark = pytest.mark.slow

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(program: Program, tmp_path: Path) -> Run:
    """Run pytest with the plugin on a release of two cases, beside an ordinary test."""
    release = tmp_path / "release"
    release.mkdir()
    content = "".join(json.dumps(case) + "\n" for case in CASES)
    (release / "eval_cases.jsonl").write_text(content)
    entry = {"name": "eval_cases.jsonl", "sha256": hashlib.sha256(content.encode()).hexdigest()}
    (release / "manifest.json").write_text(json.dumps({"id": "rel-1", "files": [entry]}))
    (tmp_path / "test_ordinary.py").write_text("def test_ordinary():\n    pass\n")
    (tmp_path / "bot.py").write_text(
        "def good(question, context):\n"
        "    return 'Paris' if 'capital' in question else 'You have 30 days to return it.'\n"
        "def bad(question, context):\n    return 'You have 14 days to return it.'\n"
        "def broken(question, context):\n    raise RuntimeError('no model')\n"
    )

    def pytest_with(*arguments: str) -> subprocess.CompletedProcess[str]:
        plugin = ["-p", "flywheel_client.pytest_plugin", "-p", "no:cacheprovider"]
        return program("-m", "pytest", *plugin, *arguments)

    return pytest_with


def test_each_case_is_a_test_beside_the_others(run: Run) -> None:
    done = run("-v", "--strict-markers", "--flywheel-release", "release", "--flywheel-agent", "bot:good")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 passed" in done.stdout
    assert "golden[case-1] PASSED" in done.stdout
    assert "regression[case-2] PASSED" in done.stdout


def test_a_wrong_answer_fails_and_its_texts_are_shown_only_when_asked(run: Run) -> None:
    options = ("--flywheel-release", "release/eval_cases.jsonl", "--flywheel-agent", "bot:bad")
    done = run(*options)
    assert done.returncode == 1
    assert "2 failed, 1 passed" in done.stdout
    assert "as close to the rejected answer" in done.stdout
    assert "14 days" not in done.stdout
    assert "answered: You have 14 days" in run("-v", *options).stdout


def test_markers_choose_by_kind(run: Run) -> None:
    done = run("-m", "flywheel_golden", "--flywheel-release", "release", "--flywheel-agent", "bot:good")
    assert "1 passed, 2 deselected" in done.stdout


def test_an_agent_that_fails_fails_the_test(run: Run) -> None:
    done = run("--junitxml=out.xml", "--flywheel-release", "release", "--flywheel-agent", "bot:broken")
    assert "2 failed, 1 passed" in done.stdout
    assert "the agent gave no answer" in done.stdout


def test_the_junit_file_of_pytest_has_the_cases(run: Run, tmp_path: Path) -> None:
    run("--junitxml=out.xml", "--flywheel-release", "release", "--flywheel-agent", "bot:good")
    written = ET.parse(tmp_path / "out.xml")  # noqa: S314 - written by the test
    names = [case.attrib["name"] for case in written.iter("testcase")]
    assert sorted(names) == ["golden[case-1]", "regression[case-2]", "test_ordinary"]


def test_tampered_cases_are_a_usage_error(run: Run, tmp_path: Path) -> None:
    with (tmp_path / "release" / "eval_cases.jsonl").open("a") as cases:
        cases.write("\n")
    done = run("--flywheel-release", "release", "--flywheel-agent", "bot:good")
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "differs from its manifest" in done.stderr


def test_half_of_the_options_is_a_usage_error(run: Run) -> None:
    assert run("--flywheel-release", "release").returncode == pytest.ExitCode.USAGE_ERROR


def test_without_its_options_it_changes_nothing(run: Run) -> None:
    done = run("--strict-markers")
    assert done.returncode == 0
    assert "1 passed" in done.stdout
    assert "flywheel_regression" in run("--markers").stdout


def test_a_grader_that_only_the_server_has_is_a_visible_skip(run: Run, tmp_path: Path) -> None:
    case = {**CASES[0], "grader": {"name": "judge"}}
    (tmp_path / "one.jsonl").write_text(json.dumps(case) + "\n")
    done = run("-rs", "--flywheel-release", "one.jsonl", "--flywheel-agent", "bot:good")
    assert "1 passed, 1 skipped" in done.stdout
    assert "only the server has the grader judge" in done.stdout
