"""The one road that reaches all data of a person: access, erasure, withdrawal of a purpose, retention.

`settings.PERSONAL_DATA` names modules, leaf first. Each promises:

- `MODELS`: the labels of its models that hold personal data, and `IMPERSONAL`: of those that hold none;
- `export(subject) -> dict[str, list[dict]]`: the person's rows by kind, readable;
- `erase(subject, purpose=None) -> dict[str, int]`: removes them (all, or those for one purpose), counted by kind;
- `recalls(releases) -> list[dict]`: of those files, what has replaced each: `{"release", "replaced_by", "recall"}`;
- `affected(subject) -> list[str]`: the released files, by name, that hold records of the person;
- `holding(tombstones) -> list[Subject]`: whose rows are among these, after a backup was restored;
- `reconsider(subject)`: their consent has widened; what was left out for want of it may be looked at again;
- `expire(before) -> dict[str, int]`: removes what retention no longer covers, counted by kind;
- `settle()`: effects outside the database, after the commit: idempotent, resumable.
"""

import importlib
import logging
import time
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from types import ModuleType
from typing import Any, TypeVar

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Model, Q, QuerySet
from django.utils import timezone

from privacy import consent, isolation
from privacy.denials import note_denial
from privacy.models import ConsentEntry, Erasure, PrivacyRequest, Purpose, Subject
from privacy.subjects import bury_person

Row = TypeVar("Row", bound=Model)
logger = logging.getLogger(__name__)
MAX_TRIES = 5
RETENTION = "retention"
PATIENCE = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0)


def holders() -> list[ModuleType]:
    """The modules that hold personal data, leaf first."""
    return [importlib.import_module(name) for name in settings.PERSONAL_DATA]


def export(subject: Subject) -> dict[str, list[dict[str, Any]]]:
    """Everything that is kept of the person, by kind. It is the set that `erase` removes."""
    found: dict[str, list[dict[str, Any]]] = {}
    for module in holders():
        found |= module.export(subject)
    return found


def erase(subject: Subject, purpose: str | None = None, request: PrivacyRequest | None = None) -> Erasure:
    """Remove the person's data, all of it or what serves one purpose, in one transaction; return the receipt.

    Withdrawing `capture` removes the content and keeps the ledger, which then says no. Files follow in `settle`.
    A table that was forgotten holds a PROTECTed key to the subject: then this fails, naming it, and changes nothing.
    """
    with transaction.atomic():
        locked = Subject.objects.select_for_update().get(pk=subject.pk)
        counts: Counter[str] = Counter()
        releases = [name for module in holders() for name in module.affected(locked)]
        for module in holders():
            counts.update(module.erase(locked, purpose))
        if purpose is None:
            bury_person(locked.digest)
            locked.delete()
            counts["subject"] = 1
        return Erasure.objects.create(
            namespace=locked.namespace,
            request=request,
            purpose=purpose or "",
            counts=dict(counts),
            releases=releases,
            settled_at=None if any(counts.values()) else timezone.now(),
        )


def withdraw(subject: Subject, purpose: str, *, method: str) -> Erasure:
    """Take consent for one purpose back: the ledger says no, and what was derived for it goes, in one transaction."""
    with transaction.atomic():
        consent.record(subject, {purpose: False}, method=method)
        note_denial(subject, purpose)
        return erase(subject, purpose)


def change_consent(subject: Subject, purposes: dict[str, bool], **how: Any) -> dict[str, bool]:
    """Record what the person now says, carry it out at once, and return the effective state.

    `how` is passed to `consent.record`. Every door that changes a standing consent comes through here.
    """
    with transaction.atomic():
        carry_out(subject, consent.record(subject, purposes, **how))
    return consent.effective(subject)


def carry_out(subject: Subject, added: Sequence[ConsentEntry]) -> None:
    """Do what these lines, just added to the ledger in this order, ask for: once for each purpose, however often it was
    taken back among them. Call in their transaction."""
    last = {line.purpose: line for line in added}
    for purpose in sorted({line.purpose for line in added if not line.granted}):
        if not last[purpose].granted:
            note_denial(subject, purpose)
        erase(subject, purpose)
    if any(line.granted for line in added):
        for module in holders():
            module.reconsider(subject)


def settle(limit: int = 20, lease: timedelta = timedelta(minutes=10)) -> int:
    """Finish erasures outside the database: released files, free pages. Returns how many were finished.

    Each is claimed by a lease: two workers never do the same, and one that dies loses its lease, not the work.
    """
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=timezone.now())
    due = Erasure.objects.filter(free, settled_at__isnull=True, tries__lt=MAX_TRIES).order_by("executed_at")
    return sum(isolation.each("erasure", due[:limit], lambda receipt: settle_one(receipt, lease)))


def settle_one(receipt: Erasure, lease: timedelta) -> bool:
    """Finish one erasure outside the database; False where somebody else is at it."""
    now = timezone.now()
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
    claim = Erasure.objects.filter(free, pk=receipt.pk, settled_at__isnull=True)
    if not claim.update(lease_until=now + lease, tries=F("tries") + 1):
        return False
    for module in holders():
        module.settle()
    overwrite_free_pages()
    settled = {"overwritten_at": timezone.now()} if connection.vendor == "sqlite" else {}
    Erasure.objects.filter(pk=receipt.pk).update(settled_at=timezone.now(), lease_until=None, **settled)
    return True


def overwrite_free_pages() -> None:
    """SQLite: empty the write-ahead log, where the erased text would else stay until it is overwritten by chance.

    `secure_delete` has zeroed the pages already. PostgreSQL rewrites its tables every night (`privacy/rewriting.py`).
    """
    if connection.vendor == "sqlite":
        transaction.on_commit(empty_log)


def empty_log() -> bool:
    """Copy SQLite's write-ahead log into the database and cut it to nothing; whether that was done.

    A reader in the middle of a long statement holds on to the log: it is waited for, `PATIENCE` seconds. Whoever is
    refused tries again later; a request whose log is not empty does not close.
    """
    for pause in PATIENCE:
        with connection.cursor() as cursor:
            busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        if not busy:
            return True
        time.sleep(pause)
    return False


def expire(before: datetime) -> dict[str, int]:
    """Remove what retention no longer covers at this moment; counts by kind."""
    counts: Counter[str] = Counter()
    for gone in isolation.each(
        RETENTION, holders(), lambda module: module.expire(before), whole=connection.in_atomic_block
    ):
        counts.update(gone)
    return dict(counts)


def meeting_any(rows: QuerySet[Row], *conditions: Q) -> QuerySet[Row]:
    """The rows that meet one of the conditions, each found by its own index.

    An OR of conditions on two tables is what no planner answers with an index: it would read both from end to end.
    """
    first, *others = (rows.filter(condition).order_by().values("pk") for condition in conditions)
    return rows.filter(pk__in=first.union(*others))


def purposes_gone(purpose: str | None) -> frozenset[str]:
    """The purposes whose derived records an erasure removes: without capture, none can stay."""
    return frozenset(Purpose.values) if purpose in (None, Purpose.CAPTURE) else frozenset({str(purpose)})
