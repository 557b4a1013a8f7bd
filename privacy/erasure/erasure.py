"""The single path that reaches all data of a person: access, erasure, withdrawal of a purpose, retention.

`settings.PERSONAL_DATA` names modules, leaf first. Each promises:

- `MODELS`: the labels of its models with personal data; `IMPERSONAL`: those of its other models; `GROWING`: those of
  the latter that grow with the conversations, and hold ids, codes and digests alone;
- `export(subject) -> dict[str, list[dict]]`: the person's rows by kind, readable;
- `erase(subject, purpose=None) -> Iterator[dict[str, int]]`: removes them (all, or those for one purpose) in steps of at
  most `TURN` rows, each counted by kind; abandoned after any step, the next call goes on with the rest;
- `recalls(releases) -> list[dict]`: for each of these files, its replacement: `{"release", "replaced_by", "recall"}`;
- `affected(subject) -> list[str]`: the released files, by name, that hold records of the person;
- `rows_behind(files) -> list[QuerySet]`: the rows of people whose text these files hold;
- `holding(tombstones) -> list[Subject]`: whose rows these tombstones refer to, after a backup was restored;
- `reconsider(subject)`: their consent has widened, so records that were left out for lack of it are considered again;
- `expire(before) -> Iterator[dict[str, int]]`: removes what retention no longer covers, in such steps;
- `settle()`: effects outside the database, after the commit: idempotent, resumable.

An erasure hides the person in one short transaction and removes their rows in turns, each a transaction of its own: what
one person has may take minutes, and others write meanwhile. The erasure's row says how far it is.
"""

import contextlib
import importlib
import itertools
import logging
import math
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import ModuleType
from typing import Any, TypeVar

from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.db.models import F, Model, Q, QuerySet
from django.utils import timezone

from privacy.consent import ledger
from privacy.db import disk_space, engine, isolation, leases
from privacy.db.leases import Lease
from privacy.erasure.denials import note_denial
from privacy.models import ConsentEntry, Erasure, PrivacyRequest, Purpose, RequestStatus, Subject
from privacy.subjects import master_keys
from privacy.subjects.lookup import bury_person

Row = TypeVar("Row", bound=Model)
Transaction = contextlib.AbstractContextManager[None]
logger = logging.getLogger(__name__)
MAX_TRIES = 5
RETENTION = "retention"
LEASE = Lease(timedelta(minutes=10), counted=True)
PAUSE = timedelta(seconds=20)  # before a full disk is checked again
TURN = 100  # rows removed in one transaction, or a few more: 30 ms on SQLite
LONGEST_PAUSE = 0.2  # seconds between turns; SQLite's waiting writers retry every 0.1 s
AT_ONCE = 1.0  # seconds of removing while the person waits for the answer
SWEEP = 60.0  # seconds of removing before the worker turns to other work


def holders() -> list[ModuleType]:
    """The modules that hold personal data, leaf first."""
    return [importlib.import_module(name) for name in settings.PERSONAL_DATA]


def export(subject: Subject) -> dict[str, list[dict[str, Any]]]:
    """Everything kept about the person, by kind: the same rows that `erase` removes."""
    found: dict[str, list[dict[str, Any]]] = {}
    for module in holders():
        found |= module.export(subject)
    return found


def erase(subject: Subject, purpose: str | None = None, request: PrivacyRequest | None = None) -> Erasure:
    """Remove the person's data, all of it or what serves one purpose; return the receipt.

    Withdrawing `capture` removes the content and keeps the ledger, which then says no. Files follow in `settle`. If a
    table was forgotten, its PROTECTed key makes this fail with the table's name, and the person stays hidden.
    """
    receipt = begin(subject, purpose, request)
    go_on(receipt)
    return receipt


def begin(subject: Subject, purpose: str | None = None, request: PrivacyRequest | None = None) -> Erasure:
    """Store the erasure and hide the person in one short transaction; returns the erasure already under way, if any.

    Raises `UnknownKey` if the tombstones were made with another master key.
    """
    master_keys.expect_known()
    with transaction.atomic():
        locked = Subject.objects.select_for_update().get(pk=subject.pk)
        same = Erasure.objects.filter(request=request, purpose=purpose or "")
        same = same if request else same.filter(subject=locked)
        if under_way := same.first():
            return under_way
        if purpose in (None, Purpose.CAPTURE):
            Subject.objects.filter(pk=locked.pk, restricted_at__isnull=True).update(restricted_at=timezone.now())
        return Erasure.objects.create(
            subject=locked,
            namespace=locked.namespace,
            request=request,
            purpose=purpose or "",
            releases=[name for module in holders() for name in module.affected(locked)],
        )


