"""The registry of agent versions: what they were trained on, their generation, and who promoted or refused them."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from curation.decisions.derive import agent_depths
from curation.gate import agent_versions, judging
from curation.gate.agent_versions import AgentVersionIn, CandidateIn
from curation.models import AgentVersion, Example, Release
from tests import factories as cast
from tests.curation.gate_world import WRONG, World, again, good, released, world

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def made(keep: Callable[[], None]) -> World:
    first = world(Client())
    keep()
    return first


@pytest.fixture
def given(made: World, client: Client) -> World:
    return again(made, client)


def call(w: World, path: str, body: Any = None, key: str | None = None) -> Any:
    headers = {"authorization": f"Bearer {key or w.key}"}
    if body is None:
        return w.client.get(f"/api/v1/{path}", headers=headers)
    return w.client.post(f"/api/v1/{path}", json.dumps(body), content_type="application/json", headers=headers)


def entered(w: World, **more: Any) -> Any:
    return call(w, "agent-versions", {"name": "ours", "version": "2", **more})


def test_a_version_is_entered_once_with_the_release_that_taught_it(given: World) -> None:
    first, again = entered(given, trained_on="shop:v1"), entered(given, trained_on="shop:v1")
    assert (first.status_code, again.status_code) == (201, 200) and first.json() == again.json()
    assert first.json()["trained_on"] == "shop:v1" and first.json()["state"] == "candidate"
    assert call(given, f"agent-versions/{first.json()['id']}").json() == first.json()
    assert first.json() in call(given, "agent-versions").json()["results"]


def test_what_the_gate_entered_is_completed(given: World) -> None:
    sent = entered(given, name="today", version="", model="m-1", trained_on="shop:v1")
    assert sent.status_code == 200 and sent.json()["model"] == "m-1" and sent.json()["trained_on"] == "shop:v1"
    assert [run["verdict"] for run in sent.json()["gate_runs"]] == ["passed"]


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"trained_on": "shop:v9"}, 404),
        ({"trained_on": "rival:v1"}, 404),
        ({"name": ""}, 400),
        ({"state": "promoted"}, 400),
        ({"depth": 0}, 400),
        ({"model": "other"}, 409),
    ],
)
def test_a_version_that_is_not_true_is_turned_away(given: World, more: dict[str, Any], status: int) -> None:
    released("rival", "other")
    entered(given, model="m-1")
    assert entered(given, **more).status_code == status


def test_a_name_is_kept_as_that_of_a_captured_agent_is(given: World) -> None:
    name, version = "bot of ada@example.org", "for +44 20 7946 0958"
    sent = entered(given, name=name, version=version, model="key AKIAIOSFODNN7EXAMPLE", trained_on="shop:v1")
    assert sent.json()["name"] == "bot of [EMAIL_1]" and entered(given, name=name, version=version).status_code == 200
    judging.run(Release.objects.get(), good, CandidateIn(name, version, "m-2 of ada@example.org"), concurrency=1)
    kept = repr(list(AgentVersion.objects.values())) + repr(call(given, "agent-versions").json())
    assert not any(word in kept for word in ("ada@", "7946 0958", "AKIA"))
    row = AgentVersion.objects.get(pk=sent.json()["id"])
    assert row.gate_runs.count() == 1
    talk = cast.row(cast.asked(given.shop, agent={"name": name, "version": version}))
    assert agent_depths(given.shop).get((talk.agent_name, talk.agent_version), 1) == row.depth == 2


def test_a_name_that_redaction_lengthens_fits(given: World) -> None:
    assert entered(given, name="a@b.co " * 28).status_code == 201


def test_another_release_than_the_registered_one_is_a_conflict(given: World) -> None:
    entered(given, trained_on="shop:v1")
    talk = cast.asked(given.shop, "late", question="Who repairs the machines?", answer="A firm from the next town.")
    cast.said(given.shop, talk, "thumbs_up")
    cast.turn(given.shop)
    cast.cut(given.shop)
    assert entered(given, trained_on="shop:v2").status_code == 409


def test_another_projects_versions_do_not_exist(given: World) -> None:
    number = entered(given).json()["id"]
    theirs = cast.key(cast.project("rival"), ["export"])
    assert call(given, f"agent-versions/{number}", key=theirs).status_code == 404
    assert call(given, "agent-versions", key=theirs).json() == {"results": []}
    decision = {"state": "promoted", "reason": "ours now"}
    assert call(given, f"agent-versions/{number}/decision", decision, theirs).status_code == 404


def test_depth_is_one_more_than_what_taught_it(given: World) -> None:
    assert agent_depths(given.shop).get(("ours", "2"), 1) == 1
    entered(given, trained_on="shop:v1")
    assert set(Example.objects.values_list("depth", flat=True)) == {0, 1}
    assert agent_depths(given.shop).get(("ours", "2"), 1) == 2


def test_depth_of_what_people_wrote_alone_is_one(given: World) -> None:
    Example.objects.update(depth=0)
    entered(given, trained_on="shop:v1")
    assert agent_depths(given.shop).get(("ours", "2"), 1) == 1


def test_an_erasure_makes_no_version_shallower(given: World) -> None:
    entered(given, trained_on="shop:v1")
    Example.objects.all().delete()
    entered(given, trained_on="shop:v1")
    assert agent_depths(given.shop).get(("ours", "2"), 1) == 2


def test_a_key_promotes_what_passed_and_the_reason_is_redacted(given: World) -> None:
    today = AgentVersion.objects.get(name="today")
    body = {"state": "promoted", "reason": "Mia agreed, mia@example.com"}
    shown = call(given, f"agent-versions/{today.pk}/decision", body).json()
    assert shown["state"] == "promoted" and shown["decision"]["by"].startswith("key fw_")
    assert "mia@" not in shown["decision"]["reason"] and shown["decision"]["reason"]


def test_a_key_cannot_promote_what_the_gate_refused(given: World) -> None:
    worse = judging.run(given.release, lambda q, c: WRONG, CandidateIn("worse"), concurrency=1)
    body = {"state": "promoted", "reason": "please"}
    assert call(given, f"agent-versions/{worse.candidate_id}/decision", body).status_code == 409
    assert call(given, f"agent-versions/{entered(given).json()['id']}/decision", body).status_code == 409


@pytest.mark.parametrize(
    "body",
    [
        {"state": "promoted"},
        {"state": "candidate", "reason": "x"},
        {"reason": "x"},
        {"state": "promoted", "reason": ""},
    ],
)
def test_a_decision_has_a_state_and_a_reason(given: World, body: dict[str, str]) -> None:
    number = AgentVersion.objects.get(name="today").pk
    assert call(given, f"agent-versions/{number}/decision", body).status_code == 400


def test_what_a_person_promoted_is_the_baseline(given: World) -> None:
    first = AgentVersion.objects.get(name="today")
    agent_versions.decide(first, "promoted", "It is what we run.", "rita", by_person=True)
    judging.run(given.release, good, CandidateIn("later"), concurrency=1)
    assert judging.find_baseline(given.release, None) == given.baseline


def test_what_a_person_refused_is_no_baseline(given: World) -> None:
    agent_versions.decide(AgentVersion.objects.get(name="today"), "refused", "Too slow.", "rita", by_person=True)
    assert judging.find_baseline(given.release, None) is None


def test_what_is_registered_is_taught_by_its_own_projects_release(given: World) -> None:
    with pytest.raises(agent_versions.UnknownRelease):
        agent_versions.register(cast.project("rival"), AgentVersionIn("x", trained_on="shop:v1"))
    assert Release.objects.count() == 1
