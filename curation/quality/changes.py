"""Where the agent got worse, and where it fails: what changed from its last version to its newest in thumbs and audit,
overall and by language and tag; and the questions whose answers fail most, with what reviewers said is wrong with them.

The interval of a difference is made of the intervals of both shares (R. G. Newcombe, Statistics in Medicine 17 (1998)
873-890, method 10, for Wilson's; G. Y. Zou and A. Donner, Statistics in Medicine 27 (2008) 1693-1702, for any). Its level
is 95 % for all compared slices together (Bonferroni), because of many slices one always falls by chance.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from statistics import NormalDist
from typing import Final

from django.db.models import Count, Max, Q

from curation.decisions.posterior import Stance
from curation.decisions.rules import EXPLICIT
from curation.models import Opinion, ReviewTask, TaskState
from curation.quality import strata
from curation.quality.estimates import SMALLEST_GROUP, Z95, Estimate, interval, wilson
from curation.quality.strata import SampledAnswer
from curation.quality.votes import Cell
from feedback.models import Interaction, Project, Signal
from privacy.redaction import Redacted

ALPHA: Final = 0.05
MOST: Final = 20
"""How many failing questions are shown."""
AGAINST: Final = (Stance.DOWN, Stance.REPLACED, Stance.REVIEW_DOWN, Stance.REVIEW_REPLACED)
Slice = tuple[str, str]
ALL: Final[Slice] = ("all", "all answers")


@dataclass(frozen=True, slots=True)
class Change:
    """One slice by one measure, with the last version and with the newest, each with the days that its figure speaks of.
    `low` and `high` are the interval of the difference, from -1 to 1.
    """

    measure: str
    group: str
    name: str
    before: Estimate
    after: Estimate
    days_before: str
    days_after: str
    low: float
    high: float

    @property
    def difference(self) -> float:
        return (self.after.rate or 0.0) - (self.before.rate or 0.0)

    @property
    def is_worse(self) -> bool:
        """Whether it fell by more than chance."""
        return self.high < 0

    @property
    def words(self) -> str:
        """The difference and its interval, in points."""
        return f"{100 * self.difference:+.0f} ({100 * self.low:+.0f} to {100 * self.high:+.0f})"


@dataclass(frozen=True, slots=True)
class Comparison:
    """The last agent version, the newest, and what changed, the largest falls first."""

    before: str
    after: str
    changes: tuple[Change, ...]

    @property
    def worse(self) -> int:
        return sum(change.is_worse for change in self.changes)


Figure = Callable[[float], tuple[Estimate, str]]
"""A share with its interval at this z, and its days in words."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One slice by one measure, with figures of both versions."""

    measure: str
    group: str
    name: str
    before: Figure
    after: Figure

    def change(self, z: float) -> Change:
        """The change, with the interval of the difference at this z."""
        (before, days_before), (after, days_after) = self.before(Z95), self.after(Z95)
        low, high = difference(self.before(z)[0], self.after(z)[0])
        return Change(self.measure, self.group, self.name, before, after, days_before, days_after, low, high)


def compare(
    project: Project, cells: Sequence[Cell], sample: Sequence[SampledAnswer], *, erased: float = 0.0
) -> Comparison | None:
    """What changed between a project's two newest agent versions; None if it has only one. `erased` is the share of the
    audit's sample that is no longer there.

    Slices with fewer than five people on either side are left out, since they would nearly reveal a single person's
    votes.
    """
    versions = newest_two(cells)
    if versions is None:
        return None
    found = [*by_thumbs(project, cells, versions), *by_audit(sample, versions, erased)]
    z = NormalDist().inv_cdf(1 - ALPHA / (2 * max(1, len(found))))
    made = [pair.change(z) for pair in found]
    return Comparison(*versions, tuple(sorted(made, key=lambda change: (not change.is_worse, change.difference))))


def newest_two(cells: Iterable[Cell]) -> tuple[str, str] | None:
    """The last two agent versions, by the day on which each was first seen."""
    first: dict[str, date] = {}
    for cell in cells:
        if cell.agent_version:
            first[cell.agent_version] = min(cell.day, first.get(cell.agent_version, cell.day))
    if len(first) < 2:
        return None
    before, after = sorted(first, key=lambda version: (first[version], version))[-2:]
    return before, after


def slices(language: str, tags: Sequence[str]) -> list[Slice]:
    return [ALL, ("language", language or "und"), *(("tag", tag) for tag in tags)]


@dataclass(slots=True)
class Votes:
    """The voted answers of one slice: how many there are, how many of them nobody found wrong, and their days."""

    n: int = 0
    good: int = 0
    days: set[date] = field(default_factory=set)

    def figure(self, z: float) -> tuple[Estimate, str]:
        limits = interval(self.good / self.n, self.n, z)
        return Estimate(self.good / self.n, self.n, *limits, "thumbs"), strata.span(min(self.days), max(self.days))


def by_thumbs(project: Project, cells: Iterable[Cell], versions: tuple[str, str]) -> list[Pair]:
    counts: defaultdict[tuple[str, Slice], Votes] = defaultdict(Votes)
    for cell in cells:
        if cell.agent_version in versions and cell.voted:
            for one in slices(cell.language, cell.tags):
                votes = counts[cell.agent_version, one]
                votes.n, votes.good = votes.n + cell.voted, votes.good + cell.good
                votes.days.add(cell.day)
    figures: dict[tuple[str, Slice], Figure] = {key: votes.figure for key, votes in counts.items()}
    return pairs("thumbs", versions, figures, voters(project, versions))


