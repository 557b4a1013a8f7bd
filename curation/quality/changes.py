"""What changed from the last agent version to the newest: thumbs and audit, overall and by language and tag.

A difference of two shares has Newcombe's interval, from the Wilson intervals of both (R. G. Newcombe, Statistics in
Medicine 17 (1998) 873-890, method 10). Its level is 95 % for all compared slices together (Bonferroni), because of many
slices one always falls by chance.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import NormalDist
from typing import Final

from curation.decisions.rules import EXPLICIT
from curation.quality.estimates import SMALLEST_GROUP, Estimate, interval, wilson
from curation.quality.strata import SampledAnswer
from curation.quality.votes import Cell
from feedback.models import Project, Signal
from privacy.redaction import Redacted

ALPHA: Final = 0.05
GROUPS: Final = ("language", "tag")
Slice = tuple[str, str]
ALL: Final[Slice] = ("all", "all answers")


@dataclass(frozen=True, slots=True)
class Change:
    """One slice by one measure, with the last version and with the newest. `low` and `high` are the interval of the
    difference.
    """

    measure: str
    group: str
    name: str
    before: Estimate
    after: Estimate
    low: float = -1.0
    high: float = 1.0

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


def compare(project: Project, cells: Sequence[Cell], sample: Sequence[SampledAnswer]) -> Comparison | None:
    """What changed between a project's two newest agent versions; None if it has only one.

    Slices with fewer than five people on either side are left out, since they would nearly reveal a single person's
    votes.
    """
    versions = newest_two(cells)
    if versions is None:
        return None
    found = [*by_thumbs(project, cells, versions), *by_audit(sample, versions)]
    z = NormalDist().inv_cdf(1 - ALPHA / (2 * max(1, len(found))))
    made = [with_interval(change, z) for change in found]
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


def by_thumbs(project: Project, cells: Iterable[Cell], versions: tuple[str, str]) -> list[Change]:
    counts: dict[tuple[str, Slice], list[int]] = defaultdict(lambda: [0, 0])
    for cell in cells:
        if cell.agent_version in versions:
            for one in slices(cell.language, cell.tags):
                counts[cell.agent_version, one][0] += cell.good
                counts[cell.agent_version, one][1] += cell.voted
    return changes("thumbs", versions, counts, voters(project, versions))


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


def by_audit(sample: Iterable[SampledAnswer], versions: tuple[str, str]) -> list[Change]:
    counts: dict[tuple[str, Slice], list[int]] = defaultdict(lambda: [0, 0])
    people: dict[tuple[str, Slice], set[int]] = defaultdict(set)
    for drawn in sample:
        if drawn.good is None or drawn.agent_version not in versions:
            continue
        for one in slices(drawn.language, drawn.tags):
            counts[drawn.agent_version, one][0] += drawn.good
            counts[drawn.agent_version, one][1] += 1
            people[drawn.agent_version, one].add(drawn.subject)
    return changes("audit", versions, counts, people)


def changes(
    measure: str,
    versions: tuple[str, str],
    counts: dict[tuple[str, Slice], list[int]],
    people: dict[tuple[str, Slice], set[int]],
) -> list[Change]:
    """The slices that both versions have figures of, with enough people."""
    before, after = versions
    both = sorted({one for version, one in counts if version == after} & {one for v, one in counts if v == before})
    enough = [one for one in both if all(len(people[version, one]) >= SMALLEST_GROUP for version in versions)]
    return [
        Change(measure, *one, wilson(*counts[before, one]), wilson(*counts[after, one]))
        for one in enough
        if counts[before, one][1] and counts[after, one][1]
    ]


def with_interval(change: Change, z: float) -> Change:
    """The change with the interval of its difference."""
    old, new = change.before.rate or 0.0, change.after.rate or 0.0
    old_low, old_high = interval(old, change.before.n, z)
    new_low, new_high = interval(new, change.after.n, z)
    down, up = math.hypot(new - new_low, old_high - old), math.hypot(new_high - new, old - old_low)
    low, high = max(-1.0, new - old - down), min(1.0, new - old + up)
    return Change(change.measure, change.group, change.name, change.before, change.after, low, high)
