"""Scheduled releases: one row for each dataset and period decides what is cut. Every process inserts the newest due
period under the same name, and the unique row lets only one succeed. After an outage there is a single catch-up;
earlier periods are marked as missed. A failed try is recorded in the row and retried with growing delays. If nothing is
new, nothing is cut.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from curation import pipeline
from curation.models import Dataset, Period, PeriodState, Release, ReleaseState
from curation.releases import cutting, schedules
from curation.releases.cutting import MAX_TRIES
from privacy.db import isolation, leases
from privacy.db.leases import Lease

PUBLISHED = (ReleaseState.PUBLISHED, ReleaseState.STALE, ReleaseState.SUPERSEDED)
RETRY_DELAYS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120))
BUSY_DELAY = timedelta(minutes=1)
LEASE = Lease(cutting.LEASE.length, counted=True)
ENTER, CUT = "schedule", "schedule: release"


def run_due(now: datetime | None = None) -> list[Period]:
    """Insert due periods and cut the waiting ones; return the periods that this call tried.

    Beat and `manage.py run_due` call it, as often and as concurrently as they like.
    """
    now = now or timezone.now()
    scheduled = Dataset.objects.exclude(cadence=Dataset.Cadence.MANUAL)
    isolation.each(
        ENTER, scheduled, lambda dataset: enter(dataset, now)
    )  # a time zone may have been removed, for example
    tried = isolation.each(CUT, waiting(now), lambda period: attempt(period) if claim(period, now) else None)
    return [period for period in tried if period is not None]


def enter(dataset: Dataset, now: datetime) -> None:
    """The row of the newest due period, unless it exists; earlier periods that nobody cut are marked as missed."""
    plan = dataset.schedule()
    if plan is None:
        return
    newest = dataset.periods.order_by("-due_at").values_list("due_at", flat=True).first()
    after = max(dataset.scheduled_since, newest) if newest else dataset.scheduled_since
    found = schedules.passed(plan, after, now)
    if not found:
        return
    *missed, due = found
    rows = [
        Period(dataset=dataset, name=each.name, due_at=each.at, state=PeriodState.MISSED, finished_at=now)
        for each in missed
    ]
    rows.append(Period(dataset=dataset, name=due.name, due_at=due.at, next_at=due.at))
    with transaction.atomic():
        Period.objects.bulk_create(rows, ignore_conflicts=True)
        older = Period.objects.filter(leases.free(), dataset=dataset, state=PeriodState.WAITING, due_at__lt=due.at)
        gone = list(older.select_for_update().values_list("name", flat=True))
        older.filter(name__in=gone).update(state=PeriodState.MISSED, finished_at=now, lease_until=None)
        take_back(dataset, gone)


def waiting(now: datetime) -> QuerySet[Period]:
    """The periods whose turn it is, oldest first, including those whose worker died."""
    rows = Period.objects.filter(leases.free(), state=PeriodState.WAITING, next_at__lte=now)
    return rows.select_related("dataset__project").order_by("due_at", "pk")


def claim(period: Period, now: datetime) -> bool:
    """Claim a period. The try counts from here on, so a period that kills its worker is given up eventually."""
    free = Period.objects.filter(pk=period.pk, state=PeriodState.WAITING, next_at__lte=now)
    period.lease_until = LEASE.claim(free)
    if period.lease_until is None:
        return False
    period.refresh_from_db(fields=["tries", "error"])
    return True


def attempt(period: Period) -> Period:
    """Curate new input and cut the period's release. A failure is recorded in the row and retried."""
    try:
        if period.tries > MAX_TRIES:
            settle(period, PeriodState.FAILED, error=period.error or "The worker died in every try.")
        else:
            conclude(period)
    except Exception as error:  # noqa: BLE001 - recorded in the row and shown; the other periods continue
        fail(period, type(error).__name__)
    period.refresh_from_db()
    return period


def conclude(period: Period) -> None:
    """Cut, and store the result."""
    pipeline.curate(period.dataset.project)
    try:
        made = cutting.cut(period.dataset, period=period.name)
    except cutting.NothingToCut:
        settle(period, PeriodState.NOTHING_NEW)
        return
    if made.state not in PUBLISHED:  # another process is cutting it
        held_row(period).update(lease_until=None, tries=F("tries") - 1, next_at=timezone.now() + BUSY_DELAY)
    elif made.period == period.name:
        settle(period, PeriodState.DONE, release=made)
    else:
        settle(period, PeriodState.NOTHING_NEW)


def fail(period: Period, error: str) -> None:
    """Record only the error's type, since its message may quote captured text. Each retry waits longer, up to the last."""
    if period.tries >= MAX_TRIES:
        settle(period, PeriodState.FAILED, error=error)
    else:
        pause = RETRY_DELAYS[min(period.tries, len(RETRY_DELAYS)) - 1]
        held_row(period).update(lease_until=None, error=error, next_at=timezone.now() + pause)


def settle(period: Period, state: str, **found: Any) -> None:
    with transaction.atomic():
        changes = {"error": "", **found, "state": state, "lease_until": None, "finished_at": timezone.now()}
        if held_row(period).update(**changes) and state == PeriodState.FAILED:
            take_back(period.dataset, [period.name])


def held_row(period: Period) -> QuerySet[Period]:
    """The row, if this process still holds it: the lease's end time identifies the holder."""
    return Period.objects.filter(pk=period.pk, state=PeriodState.WAITING, lease_until=period.lease_until)


def take_back(dataset: Dataset, names: list[str]) -> None:
    """Remove the unfinished cuts of abandoned periods."""
    begun = Release.objects.filter(leases.free(), dataset=dataset, state=ReleaseState.CUTTING, recut=0)
    for release in begun.filter(~Q(period=""), period__in=names):
        release.members.all().delete()
        release.delete()


def retry(dataset: Dataset) -> int:
    """Retry the newest period now, if it failed or waits for its next try; return how many."""
    newest = dataset.periods.order_by("-due_at").values("pk")[:1]
    rows = Period.objects.filter(leases.free(), pk__in=list(newest.values_list("pk", flat=True)))
    rows = rows.filter(state__in=[PeriodState.FAILED, PeriodState.WAITING])
    return rows.update(state=PeriodState.WAITING, tries=0, next_at=timezone.now(), lease_until=None, finished_at=None)