def voters(project: Project, versions: tuple[str, str]) -> dict[tuple[str, Slice], set[int]]:
    """Who voted, by version and slice."""
    named = [Redacted.stored(version) for version in versions]
    rows = Signal.objects.live().filter(project=project, kind__in=EXPLICIT, interaction__agent_version__in=named)
    columns = ("subject", "interaction__agent_version", "interaction__decision__language", "interaction__tags")
    people: dict[tuple[str, Slice], set[int]] = defaultdict(set)
    for subject, version, language, tags in rows.order_by().values_list(*columns).iterator():
        for one in slices(language or "", tags or ()):
            people[version, one].add(subject)
    return people


def by_audit(sample: Iterable[SampledAnswer], versions: tuple[str, str], erased: float = 0.0) -> list[Pair]:
    """Each version's audit, weighed as the whole audit is: doubted answers are judged first, and shares change."""
    drawn: defaultdict[tuple[str, Slice], list[SampledAnswer]] = defaultdict(list)
    people: defaultdict[tuple[str, Slice], set[int]] = defaultdict(set)
    for one in sample:
        if one.agent_version in versions:
            for each in slices(one.language, one.tags):
                drawn[one.agent_version, each].append(one)
                if one.good is not None:
                    people[one.agent_version, each].add(one.subject)
    figures: dict[tuple[str, Slice], Figure] = {key: partial(audited, found, erased) for key, found in drawn.items()}
    return pairs("audit", versions, figures, people)


def audited(drawn: Sequence[SampledAnswer], erased: float, z: float) -> tuple[Estimate, str]:
    found = strata.audit(drawn, erased=erased, z=z)
    return found.estimate, found.period


def pairs(
    measure: str,
    versions: tuple[str, str],
    figures: Mapping[tuple[str, Slice], Figure],
    people: Mapping[tuple[str, Slice], set[int]],
) -> list[Pair]:
    """The slices that both versions have figures of, with enough people."""
    before, after = versions
    both = sorted({one for version, one in figures if version == after} & {one for v, one in figures if v == before})
    nobody: set[int] = set()
    enough = [one for one in both if all(len(people.get((v, one), nobody)) >= SMALLEST_GROUP for v in versions)]
    made = [Pair(measure, *one, figures[before, one], figures[after, one]) for one in enough]
    return [pair for pair in made if pair.before(Z95)[0].n and pair.after(Z95)[0].n]


def difference(before: Estimate, after: Estimate) -> tuple[float, float]:
    """The interval of the difference of two shares, at the level that both intervals have."""
    old, new = before.rate or 0.0, after.rate or 0.0
    down, up = math.hypot(new - after.low, before.high - old), math.hypot(after.high - new, old - before.low)
    return max(-1.0, new - old - down), min(1.0, new - old + up)


@dataclass(frozen=True, slots=True)
class Failing:
    """A question: its newest conversation that somebody found wrong, and the share of its conversations that were not."""

    interaction: int
    wrong: int
    right: Estimate


@dataclass(frozen=True, slots=True)
class FailingQuestion:
    """A failing question with its text, and its open review task: 0 if there is none, or if it is to be judged blind."""

    failing: Failing
    row: Interaction
    task: int


def failing_questions(project: Project) -> tuple[Failing, ...]:
    """The questions with the most conversations in which somebody found the answer wrong. Holds no text, so that it can
    be cached.
    """
    rows = Opinion.objects.filter(project=project, subject__restricted_at__isnull=True).values("question")
    counted = rows.order_by().annotate(
        talks=Count("interaction", distinct=True),
        wrong=Count("interaction", distinct=True, filter=Q(stance__in=AGAINST)),
        newest=Max("interaction", filter=Q(stance__in=AGAINST)),
    )
    worst = counted.filter(wrong__gt=0).order_by("-wrong", "talks", "-newest")[:MOST]
    return tuple(
        Failing(row["newest"], row["wrong"], wilson(row["talks"] - row["wrong"], row["talks"])) for row in worst
    )


def with_texts(found: Sequence[Failing]) -> list[FailingQuestion]:
    """These questions as a reader sees them; without those that have been deleted or hidden since. Two queries."""
    keys = [one.interaction for one in found]
    rows = {row.pk: row for row in Interaction.objects.visible().filter(pk__in=keys)}
    tasks = ReviewTask.objects.filter(interaction__in=keys, state=TaskState.OPEN, interaction__audit__isnull=True)
    open_tasks = dict(tasks.values_list("interaction", "pk"))
    return [
        FailingQuestion(one, rows[one.interaction], open_tasks.get(one.interaction, 0))
        for one in found
        if one.interaction in rows
    ]


def reasons_given(project: Project, since: datetime) -> list[tuple[str, int]]:
    """What reviewers ticked as wrong since then, the most frequent first."""
    rows = ReviewTask.objects.filter(project=project, state=TaskState.RESOLVED, resolved_at__gte=since).exclude(tags=[])
    counted: Counter[str] = Counter()
    for tags, number in rows.order_by().values_list("tags").annotate(n=Count("pk")):
        for tag in tags:
            counted[tag] += number
    return counted.most_common()
