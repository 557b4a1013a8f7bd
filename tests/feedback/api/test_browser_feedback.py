"""What the holder of a feedback token may do: act on one interaction, under ids of its own, within limits."""

import json
from typing import Any

import pytest
from django.test import Client

from feedback.models import Project, Signal
from feedback.projects import tokens
from tests import factories as cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(shop: Project) -> dict[str, str]:
    return {"authorization": f"Bearer {cast.token(cast.asked(shop, id='mine'))}"}


def say(client: Client, headers: dict[str, str], **body: Any) -> Any:
    sent = json.dumps({"interaction": "mine", "signal": "thumbs_up", **body})
    return client.post("/api/v1/feedback", sent, content_type="application/json", headers=headers)


def test_the_ids_of_others_cannot_be_told_from_ids_that_are_free(
    client: Client, shop: Project, browser: dict[str, str]
) -> None:
    cast.said(shop, cast.asked(shop, cast.BEN, id="bens"), "thumbs_down", id="taken")
    answers = [say(client, browser, id=name) for name in ("taken", "free")]
    assert [(answer.status_code, answer.json()) for answer in answers] == [
        (201, {"id": "taken"}),
        (201, {"id": "free"}),
    ]
    others = [say(client, browser, interaction="bens", id=name, signal="copy") for name in ("taken", "unknown")]
    assert [answer.status_code for answer in others] == [404, 404]


def test_an_id_that_a_browser_took_is_free_for_the_product(
    client: Client, auth: dict[str, str], browser: dict[str, str]
) -> None:
    answers = [say(client, browser, id="vote"), say(client, auth, id="vote", signal="thumbs_down")]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert {*Signal.objects.values_list("external_id", "kind")} == {
        (tokens.own_id("vote"), "thumbs_up"),
        ("vote", "thumbs_down"),
    }
    assert client.delete("/api/v1/feedback/vote", headers=auth).status_code == 204  # its own first
    assert Signal.objects.get(withdrawn_at__isnull=False).external_id == "vote"


def test_the_longest_id_is_kept_and_found_again(client: Client, browser: dict[str, str]) -> None:
    longest = "x" * 128
    assert [say(client, browser, id=longest).status_code for _ in range(2)] == [201, 200]
    assert client.delete(f"/api/v1/feedback/{longest}", headers=browser).status_code == 204


def test_what_a_browser_sends_twice_is_kept_once_and_taken_back_by_its_own_id(
    client: Client, auth: dict[str, str], browser: dict[str, str]
) -> None:
    answers = [say(client, browser, id="vote", occurred_at="2026-11-01T00:00:00Z") for _ in range(2)]
    changed = say(client, browser, id="vote", signal="thumbs_down")
    assert [answer.status_code for answer in (*answers, changed)] == [201, 200, 409]
    assert answers[0].json() == answers[1].json() == {"id": "vote"}
    assert client.delete("/api/v1/feedback/vote", headers=browser).status_code == 204
    assert Signal.objects.get().withdrawn_at is not None


def test_without_an_id_it_is_told_one_by_which_it_is_taken_back(client: Client, browser: dict[str, str]) -> None:
    given = say(client, browser).json()["id"]
    assert client.delete(f"/api/v1/feedback/{given}", headers=browser).status_code == 204


def test_the_product_reads_and_takes_back_a_browsers_feedback_by_the_id_that_was_sent(
    client: Client, auth: dict[str, str], browser: dict[str, str]
) -> None:
    say(client, browser, id="vote")
    (signal,) = client.get("/api/v1/interactions/mine", headers=auth).json()["signals"]
    assert signal["id"] == "vote"
    assert client.delete("/api/v1/feedback/vote", headers=auth).status_code == 204


def test_an_interaction_takes_so_many_signals_from_a_browser_and_no_more(
    client: Client, auth: dict[str, str], browser: dict[str, str]
) -> None:
    for number in range(tokens.MOST):
        assert say(client, browser, id=f"s{number}", signal="copy").status_code == 201
    more = say(client, browser, id="more", signal="copy")
    assert more.status_code == 403 and str(tokens.MOST) in more.json()["detail"]
    assert say(client, browser, id="s0", signal="copy").status_code == 200
    assert client.delete("/api/v1/feedback/s0", headers=browser).status_code == 204
    assert say(client, browser, id="more", signal="copy").status_code == 403
    assert say(client, auth, signal="copy").status_code == 201
    assert Signal.objects.count() == tokens.MOST + 1


def test_a_browsers_body_is_small(client: Client, auth: dict[str, str], browser: dict[str, str], settings: Any) -> None:
    settings.TOKEN_BODY_LIMIT = 500
    long = {"signal": "edit", "correction": "x" * 500}
    refused = say(client, browser, **long)
    assert refused.status_code == 413 and "500" in refused.json()["detail"] and not Signal.objects.exists()
    assert say(client, auth, **long).status_code == 201
