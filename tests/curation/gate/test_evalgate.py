"""The gate's command: agents that misbehave, its files, and that nothing but a pass exits 0."""

import json
import os
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from curation.gate import agents, case_graders, judging
from curation.models import EvalCase, GateRun, Release, ReviewTask
from tests import factories as cast
from tests.curation.gate_world import EVERY, TOPICS, WRONG, good, released, topic_of

pytestmark = pytest.mark.django_db
HERE = __name__
asked: list[str] = []


def counting(question: str, context: list[dict[str, str]]) -> str:
    asked.append(question)
    return good(question, context)


def wrong(question: str, context: list[dict[str, str]]) -> str:
    return WRONG if TOPICS[0] in question else good(question, context)


def hanging(question: str, context: list[dict[str, str]]) -> str:
    if TOPICS[0] in question:
        time.sleep(60)
    return good(question, context)


def leaving(question: str, context: list[dict[str, str]]) -> str:
    raise SystemExit(0)


def interrupting(question: str, context: list[dict[str, str]]) -> str:
    raise KeyboardInterrupt


def silent(question: str, context: list[dict[str, str]]) -> None:
    return None


def half_letters(question: str, context: list[dict[str, str]]) -> str:
    return "\ud800"


def with_nul(question: str, context: list[dict[str, str]]) -> str:
    return good(question, context) + "\x00"


def endless(question: str, context: list[dict[str, str]]) -> str:
    return good(question, context) + " again" * 50_000


def empty(question: str, context: list[dict[str, str]]) -> str:
    return ""


def stumbling(question: str, context: list[dict[str, str]]) -> str:
    asked.append(question)
    if asked.count(question) == 1:
        raise ConnectionError
    return good(question, context)


def chatty(question: str, context: list[dict[str, str]]) -> str:
    print("asked")
    os.write(1, b"from below\n")
    return good(question, context)


def broken(question: str, context: list[dict[str, str]]) -> str:
    raise RuntimeError(f"no route to the model\nfor {len(asked)}")


@pytest.fixture(autouse=True)
def nobody_asked() -> None:
    asked.clear()


@pytest.fixture(scope="module", autouse=True)
def gated(keep: Callable[[], None]) -> Release:
    first = released()
    judging.run(first, good, judging.CandidateIn("today"), concurrency=1)
    keep()
    return first


@pytest.fixture
def release(gated: Release) -> Release:
    return Release.objects.get(pk=gated.pk)


def evalgate(agent: str, *more: str, release: str = "shop") -> int:
    """The command's exit status."""
    name = agent if ":" in agent else f"{HERE}:{agent}"
    with pytest.raises(SystemExit) as ended:
        call_command("evalgate", "--release", release, "--agent", name, "--concurrency", "1", *more)
    return int(ended.value.code or 0)


MISBEHAVING = [
    ("wrong", 1, "golden_regressions"),
    ("leaving", 1, "errored"),
    ("interrupting", 1, "errored"),
    ("silent", 1, "errored"),
    ("half_letters", 1, "errored"),
    ("with_nul", 1, "errored"),
    ("endless", 1, "errored"),
    ("empty", 1, "empty_answer"),
]


@pytest.mark.parametrize(("agent", "status", "code"), MISBEHAVING, ids=[row[0] for row in MISBEHAVING])
def test_an_agent_that_misbehaves_is_refused(release: Release, agent: str, status: int, code: str) -> None:
    assert evalgate(agent) == status
    assert code in {reason["code"] for reason in GateRun.objects.latest("pk").reasons}


def test_an_agent_that_hangs_holds_nothing_up(release: Release) -> None:
    started = time.monotonic()
    assert evalgate("hanging", "--timeout", "0.2") == 1
    assert "timed_out" in {reason["code"] for reason in GateRun.objects.latest("pk").reasons}
    assert time.monotonic() - started < 30


UNFIT = [
    ("no agent", ("no.such:f", [], "shop")),
    ("no function", ("json:nothing", [], "shop")),
    ("not callable", ("json:__name__", [], "shop")),
    ("an unreadable name", (":", [], "shop")),
    ("no release", ("counting", [], "shop:v9")),
    ("no baseline", ("counting", ["--baseline", "99999"], "shop")),
    ("no time", ("counting", ["--timeout", "0"], "shop")),
    ("nobody to ask", ("counting", ["--concurrency", "0"], "shop")),
    ("fewer tries than none", ("counting", ["--retries", "-1"], "shop")),
    ("no round", ("counting", ["--repeat", "0"], "shop")),
    ("too many rounds", ("counting", ["--repeat", "7"], "shop")),
    ("nowhere to write", ("counting", ["--junit", "/no/such/folder/gate.xml"], "shop")),
]


@pytest.mark.parametrize("given", [row[1] for row in UNFIT], ids=[row[0] for row in UNFIT])
def test_what_cannot_be_judged_exits_2(release: Release, given: tuple[str, list[str], str]) -> None:
    agent, more, name = given
    assert evalgate(agent, *more, release=name) == 2


