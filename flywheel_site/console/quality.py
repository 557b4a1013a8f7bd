"""The console's quality page: how good the answers are by week, agent version, language and tag, and how review is
going.

Every figure comes with its n and interval, as a chart, as a table and as CSV. Measuring reads every interaction of the
project once, so a slow result is cached. Charts are plain geometry, which a template draws as SVG.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.cache import cache
from django.db.models import Count
from django.db.models.functions import TruncDate

from curation.models import ReviewTask, TaskState
from curation.quality import report, votes
from curation.quality.estimates import Estimate, percent
from curation.quality.report import Helped, Quality, Slice
from feedback.models import Project

WIDTH, HEIGHT = 400, 200  # units of the view box: small, so that text stays readable on a phone
LEFT, RIGHT, TOP, BOTTOM = 38, 10, 12, 26
LABELS = 5
ROW = 40
NAME = 26  # letters


@dataclass(frozen=True, slots=True)
class Tick:
    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Mark:
    """One value with its interval, or a bar from `y` to `low`."""

    x: float
    y: float
    high: float
    low: float
    words: str


@dataclass(frozen=True, slots=True)
class Series:
    name: str
    marks: tuple[Mark, ...]
    width: float = 0.0

    @property
    def line(self) -> str:
        return " ".join(f"{mark.x},{mark.y}" for mark in self.marks)


@dataclass(frozen=True, slots=True)
class Chart:
    kind: str
    height: int
    across: tuple[Tick, ...]
    down: tuple[Tick, ...]
    series: tuple[Series, ...]
    width: int = WIDTH


def over_time(mondays: Sequence[date], rates: Mapping[str, Sequence[Estimate]]) -> Chart | None:
    """Rates with their intervals on a time axis; None if there is nothing to draw."""
    if not mondays:
        return None
    span = max(1, (mondays[-1] - mondays[0]).days)
    places = [LEFT + 14 + (day - mondays[0]).days / span * (WIDTH - LEFT - RIGHT - 28) for day in mondays]
    series = []
    for number, (name, found) in enumerate(rates.items()):
        known = [(x + 5 * number, rate) for x, rate in zip(places, found, strict=True) if rate.rate is not None]
        marks = [Mark(round(x, 1), up(rate.rate or 0.0), up(rate.high), up(rate.low), str(rate)) for x, rate in known]
        series.append(Series(name, tuple(marks)))
    across = [Tick(round(x, 1), f"{day.day} {day:%b}") for x, day in zip(places, mondays, strict=True)]
    return Chart("time", HEIGHT, some(across), PERCENT, tuple(series))


def up(rate: float) -> float:
    return round(TOP + (1 - rate) * (HEIGHT - TOP - BOTTOM), 1)


PERCENT = tuple(Tick(up(share), f"{share:.0%}") for share in (0.0, 0.25, 0.5, 0.75, 1.0))


def rows(names: Sequence[str], rates: Mapping[str, Sequence[Estimate]]) -> Chart | None:
    """Rates with their intervals, one row per name."""
    if not names:
        return None
    series = []
    for number, (name, found) in enumerate(rates.items()):
        known = [(place, rate) for place, rate in enumerate(found) if rate.rate is not None]
        marks = [
            Mark(along(rate.rate or 0.0), place * ROW + 23 + 9 * number, along(rate.high), along(rate.low), str(rate))
            for place, rate in known
        ]
        series.append(Series(name, tuple(marks)))
    height = len(names) * ROW + BOTTOM
    across = tuple(Tick(along(share), f"{share:.0%}") for share in (0.0, 0.5, 1.0))
    down = tuple(Tick(place * ROW + 12, name[:NAME]) for place, name in enumerate(names))
    return Chart("rows", height, across, down, tuple(series))


def along(rate: float) -> float:
    return round(14 + rate * (WIDTH - 28), 1)


def bars(weeks: Sequence[tuple[str, int, int]], rest: str, part: str) -> Chart | None:
    """A bar for each week: a number with a part of it marked, and the names of the part and the rest."""
    most = max((number for _, number, _ in weeks), default=0)
    if not most:
        return None
    step = (WIDTH - LEFT - RIGHT) / len(weeks)
    floor = HEIGHT - BOTTOM
    tall = (floor - TOP) / most
    width = round(min(28.0, 0.7 * step), 1)
    made: dict[str, list[Mark]] = {rest: [], part: []}
    across = []
    for place, (label, number, inner) in enumerate(weeks):
        middle = LEFT + (place + 0.5) * step
        across.append(Tick(round(middle, 1), label))
        for name, value, height in ((rest, number - inner, number), (part, inner, inner)):
            top = round(floor - height * tall, 1)
            words = f"{label}: {value:,} {name}"
            made[name].append(Mark(round(middle - width / 2, 1), top, round(floor - top, 1), floor, words))
    down = (Tick(floor, "0"), Tick(TOP, f"{most:,}"))
    return Chart("bars", HEIGHT, some(across), down, tuple(Series(n, tuple(m), width) for n, m in made.items()))


def some(ticks: Sequence[Tick]) -> tuple[Tick, ...]:
    """Few enough labels to read; the newest is always among them."""
    every = -(-len(ticks) // LABELS)
    return tuple(ticks[::-1][::every][::-1])


KEEP_SECONDS = 600
WEEKS = 26  # how many of the newest a chart shows
GROUPS = {"week": "week", "agent_version": "agent version", "language": "language", "tag": "tag"}
RATES = (
    "audit",
    "audit low",
    "audit high",
    "audit n",
    "audit towards its group",
    "audit of",
    "thumbs",
    "thumbs low",
    "thumbs high",
    "thumbs n",
)
WORK = ("week", "answers", "rated", "reviewed", "still open")


@dataclass(frozen=True, slots=True)
class Week:
    """One week: answers by when they were given, verdicts by when they were made, and that week's tasks that are still
    open.
    """

    monday: date
    seen: int = 0
    voted: int = 0
    reviewed: int = 0
    waiting: int = 0

    @property
    def rated(self) -> str:
        return percent(self.voted / self.seen) if self.seen else "–"


@dataclass(frozen=True, slots=True)
class Group:
    """One way to split the figures: its slices, as a chart and as a table."""

    key: str
    name: str
    slices: tuple[Slice, ...]
    chart: Chart | None


@dataclass(frozen=True, slots=True)
class Page:
    project: Project
    quality: Quality
    helped: Helped | None
    groups: tuple[Group, ...]
    weeks: tuple[Week, ...]
    volume: Chart | None
    work: Chart | None


def page(project: Project) -> Page:
    quality, weeks = measured(project)
    by_group = {key: [one for one in quality.slices if one.group == key] for key in GROUPS}
    return Page(
        project=project,
        quality=quality,
        helped=report.helped(project),
        groups=tuple(Group(key, GROUPS[key], tuple(found), chart_of(key, found)) for key, found in by_group.items()),
        weeks=tuple(weeks),
        volume=bars([(day(w.monday), w.seen, w.voted) for w in weeks], "not rated", "rated"),
        work=bars([(day(w.monday), w.reviewed + w.waiting, w.reviewed) for w in weeks], "still open", "reviewed"),
    )


def measured(project: Project) -> tuple[Quality, list[Week]]:
    """The figures, at most ten minutes old."""
    name = f"quality:{project.pk}"
    found: tuple[Quality, list[Week]] | None = cache.get(name)
    if found is None:
        found = report.measure(project), weekly(project)
        cache.set(name, found, KEEP_SECONDS)
    return found


def weekly(project: Project) -> list[Week]:
    """The newest weeks, including those in which nothing happened. Three queries, each of which counts by day."""
    seen, voted = Totals(), Totals()
    for cell in votes.cells(project):
        seen.add(cell.day, cell.seen)
        voted.add(cell.day, cell.voted)
    tasks = ReviewTask.objects.filter(project=project)
    reviewed = by_day(tasks.filter(state=TaskState.RESOLVED), "resolved_at")
    waiting = by_day(tasks.filter(state=TaskState.OPEN), "created_at")
    found = [each for each in (seen, voted, reviewed, waiting) if each]
    if not found:
        return []
    last = max(max(each) for each in found)
    first = max(min(min(each) for each in found), last - timedelta(weeks=WEEKS - 1))
    mondays = [first + timedelta(weeks=number) for number in range((last - first).days // 7 + 1)]
    return [Week(at, *(each.get(at, 0) for each in (seen, voted, reviewed, waiting))) for at in mondays]


class Totals(dict[date, int]):
    """Numbers by the Monday of their week."""

    def add(self, at: date, number: int) -> None:
        monday = at - timedelta(days=at.weekday())
        self[monday] = self.get(monday, 0) + number


def by_day(tasks: Any, moment: str) -> Totals:
    totals = Totals()
    for at, number in tasks.annotate(day=TruncDate(moment)).values_list("day").annotate(n=Count("pk")).order_by("day"):
        totals.add(at, number)
    return totals


def chart_of(group: str, found: Sequence[Slice]) -> Chart | None:
    """Weeks on a time axis, anything else one row each."""
    series = {"audit": [one.audit for one in found], "thumbs": [one.thumbs for one in found]}
    if group != "week":
        return rows([one.name for one in found], series)
    mondays = [monday(one.name) for one in found][-WEEKS:]
    return over_time(mondays, {name: rates[-WEEKS:] for name, rates in series.items()})


def monday(week: str) -> date:
    """The first day of a week such as 2026-W48."""
    year, _, number = week.partition("-W")
    return date.fromisocalendar(int(year), int(number), 1)


def day(at: date) -> str:
    return f"{at.day} {at:%b}"


def as_csv(found: Page, group: str) -> str:
    """One table of the page. A cell that a spreadsheet would take for a formula gets an apostrophe in front."""
    file = io.StringIO()
    writer = csv.writer(file)
    if group == "work":
        writer.writerow(WORK)
        writer.writerows((w.monday.isoformat(), w.seen, w.voted, w.reviewed, w.waiting) for w in found.weeks)
        return file.getvalue()
    writer.writerow([GROUPS[group], *RATES])
    writer.writerows(
        [harmless(one.name), *figures(one.audit), rounded(one.shrunk), one.period, *figures(one.thumbs)]
        for one in found.quality.slices
        if one.group == group
    )
    return file.getvalue()


def figures(rate: Estimate) -> Iterable[Any]:
    if rate.rate is None:
        return ("", "", "", 0)
    return (rounded(rate.rate), rounded(rate.low), rounded(rate.high), rate.n)


def rounded(rate: float | None) -> Any:
    return "" if rate is None else round(rate, 4)


def harmless(cell: str) -> str:
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r", "\n") else cell
