"""A person's request: hidden at once, each step done once, closed with a receipt, and never before the scan passes."""

import os
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone

from curation.models import Recall
from feedback import capture
from feedback.models import Interaction
from privacy.db import engine
from privacy.erasure import scan
from privacy.models import Erasure, PrivacyRequest
from privacy.requests import lifecycle, receipts
from tests import factories as cast

pytestmark = pytest.mark.django_db(transaction=True)


def ask(kind: str = "erasure", subject: str = cast.ANNA, **given: Any) -> PrivacyRequest:
    """A request that the shop's product makes for a person."""
    return lifecycle.submit("shop", subject, kind, verified_by="key", origin="shop", **given)


def released() -> None:
    """Anna and Ben have asked, been answered, agreed; and are in a release."""
    shop = cast.project()
    for name, question in (
        (cast.ANNA, "How much is a ticket to the museum?"),
        (cast.BEN, "Where is the lost property?"),
    ):
        cast.said(shop, cast.asked(shop, name, question=question), "thumbs_up")
    cast.turn(shop)
    cast.cut(shop)


def call(client: Client, method: str, path: str, key: str, body: Any = None) -> Any:
    """An API call with a key."""
    how = {"content_type": "application/json", "headers": {"Authorization": f"Bearer {key}"}}
    return getattr(client, method)(f"/api/v1/{path}", **({"data": body} if body is not None else {}), **how)


def test_an_erasure_hides_at_once_and_closes_with_a_receipt(client: Client) -> None:
    released()
    key = cast.key(cast.project())
    sent = call(client, "post", "privacy/requests", key, {"subject": cast.ANNA, "kind": "erasure"})
    assert sent.status_code == 202 and set(sent.json()) == {"id", "status", "due_at"}
    assert sent.json()["status"] == "restricted"
    assert len(call(client, "get", "interactions", key).json()["results"]) == 1
    assert lifecycle.advance_all() == 1
    shown = call(client, "get", f"privacy/requests/{sent.json()['id']}", key).json()
    assert shown["status"] == "closed" and shown["counts"]["interactions"] == 1
    assert set(shown) == {"id", "kind", "status", "due_at", "counts", "receipt"}
    said = receipts.verify(receipts.canonical(shown["receipt"]))
    assert said["scan"]["clean"] and said["releases"] == ["shop v1"] and said["recalls"][0]["replaced_by"] == "v1.1"
    assert said["scan"]["fingerprints"] > said["scan"]["shared_with_others"] > 0


def test_another_projects_request_is_not_found(client: Client) -> None:
    cast.asked(cast.project())
    made = ask()
    other = cast.key(cast.project("bank"))
    assert call(client, "get", f"privacy/requests/{made.id}", other).status_code == 404
    assert call(client, "get", "privacy/requests/nonsense", other).status_code == 404
    no_scope = cast.key(cast.project(), ["read", "ingest"])
    assert call(client, "get", f"privacy/requests/{made.id}", no_scope).status_code == 403


def test_access_shows_the_data_and_removes_nothing(client: Client) -> None:
    talk = cast.asked(cast.project())
    made = ask("access")
    lifecycle.advance_all()
    shown = call(client, "get", f"privacy/requests/{made.id}", cast.key(cast.project())).json()
    assert shown["status"] == "closed" and shown["data"]["interactions"][0]["id"] == talk.id
    assert Interaction.objects.count() == 1


def test_a_withdrawal_holds_from_the_moment_it_is_sent() -> None:
    released()
    made = ask("withdrawal", purposes=["training"])
    assert cast.cut(cast.project()).members.filter(subject=cast.person(cast.project()), training=True).count() == 0
    assert lifecycle.advance(made).state == "closed"
    assert made.counts["examples"] == 1 and Interaction.objects.count() == 2


def test_withdrawing_everything_deletes_the_conversations_and_keeps_the_no() -> None:
    released()
    assert lifecycle.advance(ask("withdrawal")).state == "closed"
    assert not Interaction.objects.filter(subject=cast.person(cast.project())).exists()
    assert cast.asked(cast.project(), consent=None).result == "no_consent"


def test_asking_twice_is_one_request() -> None:
    cast.asked(cast.project())
    assert ask().pk == ask().pk


def test_somebody_unknown_can_be_erased_and_stays_out() -> None:
    cast.project()
    assert lifecycle.advance(ask()).state == "closed"
    with pytest.raises(capture.Gone):
        cast.asked(cast.project())


def test_the_deadline_is_that_of_the_law() -> None:
    cast.asked(cast.project())
    days = {law: (ask(law=law, subject=law).due_at - timezone.now()).days + 1 for law in ("gdpr", "ccpa")}
    assert days == {"gdpr": 30, "ccpa": 45}


def test_it_never_closes_while_text_is_left(tmp_path: Any) -> None:
    question = "What does a season ticket for the blue tram cost?"
    shop = cast.project()
    cast.asked(shop, question=question)
    cast.said(shop, cast.asked(shop, cast.BEN), "thumbs_up")
    cast.turn(shop)
    forgotten = settings.VAR / "log" / "forgotten.txt"
    forgotten.write_text(f'{{"copy": "{question}"}}')
    made = lifecycle.advance(ask())
    assert made.state == "executed" and made.error == "text is left in log/forgotten.txt"
    forgotten.unlink()
    PrivacyRequest.objects.update(lease_until=None)
    assert lifecycle.advance(made).state == "closed"