def test_an_unexpected_fault_exits_2(release: Release, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    def broken(*args: Any, **more: Any) -> None:
        raise RuntimeError("a secret")

    monkeypatch.setattr(judging, "run", broken)
    assert evalgate("counting") == 2
    assert "RuntimeError" in (said := capsys.readouterr().err) and "secret" not in said


def test_a_failure_is_tried_again_where_that_is_asked(release: Release) -> None:
    assert evalgate("stumbling", "--retries", "1") == 0
    assert len(asked) == 2 * len(EVERY)


def test_it_goes_on_where_it_stopped_and_the_file_holds_redacted_answers(release: Release, tmp_path: Path) -> None:
    journal = tmp_path / "gate.jsonl"
    assert evalgate("counting", "--resume", str(journal)) == 0
    lines = journal.read_text().splitlines(keepends=True)
    assert len(lines) == 1 + len(EVERY)
    journal.write_text("".join(lines[:6]) + '{"round": 0, "ca')
    asked.clear()
    assert evalgate("counting", "--resume", str(journal)) == 0
    assert len(asked) == len(EVERY) - 5 and len(journal.read_text().splitlines()) == len(lines)


@pytest.mark.parametrize("content", ["passed", '{"run": {}}\n', '{"round": 0}\n', "[]\n", "\x00\n"])
def test_a_file_that_is_another_gates_is_refused(release: Release, tmp_path: Path, content: str) -> None:
    journal = tmp_path / "gate.jsonl"
    journal.write_text(content + "\n")
    assert evalgate("counting", "--resume", str(journal)) == 2 and asked == []


def test_the_reports_name_cases_and_hold_no_text(release: Release, tmp_path: Path) -> None:
    junit, summary = tmp_path / "gate.xml", tmp_path / "gate.md"
    summary.write_text("before\n")
    assert evalgate("wrong", "--junit", str(junit), "--markdown", str(summary)) == 1
    suite = ET.parse(junit).getroot()[0]  # noqa: S314 - our own file
    assert (suite.get("tests"), suite.get("failures")) == (str(len(EVERY) + 1), "2")
    said = summary.read_text()
    assert said.startswith("before\n") and "golden&#95;regressions" not in said and "golden_regressions" in said
    assert "shop-0" in said and WRONG not in said + junit.read_text() and TOPICS[0] not in said + junit.read_text()


def test_the_json_says_where_to_look(release: Release, capsys: Any) -> None:
    evalgate("wrong", "--json", "--candidate-version", "7", "--model", "m-1")
    shown = json.loads(capsys.readouterr().out)
    assert shown["candidate"] == {"name": f"{HERE}:wrong", "version": "7", "model": "m-1"}
    assert shown["url"].endswith(f"/admin/curation/gaterun/{shown['id']}/change/")
    assert [case["case"] for case in shown["cases"] if case["passed"] is False] == ["shop-0"]


def test_an_agent_that_prints_does_not_spoil_the_json(release: Release, capfd: Any) -> None:
    assert evalgate("chatty", "--json") == 0
    printed = capfd.readouterr()
    assert json.loads(printed.out)["passed"] is True
    assert printed.err.count("asked\n") == printed.err.count("from below\n") == len(EVERY)


def test_an_agent_that_raises_says_what_once_with_how_often(release: Release, capsys: Any) -> None:
    assert evalgate("broken", "--json") == 1
    printed = capsys.readouterr()
    assert json.loads(printed.out)["verdict"] == "refused" and "no route" not in printed.out
    said = [line for line in printed.err.splitlines() if "no route" in line]
    assert said == [f"The agent failed {len(EVERY)} times: RuntimeError: no route to the model"]


def test_a_module_that_leaves_while_it_is_loaded_passes_nothing(
    release: Release, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    (tmp_path / "leaving_agent.py").write_text("raise SystemExit(0)")
    monkeypatch.syspath_prepend(tmp_path)
    assert evalgate("leaving_agent:agent") == 2
    assert "cannot be loaded: SystemExit" in capsys.readouterr().err


def test_graders_are_found_once(release: Release, monkeypatch: pytest.MonkeyPatch) -> None:
    def again(*args: Any) -> None:
        raise AssertionError("calibrated twice")

    monkeypatch.setattr(case_graders, "calibrate", again)
    assert len(judging.exam(release).cases) == len(EVERY)


def test_a_case_that_no_grader_can_judge_goes_to_a_person_once() -> None:
    shop = cast.project("pier")
    for topic in TOPICS:  # all questions have one answer, so that nothing wrong is known to compare with
        talk = cast.asked(
            shop, f"p-{topic}", question=f"Who looks after {topic} here?", answer="The office on the pier."
        )
        cast.said(shop, talk, "thumbs_up")
    cast.turn(shop)
    made = cast.cut(shop)
    run = judging.run(
        made, lambda question, context: "The office on the pier.", judging.CandidateIn("x"), concurrency=1
    )
    assert run.verdict == "not_judged" and run.counts["counted"] == 0
    tasks = ReviewTask.objects.filter(project=shop, reason="not_discriminating", state="open")
    assert tasks.count() == EvalCase.objects.filter(project=shop).count() == len(TOPICS)
    tasks.update(state="resolved")
    judging.run(made, lambda question, context: "The office on the pier.", judging.CandidateIn("x"), concurrency=1)
    assert ReviewTask.objects.filter(project=shop).count() == len(TOPICS)
    assert {case["passed"] for case in judging.as_json(run)["cases"]} == {None}


def test_an_effort_that_is_none_is_refused() -> None:
    with pytest.raises(agents.AgentError):
        agents.Effort(concurrency=0)
    assert topic_of(f"About {TOPICS[1]}?") == TOPICS[1]
