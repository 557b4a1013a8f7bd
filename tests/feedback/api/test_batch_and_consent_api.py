"""`POST /batch` and the consent calls."""

import json
from typing import Any

import pytest
from django.test import Client

from feedback.models import Interaction, Project, Signal
from tests import factories as cast

pytestmark = pytest.mark.django_db


def post(client: Client, path: str, body: Any, headers: dict[str, str]) -> Any:
    return client.post(f"/api/v1/{path}", json.dumps(body), content_type="application/json", headers=headers)


def test_each_item_of_a_batch_ends_by_itself_and_in_order(client: Client, shop: Project, auth: dict[str, str]) -> None:
    talk = {"type": "interaction", "question": "q?", "answer": "a", "subject": "u", "consent": cast.ALL}
    items = [
        {**talk, "id": "a"},
        {"type": "feedback", "interaction": "a", "signal": "thumbs_up"},
        {**talk, "id": "a", "answer": "other"},
        {"type": "interaction", "question": 7},
        {**talk, "consent": {}, "subject": "nobody"},
        {"type": "sale"},
        "text",
        {**talk, "id": "a"},
        {**talk, "id": "b"},
    ]
    answer = post(client, "batch", {"items": items}, auth)
    results = answer.json()["results"]
    assert answer.status_code == 200
    assert [result["status"] for result in results] == [201, 201, 409, 400, 200, 400, 400, 200, 201]
    assert results[3]["error"]["pointer"].startswith("/items/3") and results[4]["reason"] == "no_consent"
    assert (Interaction.objects.count(), Signal.objects.count()) == (2, 1)
    counted = cast.totals(shop)
    assert counted["interaction"]["received"] + counted["signal"]["received"] == len(items)


def test_a_batch_over_the_limit_is_refused_whole(client: Client, auth: dict[str, str]) -> None:
    answer = post(client, "batch", {"items": [{}] * 1001}, auth)
    assert answer.status_code == 400 and answer.json()["errors"][0]["code"] == "too_many"


def test_a_dry_run_in_a_batch_shows_its_item_and_keeps_nothing_of_it(
    client: Client, shop: Project, auth: dict[str, str]
) -> None:
    talk = {"type": "interaction", "question": "I am mia@example.com?", "answer": "a", "consent": cast.ALL}
    answer = post(client, "batch", {"items": [{**talk, "dry_run": True}, {**talk, "id": "a"}]}, auth)
    shown, kept = answer.json()["results"]
    assert (shown["status"], shown["stored"], shown["dry_run"], kept["status"]) == (200, False, True, 201)
    assert shown["interaction"]["question"] == "I am [EMAIL_1]?" and shown["redactions"] == {"EMAIL": 1}
    assert Interaction.objects.get().external_id == "a"
    assert cast.totals(shop)["interaction"]["received"] == 1


def test_each_item_of_a_batch_needs_the_scope_of_its_own_call(client: Client, shop: Project) -> None:
    talk = {"type": "interaction", "id": "a", "question": "q?", "answer": "a", "consent": cast.ALL}
    items = [talk, {"type": "feedback", "interaction": "a", "signal": "thumbs_up"}, {"type": "sale"}]

    def statuses(scope: str) -> list[int]:
        answer = post(client, "batch", {"items": items}, {"authorization": f"Bearer {cast.key(shop, [scope])}"})
        return [result["status"] for result in answer.json()["results"]]

    assert statuses("ingest") == [201, 403, 400] and not Signal.objects.exists()
    assert statuses("feedback") == [403, 201, 400] and Signal.objects.count() == 1
    refused = post(client, "batch", {"items": items}, {"authorization": f"Bearer {cast.key(shop, ['read'])}"})
    assert refused.status_code == 403


def test_a_feedback_token_opens_no_batch(client: Client, shop: Project) -> None:
    token = cast.token(cast.asked(shop, id="a"))
    items = [{"type": "feedback", "interaction": "a", "signal": "thumbs_up"}]
    answer = post(client, "batch", {"items": items}, {"authorization": f"Bearer {token}"})
    assert answer.status_code == 403 and not Signal.objects.exists()


def test_consent_is_given_looked_up_and_taken_back(client: Client, shop: Project, auth: dict[str, str]) -> None:
    given = post(client, "consent", {"subject": "u", "purposes": cast.ALL, "notice": "May we?"}, auth)
    assert given.json() == {"purposes": cast.ALL}
    talk = cast.asked(shop, "u", consent=None)
    cast.said(shop, talk, "thumbs_up")
    cast.turn(shop)
    taken = post(client, "consent", {"subject": "u", "purposes": {"training": False}}, auth)
    assert taken.json()["purposes"] == {**cast.ALL, "training": False}
    assert not hasattr(cast.row(talk).decision, "example")
    found = post(client, "consent/lookup", {"subject": "u"}, auth).json()
    assert [line["purpose"] for line in found["history"]] == ["capture", "evaluation", "training", "training"]


def test_a_look_up_of_somebody_unknown_says_no_and_stores_nobody(client: Client, auth: dict[str, str]) -> None:
    found = post(client, "consent/lookup", {"subject": "unknown"}, auth).json()
    assert not any(found["purposes"].values()) and found["history"] == []


def test_consent_needs_the_privacy_scope(client: Client, shop: Project) -> None:
    ingest = {"authorization": f"Bearer {cast.key(shop, ['ingest', 'feedback', 'read', 'export'])}"}
    assert post(client, "consent", {"subject": "u", "purposes": cast.ALL}, ingest).status_code == 403
