"""Runs work for every project, dataset or request in turn; a failure for one does not stop the others.

`each` continues after a failure, logs its kind and place, and keeps a `Setback` until the same work succeeds. `/readyz`
and `/metrics` count setbacks, and a command exits with status 1 while its work has any. No exception message is kept,
since it may quote captured text.
"""

import logging
import os
import traceback
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any, TypeVar

from django.utils import timezone

from privacy.models import Setback

Thing = TypeVar("Thing")
Result = TypeVar("Result")
logger = logging.getLogger(__name__)
FORGOTTEN = timedelta(days=1)
"""A setback that has not recurred for this long is about something that no longer exists."""


def each(work: str, things: Iterable[Thing], do: Callable[[Thing], Result]) -> list[Result]:
    """Do this work for each item, and return the results of those that succeeded.

    `things` is read before the work begins. The work manages its own transactions.
    """
    results, seen, failed = [], set(), {}
    for thing in list(things):
        about = name(thing)
        seen.add(about)
        try:
            results.append(do(thing))
        except Exception as error:  # noqa: BLE001 - whatever it is, the others go on
            failed[about] = reason(error)
            logger.error("%s failed for %s: %s at %s", work, about, failed[about], place(error))
    note(work, seen, failed)
    return results


def name(thing: Any) -> str:
    """What an item is called in the log: its kind and key."""
    kind = getattr(type(thing), "_meta", None)
    return f"{kind.model_name} {thing.pk}" if kind else str(getattr(thing, "__name__", thing))[:80]


def reason(error: Exception) -> str:
    """What went wrong, without the exception's message; for a system error, the system's own words."""
    if isinstance(error, OSError) and error.errno:
        return f"{type(error).__name__} ({os.strerror(error.errno)})"
    return type(error).__name__


def place(error: Exception) -> str:
    """The module and line that raised, without the message."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{frames[-1].name}:{frames[-1].lineno}" if frames else "nowhere"


def note(work: str, seen: set[str], failed: dict[str, str]) -> None:
    """Keep a row for each failure, and remove the rows of items that have since succeeded or are gone."""
    now = timezone.now()
    for row in Setback.objects.filter(work=work):
        if row.about in failed:
            Setback.objects.filter(pk=row.pk).update(error=failed.pop(row.about)[:80], at=now, times=row.times + 1)
        elif row.about in seen or row.at < now - FORGOTTEN:
            row.delete()
    new = [Setback(work=work, about=about, error=error[:80], at=now) for about, error in failed.items()]
    Setback.objects.bulk_create(new, ignore_conflicts=True)


def failing(work: str) -> list[str]:
    """The failures of all work with this prefix, as a message for the operator."""
    rows = Setback.objects.filter(work__startswith=work).order_by("work", "about")
    return [f"{row.work} failed for {row.about}: {row.error}" for row in rows]
