"""Leases: a row that only one worker handles at a time. A worker that dies loses its lease, not the work.

The lease's end is in the row's `lease_until`, and is also the token that shows who holds it. Taking a lease is a single
UPDATE on the condition that nobody holds it, which two workers cannot both win on either database.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils import timezone


def free(now: datetime | None = None) -> Q:
    """The rows that no worker holds."""
    return Q(lease_until__isnull=True) | Q(lease_until__lt=now or timezone.now())


@dataclass(frozen=True, slots=True)
class Lease:
    """How long a kind of work may go without news from its worker; `counted` work counts each try in `tries`."""

    length: timedelta
    counted: bool = False

    def claim(self, rows: QuerySet[Any], **columns: Any) -> datetime | None:
        """Take the one row of `rows` if it is free, and set these columns. Return when the lease ends; None if it was
        not free.
        """
        until = timezone.now() + self.length
        tries: dict[str, Any] = {"tries": F("tries") + 1} if self.counted else {}
        return until if rows.filter(free()).update(lease_until=until, **tries, **columns) else None

    def renew(self, rows: QuerySet[Any], until: datetime | None, **columns: Any) -> datetime | None:
        """Extend the lease that ends at this time. Return its new end; None if it was lost."""
        ends = timezone.now() + self.length
        return ends if rows.filter(lease_until=until).update(lease_until=ends, **columns) else None
