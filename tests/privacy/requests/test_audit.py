"""The audit of erasures: one reading of everything for many people, which goes on after a crash and tells what it finds."""

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from curation.quality import alerts
from feedback.models import Interaction
from flywheel_site.ops import waiting
from flywheel_site.ops.doctor import work
from privacy import tasks
from privacy.erasure import scan
from privacy.models import Delivery, PrivacyRequest, Subject
from privacy.requests import audit, lifecycle
from privacy.webhooks import delivery
from tests import factories as cast
from tests.privacy import residue

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = {
    cast.ANNA: "What does a season ticket for the blue tram cost?",
    cast.BEN: "Where is the lost property office of the railway?",
    cast.CLEO: "How late does the museum of glass open in winter?",
}


@pytest.fixture(autouse=True)
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything there is takes longer to read than a minute."""
    monkeypatch.setattr(scan, "AT_ONCE", 0)


@pytest.fixture
def old_copy() -> Iterator[Path]:
    """A copy of Anna's words that no scan of hers reads: it is from before she came."""
    path = settings.VAR / "log" / "old.txt"
    path.write_text(f"a copy: {PEOPLE[cast.ANNA]}")
    yield path
    path.unlink(missing_ok=True)


def erased(*names: str) -> list[PrivacyRequest]:
    """The closed requests of these people; somebody else stays."""
    shop = cast.project()
    cast.asked(shop, "user-of-another-day")
    for name in names:
        cast.asked(shop, name, question=PEOPLE[name])
    Subject.objects.update(created_at=timezone.now() + scan.CLOCKS + timedelta(seconds=5))
    made = [lifecycle.submit("shop", name, "erasure", verified_by="key", origin="shop") for name in names]
    assert [lifecycle.advance(row).state for row in made] == ["closed"] * len(names)
    return made


def audited() -> int:
    """A whole audit; returns its number of steps."""
    assert tasks.audit_erasures()
    steps = 0
    while audit.go_on():
        steps += 1
    return steps


