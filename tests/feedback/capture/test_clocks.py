"""Wrong clocks: live votes are ordered by receipt, those of an import by their own time, and nothing is in the future."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from curation.models import ReviewTask
from curation.quality import votes
from curation.review import page
from feedback.models import Interaction, Project, Signal
from tests import factories as cast

pytestmark = pytest.mark.django_db
NOW = timezone.now()
LATER, EARLIER = NOW + timedelta(hours=2), NOW - timedelta(hours=2)


def outcome(shop: Project, talk: Any) -> str:
    cast.turn(shop)
    return str(cast.row(talk).decision.outcome)


@pytest.mark.parametrize(("first", "second"), [(LATER, None), (None, EARLIER), (LATER, EARLIER)])
def test_a_later_edit_counts_whatever_the_clocks_say(shop: Project, first: Any, second: Any) -> None:
    talk = cast.asked(shop)
    cast.said(shop, talk, "thumbs_up", occurred_at=first and first.isoformat())
    cast.said(shop, talk, "edit", correction=cast.RIGHT, occurred_at=second and second.isoformat())
    assert outcome(shop, talk) == "corrected"
    cells = votes.cells(shop)
    assert [(cell.voted, cell.good) for cell in cells] == [(1, 0)]


def test_votes_of_one_batch_count_in_its_order(client: Client, shop: Project, auth: dict[str, str]) -> None:
    talk = cast.asked(shop)
    said = [("thumbs_down", LATER), ("thumbs_up", EARLIER)]
    items = [
        {"type": "feedback", "interaction": talk.id, "signal": signal, "occurred_at": at.isoformat()}
        for signal, at in said
    ]
    client.post("/api/v1/batch", json.dumps({"items": items}), content_type="application/json", headers=auth)
    assert outcome(shop, talk) == "confirmed"


def test_a_vote_that_waited_counts_from_its_receipt(shop: Project) -> None:
    cast.said(shop, "t", "thumbs_up", cast.ANNA, occurred_at=LATER.isoformat())
    talk = cast.asked(shop, id="t")
    cast.said(shop, talk, "edit", correction=cast.RIGHT)
    assert outcome(shop, talk) == "corrected"


def test_votes_of_an_import_count_in_the_order_of_their_own_times(shop: Project, tmp_path: Path) -> None:
    votes = [{"thumb": "up", "ts": "2026-01-02T00:00:00Z"}, {"thumb": "down", "ts": "2026-01-01T00:00:00Z"}]
    log = tmp_path / "log.jsonl"
    log.write_text(json.dumps({"id": "t", "question": "When?", "answer": cast.ANSWER, "feedback": votes}))
    call_command("import_log", str(log), project=shop.name, consent="capture,evaluation,training", notice="May we?")
    cast.turn(shop)
    assert Interaction.objects.get().decision.outcome == "confirmed"
    cast.said(shop, "t", "thumbs_down")  # live, and so the newest
    cast.turn(shop)
    assert Interaction.objects.get().decision.outcome != "confirmed"


def test_no_time_that_is_stored_is_in_the_future(client: Client, shop: Project, auth: dict[str, str]) -> None:
    at = "2999-01-01T00:00:00Z"
    talk = cast.asked(shop, occurred_at=at)
    cast.said(shop, talk, "thumbs_down", occurred_at=at)
    assert cast.row(talk).occurred_at <= timezone.now() and Signal.objects.get().occurred_at <= timezone.now()
    body = {"question": "q?", "answer": "a", "dry_run": True, "occurred_at": at}
    shown = client.post("/api/v1/interactions", json.dumps(body), content_type="application/json", headers=auth)
    assert shown.json()["interaction"]["occurred_at"] < "2999"
    assert {cell.day.year for cell in votes.cells(shop)} == {timezone.now().year}


def test_the_same_body_from_a_wrong_clock_is_recognised(shop: Project) -> None:
    for result in ("stored", "replayed"):
        assert cast.asked(shop, id="t", occurred_at="2999-01-01T00:00:00Z").result == result


def test_a_past_time_is_kept_as_it_was_said(shop: Project) -> None:
    talk = cast.asked(shop)
    cast.said(shop, talk, "thumbs_up", occurred_at="2020-01-01T00:00:00Z")
    assert Signal.objects.get().occurred_at.year == 2020


def test_a_reviewer_reads_votes_in_the_order_in_which_they_count(shop: Project) -> None:
    talk = cast.asked(shop)
    cast.said(shop, talk, "thumbs_up", occurred_at=LATER.isoformat())
    cast.said(shop, talk, "thumbs_down", occurred_at=EARLIER.isoformat())
    cast.turn(shop)
    task, rita = cast.task(talk), User.objects.create_superuser("rita")
    shown = page.page(task, rita, ReviewTask.objects.all(), blind=False, recent=())
    assert [said.kind for said in shown.said] == ["thumbs_up", "thumbs_down"]
