"""The scan of a large installation: it reads where the person's text can be, and finds what is left there."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.utils import timezone

from curation.models import Dataset, Release
from feedback.models import Interaction, Project
from privacy.db import engine
from privacy.db.fields import RedactedTextField
from privacy.erasure import erasure, scan, tables
from privacy.models import PrivacyRequest, Subject
from privacy.requests import lifecycle, receipts
from tests import factories as cast
from tests.privacy import residue

pytestmark = pytest.mark.django_db(transaction=True)
TEXT = "What does a season ticket for the blue tram cost on working days?"
sqlite = pytest.mark.skipif("DATABASE_URL" in os.environ, reason="about SQLite's file")


@pytest.fixture(autouse=True)
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything there is takes longer to read than a minute."""
    monkeypatch.setattr(scan, "AT_ONCE", 0)


def shop() -> Project:
    """Anna and Ben have asked and agreed, and are in a release."""
    shop = cast.project()
    cast.said(shop, cast.asked(shop, question=TEXT), "thumbs_up")
    cast.said(shop, cast.asked(shop, cast.BEN, question="Where is the lost property?"), "thumbs_up")
    cast.turn(shop)
    cast.cut(shop)
    return shop


def ask(kind: str = "erasure", **given: Any) -> PrivacyRequest:
    return lifecycle.submit("shop", cast.ANNA, kind, verified_by="key", origin="shop", **given)


def executed() -> PrivacyRequest:
    """Anna is erased, and the scan is next."""
    made = ask()
    assert lifecycle.claim(made)
    lifecycle.execute(made)
    erasure.settle()
    PrivacyRequest.objects.update(lease_until=None)
    return PrivacyRequest.objects.get(pk=made.pk)


def scanned(made: PrivacyRequest) -> dict[str, Any]:
    """What the scan says."""
    lifecycle.advance(made)
    said: dict[str, Any] = PrivacyRequest.objects.get(pk=made.pk).scan
    return said


def test_a_clean_erasure_closes_and_the_receipt_says_what_was_read() -> None:
    shop()
    assert lifecycle.advance(ask()).state == "closed"
    row = PrivacyRequest.objects.get()
    said = receipts.verify(receipts.canonical(row.receipt))
    assert said["scan"]["scope"] == "person" and said["scan"]["clean"]
    assert said["scan"]["fingerprints"] > said["scan"]["shared_with_others"] > 0
    assert row.fingerprints == b"" and row.for_audit and row.progress == {}
    if engine.one_writer():
        size = residue.database().stat().st_size // 4_096
        assert 0 < said["scan"]["pages"] < size and "audit reads the whole file" in said["physical"]


def test_what_can_be_read_at_once_is_read_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan, "AT_ONCE", 1 << 30)
    shop()
    assert lifecycle.advance(ask()).state == "closed"
    row = PrivacyRequest.objects.get()
    assert row.scan["scope"] == "everything" and row.for_audit is None and "pages" not in row.scan
    assert "audit" not in row.receipt["receipt"]["physical"]


@pytest.mark.parametrize("renamed", [False, True])
def test_a_copy_made_since_the_person_came_is_found_at_once(renamed: bool) -> None:
    shop()
    copy = settings.VAR / "log" / "forgotten.txt"
    made = settings.VAR / "log" / "first.txt" if renamed else copy
    made.write_text(f"a copy: {TEXT}")
    os.utime(made, (0, 0))  # as a copy that keeps the time of its original
    made.rename(copy)
    try:
        assert lifecycle.advance(ask()).error == "text is left in log/forgotten.txt"
    finally:
        copy.unlink()
    PrivacyRequest.objects.update(lease_until=None)
    assert lifecycle.advance(PrivacyRequest.objects.get()).state == "closed"
    assert PrivacyRequest.objects.get().scan["scope"] == "person"


def test_a_file_from_before_the_person_came_is_left_to_the_audit() -> None:
    shop()
    old = settings.VAR / "log" / "old.txt"
    old.write_text(f"a copy: {TEXT}")
    Subject.objects.update(created_at=timezone.now() + scan.CLOCKS + timedelta(seconds=5))
    try:
        assert scanned(ask())["clean"] and PrivacyRequest.objects.get().for_audit
    finally:
        old.unlink()


def test_a_row_that_stayed_under_its_key_is_found() -> None:
    shop()
    row = Interaction.objects.get(subject=cast.person(cast.project()))
    made = executed()
    row.subject = cast.person(cast.project(), cast.BEN)
    row.save(force_insert=True)
    assert "feedback_interaction" in scanned(made)["hits"]
    row.delete()
    PrivacyRequest.objects.update(lease_until=None)
    assert scanned(PrivacyRequest.objects.get())["clean"]


def test_text_in_a_column_of_nobody_is_found() -> None:
    shop()
    made = executed()
    Dataset.objects.update(name=TEXT[:60])
    assert "curation_dataset.name" in scanned(made)["hits"]


def test_what_the_person_says_after_a_withdrawal_is_no_residue() -> None:
    shop()
    made = ask("withdrawal")
    assert lifecycle.claim(made)
    lifecycle.execute(made)
    PrivacyRequest.objects.update(lease_until=None)
    cast.asked(cast.project(), consent=cast.ALL, question="Does the red ferry sail at night?")
    assert Interaction.objects.filter(subject=cast.person(cast.project())).exists()
    assert scanned(PrivacyRequest.objects.get(pk=made.pk))["scope"] == "person"
    assert PrivacyRequest.objects.get().state == "closed"


