"""Feedback waits for its interaction, whoever gave it; consent is judged when the interaction comes."""

import json
from typing import Any

import pytest
from django.test import Client

from feedback.capture import parking
from feedback.models import Interaction, ParkedSignal, Project, Signal
from privacy.models import Subject
from tests import factories as cast

pytestmark = pytest.mark.django_db
VOTE: dict[str, Any] = {"id": "s", "interaction": "t", "signal": "thumbs_up", "subject": cast.BEN}
TALK: dict[str, Any] = {"id": "t", "question": "q?", "answer": "a", "subject": cast.BEN, "consent": cast.ALL}


def post(client: Client, path: str, body: Any, headers: dict[str, str]) -> Any:
    return client.post(f"/api/v1/{path}", json.dumps(body), content_type="application/json", headers=headers)


def batch(client: Client, auth: dict[str, str], *items: dict[str, Any]) -> list[int]:
    typed = [{"type": "feedback" if "signal" in item else "interaction", **item} for item in items]
    return [result["status"] for result in post(client, "batch", {"items": typed}, auth).json()["results"]]


def test_the_first_vote_of_a_new_person_waits_for_its_interaction(client: Client, auth: dict[str, str]) -> None:
    answer = post(client, "feedback", VOTE, auth)
    assert (answer.status_code, answer.json()) == (202, {"id": "s"})
    assert post(client, "feedback", VOTE, auth).status_code == 202
    assert post(client, "interactions", TALK, auth).status_code == 201
    assert Signal.objects.get().subject == Interaction.objects.get().subject
    assert not ParkedSignal.objects.exists() and Subject.objects.count() == 1


def test_it_waits_inside_one_batch_as_well(client: Client, shop: Project, auth: dict[str, str]) -> None:
    assert batch(client, auth, VOTE, TALK) == [202, 201]
    assert Signal.objects.get().subject == Interaction.objects.get().subject
    assert cast.totals(shop)["signal"] == {"parked": 1, "received": 1}


@pytest.mark.parametrize("together", [True, False])
def test_without_consent_what_waited_is_dropped_and_counted(
    client: Client, shop: Project, auth: dict[str, str], together: bool
) -> None:
    theirs = {**TALK, "subject": cast.ANNA}
    if together:
        assert batch(client, auth, VOTE, theirs) == [202, 201]
    else:
        assert post(client, "feedback", VOTE, auth).status_code == 202
        assert post(client, "interactions", theirs, auth).status_code == 201
    assert not Signal.objects.exists() and not ParkedSignal.objects.exists()
    assert cast.totals(shop)["signal"] == {"parked": 1, "dropped": 1, "received": 1}
    assert Subject.objects.get() == cast.person(shop), "nothing is kept of somebody who agreed to nothing"


def test_consent_that_is_given_while_it_waits_counts(client: Client, auth: dict[str, str]) -> None:
    post(client, "feedback", VOTE, auth)
    post(client, "consent", {"subject": cast.BEN, "purposes": {"capture": True}}, auth)
    post(client, "interactions", {**TALK, "subject": cast.ANNA}, auth)
    assert Signal.objects.get().subject != Interaction.objects.get().subject


def test_somebody_who_refused_before_is_heard_when_their_interaction_brings_consent(
    client: Client, auth: dict[str, str]
) -> None:
    post(client, "consent", {"subject": cast.BEN, "purposes": {"capture": False}}, auth)
    assert post(client, "feedback", VOTE, auth).status_code == 202
    assert post(client, "interactions", TALK, auth).status_code == 201 and Signal.objects.exists()


def test_a_vote_that_missed_its_interaction_is_judged_when_it_is_handed_over(shop: Project) -> None:
    cast.said(shop, "t", "thumbs_up", cast.BEN, id="s")
    cast.asked(shop, id="u")
    Interaction.objects.update(external_id="t")  # as if both had been stored in the same moment
    assert parking.hand_over() == 0
    assert not Signal.objects.exists() and not ParkedSignal.objects.exists()
    assert cast.totals(shop)["signal"] == {"parked": 1, "dropped": 1, "received": 1}


def test_a_vote_that_waited_a_day_in_vain_leaves_nobody_behind(shop: Project) -> None:
    cast.said(shop, "never", "thumbs_up", cast.BEN)
    ParkedSignal.objects.update(received_at="2026-01-01T00:00:00Z")
    assert parking.drop_stale() == 1 and not Subject.objects.exists()
