"""Leases: a row that one worker alone is at. A worker that dies loses its lease, not the work.

The end of the lease stands in the row's `lease_until`, and is also the token that shows whose it is. Taking one is a
single UPDATE with the condition that nobody has it, which two workers cannot both win on either database.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils import timezone


def free(now: datetime | None = None) -> Q:
    """The rows that nobody is at."""
    return Q(lease_until__isnull=True) | Q(lease_until__lt=now or timezone.now())


@dataclass(frozen=True, slots=True)
class Lease:
    """How long a kind of work may go without a word from its worker; `counted` work notes each try in `tries`."""

    length: timedelta
    counted: bool = False

    def claim(self, rows: QuerySet[Any], **columns: Any) -> datetime | None:
        """Take the one row of `rows` if it is free, and set these columns; when the lease ends, None where it was not."""
        until = timezone.now() + self.length
        tries: dict[str, Any] = {"tries": F("tries") + 1} if self.counted else {}
        return until if rows.filter(free()).update(lease_until=until, **tries, **columns) else None

    def renew(self, rows: QuerySet[Any], until: datetime | None, **columns: Any) -> datetime | None:
        """Hold the lease that ends then for longer; when it ends now, None where it was lost."""
        ends = timezone.now() + self.length
        return ends if rows.filter(lease_until=until).update(lease_until=ends, **columns) else None