def test_text_that_was_copied_into_an_impersonal_column_is_found() -> None:
    question = "What does a season ticket for the blue tram cost?"
    shop = cast.project()
    cast.asked(shop, question=question)
    cast.said(shop, cast.asked(shop, cast.BEN), "thumbs_up")
    cast.turn(shop)
    made = ask()
    Recall.objects.create(release=cast.cut(shop), records=[{"file": "x", "record": f"a {question}", "sha256": ""}])
    assert "curation_recall.records" in lifecycle.advance(made).error


def test_a_sentence_that_others_hold_too_is_no_residue() -> None:
    shop = cast.project()
    for name in (cast.ANNA, cast.BEN):
        cast.asked(shop, name)
    made = lifecycle.advance(ask())
    # In SQLite's file anything may stand before a value: the first words of question and answer are not seen there, so
    # nothing need be told apart from them.
    unseen = 2 if connection.vendor == "sqlite" else 0
    assert made.state == "closed" and made.scan["shared_with_others"] == made.scan["fingerprints"] - unseen > 0


def test_the_fingerprints_do_not_outlive_the_request() -> None:
    cast.asked(cast.project())
    made = ask()
    lifecycle.claim(made)
    lifecycle.execute(made)
    assert PrivacyRequest.objects.get().fingerprints and not PrivacyRequest.objects.get().subject
    PrivacyRequest.objects.update(lease_until=None)
    assert lifecycle.advance(PrivacyRequest.objects.get()).fingerprints == b""


def test_a_request_that_always_fails_is_set_aside_and_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = cast.project()
    cast.asked(shop, cast.ANNA)
    cast.asked(shop, cast.BEN)
    poisoned, sound = ask(), ask(subject=cast.BEN)
    work = lifecycle.STEPS["restricted"]

    def fail(request: PrivacyRequest) -> None:
        if request.pk == poisoned.pk:
            raise ValueError("the text of somebody")
        work(request)

    monkeypatch.setitem(lifecycle.STEPS, "restricted", fail)
    for _ in range(lifecycle.MAX_TRIES):
        PrivacyRequest.objects.update(lease_until=None)
        with pytest.raises(ValueError, match="somebody"):
            lifecycle.advance(PrivacyRequest.objects.get(pk=poisoned.pk))
    PrivacyRequest.objects.update(lease_until=None)
    assert lifecycle.advance_all() == 1
    poisoned.refresh_from_db()
    sound.refresh_from_db()
    assert (poisoned.state, poisoned.tries, poisoned.error) == ("restricted", 5, "ValueError")
    assert sound.state == "closed"


def test_a_stale_worker_changes_nothing() -> None:
    cast.asked(cast.project())
    made = ask()
    stale = PrivacyRequest.objects.get(pk=made.pk)
    assert lifecycle.advance(made).state == "closed"
    with pytest.raises(lifecycle.Unfinished):
        lifecycle.execute(stale)
    assert Erasure.objects.count() == 1


def test_refusing_shows_the_data_again() -> None:
    cast.asked(cast.project())
    made = ask()
    lifecycle.refuse(made, "not the person")
    assert Interaction.objects.visible().count() == 1 and lifecycle.advance(made).state == "refused"


@pytest.mark.skipif("DATABASE_URL" in os.environ, reason="about SQLite's log")
def test_a_reader_that_holds_on_to_the_log_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    import sqlite3

    cast.asked(cast.project())
    made = ask()
    reader = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM privacy_subject").fetchone()
    connection.close()
    connection.ensure_connection()
    connection.connection.execute("PRAGMA busy_timeout=50")
    monkeypatch.setattr(engine, "PAUSES", (0.01,))
    held = lifecycle.advance(made)
    assert held.state == "executed" and "write-ahead log" in held.error
    reader.close()
    PrivacyRequest.objects.update(lease_until=None)
    assert lifecycle.advance(made).state == "closed"


def test_an_export_and_a_scan_look_at_the_same_person() -> None:
    released()
    texts = set(scan.texts_of(cast.person(cast.project())))
    assert any("museum" in text for text in texts) and not any("lost property" in text for text in texts)


@pytest.mark.parametrize("first", ["shop", "kiosk"])
def test_refusing_one_erasure_shows_nobody_whom_another_hides(first: str) -> None:
    shop = cast.project()
    cast.asked(shop)
    rows = {
        name: lifecycle.submit("shop", cast.ANNA, "erasure", verified_by="key", origin=name)
        for name in ("shop", "kiosk")
    }
    second = next(name for name in rows if name != first)
    lifecycle.refuse(rows[first], "asked twice")
    assert cast.person(shop).restricted_at
    lifecycle.refuse(rows[second], "withdrawn")
    assert not cast.person(shop).restricted_at


def test_a_request_that_nobody_has_verified_hides_nobody() -> None:
    shop = cast.project()
    cast.asked(shop)
    mine = ask()
    PrivacyRequest.objects.create(
        subject=cast.person(shop), namespace="shop", origin="kiosk", kind="erasure", due_at=timezone.now()
    )
    lifecycle.refuse(mine, "withdrawn")
    assert not cast.person(shop).restricted_at