def go_on(
    receipt: Erasure, seconds: float = math.inf, begin_turn: Callable[[], Transaction] = transaction.atomic
) -> bool:
    """Take turns until nothing is left, or for about this many seconds; return whether it is done.

    If stopped or killed at any moment, the next call continues. SQLite's other writers look for the lock only now and
    then, so each turn leaves them time.
    """
    end = time.monotonic() + seconds
    while receipt.subject_id is not None:
        begun = time.monotonic()
        take_turn(receipt, begin_turn)
        now = time.monotonic()
        if receipt.subject_id is not None and now > end:
            return False
        if receipt.subject_id is not None and engine.one_writer() and not connection.in_atomic_block:
            time.sleep(min(now - begun, LONGEST_PAUSE))
    return True


def take_turn(receipt: Erasure, begin_turn: Callable[[], Transaction] = transaction.atomic) -> None:
    """Remove some of the person's rows and count them in one transaction; removing the last completes the erasure."""
    with begin_turn():
        subject = Subject.objects.select_for_update().filter(pk__in=[receipt.subject_id]).first()
        locked = Erasure.objects.select_for_update().get(pk=receipt.pk)
        if subject is not None and locked.subject_id is not None:  # otherwise another process has done the last turn
            counts, nothing_left = remove_some(subject, locked.purpose or None)
            counts.update(locked.counts)
            locked.counts = dict(counts)
            if nothing_left:
                complete(locked, subject)
            locked.save()
    receipt.refresh_from_db()


def remove_some(subject: Subject, purpose: str | None) -> tuple[Counter[str], bool]:
    """Remove about `TURN` rows, leaf first; return their counts by kind, and whether nothing is left."""
    counts: Counter[str] = Counter()
    for module in holders():
        for step in module.erase(subject, purpose):
            counts.update(step)
            if counts.total() >= TURN:
                return counts, False
    return counts, True


def complete(receipt: Erasure, subject: Subject) -> None:
    """All rows are gone: delete the person, or show them again after a withdrawal. Call in the last turn."""
    if receipt.purpose:
        show_again(receipt, subject)
    else:
        bury_person(subject.digest)
        subject.delete()
        receipt.counts["subject"] = 1
    receipt.subject, receipt.executed_at = None, timezone.now()
    receipt.settled_at = None if any(receipt.counts.values()) else receipt.executed_at


def show_again(receipt: Erasure, subject: Subject) -> None:
    """After a withdrawal, show what is kept from now on, unless the person is being erased.

    If they have agreed again since, records that were left out are reconsidered.
    """
    others = Erasure.objects.filter(subject=subject, purpose__in=["", Purpose.CAPTURE]).exclude(pk=receipt.pk)
    over = [RequestStatus.CLOSED, RequestStatus.REFUSED, RequestStatus.RECEIVED]
    asked = PrivacyRequest.objects.filter(subject=subject, kind=PrivacyRequest.Kind.ERASURE).exclude(state__in=over)
    if receipt.purpose == Purpose.CAPTURE and not others.exists() and not asked.exists():
        Subject.objects.filter(pk=subject.pk).update(restricted_at=None)
    if ledger.effective(subject)[receipt.purpose]:
        for module in holders():
            module.reconsider(subject)


def withdraw(subject: Subject, purpose: str, *, method: str) -> Erasure:
    """Withdraw consent for one purpose: the ledger says no at once, and records derived for the purpose are removed."""
    with transaction.atomic():
        ledger.record(subject, {purpose: False}, method=method)
        note_denial(subject, purpose)
        receipt = begin(subject, purpose)
    go_on(receipt)
    return receipt


def change_consent(subject: Subject, purposes: dict[str, bool], **how: Any) -> dict[str, bool]:
    """Record what the person now says, apply it at once, and return the effective state.

    `how` is passed to `consent.record`. Every change of existing consent comes through here. For somebody with a great
    deal of data, the worker removes what is left after `AT_ONCE` seconds; the person is hidden until then.
    """
    with transaction.atomic():
        begun = carry_out(subject, ledger.record(subject, purposes, **how))
    end = time.monotonic() + AT_ONCE
    for receipt in begun:
        go_on(receipt, end - time.monotonic())
    return ledger.effective(subject)


def carry_out(subject: Subject, added: Sequence[ConsentEntry]) -> list[Erasure]:
    """Apply these lines, just added to the ledger in this order: once for each purpose, however often it was withdrawn.

    Call in their transaction. It takes one turn and leaves the rest to the worker. If consent was withdrawn and given
    again, the removal runs to its end, since later data may be kept. Returns the erasures.
    """
    last = {line.purpose: line for line in added}
    begun = []
    for purpose in sorted({line.purpose for line in added if not line.granted}):
        if not last[purpose].granted:
            note_denial(subject, purpose)
        receipt = begin(subject, purpose)
        go_on(receipt, math.inf if last[purpose].granted else 0)
        begun.append(receipt)
    if any(line.granted for line in added):
        for module in holders():
            module.reconsider(subject)
    return begun