def test_a_sentence_in_a_release_is_looked_for_behind_the_release(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not in everybody's rows: the others in it are known. The answer is the same for both."""
    shop()
    made, real, read = executed(), tables.pages, []

    def noted(model: Any, after: Any, **how: Any) -> Any:
        read.append(model._meta.label)
        return real(model, after, **how)

    monkeypatch.setattr(tables, "pages", noted)
    said = scanned(made)
    assert Release.objects.get(state="published").version == "v1.1"
    assert said["clean"] and said["shared_with_others"] and "curation.Dataset" in read
    assert not {model._meta.label for model in tables.personal_models()}.intersection(read)
    assert not {"privacy.Tombstone", "curation.Claim"}.intersection(read), "they grow with the conversations"


def test_a_released_sentence_that_is_nobodys_is_residue() -> None:
    shop()
    made = executed()
    file = next(Path(settings.RELEASES).rglob("v1.1/eval_cases.jsonl"))
    with file.open("a") as opened:
        opened.write(f'{{"question": "{TEXT}"}}\n')
    assert list(scanned(made)["hits"]) == ["releases/shop/v1.1/eval_cases.jsonl"]


def test_every_table_that_is_left_to_the_audit_is_nobodys_and_holds_no_words() -> None:
    for module in erasure.holders():
        assert set(module.GROWING) <= set(module.IMPERSONAL)
        for label in module.GROWING:
            model = apps.get_model(label)
            assert not any(isinstance(field, RedactedTextField) for field in model._meta.fields)


@pytest.fixture
def vacuumed() -> Iterator[None]:
    """Leave nothing in the file for the tests that come after."""
    yield
    residue.vacuum()


@sqlite
@pytest.mark.usefixtures("vacuumed")
def test_text_left_in_a_page_that_the_erasure_changed_is_found() -> None:
    shop()
    made = executed()
    changed = residue.numbers(made.progress["person"]["pages"])
    residue.plant(residue.unused_place(changed, touched=True), TEXT)
    said = scanned(made)
    assert list(said["hits"]) == [residue.database().name] and said["scope"] == "person"


@sqlite
@pytest.mark.usefixtures("vacuumed")
def test_text_left_in_another_page_is_left_to_the_audit() -> None:
    shop()
    made = executed()
    changed = residue.numbers(made.progress["person"]["pages"])
    residue.plant(residue.unused_place(changed, touched=False), TEXT)
    assert scanned(made)["clean"] and PrivacyRequest.objects.get().for_audit


@sqlite
@pytest.mark.usefixtures("vacuumed")
def test_where_deleted_rows_are_not_overwritten_the_whole_file_is_read() -> None:
    shop()
    engine.pragma("secure_delete = OFF")
    said = scanned(executed())
    assert said["scope"] == "everything" and list(said["hits"]) == [residue.database().name]


@contextmanager
def after_each_turn(happens: Callable[[], None]) -> Iterator[PrivacyRequest]:
    """Anna's request to be erased; while it is worked on, this happens after each turn."""
    shop()
    real = erasure.take_turn

    def turn(*given: Any) -> None:
        real(*given)
        happens()

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(erasure, "take_turn", turn)
        yield ask()


def die() -> None:
    raise SystemExit


def take_over() -> None:
    """Another worker has the request now."""
    PrivacyRequest.objects.update(lease_until=timezone.now() + timedelta(hours=1))


@sqlite
@pytest.mark.usefixtures("vacuumed")
def test_after_a_crash_while_rows_were_removed_the_whole_file_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erasure, "TURN", 1)
    with after_each_turn(die) as made, pytest.raises(SystemExit):
        lifecycle.advance(made)
    PrivacyRequest.objects.update(lease_until=None)
    assert lifecycle.advance(PrivacyRequest.objects.get()).state == "closed"
    assert PrivacyRequest.objects.get().scan["scope"] == "everything"


@sqlite
@pytest.mark.usefixtures("vacuumed")
def test_where_another_worker_has_taken_over_meanwhile_the_whole_file_is_read() -> None:
    with after_each_turn(take_over) as made:
        assert lifecycle.claim(made)
        lifecycle.execute(made)
    assert "pages" not in PrivacyRequest.objects.get().progress["person"]
    PrivacyRequest.objects.update(lease_until=None)
    assert scanned(PrivacyRequest.objects.get())["scope"] == "everything"


@sqlite
@pytest.mark.usefixtures("vacuumed")
def test_an_erasure_in_many_turns_knows_the_pages_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each row's page is among the pages that were read."""
    shop()
    for number in range(60):
        cast.asked(cast.project(), id=f"n{number}", question=f"{number}: {TEXT} {'long ' * 100}")
    engine.empty_log()
    raw = residue.database().read_bytes()
    held = {n for n in range(1, len(raw) // 4_096 + 1) if TEXT.encode() in raw[(n - 1) * 4_096 : n * 4_096]}
    monkeypatch.setattr(erasure, "TURN", 7)
    made = executed()
    changed = residue.numbers(made.progress["person"]["pages"])
    assert len(held) > 10 and held <= changed
    assert scanned(made)["clean"]
