"""When a dataset's releases are due: pure functions of a cadence, a cron line and a time zone.

A period is named after its due time: `2026-W47`, `2026-11`, or a cron line's minute in UTC. Every process finds the
same name, whatever daylight saving does.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import islice
from zoneinfo import ZoneInfo, available_timezones

from cronsim import CronSim, CronSimError

MANUAL, WEEKLY, MONTHLY, CRON = "manual", "weekly", "monthly", "cron"
# Mondays, and the first of the month, at three: few zones change daylight saving at that hour.
LINES = {WEEKLY: "0 3 * * 1", MONTHLY: "0 3 1 * *"}
NAMES = {WEEKLY: "%G-W%V", MONTHLY: "%Y-%m"}
CRON_FIELDS = 5
# How far back to look for a due time, step by step; a line that fires every minute is found in the first step.
WINDOWS = tuple(timedelta(hours=hours) for hours in (1, 24, 24 * 32, 24 * 400, 24 * 366 * 9))


@dataclass(frozen=True, slots=True)
class Due:
    """A period: its name, unique in its dataset, and when it is due, in UTC."""

    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Schedule:
    """A cron line in a time zone, and how its periods are named."""

    line: str
    zone: str
    names: str = ""


def schedule(cadence: str, cron: str, zone: str) -> Schedule | None:
    """The schedule of a cadence; None for "by hand". Raises `ValueError` for an unknown zone or an invalid line."""
    check_zone(zone)
    if cadence == MANUAL:
        return None
    if cadence != CRON:
        return Schedule(LINES[cadence], zone, NAMES[cadence])
    check_line(cron)
    return Schedule(cron, zone)


@cache
def zones() -> frozenset[str]:
    """The names of the IANA database. To list them takes some 600 files, and a check of a schedule comes every minute."""
    return frozenset(available_timezones())


def check_zone(zone: str) -> None:
    """Raises `ValueError` for a name that is not in the IANA database."""
    if zone not in zones():
        raise ValueError("Unknown time zone. Use a name like Europe/Berlin.")


def check_line(cron: str) -> None:
    """Raises `ValueError` for an invalid cron line, or one that is never due."""
    if len(cron.split()) != CRON_FIELDS:
        raise ValueError("A cron line has five fields: minute, hour, day of the month, month, day of the week.")
    try:
        next(CronSim(cron, datetime(2026, 1, 1)))
    except CronSimError as error:
        raise ValueError(f"{error}: the line is minute, hour, day of the month, month, day of the week.") from error
    except StopIteration:
        raise ValueError("This line never occurs.") from None


def upcoming(plan: Schedule, after: datetime) -> Iterator[Due]:
    zone = ZoneInfo(plan.zone)
    last = after
    for found in CronSim(plan.line, after.astimezone(zone)):
        at = found.astimezone(UTC)
        if at <= last:  # an hour that occurs twice in autumn, or is skipped in spring, counts once
            continue
        last = at
        yield Due(found.strftime(plan.names) if plan.names else at.strftime("%Y-%m-%dT%H:%MZ"), at)


def following(plan: Schedule, after: datetime, number: int = 3) -> list[Due]:
    return list(islice(upcoming(plan, after), number))


def passed(plan: Schedule, after: datetime, until: datetime, most: int = 30) -> list[Due]:
    """The periods that became due between two moments, oldest first; at most the newest `most`."""
    found: deque[Due] = deque(maxlen=most)
    for window in WINDOWS:
        start = max(after, until - window)
        found = deque(maxlen=most)
        for due in upcoming(plan, start):
            if due.at > until:
                break
            found.append(due)
        if len(found) == most or start == after:
            break
    return list(found)
