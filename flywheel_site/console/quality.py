"""The console's quality page: how good the answers are by week, agent version, language and tag, and how review is
going.

Every figure comes with its n and interval, as a chart, as a table and as CSV. Measuring reads every interaction of the
project once, so a slow result is cached; what is cached holds no captured text.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.cache import cache
from django.db.models import Avg, Count, F
from django.db.models.functions import TruncDate
from django.utils import timezone

from curation.models import Decision, GateRun, ReviewTask, TaskState
from curation.policies import versions
from curation.quality import audits, changes, report, votes
from curation.quality.changes import Comparison, Failing
from curation.quality.charts import Chart, bars, over_time, rows
from curation.quality.estimates import Estimate, percent
from curation.quality.report import AssistedAudit, Quality, Slice
from curation.quality.votes import Cell
from feedback.models import Interaction, Project, Signal
from privacy.console.exports import harmless
from privacy.db import engine
from privacy.models import Subject
from privacy.templatetags.reading import language_name

KEEP_SECONDS = 600
WEEKS = 26  # how many of the newest a chart shows
GROUPS = {"week": "week", "agent_version": "agent version", "language": "language", "tag": "tag"}
RATES = (
    "audit",
    "audit low",
    "audit high",
    "audit n",
    "audit shrunk towards its group",
    "audit of",
    "thumbs",
    "thumbs low",
    "thumbs high",
    "thumbs n",
)
WORK = ("week", "answers", "rated", "reviewed", "still open", "hours to a verdict")
CHANGES = (
    "measure",
    "slice",
    "name",
    "before",
    "before low",
    "before high",
    "n before",
    "before of",
    "now",
    "now low",
    "now high",
    "n now",
    "now of",
    "change",
    "change low",
    "change high",
    "worse",
)
FAILING = ("conversation", "conversations", "found wrong", "share not found wrong", "low", "high")
REASONS = ("what is wrong", "verdicts")
GATE = ("run", "at", "release", "agent", "verdict", "passing", "low", "high", "n")
TABLES = (*GROUPS, "work", "changes", "failing", "reasons", "gate")
RUNS = 12


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
    hours: float | None = None

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
class PastRun:
    """A gate run, with its pass rate at the first answer; None for runs from before there was any."""

    row: GateRun
    rate: Estimate | None


@dataclass(frozen=True, slots=True)
class Measured:
    """What takes long to measure, without captured text."""

    quality: Quality
    weeks: tuple[Week, ...]
    comparison: Comparison | None
    failing: tuple[Failing, ...]
    reasons: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Page:
    project: Project
    quality: Quality
    helped: AssistedAudit | None
    groups: tuple[Group, ...]
    weeks: tuple[Week, ...]
    volume: Chart | None
    work: Chart | None
    comparison: Comparison | None
    failing: list[changes.FailingQuestion]
    reasons: tuple[tuple[str, int], ...]
    runs: list[PastRun]
    share: str


def page(project: Project) -> Page:
    found = measured(project)
    quality, weeks = found.quality, found.weeks
    by_group = {key: [one for one in quality.slices if one.group == key] for key in GROUPS}
    runs = GateRun.objects.filter(project=project).select_related("release__dataset", "candidate").order_by("-pk")
    return Page(
        project=project,
        quality=quality,
        helped=report.helped(project),
        groups=tuple(Group(key, GROUPS[key], tuple(found), chart_of(key, found)) for key, found in by_group.items()),
        weeks=weeks,
        volume=bars([(day(w.monday), w.seen, w.voted) for w in weeks], "not rated", "rated"),
        work=bars([(day(w.monday), w.reviewed + w.waiting, w.reviewed) for w in weeks], "still open", "reviewed"),
        comparison=found.comparison,
        failing=changes.with_texts(found.failing),
        reasons=found.reasons,
        runs=[PastRun(run, rate_of(run)) for run in runs[:RUNS]],
        share=f"{100 * audits.share_of(versions.current(project)):g}%",
    )


def measured(project: Project) -> Measured:
    """The figures, at most ten minutes old."""
    name = f"quality-page:{project.pk}"
    found: Measured | None = cache.get(name)
    if found is None:
        found = measure(project)
        cache.set(name, found, KEEP_SECONDS)
    return found


def measure(project: Project) -> Measured:
    engine.analyze(Interaction, Signal, Subject, Decision)
    cells, sample = votes.cells(project), audits.sample(project)
    quality = report.figures(project, cells, sample)
    return Measured(
        quality=quality,
        weeks=tuple(weekly(project, cells)),
        comparison=changes.compare(project, cells, sample, erased=quality.found.erased),
        failing=changes.failing_questions(project),
        reasons=tuple(changes.reasons_given(project, timezone.now() - timedelta(weeks=WEEKS))),
    )


def weekly(project: Project, cells: Sequence[Cell]) -> list[Week]:
    """The newest weeks, including those in which nothing happened. Three queries, each of them counts by day."""
    seen, voted = Totals(), Totals()
    for cell in cells:
        seen.add(cell.day, cell.seen)
        voted.add(cell.day, cell.voted)
    tasks = ReviewTask.objects.filter(project=project)
    decided = tasks.filter(state=TaskState.RESOLVED)
    reviewed = by_day(decided, "resolved_at")
    waiting = by_day(tasks.filter(state=TaskState.OPEN), "created_at")
    hours = waited(decided)
    found = [each for each in (seen, voted, reviewed, waiting) if each]
    if not found:
        return []
    last = max(max(each) for each in found)
    first = max(min(min(each) for each in found), last - timedelta(weeks=WEEKS - 1))
    mondays = [first + timedelta(weeks=number) for number in range((last - first).days // 7 + 1)]
    return [
        Week(at, seen.get(at, 0), voted.get(at, 0), reviewed.get(at, 0), waiting.get(at, 0), hours.get(at))
        for at in mondays
    ]


def waited(decided: Any) -> dict[date, float]:
    """The mean hours from a task to its verdict, by the week of the verdict."""
    counted: dict[date, list[float]] = {}
    rows = decided.annotate(day=TruncDate("resolved_at")).values_list("day").order_by("day")
    for at, n, mean in rows.annotate(n=Count("pk"), mean=Avg(F("resolved_at") - F("created_at"))):
        total = counted.setdefault(at - timedelta(days=at.weekday()), [0.0, 0.0])
        total[0] += mean.total_seconds() / 3600 * n
        total[1] += n
    return {monday: round(hours / n, 1) for monday, (hours, n) in counted.items()}


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
        return rows([language_name(one.name) for one in found], series)
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
    for line in table(found, group):
        writer.writerow([harmless(cell) if isinstance(cell, str) else cell for cell in line])
    return file.getvalue()


def table(found: Page, group: str) -> Iterable[Sequence[Any]]:
    """The lines of one table, its head first."""
    if group in GROUPS:
        slices = [one for one in found.quality.slices if one.group == group]
        return [(GROUPS[group], *RATES), *map(slice_line, slices)]
    if group == "work":
        weeks = found.weeks
        return [WORK, *((w.monday.isoformat(), w.seen, w.voted, w.reviewed, w.waiting, w.hours) for w in weeks)]
    if group == "changes":
        return [CHANGES, *map(change_line, found.comparison.changes if found.comparison else ())]
    if group == "failing":
        return [FAILING, *map(failing_line, found.failing)]
    return [REASONS, *found.reasons] if group == "reasons" else [GATE, *(run_line(run.row) for run in found.runs)]


def slice_line(one: Slice) -> Sequence[Any]:
    return (one.name, *figures(one.audit), rounded(one.shrunk), one.period, *figures(one.thumbs))


def change_line(one: changes.Change) -> Sequence[Any]:
    share = (round(value, 4) for value in (one.difference, one.low, one.high))
    old, new = (*figures(one.before), one.days_before), (*figures(one.after), one.days_after)
    return (one.measure, one.group, one.name, *old, *new, *share, "yes" if one.is_worse else "")


def failing_line(one: changes.FailingQuestion) -> Sequence[Any]:
    rate, low, high, n = figures(one.failing.right)
    return (one.row.external_id, n, one.failing.wrong, rate, low, high)


def run_line(run: GateRun) -> Sequence[Any]:
    rate = passing(run)
    shares = [round(rate[name], 4) if rate else "" for name in ("value", "low", "high")]
    verdict = run.get_verdict_display().lower()
    return (
        run.pk,
        run.created_at.isoformat(),
        str(run.release),
        str(run.candidate),
        verdict,
        *shares,
        rate.get("cases", 0),
    )


def passing(run: GateRun) -> dict[str, Any]:
    """A run's pass rate at the first answer, with its interval; empty for runs from before there were any."""
    found: dict[str, Any] = (run.counts.get("figures") or {}).get("rate") or {}
    return found


def rate_of(run: GateRun) -> Estimate | None:
    """A run's pass rate at the first answer."""
    found = passing(run)
    return Estimate(found["value"], found["cases"], found["low"], found["high"], "gate") if found.get("cases") else None


def figures(rate: Estimate) -> Iterable[Any]:
    if rate.rate is None:
        return ("", "", "", 0)
    return (rounded(rate.rate), rounded(rate.low), rounded(rate.high), rate.n)


def rounded(rate: float | None) -> Any:
    return "" if rate is None else round(rate, 4)
