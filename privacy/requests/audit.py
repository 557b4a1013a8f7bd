"""The audit of erasures: once a night, everything is read for all people whose own scan read less.

It searches for the text of all of them at once, so it takes as long for a hundred people as for one. The oldest request
among them holds its state: `progress` names the others and how far the audit is, in steps, so that after a crash the
next worker continues. Their fingerprints are kept until an audit has found nothing of theirs. What it finds is on the
privacy desk, in `manage.py doctor`, `/metrics` and an alert, and is searched for again the next night.
"""

import logging
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Length
from django.utils import timezone

from privacy.db import engine, leases
from privacy.db.leases import Lease
from privacy.erasure import scan
from privacy.erasure.byte_scan import SIZE, unpacked
from privacy.models import PrivacyRequest, RequestStatus

LEASE = Lease(timedelta(minutes=10))
MOST = 1_000_000 * SIZE  # bytes of fingerprints in one audit; further people wait for the next
FOUND = "The audit found text in"
logger = logging.getLogger(__name__)


def waiting() -> QuerySet[PrivacyRequest]:
    """The closed requests whose text an audit has yet to search for, oldest first."""
    return PrivacyRequest.objects.filter(state=RequestStatus.CLOSED, for_audit__isnull=False).order_by("closed_at")


def found() -> QuerySet[PrivacyRequest]:
    """The requests for whose people the last audit found text."""
    return waiting().exclude(error="")


def begin() -> bool:
    """Begin an audit for everybody who waits for one; returns whether it began: somebody waits, and no audit was under
    way.
    """
    with transaction.atomic():
        rows = list(waiting().select_for_update().only("progress").annotate(size=Length("for_audit")))
        if not rows or any(row.progress for row in rows):
            return False
        people, size = list[str](), 0
        for row in rows:
            size += row.size
            if not people or size <= MOST:
                people.append(str(row.pk))
        rows[0].progress = {"people": people}
        rows[0].save(update_fields=["progress"])
    return True


def go_on() -> bool:
    """Take the current audit one step further; returns whether there was one."""
    carrier = waiting().filter(leases.free()).exclude(progress={}).first()
    if carrier is None or not (until := LEASE.claim(PrivacyRequest.objects.filter(pk=carrier.pk))):
        return False
    mine, progress = PrivacyRequest.objects.filter(pk=carrier.pk, lease_until=until), carrier.progress
    if "file" not in progress:
        engine.empty_log()  # otherwise text that an operator has removed may still be in the file
    people = list(waiting().filter(pk__in=progress["people"]))
    wanted = frozenset[bytes]().union(*(unpacked(bytes(row.for_audit or b"")) for row in people))
    if scan.search(progress, wanted, scan.for_audit()):
        finish(mine, people, progress, wanted)
    else:
        mine.update(progress=progress, lease_until=None)
    return True


def finish(
    mine: QuerySet[PrivacyRequest], people: list[PrivacyRequest], progress: dict[str, Any], wanted: frozenset[bytes]
) -> None:
    """Note what the audit has found for each person, and delete the fingerprints of those for whom it found nothing."""
    left, _ = scan.residue(progress, wanted, scan.for_audit())
    with transaction.atomic():
        if not mine.update(progress={}, lease_until=None):
            return  # another worker has it
        for row in people:
            own = unpacked(bytes(row.for_audit or b""))
            hits = {place: len(own & digests) for place, digests in sorted(left.items()) if own & digests}
            kept = {} if hits else {"for_audit": None}
            error = f"{FOUND} {', '.join(hits)}"[:200] if hits else ""
            said = {**row.scan, "audit": {"at": timezone.now().isoformat(), "hits": hits, "clean": not hits}}
            PrivacyRequest.objects.filter(pk=row.pk).update(scan=said, error=error, **kept)
    if left:
        logger.error("The audit of erasures found text of erased people in %s", ", ".join(sorted(left)))