def settle(limit: int = 20) -> int:
    """Finish erasures outside the database: released files, free pages. Returns how many were finished.

    It first removes rows that a withdrawal has left; `requests.advance` removes those of a request. Each erasure is
    claimed by a lease, so two workers never do the same one, and a worker that dies loses its lease, not the work. A
    full disk does not count as a failed try.
    """
    mine = Q(subject__isnull=True) | Q(request__isnull=True)
    due = Erasure.objects.filter(mine, leases.free(), settled_at__isnull=True, tries__lt=MAX_TRIES)
    return sum(isolation.each("erasure", due.order_by("executed_at")[:limit], settle_in_turn))


def settle_in_turn(receipt: Erasure) -> bool:
    """Finish one erasure if no other worker holds it, or put it off if the disk is full; return whether it is done."""
    try:
        return claim(receipt) and settle_one(receipt)
    except (OSError, OperationalError) as error:
        if not disk_space.is_full(error):
            raise
        put_off(receipt, error)
        return False


def claim(receipt: Erasure) -> bool:
    """Take the lease of a waiting erasure."""
    return LEASE.claim(Erasure.objects.filter(pk=receipt.pk, settled_at__isnull=True)) is not None


def settle_one(receipt: Erasure) -> bool:
    """Finish one erasure; return whether it is done. If not, the next sweep continues it."""
    mine = Erasure.objects.filter(pk=receipt.pk)
    if not go_on(receipt, SWEEP):
        mine.update(lease_until=None, tries=0)
        return False
    for module in holders():
        module.settle()
    overwrite_free_pages()
    settled = {"overwritten_at": timezone.now()} if engine.one_writer() else {}
    mine.update(settled_at=timezone.now(), lease_until=None, **settled)
    return True


def put_off(receipt: Erasure, error: Exception) -> None:
    """Let an erasure wait for disk space, and log that."""
    logger.error("Erasure %s waits for disk space: %s", receipt.pk, error)
    until = timezone.now() + PAUSE
    with contextlib.suppress(OperationalError):  # there is no space for this either; the lease expires by itself
        Erasure.objects.filter(pk=receipt.pk, tries__gt=0).update(lease_until=until, tries=F("tries") - 1)


def overwrite_free_pages() -> None:
    """SQLite: empty the write-ahead log; `secure_delete` has zeroed the pages already. PostgreSQL rewrites its tables
    every night (`privacy/erasure/retention.py`).
    """
    transaction.on_commit(engine.empty_log)


@dataclass(frozen=True)
class Part:
    """One part of retention: its name for the log and its steps, each a short transaction."""

    about: str
    steps: Callable[[], Iterator[dict[str, int]]]

    def __str__(self) -> str:
        return self.about


def expire(before: datetime) -> dict[str, int]:
    """Remove what retention no longer covers; return counts by kind. A failing part does not stop the others."""
    counts: Counter[str] = Counter()

    def carry_out_part(part: Part) -> None:
        for step in in_turns(part.steps()):
            counts.update(step)

    parts = isolation.each(RETENTION, holders(), lambda module: list(module.expire(before)))
    isolation.each(RETENTION, itertools.chain.from_iterable(parts), carry_out_part)
    return dict(counts)


def in_turns(steps: Iterator[dict[str, int]]) -> Iterator[dict[str, int]]:
    """The steps, each run in a transaction of its own."""
    while True:
        with transaction.atomic():
            step = next(steps, None)
        if step is None:
            return
        yield step


def removed(kind: str, rows: QuerySet[Row]) -> Iterator[dict[str, int]]:
    """Delete these rows in steps, counted under this kind."""
    label = rows.model._meta.label
    while keys := list(rows.values_list("pk", flat=True)[:TURN]):
        _, gone = rows.model._base_manager.filter(pk__in=keys).delete()
        yield {kind: gone.get(label, 0)}


def meeting_any(rows: QuerySet[Row], *conditions: Q) -> QuerySet[Row]:
    """The rows that meet any of the conditions, each found by its own index.

    No planner answers an OR of conditions on two tables with an index: it would read both from end to end.
    """
    first, *others = (rows.filter(condition).order_by().values("pk") for condition in conditions)
    return rows.filter(pk__in=first.union(*others))


def purposes_gone(purpose: str | None) -> frozenset[str]:
    """The purposes whose derived records an erasure removes: without capture, none may stay."""
    return frozenset(Purpose.values) if purpose in (None, Purpose.CAPTURE) else frozenset({str(purpose)})
