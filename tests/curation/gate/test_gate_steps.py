"""A candidate that says what it did is judged by its calls, too."""

import json
from typing import Any

import pytest
from django.test import Client

from curation.gate import judging
from curation.gate.agents import Effort, Failures, Journal, ask_all
from curation.gate.asking import Asking
from curation.models import GateResult, GateRun, Release
from privacy.erasure import erasure
from tests import factories as cast
from tests.curation.gate_world import TOPICS, own, right, topic_of

pytestmark = pytest.mark.django_db


def steps(topic: str) -> list[dict[str, Any]]:
    return [
        {"name": "find_desk", "arguments": {"topic": topic, "most": 1, "for": "mia@example.com"}, "result": "11"},
        {"name": "open_ticket", "arguments": {"desk": 11}, "result": {"ok": True}},
    ]


@pytest.fixture
def release() -> Release:
    shop = cast.project("shop")
    for number, topic in enumerate(TOPICS):
        question = f"Where do I, mia@example.com, ask about {topic}, please?"
        given = {"answer": right(topic), "steps": steps(topic), "id": f"shop-{number}"}
        cast.said(shop, cast.asked(shop, f"person-{number}", question=question, **given), "thumbs_up")
    cast.turn(shop)
    return cast.cut(shop)


def run(release: Release, agent: Any, **more: Any) -> GateRun:
    return judging.run(release, agent, judging.CandidateIn("tomorrow"), concurrency=1, **more)


def same(question: str, context: Any) -> dict[str, Any]:
    """The same calls, written otherwise."""
    found, opened = steps(topic_of(question))
    arguments = {"for": "mia@example.com", "most": 1.0, "topic": topic_of(question)}
    return {"answer": own(topic_of(question)), "steps": [{**found, "arguments": arguments, "result": None}, opened]}


def swapped(question: str, context: Any) -> dict[str, Any]:
    return {"answer": own(topic_of(question)), "steps": steps(topic_of(question))[::-1]}


def other(question: str, context: Any) -> dict[str, Any]:
    found, opened = steps(topic_of(question))
    return {"answer": own(topic_of(question)), "steps": [found, {**opened, "arguments": {"desk": 12}}]}


def test_the_same_calls_pass_and_can_be_a_baseline(release: Release) -> None:
    first = run(release, same)
    assert first.verdict == "passed", first.reasons
    assert set(GateResult.objects.values_list("passed", flat=True)) == {True}
    second = run(release, same, baseline=str(first.pk))
    assert second.verdict == "passed", second.reasons


@pytest.mark.parametrize("agent", [swapped, other, lambda q, c: {"answer": own(topic_of(q)), "steps": []}])
def test_a_right_answer_with_other_calls_does_not_pass(release: Release, agent: Any) -> None:
    made = run(release, agent)
    assert made.verdict == "refused"
    assert set(GateResult.objects.values_list("passed", flat=True)) == {False}


def test_an_agent_that_does_not_say_what_it_did_is_judged_by_its_answer(release: Release) -> None:
    assert run(release, lambda question, context: own(topic_of(question))).verdict == "passed"


@pytest.mark.parametrize("told", ["find", [{"arguments": {}}], [{"name": "x", "colour": 1}], {"name": "x"}])
def test_steps_of_another_shape_are_the_cases_error(release: Release, told: Any) -> None:
    run(release, lambda question, context: {"answer": own(topic_of(question)), "steps": told})
    assert set(GateResult.objects.values_list("error", flat=True)) == {"bad steps"}


def submit(client: Client, release: Release, results: list[dict[str, Any]]) -> Any:
    body = {"release": "shop:v1", "candidate": {"name": "tomorrow"}, "results": results}
    headers = {"authorization": f"Bearer {cast.key(release.dataset.project, ['export'])}"}
    return client.post("/api/v1/gate-runs", json.dumps(body), content_type="application/json", headers=headers)


def test_the_api_takes_steps_and_keeps_them_redacted(client: Client, release: Release) -> None:
    results: list[dict[str, Any]] = [
        {"case": f"shop-{n}", "answer": own(topic), "steps": steps(topic)} for n, topic in enumerate(TOPICS)
    ]
    results[0]["steps"][1]["error"] = "no route to noor@example.com"
    answer = submit(client, release, results)
    assert answer.status_code == 201, answer.content
    kept = GateResult.objects.get(interaction__external_id="shop-0")
    assert "[EMAIL_1]" in kept.steps and "example.com" not in kept.steps
    assert erasure.export(cast.person(release.dataset.project, "person-0"))["gate_results"][0]["steps"] == kept.steps
    erasure.erase(cast.person(release.dataset.project, "person-0"))
    assert not GateResult.objects.filter(interaction__external_id="shop-0").exists()


def test_the_api_names_the_place_of_wrong_steps(client: Client, release: Release) -> None:
    answer = submit(client, release, [{"case": "shop-0", "answer": "x", "steps": [{"name": "a"}, {"name": 7}]}])
    assert answer.json()["errors"][0]["pointer"] == "/results/0/steps/1/name"


def test_steps_that_were_changed_in_the_database_make_no_baseline(release: Release) -> None:
    first = run(release, same)
    row = GateResult.objects.order_by("pk")[0]
    row.steps = GateResult.objects.order_by("pk")[1].steps
    row.save(update_fields=["steps"])
    assert run(release, same, baseline=str(first.pk)).verdict == "not_judged"


def test_a_run_that_goes_on_takes_the_steps_out_of_its_journal(release: Release, tmp_path: Any) -> None:
    paper = judging.exam(release)
    with Journal(tmp_path / "journal", {}) as journal:
        asking = Asking(paper, same, Effort(), None, Failures())
        asking.journal = journal
        first = asking.round(0, paper.cases)
    with Journal(tmp_path / "journal", {}) as journal:
        asking = Asking(paper, lambda question, context: "nothing", Effort(), None, Failures())
        asking.journal = journal
        assert asking.round(0, paper.cases) == first and first[0].steps is not None
    assert ask_all(same, [], Effort()) == []
