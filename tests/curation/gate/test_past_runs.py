"""Earlier runs in a verdict, through the real entry points: tries of a version, the chain of baselines, near questions."""

import xml.etree.ElementTree as ET
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from curation.gate import agent_versions, judging, past_runs, reports
from curation.models import AgentVersion, GateRun, Question
from tests.curation.gate_world import TOPICS, WRONG, World, again, good, topic_of, world

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def made(keep: Callable[[], None]) -> World:
    first = world(Client())
    keep()
    return first


@pytest.fixture
def given(made: World, client: Client) -> World:
    return again(made, client)


def failing(*topics: str) -> Any:
    return lambda question, context: WRONG if topic_of(question) in topics else good(question, context)


def gated(given: World, agent: Any, version: str = "2") -> GateRun:
    return judging.run(given.release, agent, judging.CandidateIn("ours", version), concurrency=1)


def test_a_refused_version_does_not_pass_by_being_tried_again(given: World) -> None:
    assert gated(given, failing(*TOPICS[:4])).verdict == "refused"
    again = gated(given, good)
    assert again.verdict == "refused" and again.counts["figures"]["try"] == 2
    assert "number 2 of this version" in reports.as_text(again) and "2 tries together" in reports.as_text(again)


def test_a_new_version_is_judged_by_its_own_answers(given: World) -> None:
    gated(given, failing(*TOPICS[:4]))
    fixed = gated(given, good, "3")
    assert fixed.verdict == "passed" and fixed.counts["figures"]["try"] == 1


def test_runs_without_a_version_are_not_taken_for_tries_of_one(given: World) -> None:
    gated(given, failing(*TOPICS[:4]), "")
    other = gated(given, good, "")
    assert other.verdict == "passed" and "name the candidate's version" in reports.as_text(other)


def test_a_promotion_names_the_run_that_it_rests_on(given: World) -> None:
    run = gated(given, good)
    version = AgentVersion.objects.get(name="ours", version="2")
    agent_versions.decide(version, "promoted", "It passed.", "rita", by_person=True)
    shown = agent_versions.as_json(version)
    assert shown["decision"]["gate_run"] == str(run.pk) and shown["tries"] == 1


def test_the_chain_of_baselines_ends_where_a_person_accepted_a_refusal(given: World) -> None:
    second = gated(given, good, "2")
    worse = gated(given, failing(*TOPICS[:4]), "3")
    assert past_runs.chain(second) == [second, given.baseline]
    agent_versions.decide(worse.candidate, "promoted", "We accept that.", "rita", by_person=True)
    assert past_runs.chain(judging.find_baseline(given.release, None)) == [worse]


def test_a_later_run_is_compared_with_the_first_as_well(given: World) -> None:
    gated(given, good, "2")
    third = gated(given, good, "3")
    assert [one["run"] for one in third.counts["figures"]["anchors"]] == [str(given.baseline.pk)]
    assert f"run {given.baseline.pk}" in reports.as_markdown(third)


def test_a_reliable_case_is_not_asked_again_by_later_candidates(given: World) -> None:
    assert {len(row.attempts) for row in given.baseline.results.filter(kind="golden")} == {5}
    later = gated(given, good)
    assert {len(row.attempts) for row in later.results.all()} == {0}
    assert {len(row.attempts) for row in gated(given, good, "3").results.all()} == {0}


def test_near_questions_are_one_unit(given: World) -> None:
    Question.objects.all().update(cluster=7)
    run = gated(given, good)
    assert run.counts["figures"]["units"] == 2 and "groups of near questions" in reports.as_markdown(run)


def test_the_reports_say_what_was_seen_and_what_could_be(given: World) -> None:
    run = gated(given, failing(TOPICS[0]))
    for words in (reports.as_markdown(run), reports.as_text(run)):
        for part in (
            "Pass rate at the first answer",
            "95 %",
            "n = 16",
            "one-sided p",
            "too few to refuse|is refused four",
        ):
            assert any(each in words for each in part.split("|")), part
    suite = ET.fromstring(reports.as_junit(run))  # noqa: S314 - our own
    told = suite.findtext(".//testcase[@name='verdict']/system-out")
    assert told is not None and "Change" in told


def test_the_page_shows_the_figures(given: World, admin_client: Client) -> None:
    page = admin_client.get(f"/admin/curation/gaterun/{gated(given, good).pk}/change/").content.decode()
    assert "Pass rate at the first answer" in page and "Detectable drop" in page and "slices were compared" in page
