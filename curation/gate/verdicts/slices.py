"""The verdict's figures by tag, language, source and kind: a drop in one corner is not averaged away."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from curation.gate.verdicts import rounds
from curation.gate.verdicts.cases import Case
from curation.gate.verdicts.rounds import Unit
from curation.gate.verdicts.significance import Pairs, change_interval, holm

MIN_SLICE = 10  # units: smaller slices are reported and not tested


class Answered(NamedTuple):
    """A case with the first answers to it: whether the baseline's passed (None without one), and the candidate's."""

    case: Case
    before: bool | None
    after: bool
    unit: str


@dataclass(frozen=True)
class Slice:
    """One part of the counted cases. `pairs` and `interval` cover those with a baseline result, `p_drop` is
    adjusted by Holm.

    `dropped` says that the candidate is worse here beyond chance. Slices too small to test have `p_drop`
    None.
    """

    dimension: str
    value: str
    cases: int
    passing: int
    pairs: Pairs
    interval: tuple[float, float]
    p_drop: float | None = None
    dropped: bool = False

    @property
    def moved(self) -> bool:
        """Whether the interval of the change leaves out "no change"."""
        low, high = self.interval
        return bool(self.pairs.total) and (low > 0 or high < 0)

    @property
    def reach(self) -> str:
        """The change of the pass rate with its interval, in points; "" without a baseline."""
        if not self.pairs.total:
            return ""
        low, high = self.interval
        change = (self.pairs.won - self.pairs.lost) / self.pairs.total
        return f"{100 * change:+.1f} ({100 * low:+.1f} to {100 * high:+.1f}), n = {self.pairs.total:,}"


def slice_outcomes(answered: Iterable[Answered], alpha: float | None) -> tuple[Slice, ...]:
    """Return the slices of these answers, the largest first within each dimension; `alpha` is the chance of finding any
    drop where nothing changed. With None no slice is tested.
    """
    parts: dict[tuple[str, str], list[Answered]] = defaultdict(list)
    for one in answered:
        for name in _names(one.case):
            parts[name].append(one)
    units = {name: _units(ones) for name, ones in parts.items()}
    found = [_slice(name, ones, units[name]) for name, ones in parts.items()]
    found.sort(key=lambda part: (part.dimension, -part.cases, part.value))
    return tuple(found) if alpha is None else _tested(found, units, alpha)


def _names(case: Case) -> Iterator[tuple[str, str]]:
    yield "kind", case.kind
    if case.language:
        yield "language", case.language
    yield from (("tag", tag) for tag in dict.fromkeys(case.tags))
    yield from (("source", source) for source in dict.fromkeys(case.sources))


def _units(answered: Iterable[Answered]) -> list[Unit]:
    """The units of the cases that have a baseline result."""
    marks: dict[str, list[tuple[bool, bool]]] = defaultdict(list)
    for one in answered:
        if one.before is not None:
            marks[one.unit].append((one.before, one.after))
    return [Unit(len(some), (sum(b for b, _ in some),), (sum(a for _, a in some),)) for some in marks.values()]


def _slice(name: tuple[str, str], answered: list[Answered], units: list[Unit]) -> Slice:
    values = [(one.before, one.after) for one in answered]
    pairs = Pairs(
        both=values.count((True, True)),
        lost=values.count((True, False)),
        won=values.count((False, True)),
        neither=values.count((False, False)),
    )
    spread = change_interval(pairs) if len(units) == pairs.total else rounds.change_range(units)
    return Slice(*name, len(values), sum(after for _, after in values), pairs, spread)


def _tested(slices: list[Slice], units: dict[tuple[str, str], list[Unit]], alpha: float) -> tuple[Slice, ...]:
    """Return the slices with their tests: the more slices are looked at, the more a drop must stand out."""
    of = [units[part.dimension, part.value] for part in slices]
    testable = [index for index, found in enumerate(of) if len(found) >= MIN_SLICE]
    adjusted = holm([rounds.drop(of[index]) for index in testable])
    tested = list(slices)
    for index, p in zip(testable, adjusted, strict=True):
        tested[index] = replace(slices[index], p_drop=p, dropped=p <= alpha)
    return tuple(tested)
