"""A plain POST goes a short way through the framework. What it answers is what the long way answers."""

import json
from typing import Any

import pytest
from django.test import Client

from feedback.models import Interaction, Outcome
from tests import factories as cast

pytestmark = pytest.mark.django_db

TALK = {"id": "t-1", "question": "Where is it?", "answer": "On its way.", "consent": cast.ALL}
SAID = {"id": "s-1", "interaction": "t-1", "signal": "thumbs_up"}
HEADERS_THAT_COUNT = ("Content-Type", "WWW-Authenticate", "Retry-After")


def both_ways(client: Client, path: str, body: bytes, headers: dict[str, str], media: str = "application/json") -> Any:
    """Status, body and headers of the same call, as it goes the short way and (a query is no plain call) the long."""
    found = []
    for address in (f"/api/v1/{path}", f"/api/v1/{path}?the=long"):
        answer = client.post(address, body, content_type=media, headers={"X-Request-Id": "same", **headers})
        found.append((answer.status_code, answer.json(), {name: answer.get(name) for name in HEADERS_THAT_COUNT}))
    return found


@pytest.mark.parametrize(
    ("path", "body", "media", "status"),
    [
        ("interactions", json.dumps(TALK), "application/json", 200),
        ("feedback", json.dumps(SAID), "application/json", 200),
        ("batch", json.dumps({"items": [{"type": "interaction", **TALK}]}), "application/json", 200),
        ("interactions", json.dumps({**TALK, "answer": "Lost."}), "application/json", 409),
        (
            "interactions",
            json.dumps({**TALK, "dry_run": True, "occurred_at": "2026-01-31T12:00:00Z"}),
            "application/json",
            200,
        ),
        ("interactions", json.dumps({**TALK, "id": "t-2", "consent": {}}), "application/json", 200),
        ("interactions", "{", "application/json", 400),
        ("interactions", "{}", "application/json", 400),
        ("interactions", "{}", "text/plain", 415),
        ("interactions", " " * 1_048_577, "application/json", 413),
        ("batch", "{}", "application/json", 400),
        ("feedback", json.dumps({**SAID, "signal": "edit"}), "application/json", 400),
    ],
)
def test_both_ways_answer_alike(client: Client, path: str, body: str, media: str, status: int) -> None:
    shop = cast.project()
    headers = {"authorization": f"Bearer {cast.key(shop)}"}
    client.post("/api/v1/interactions", json.dumps(TALK), content_type="application/json", headers=headers)
    client.post("/api/v1/feedback", json.dumps(SAID), content_type="application/json", headers=headers)
    short, long = both_ways(client, path, body.encode(), headers, media)
    assert short == long and short[0] == status


@pytest.mark.parametrize(("scopes", "status"), [(None, 401), (["read"], 403)])
def test_both_ways_refuse_the_same_callers(client: Client, scopes: list[str] | None, status: int) -> None:
    shop = cast.project()
    headers = {"authorization": f"Bearer {cast.key(shop, scopes)}"} if scopes else {}
    for path, body in (("interactions", TALK), ("feedback", SAID), ("batch", {"items": []})):
        short, long = both_ways(client, path, json.dumps(body).encode(), headers)
        assert short == long and short[0] == status
    assert not Interaction.objects.exists() and not Outcome.objects.exists()


def test_both_ways_keep_the_same_rate(client: Client, settings: Any) -> None:
    headers = {"authorization": f"Bearer {cast.key(cast.project())}"}
    settings.KEY_RATE = "1/day"
    client.post("/api/v1/interactions", json.dumps(TALK), content_type="application/json", headers=headers)
    (status, said, kept), long = both_ways(client, "interactions", json.dumps(TALK).encode(), headers)
    assert (status, said) == (long[0], long[1]) and status == 429 and int(kept["Retry-After"] or 0) >= 1


def test_a_caller_who_takes_no_json_is_told_so(client: Client) -> None:
    headers = {"authorization": f"Bearer {cast.key(cast.project())}", "Accept": "text/html"}
    answer = client.post("/api/v1/interactions", json.dumps(TALK), content_type="application/json", headers=headers)
    assert answer.status_code == 406 and not Interaction.objects.exists()