def noted_readings(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many fingerprints each reading of the files searched for."""
    real, seen = scan.read_files, list[int]()

    def read(progress: dict[str, Any], wanted: frozenset[bytes], *how: Any) -> None:
        seen.append(len(wanted))
        real(progress, wanted, *how)

    monkeypatch.setattr(scan, "read_files", read)
    return seen


def test_everything_is_read_once_for_three_people(monkeypatch: pytest.MonkeyPatch) -> None:
    erased(*PEOPLE)
    kept = [len(row.for_audit or b"") // 8 for row in PrivacyRequest.objects.all()]
    seen = noted_readings(monkeypatch)
    assert audited() == 1 and len(seen) == 1 and max(kept) < seen[0] <= sum(kept)
    rows = PrivacyRequest.objects.all()
    assert {(row.for_audit, row.error) for row in rows} == {(None, "")} and all(row.progress == {} for row in rows)
    assert all(row.scan["audit"]["clean"] and row.scan["scope"] == "person" for row in rows)


def test_there_is_none_where_nobody_was_erased_since_the_last() -> None:
    assert not tasks.audit_erasures() and not audit.go_on()
    erased(cast.ANNA)
    audited()
    assert not tasks.audit_erasures() and not audit.go_on()


def test_who_was_scanned_in_full_needs_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan, "AT_ONCE", 1 << 30)
    erased(cast.ANNA)
    assert not audit.waiting().exists()


def test_there_is_one_at_a_time_and_who_is_erased_meanwhile_waits_for_the_next() -> None:
    erased(cast.ANNA)
    assert audit.begin() and not audit.begin()
    (ben,) = erased(cast.BEN)
    assert audit.go_on() and not audit.go_on()
    assert [row.pk for row in audit.waiting()] == [ben.pk]
    audited()
    assert not audit.waiting().exists()


def test_very_many_fingerprints_are_shared_out(monkeypatch: pytest.MonkeyPatch) -> None:
    erased(*PEOPLE)
    monkeypatch.setattr(audit, "MOST", 1)
    for left in (2, 1, 0):
        audited()
        assert audit.waiting().count() == left


def test_what_is_found_is_told_and_its_fingerprints_are_kept_until_it_is_gone(
    old_copy: Path, admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "WEBHOOKS_TO_PRIVATE", True)
    delivery.add("shop", "http://127.0.0.1:9/nobody-listens")
    anna, ben = erased(cast.ANNA, cast.BEN)
    audited()
    (row,) = audit.found()
    assert row.pk == anna.pk and row.for_audit and row.error == "The audit found text in log/old.txt"
    assert PrivacyRequest.objects.get(pk=ben.pk).for_audit is None, "nothing of Ben's is in it"
    assert row.scan["clean"] and row.scan["audit"]["hits"].keys() == {"log/old.txt"}

    page = admin_client.get("/admin/privacy/privacyrequest/?urgency=audit").content.decode()
    assert "The audit found text of erased people: 1 request." in page and "log/old.txt" in page
    assert any("The audit found text of 1 erased person." in each.words for each in work.erasures())
    assert waiting.requests()["found_by_audit"] == 1
    assert alerts.tell(cast.project(), timezone.now()) == 1 == alerts.tell(cast.project(), timezone.now())
    assert Delivery.objects.get().payload["type"] == "erasure.found"
    assert PEOPLE[cast.ANNA] not in f"{row.error}{row.scan}{Delivery.objects.get().payload}"

    audited()
    assert audit.found().exists(), "it is still there"
    old_copy.unlink()
    audited()
    assert not audit.waiting().exists() and PrivacyRequest.objects.get(pk=anna.pk).error == ""
    assert alerts.tell(cast.project(), timezone.now()) == 0 == waiting.requests()["found_by_audit"]


def test_what_others_say_too_is_nothing_that_was_left(old_copy: Path) -> None:
    cast.asked(cast.project(), "user-who-asks-the-same", question=PEOPLE[cast.ANNA])
    erased(cast.ANNA)
    audited()
    assert not audit.waiting().exists()


def test_a_person_who_comes_back_and_is_erased_again_is_audited_for_both() -> None:
    shop = cast.project()
    (first,) = erased(cast.ANNA)
    cast.asked(shop, cast.BEN, question=PEOPLE[cast.BEN])
    withdrawn = lifecycle.submit("shop", cast.BEN, "withdrawal", verified_by="key", origin="shop")
    assert lifecycle.advance(withdrawn).state == "closed"
    again = lifecycle.submit("shop", cast.BEN, "erasure", verified_by="key", origin="shop")
    assert lifecycle.advance(again).state == "closed" and not Interaction.objects.filter(subject__isnull=True).exists()
    assert {first.pk, withdrawn.pk} <= set(audit.waiting().values_list("pk", flat=True))


def test_it_goes_on_after_a_crash_where_it_was(old_copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    erased(cast.ANNA)
    files = [tmp_path / name for name in "abcdef"]
    for file in files:
        file.write_text("Nothing is in here.")
    monkeypatch.setattr(scan, "paths", lambda since=0.0: map(str, [*files, old_copy]))
    monkeypatch.setattr(scan, "STEP", 0)
    assert audit.begin()
    places = []
    for _ in range(2):
        assert audit.go_on()
        places.append(audit.waiting().get().progress["file"])
    real = scan.search

    def dies(*given: Any) -> bool:
        real(*given)
        raise SystemExit

    monkeypatch.setattr(scan, "search", dies)
    with pytest.raises(SystemExit):
        audit.go_on()
    monkeypatch.setattr(scan, "search", real)
    assert not audit.go_on(), "the dead worker's lease has not ended"
    assert audit.waiting().get().progress["file"] == places[-1] > places[0]
    PrivacyRequest.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    steps = 0
    while audit.go_on():
        steps += 1
    assert steps > 2 and audit.found().get().scan["audit"]["hits"].keys() == {"log/old.txt"}


def test_who_lost_the_lease_concludes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    erased(cast.ANNA)
    assert audit.begin()
    real = scan.search

    def slow(*given: Any) -> bool:
        PrivacyRequest.objects.update(lease_until=timezone.now() + timedelta(hours=1))  # another worker's
        return real(*given)

    monkeypatch.setattr(scan, "search", slow)
    assert audit.go_on() and audit.waiting().get().progress["people"]


def test_the_worker_goes_on_with_it_when_it_looks_for_requests() -> None:
    erased(cast.ANNA)
    assert tasks.audit_erasures()
    tasks.advance_requests()
    assert not audit.waiting().exists()


@pytest.mark.skipif("DATABASE_URL" in os.environ, reason="about SQLite's file")
def test_text_in_a_page_that_no_erasure_changed_is_found() -> None:
    shop = cast.project()
    cast.asked(shop, cast.ANNA, question=PEOPLE[cast.ANNA])
    made = lifecycle.submit("shop", cast.ANNA, "erasure", verified_by="key", origin="shop")
    lifecycle.execute(made)
    changed = residue.numbers(made.progress["person"]["pages"])
    residue.plant(residue.unused_place(changed, touched=False), PEOPLE[cast.ANNA])
    assert lifecycle.advance(made).state == "closed"
    audited()
    assert audit.found().get().error == "The audit found text in test.sqlite3"
    residue.vacuum()
    audited()
    assert not audit.waiting().exists()
