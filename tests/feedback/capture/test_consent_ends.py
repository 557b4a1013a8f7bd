"""Consent that comes with a write, and what the person's ledger already says."""

from datetime import timedelta
from typing import Any

import pytest
from django.db.models.signals import post_init
from django.utils import timezone

from feedback import capture
from feedback.models import Project
from privacy.consent import ledger
from privacy.erasure import erasure
from privacy.models import ConsentEntry, Subject
from tests import factories as cast

pytestmark = pytest.mark.django_db


def agreed(shop: Project, **how: Any) -> Subject:
    cast.asked(shop, consent=None if shop.consents_by_default("capture") else cast.ALL)
    erasure.change_consent(cast.person(shop), cast.ALL, method="api", **how)
    return cast.person(shop)


def test_consent_sent_with_a_write_leaves_an_end_that_is_to_come(shop: Project) -> None:
    end = timezone.now() + timedelta(days=30)
    anna = agreed(shop, expires_at=end)
    before = ConsentEntry.objects.count()
    cast.asked(shop, consent=cast.ALL)
    assert ConsentEntry.objects.count() == before, "it says nothing new"
    assert {line.expires_at for line in ledger.newest(anna).values()} == {end}
    assert not any(ledger.effective(anna, now=end).values())


def test_a_new_wording_sent_with_a_write_leaves_the_end_as_well(shop: Project) -> None:
    end = timezone.now() + timedelta(days=30)
    anna = agreed(shop, expires_at=end)
    source = capture.ConsentSource("import", ledger.notice_for("May we keep this?"))
    capture.record_interaction(shop, cast.interaction(consent={"training": True}), source)
    newest = ledger.newest(anna)["training"]
    assert newest.notice is not None and newest.expires_at == end


def test_consent_that_has_ended_is_given_again_by_a_write(shop: Project) -> None:
    anna = agreed(shop, expires_at=timezone.now() - timedelta(seconds=1))
    assert not any(ledger.effective(anna).values())
    cast.asked(shop, consent=cast.ALL)
    assert all(ledger.effective(anna).values())
    assert {line.expires_at for line in ledger.newest(anna).values()} == {None}


def test_consent_taken_back_and_given_again_with_a_write_has_no_end(shop: Project) -> None:
    anna = agreed(shop, expires_at=timezone.now() + timedelta(days=30))
    cast.asked(shop, consent={"training": False})
    cast.asked(shop, consent={"training": True})
    assert ledger.newest(anna)["training"].expires_at is None


@pytest.mark.parametrize("changes", [1, 40])
def test_a_write_reads_the_newest_entry_of_each_purpose_however_long_the_ledger_is(shop: Project, changes: int) -> None:
    anna = agreed(shop)
    for _ in range(changes):
        ledger.record(anna, {"training": False}, method="api")
        ledger.record(anna, {"training": True}, method="api")
    read: list[ConsentEntry] = []

    def note(instance: ConsentEntry, **_: Any) -> None:
        read.append(instance)

    post_init.connect(note, sender=ConsentEntry)
    try:
        cast.asked(shop, consent=cast.ALL)
        assert ledger.effective(anna)["training"]
    finally:
        post_init.disconnect(note, sender=ConsentEntry)
    assert len(read) == 2 * len(cast.ALL), "once by the write, once by the question after it"
    assert ledger.broken_at(ConsentEntry.objects.filter(subject=anna).order_by("id")) is None
