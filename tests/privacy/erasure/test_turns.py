"""A person with very much data: hidden at once, removed in short turns between which others can write, finished after a
kill.
"""

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from curation.models import Decision, Question, ReviewTask
from feedback import capture
from feedback import personal_data as feedback_data
from feedback import tasks as feedback_tasks
from feedback.capture import parking
from feedback.models import Interaction, Outcome, ParkedSignal, Project, Signal
from privacy import tasks
from privacy.db import isolation
from privacy.erasure import erasure, retention, tombstones
from privacy.models import ConsentEntry, Erasure, PrivacyRequest, Subject, Tombstone
from privacy.redaction import redact
from privacy.requests import lifecycle
from tests import factories as cast

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 330  # several turns
LONG_AGO = timezone.now() - timedelta(days=4_000)


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody else writes here."""
    monkeypatch.setattr(erasure, "LONGEST_PAUSE", 0.0)
    tombstones.file().unlink(missing_ok=True)


def talkative(number: int = MANY) -> Subject:
    """Anna, with so many conversations, each rated and decided."""
    shop = cast.project()
    cast.asked(shop)
    anna = cast.person(shop)
    of: dict[str, Any] = {"project": shop, "subject": anna}
    said: dict[str, Any] = {
        "question": redact("What is where?"),
        "answer": redact("That is there."),
        "occurred_at": LONG_AGO,
    }
    talks = [Interaction(external_id=f"many-{n}", **said, **of) for n in range(number)]
    talks = Interaction.objects.bulk_create(talks)
    Signal.objects.bulk_create(
        Signal(interaction=talk, external_id=talk.external_id, kind="thumbs_up", occurred_at=LONG_AGO, **of)
        for talk in talks
    )
    Decision.objects.bulk_create(
        Decision(interaction=talk, policy_version=1, revision=1, outcome="unrated", **of) for talk in talks
    )
    Question.objects.bulk_create(
        Question(interaction=talk, cluster=talk.pk, place=0.5, version="1", band_0=talk.pk, **of) for talk in talks
    )
    return anna


def between_turns(monkeypatch: pytest.MonkeyPatch, work: Callable[[int], None]) -> list[int]:
    """Do this after each turn, with its number; returns how many rows each turn has removed."""
    real, rows = erasure.take_turn, []

    def turn(receipt: Erasure, *how: Any) -> None:
        before = sum(receipt.counts.values())
        real(receipt, *how)
        rows.append(sum(receipt.counts.values()) - before)
        work(len(rows))

    monkeypatch.setattr(erasure, "take_turn", turn)
    return rows


def test_others_write_between_short_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    talkative()

    def somebody_asks(number: int) -> None:
        assert not connection.in_atomic_block
        if number % 10 == 1:
            cast.asked(cast.project(), cast.BEN)

    rows = between_turns(monkeypatch, somebody_asks)
    made = lifecycle.submit("shop", cast.ANNA, "erasure", verified_by="key", origin="shop")
    lifecycle.execute(made)
    assert made.counts["interactions"] == made.counts["decisions"] + 1 == MANY + 1 and made.counts["signals"] == MANY
    assert len(rows) > 3 * MANY / erasure.TURN and max(rows) < 2 * erasure.TURN
    assert {row.subject for row in Interaction.objects.all()} == {cast.person(cast.project(), cast.BEN)}
    assert Tombstone.objects.filter(kind="interaction").count() == MANY + 1


@pytest.mark.parametrize("after", [1, 7, 10])
def test_what_was_killed_between_turns_is_finished_with_one_receipt(
    monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    talkative()
    made = lifecycle.submit("shop", cast.ANNA, "erasure", verified_by="key", origin="shop")

    def die(number: int) -> None:
        if number == after:
            raise SystemExit

    with monkeypatch.context() as patched:
        between_turns(patched, die)
        with pytest.raises(SystemExit):
            lifecycle.execute(made)
    with pytest.raises(capture.Gone):
        cast.asked(cast.project())
    assert not Interaction.objects.visible().exists()
    again = PrivacyRequest.objects.get()
    assert again.state == "restricted" and again.fingerprints, "what the scan looks for is kept before anything goes"
    lifecycle.execute(again)
    assert again.counts["interactions"] == MANY + 1 and again.counts["subject"] == 1
    assert Erasure.objects.count() == 1 and not Subject.objects.exists() and again.fingerprints


def test_taking_back_capture_is_answered_soon_and_the_worker_does_the_rest(
    monkeypatch: pytest.MonkeyPatch, client: Client
) -> None:
    anna = talkative(150)
    headers = {"authorization": f"Bearer {cast.key(cast.project())}"}
    monkeypatch.setattr(erasure, "AT_ONCE", 0.0)
    sent = {"subject": cast.ANNA, "purposes": {"capture": False}}
    answer = client.post("/api/v1/consent", sent, "application/json", headers=headers)
    assert answer.json()["purposes"]["capture"] is False and Interaction.objects.exists()
    assert not Interaction.objects.visible().exists() and not Signal.objects.visible().exists()
    assert tasks.sweep() == 1 and not Interaction.objects.exists() and Erasure.objects.get().counts["signals"] == 150
    anna.refresh_from_db()
    assert anna.restricted_at is None and ConsentEntry.objects.filter(subject=anna).exists()
    assert cast.asked(cast.project()).result == "stored", "they agree again"


def test_a_withdrawal_does_not_show_who_is_being_erased() -> None:
    anna = talkative(3)
    lifecycle.submit("shop", cast.ANNA, "erasure", verified_by="key", origin="shop")
    erasure.withdraw(anna, "capture", method="page")
    anna.refresh_from_db()
    assert anna.restricted_at


def test_an_erasure_that_fails_leaves_the_person_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    anna = talkative(3)
    monkeypatch.setattr("curation.personal_data.erase", lambda subject, purpose=None: {})
    with pytest.raises(Exception, match="protected"):
        erasure.erase(anna)
    assert Interaction.objects.count() == 4 and not Interaction.objects.visible().exists()


def longest_list(seen: CaptureQueriesContext) -> int:
    """The most keys that one statement brings."""
    lists = [found for each in seen.captured_queries for found in re.findall(r"IN \(([^()]*)\)", each["sql"])]
    return max((found.count(",") + 1 for found in lists), default=0)


def test_no_statement_of_an_erasure_brings_more_keys_than_a_turn_has_rows() -> None:
    anna = talkative()
    with CaptureQueriesContext(connection) as seen:
        erasure.erase(anna)
    assert 1 < longest_list(seen) <= 2 * erasure.TURN < MANY


def test_no_statement_of_retention_does_either() -> None:
    talkative()
    Interaction.objects.update(received_at=LONG_AGO)
    with CaptureQueriesContext(connection) as seen:
        counts = retention.purge()
    assert counts["decisions"] == counts["signals"] == counts["interactions"] - 1 == MANY
    assert 1 < longest_list(seen) <= 2 * erasure.TURN < MANY


def test_retention_of_one_app_goes_on_where_anothers_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    cast.asked(cast.project())
    Interaction.objects.update(received_at=LONG_AGO)

    def fails(before: Any) -> Iterator[dict[str, int]]:
        raise ValueError("a row that cannot go")

    monkeypatch.setattr("curation.personal_data.expire", fails)
    retention.purge()
    assert not Interaction.objects.exists()
    assert isolation.failing(erasure.RETENTION) == ["retention failed for curation.personal_data: ValueError"]


@pytest.mark.parametrize("road", ["sweep", "purge"])
def test_stale_feedback_is_dropped_while_somebody_writes(road: str, monkeypatch: pytest.MonkeyPatch) -> None:
    shop = cast.project()
    waiting = [
        ParkedSignal(
            project=shop,
            external_id=f"early-{n}",
            interaction_external_id=f"late-{n}",
            kind="thumbs_up",
            received_at=LONG_AGO,
            occurred_at=LONG_AGO,
        )
        for n in range(2_100)
    ]
    ParkedSignal.objects.bulk_create(waiting)
    real, wrote = capture.writing, list[bool]()

    def write() -> None:
        Project.objects.filter(pk=shop.pk).update(keep_days=400 + len(wrote))
        connection.close()

    @contextmanager
    def writing() -> Iterator[None]:
        if len(wrote) < 3:
            wrote.append(True)
            thread = threading.Thread(target=write)
            thread.start()
            thread.join()
        with real():
            yield

    monkeypatch.setattr(parking, "writing", writing)
    if road == "sweep":
        assert feedback_tasks.sweep() == 2_100 and wrote
    else:
        assert retention.purge()["waiting_signals"] == 2_100
    assert not ParkedSignal.objects.exists()
    assert Outcome.objects.filter(result="dropped").values_list("number", flat=True).first()


def test_records_that_repeat_an_erased_one_stand_or_point_at_what_stands() -> None:
    shop = cast.project()
    for name in (cast.ANNA, cast.ANNA, cast.BEN, cast.ANNA, cast.CLEO):
        cast.said(shop, cast.asked(shop, name), "thumbs_up")
        cast.turn(shop)
    erasure.erase(cast.person(shop, cast.ANNA))
    from curation.models import EvalCase

    rows = EvalCase.objects.all()
    assert rows.count() == 2 and rows.filter(status="active").count() == 1
    assert rows.get(status="duplicate").canonical == rows.get(status="active") and not ReviewTask.objects.exists()


def test_consent_that_widens_marks_many_conversations_a_few_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = cast.project()
    for number in range(5):
        talk = cast.asked(shop, cast.ANNA, id=f"q-{number}")
        cast.said(shop, talk, "thumbs_up")
    Interaction.objects.update(pending=False)
    monkeypatch.setattr(feedback_data, "TURN", 2)
    with CaptureQueriesContext(connection) as queries:
        feedback_data.reconsider(cast.person(shop, cast.ANNA))
    updates = [query["sql"] for query in queries if query["sql"].startswith("UPDATE")]
    assert len(updates) == 3 and not Interaction.objects.filter(pending=False).exists()
