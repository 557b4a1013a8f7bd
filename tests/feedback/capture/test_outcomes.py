"""Nothing is dropped silently: the counts of stored, refused, not consented and so on always add up to what was
received.
"""

import json
import random
from collections import Counter
from typing import Any

import pytest
from django.test import Client

from feedback.capture import parking
from feedback.models import Interaction, ParkedSignal, Project, Signal
from privacy.erasure import erasure
from privacy.subjects.lookup import find
from tests import factories as cast

pytestmark = pytest.mark.django_db
PEOPLE = ["ada", "bob", "cy", None]


def talk(rng: random.Random) -> dict[str, Any]:
    """An interaction that may be new, a replay, a conflict, without consent, or of no shape at all."""
    body = {
        "id": f"t{rng.randrange(12)}",
        "question": rng.choice([cast.QUESTION, cast.QUESTION, "", 7]),
        "answer": rng.choice([cast.ANSWER, cast.RIGHT]),
        "subject": rng.choice(PEOPLE),
        "consent": rng.choice([cast.ALL, None, {"capture": False}, {"training": True}]),
    }
    return {name: value for name, value in body.items() if value is not None}


def vote(rng: random.Random) -> dict[str, Any]:
    """Feedback that may be new, a replay, too early, a stranger's, or of no shape."""
    body = {
        "id": rng.choice([None, f"s{rng.randrange(20)}"]),
        "interaction": f"t{rng.randrange(16)}",
        "signal": rng.choice(["thumbs_up", "thumbs_down", "edit", "rating", "sneer"]),
        "correction": rng.choice([None, cast.RIGHT]),
        "subject": rng.choice([None, "ada", "stranger"]),
    }
    return {name: value for name, value in body.items() if value is not None}


@pytest.mark.parametrize("seed", range(4))
def test_received_is_the_sum_of_how_everything_ended(client: Client, seed: int) -> None:
    rng, shop, sent = random.Random(seed), cast.project(), Counter[str]()
    headers = {"authorization": f"Bearer {cast.key(shop)}"}

    def post(path: str, body: Any, content_type: str = "application/json") -> Any:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return client.post(f"/api/v1/{path}", data, content_type=content_type, headers=headers)

    for _ in range(120):
        door = rng.randrange(8)
        if door < 3:
            answer, count = post("interactions", talk(rng)), {"interaction": 1}
        elif door < 5:
            answer, count = post("feedback", vote(rng)), {"signal": 1}
        elif door == 5:
            items = [{"type": "interaction", **talk(rng)} for _ in range(rng.randrange(4))]
            items += [{"type": "feedback", **vote(rng)} for _ in range(rng.randrange(4))]
            count = dict(Counter("signal" if item["type"] == "feedback" else "interaction" for item in items))
            answer = post("batch", {"items": items})
        elif door == 6:
            bad = rng.choice([b"{", b'"x"', b'{"question": "\\u0000", "answer": "a"}', b"[" * 99])
            answer, count = post("feedback", bad, rng.choice(["application/json", "text/plain"])), {"signal": 1}
        else:
            if subject := find(shop.namespace, rng.choice(["ada", "bob", "cy"])):
                erasure.erase(subject)
            continue
        assert answer.status_code < 500
        sent.update(count)
    totals = cast.totals(shop)
    assert {kind: ends["received"] for kind, ends in totals.items()} == dict(sent)
    assert len(totals["interaction"]) >= 5 and len(totals["signal"]) >= 4


def test_what_fails_before_its_project_is_known_was_not_received(client: Client) -> None:
    shop = cast.project()
    reader = {"authorization": f"Bearer {cast.key(shop, ['read'])}"}
    for headers in ({}, {"authorization": "Bearer fw_unknown"}, reader):
        answer = client.post("/api/v1/interactions", b"{}", content_type="application/json", headers=headers)
        assert answer.status_code in (401, 403)
    assert cast.totals(shop) == {}


def test_a_dry_run_is_no_write(client: Client) -> None:
    shop = cast.project()
    headers = {"authorization": f"Bearer {cast.key(shop)}"}
    body = json.dumps({"question": "q", "answer": "a", "dry_run": True})
    client.post("/api/v1/interactions", body, content_type="application/json", headers=headers)
    assert cast.totals(shop) == {}


def test_rows_are_as_many_as_were_stored_or_parked() -> None:
    shop = cast.project()
    for number in range(6):
        cast.asked(shop, id=f"t{number % 4}")
        cast.said(shop, f"t{(number + 2) % 6}", "thumbs_up", cast.ANNA, id=f"s{number}")
    found = cast.totals(shop)
    assert Interaction.objects.count() == found["interaction"]["stored"] == 4
    said = found["signal"]
    assert Signal.objects.count() + ParkedSignal.objects.count() == said["stored"] + said["parked"] == 6


def test_feedback_that_waited_a_day_in_vain_is_dropped_and_counted() -> None:
    shop = cast.project()
    cast.asked(shop)
    cast.said(shop, "never", "thumbs_up", cast.ANNA)
    assert parking.drop_stale() == 0
    ParkedSignal.objects.update(received_at="2026-01-01T00:00:00Z")
    assert parking.drop_stale() == 1 and Project.objects.count() == 1
    assert cast.totals(shop)["signal"] == {"parked": 1, "dropped": 1, "received": 1}
