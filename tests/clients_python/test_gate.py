"""`flywheel gate`: what is asked, what is posted, and an exit status that fails closed."""

from __future__ import annotations

import errno
import json
import subprocess
import sys
import xml.etree.ElementTree as ET
from io import FileIO
from pathlib import Path
from typing import Any

import pytest

from flywheel_client.cli import main
from tests.clients_python.programs import Program
from tests.clients_python.stub_server import CASES, Fault, Stub, plain_verdict, running_stub

AGENTS = """
import asyncio, time
ANSWERS = {"What is the capital of France?": "It is Paris.",
           "How long do I have to return it?": "You have 30 days to return it."}
seen = []
def good(question, context):
    seen.append((question, context))
    return ANSWERS[question]
async def later(question, context):
    await asyncio.sleep(0)
    return ANSWERS[question]
def bad(question, context):
    return "You have 14 days to return it."
def raises(question, context):
    raise RuntimeError("no model")
def silent(question, context):
    return None
def slow(question, context):
    time.sleep(30)
tries = {}
def shaky(question, context):
    tries[question] = tries.get(question, 0) + 1
    if tries[question] == 1:
        raise RuntimeError("once")
    return ANSWERS[question]
def quits(question, context):
    raise SystemExit(0)
def cancelled(question, context):
    raise asyncio.CancelledError
def half(odd):
    return lambda question, context: odd if "France" in question else ANSWERS[question]
nul, surrogate, number, listed = half("Paris\\0"), half("Paris \\ud83d"), half(7), half(["Paris"])
raw, endless = half(b"Paris"), half("Paris " * 50_000)
"""


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A scratch repository with agents."""
    (tmp_path / "agents.py").write_text(AGENTS)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "agents", raising=False)
    monkeypatch.delenv("GITHUB_SHA", raising=False)
    return tmp_path


def gate(stub: Stub, *arguments: str) -> int:
    server = ["--endpoint", stub.url, "--key", stub.key]
    return main(["gate", *server, "--release", "support/latest", "--quiet", "--retries", "0", *arguments])


def test_a_good_candidate_passes(scratch: Path, stub: Stub, capsys: pytest.CaptureFixture[str]) -> None:
    status = gate(stub, "--agent", "agents:good", "--candidate-version", "7", "--model", "m", "--baseline", "run-0")
    assert status == 0
    assert stub.state.gate_runs == [
        {
            "release": "rel-1",
            "candidate": {"name": "agents:good", "version": "7", "model": "m"},
            "baseline": "run-0",
            "results": [
                {"case": "case-1", "answer": "It is Paris."},
                {"case": "case-2", "answer": "You have 30 days to return it."},
            ],
        }
    ]
    assert "Gate run run-1: passed" in capsys.readouterr().out
    assert ("How long do I have to return it?", CASES[1]["context"]) in sys.modules["agents"].seen


def test_a_coroutine_function_is_an_agent_too(scratch: Path, stub: Stub) -> None:
    assert gate(stub, "--agent", "agents:later") == 0


def test_a_bad_candidate_is_refused(scratch: Path, stub: Stub, capsys: pytest.CaptureFixture[str]) -> None:
    assert gate(stub, "--agent", "agents:bad") == 1
    assert "case-1 regressed" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("agent", "error"),
    [("raises", "error"), ("silent", "error"), ("quits", "error"), ("cancelled", "error"), ("slow", "timeout")],
)
def test_what_is_no_answer_is_posted_as_an_error(scratch: Path, stub: Stub, agent: str, error: str) -> None:
    assert gate(stub, "--agent", f"agents:{agent}", "--timeout", "0.2") == 1
    assert stub.state.gate_runs[0]["results"] == [
        {"case": "case-1", "error": error},
        {"case": "case-2", "error": error},
    ]


@pytest.mark.parametrize("agent", ["nul", "surrogate", "number", "listed", "raw", "endless"])
def test_an_answer_that_cannot_be_sent_is_an_error_of_its_case_alone(scratch: Path, stub: Stub, agent: str) -> None:
    assert gate(stub, "--agent", f"agents:{agent}", "--junit", "out/junit.xml") == 1
    assert stub.state.gate_runs[0]["results"] == [
        {"case": "case-1", "error": "error"},
        {"case": "case-2", "answer": "You have 30 days to return it."},
    ]
    assert outcomes(scratch / "out/junit.xml") == {"case-1": "error", "case-2": None, "verdict": "failure"}


def outcomes(junit: Path) -> dict[str, str | None]:
    suite = ET.parse(junit).getroot()[0]  # noqa: S314 - written by the test
    return {case.attrib["name"]: case[0].tag if len(case) else None for case in suite}


@pytest.mark.parametrize("status", [400, 401, 413])
def test_the_junit_file_is_written_where_the_server_judges_nothing(
    scratch: Path, stub: Stub, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    stub.state.poison, stub.state.poison_status = b"Paris", status
    assert gate(stub, "--agent", "agents:good", "--junit", "junit.xml", "--markdown", "summary.md") == 2
    assert outcomes(scratch / "junit.xml") == {"case-1": "skipped", "case-2": "skipped", "verdict": "error"}
    assert str(status) in (scratch / "junit.xml").read_text()
    assert "could not be judged" in (scratch / "summary.md").read_text()
    assert str(status) in capsys.readouterr().out


def test_the_junit_file_is_written_where_nothing_could_be_asked(scratch: Path, stub: Stub) -> None:
    (scratch / "leaves.py").write_text("import sys\nsys.exit(0)\n")
    for number, agent in enumerate(["agents:nobody", "leaves:f"]):
        assert gate(stub, "--agent", agent, "--junit", f"{number}.xml") == 2
        assert outcomes(scratch / f"{number}.xml") == {"verdict": "error"}


def test_a_full_disk_ends_the_resume_file_and_not_the_gate(
    scratch: Path, stub: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flywheel_client.gate import asking

    class AlmostFull(FileIO):
        left = 200

        def write(self, data: Any) -> int:
            if not self.left:
                raise OSError(errno.ENOSPC, "No space left on device")
            taken = super().write(bytes(data)[: self.left])
            self.left -= taken
            return taken

    with monkeypatch.context() as patch:
        patch.setattr(asking, "opened", lambda path: AlmostFull(path, "ab"))
        assert gate(stub, "--agent", "agents:good", "--resume", "answers.jsonl") == 0
    assert (scratch / "answers.jsonl").read_bytes().endswith(b"\n")
    assert gate(stub, "--agent", "agents:good", "--resume", "answers.jsonl") == 0
    assert len((scratch / "answers.jsonl").read_text().splitlines()) == 3


def test_an_answer_that_an_older_resume_file_holds_is_checked_too(scratch: Path, stub: Stub) -> None:
    assert gate(stub, "--agent", "agents:good", "--resume", "answers.jsonl") == 0
    kept = (scratch / "answers.jsonl").read_text().replace("It is Paris.", "It is Paris.\\u0000")
    (scratch / "answers.jsonl").write_text(kept)
    assert gate(stub, "--agent", "agents:good", "--resume", "answers.jsonl") == 0
    assert stub.state.gate_runs[1]["results"][0]["answer"] == "It is Paris."


def test_a_failure_is_asked_again(scratch: Path, stub: Stub) -> None:
    assert gate(stub, "--agent", "agents:shaky", "--retries", "1") == 0


def not_judged(run: dict[str, Any]) -> dict[str, Any]:
    return {**plain_verdict(run), "verdict": "not_judged"}


VERDICTS = {
    "not judged": not_judged,
    "another word": lambda run: {**plain_verdict(run), "verdict": "PASSED!"},
    "no verdict": lambda run: {"id": "run-1"},
    "about no case": lambda run: {**plain_verdict(run), "cases": []},
    "about another case": lambda run: {**plain_verdict(run), "cases": [{"case": "case-9", "passed": True}]},
    "not an object": lambda run: ["passed"],
}


@pytest.mark.parametrize("name", VERDICTS)
def test_whatever_is_not_plainly_a_pass_is_not_judged(scratch: Path, stub: Stub, name: str) -> None:
    stub.state.verdict = VERDICTS[name]  # type: ignore[assignment]
    assert gate(stub, "--agent", "agents:good") == 2


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not json\n",
        b'{"id": "case-1"}\n',
        b'{"id": "a", "kind": "golden", "question": "Q", "expected": ""}\n',
        b'{"id": "a", "kind": "other", "question": "Q", "expected": "A"}\n',
        b'{"id": "a", "kind": "golden", "question": "Q", "expected": "A"}\n' * 2,
    ],
)
def test_cases_that_cannot_be_read_stop_the_gate(scratch: Path, stub: Stub, content: bytes) -> None:
    stub.state.files["eval_cases.jsonl"] = content
    assert gate(stub, "--agent", "agents:good") == 2
    assert stub.state.gate_runs == []


def test_tampered_cases_stop_the_gate(scratch: Path, stub: Stub, capsys: pytest.CaptureFixture[str]) -> None:
    stub.state.promised["eval_cases.jsonl"] = "0" * 64
    assert gate(stub, "--agent", "agents:good") == 2
    assert "eval_cases.jsonl differs from what the manifest promises" in capsys.readouterr().err


@pytest.mark.parametrize(
    "agent", ["agents", "agents:nobody", "no_such_module:f", "agents:ANSWERS", "http://127.0.0.1:9"]
)
def test_an_agent_that_is_not_there_never_passes(scratch: Path, stub: Stub, agent: str) -> None:
    assert gate(stub, "--agent", agent) in {1, 2}


def test_an_unreachable_or_refusing_server_is_not_judged(scratch: Path, stub: Stub) -> None:
    arguments = ["--release", "support/latest", "--agent", "agents:good"]
    assert main(["gate", "--endpoint", stub.url, "--key", "fw_revoked", *arguments]) == 2
    assert main(["gate", "--endpoint", "no address", "--key", "k", *arguments]) == 2
    assert main(["gate", *arguments]) == 2
    assert gate(stub, "--agent", "agents:good", "--repeat", "0") == 2
    assert gate(stub, "--agent", "agents:good", "--concurrency", "0") == 2


def test_reports_are_written(scratch: Path, stub: Stub, capsys: pytest.CaptureFixture[str]) -> None:
    def hostile(run: dict[str, Any]) -> dict[str, Any]:
        detail = "<script>alert(1)</script> | @everyone \x1b[31m \x00 `x` [a](http://b) &amp;"
        return {**plain_verdict(run), "reasons": [{"code": "regression", "detail": detail}]}

    stub.state.verdict = hostile
    assert gate(stub, "--agent", "agents:bad", "--junit", "junit.xml", "--markdown", "summary.md", "--json") == 1
    suite = ET.parse(scratch / "junit.xml").getroot()[0]  # noqa: S314 - written by the test
    assert suite.attrib["tests"] == "3"
    assert suite.attrib["failures"] == "3"
    assert len(suite.findall("testcase/failure")) == 3
    names = [(case.attrib["classname"], case.attrib["name"]) for case in suite]
    assert names[:2] == [("flywheel.golden", "case-1"), ("flywheel.regression", "case-2")]
    markdown = (scratch / "summary.md").read_text()
    assert markdown.startswith("## Flywheel gate: refused")
    assert not set("<@\x1b\x00") & set(markdown)
    printed = capsys.readouterr()
    assert json.loads(printed.out)["verdict"] == "refused"
    assert "\x1b" not in printed.err


def test_no_report_holds_captured_text(scratch: Path, stub: Stub) -> None:
    gate(stub, "--agent", "agents:bad", "--junit", "junit.xml", "--markdown", "summary.md")
    written = (scratch / "junit.xml").read_text() + (scratch / "summary.md").read_text()
    assert "capital" not in written
    assert "14 days" not in written


def test_every_round_asks_again_and_all_answers_are_posted(scratch: Path, stub: Stub) -> None:
    (scratch / "agents.py").write_text(
        AGENTS + "calls = []\ndef unsteady(q, c):\n    calls.append(q)\n"
        "    if calls.count(q) == 3:\n        raise RuntimeError\n"
        "    return ANSWERS[q] if calls.count(q) != 2 else 'no idea'\n"
    )
    assert gate(stub, "--agent", "agents:unsteady", "--repeat", "3") == 0
    (run,) = stub.state.gate_runs
    assert run["results"][0] == {"case": "case-1", "answer": "It is Paris.", "repeats": ["no idea", None]}
    assert gate(stub, "--agent", "agents:good", "--repeat", "22") == 2


def test_what_surprises_the_server_is_asked_again_before_the_run_counts(scratch: Path, stub: Stub) -> None:
    stub.state.unconfirmed = [CASES[0]["id"]]
    assert gate(stub, "--agent", "agents:good") == 0
    (run,) = stub.state.gate_runs
    assert {result["case"]: len(result.get("repeats", [])) for result in run["results"]} == {
        case["id"]: 2 if case is CASES[0] else 0 for case in CASES
    }


def test_an_interrupted_gate_goes_on_from_its_file(scratch: Path, stub: Stub) -> None:
    assert gate(stub, "--agent", "agents:good", "--resume", "answers.jsonl") == 0
    lines = (scratch / "answers.jsonl").read_text().splitlines(keepends=True)
    (scratch / "answers.jsonl").write_text("".join(lines[:2]) + lines[2][:20])
    sys.modules["agents"].seen.clear()
    assert gate(stub, "--agent", "agents:good", "--resume", "answers.jsonl") == 0
    assert len(sys.modules["agents"].seen) == 1
    assert stub.state.gate_runs[0] == stub.state.gate_runs[1]
    assert gate(stub, "--agent", "agents:bad", "--resume", "answers.jsonl") == 2
    (scratch / "answers.jsonl").write_text("not ours\n")
    assert gate(stub, "--agent", "agents:good", "--resume", "answers.jsonl") == 2


def test_an_agent_behind_http_is_asked_with_a_post(scratch: Path, stub: Stub) -> None:
    example = Path(__file__).resolve().parents[2] / "clients" / "python" / "examples" / "http_agent.py"
    process = subprocess.Popen([sys.executable, str(example), "0"], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        address = process.stdout.readline().split()[-1]
        stub.state.verdict = lambda run: {**plain_verdict(run), "verdict": "passed"}
        assert gate(stub, "--agent", address) == 0
    finally:
        with process:
            process.terminate()
            process.wait(10)
    assert [set(result) for result in stub.state.gate_runs[0]["results"]] == [{"case", "answer"}] * 2


def test_a_broken_http_agent_is_an_error_per_case(scratch: Path, stub: Stub) -> None:
    with running_stub() as agent:
        agent.state.faults = [Fault(500), Fault(200, body=b"plain words")]
        assert gate(stub, "--agent", agent.url, "--concurrency", "1") == 1
    assert stub.state.gate_runs[0]["results"] == [
        {"case": "case-1", "error": "error"},
        {"case": "case-2", "answer": "plain words"},
    ]


def test_the_command_explains_itself_and_usage_errors_are_2(program: Program) -> None:
    helped = program("-m", "flywheel_client.cli", "gate", "--help")
    assert helped.returncode == 0
    assert "Exit status: 0 passed, 1 refused, 2 could not be judged" in helped.stdout
    assert program("-m", "flywheel_client.cli", "gate").returncode == 2
    assert program("-m", "flywheel_client.cli").returncode == 2


def test_a_hanging_agent_does_not_keep_the_process(program: Program, stub: Stub, tmp_path: Path) -> None:
    (tmp_path / "agents.py").write_text(AGENTS)
    server = ["--endpoint", stub.url, "--key", stub.key, "--release", "rel-1"]
    asking = ["--agent", "agents:slow", "--timeout", "0.2", "--retries", "0"]
    done = program("-m", "flywheel_client.cli", "gate", *server, *asking, timeout=20)
    assert done.returncode == 1
    assert "asking 1/1 [" in done.stderr


def test_a_release_is_downloaded_from_the_command_line(stub: Stub, tmp_path: Path) -> None:
    server = ["--endpoint", stub.url, "--key", stub.key]
    assert main(["download", *server, "--release", "support/latest", str(tmp_path / "r")]) == 0
    assert (tmp_path / "r" / "eval_cases.jsonl").is_file()
