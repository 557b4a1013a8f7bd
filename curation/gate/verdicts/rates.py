"""Pass rates of the first answers, their change, and whether it is a drop: the figures that a verdict rests on.

The estimand is an agent's pass rate when it is asked once. Repetitions chosen by an outcome never enter it; rounds that
asked every case of a kind do. `detectable` says what a number of cases can
show, `cases_for` how many a smaller drop takes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, sqrt
from statistics import NormalDist

from curation.gate.verdicts import rounds
from curation.gate.verdicts.cases import Case, Result, ResultSet
from curation.gate.verdicts.history import History, distinct
from curation.gate.verdicts.integrity import unchanged
from curation.gate.verdicts.rounds import DropTests, Unit
from curation.gate.verdicts.significance import Pairs, change_interval

POWER = 0.8
LEAST_DISCORDANT = 0.02  # share of cases answered differently that is reckoned with at least


def cases_for(drop: float, discordant: float, alpha: float, power: float = POWER) -> int:
    """The cases it takes to refuse a true drop of the pass rate with that chance.

    `discordant` is the share of cases that two runs answer differently without any drop. R. J. Connor, Biometrics 43
    (1987) 207-211.
    """
    different = min(1.0, max(discordant, LEAST_DISCORDANT) + drop)
    level, chance = NormalDist().inv_cdf(1 - alpha), NormalDist().inv_cdf(power)
    return ceil((level * sqrt(different) + chance * sqrt(max(0.0, different - drop * drop))) ** 2 / drop**2)


def detectable(units: int, discordant: float, alpha: float) -> float | None:
    """The smallest drop that this many cases refuse with that chance; None where not even a drop of everything is."""
    if units == 0 or cases_for(1.0, discordant, alpha) > units:
        return None
    low, high = 0.0, 1.0
    while high - low > 0.0005:
        middle = (low + high) / 2
        low, high = (low, middle) if cases_for(middle, discordant, alpha) <= units else (middle, high)
    return high


SMALL_DROP = 0.05  # of the pass rate: what the advice on the number of cases is for


@dataclass(frozen=True)
class Rate:
    """A pass rate of first answers: its cases, the units among them, the rounds behind it, and the 95 % interval."""

    value: float
    low: float
    high: float
    cases: int
    units: int
    rounds: int


@dataclass(frozen=True)
class Comparison:
    """A candidate's first answers against those of one earlier run, over the cases that both have. `tests` says whether
    they are a drop; where the policy lets cases break, once without as many as that, and once by the first round alone.
    """

    pairs: Pairs
    golden: tuple[Unit, ...]
    others: tuple[Unit, ...]
    tests: tuple[DropTests, ...]

    @property
    def drops(self) -> DropTests:
        return self.tests[0]

    @property
    def units(self) -> tuple[Unit, ...]:
        return (*self.golden, *self.others)

    @property
    def change(self) -> float | None:
        return rounds.change(self.units)

    @property
    def interval(self) -> tuple[float, float]:
        simple = all(unit.size == len(unit.before) == len(unit.after) == 1 for unit in self.units)
        return change_interval(self.pairs) if simple else rounds.change_range(self.units)

    @property
    def discordant(self) -> float:
        """The share of cases that would be answered differently had nothing changed: without what a proven change explains."""
        if not self.pairs.total:
            return 0.0
        low, high = self.interval
        explained = abs(self.pairs.lost - self.pairs.won) if low > 0 or high < 0 else 0
        return (self.pairs.lost + self.pairs.won - explained) / self.pairs.total

    def before(self) -> Rate:
        return rate([(unit.size, unit.before) for unit in self.units])

    def detectable(self, alpha: float) -> float | None:
        """The smallest drop that a comparison of this size refuses four times in five."""
        return detectable(len(self.units), self.discordant, alpha)

    def needed(self, alpha: float) -> int:
        """The cases (units) with which a drop of five points would be refused four times in five."""
        return cases_for(SMALL_DROP, self.discordant, alpha)


@dataclass(frozen=True)
class SingleCases:
    """The counted cases whose right answer rests on one person alone: their figures, and how many are lost. One of them
    refuses nobody alone.
    """

    rate: Rate
    comparison: Comparison | None
    lost: int


@dataclass(frozen=True)
class Anchor:
    """An earlier run that the candidate is also compared with: the `first` of the chain, or the `best`."""

    name: str
    run: str
    comparison: Comparison
    alpha: float

    @property
    def p(self) -> float:
        return min(self.comparison.drops.adjusted_everything, self.comparison.drops.adjusted_golden)


def rate(totals: Sequence[tuple[int, tuple[int, ...]]]) -> Rate:
    value, low, high = rounds.rate_range(totals)
    return Rate(
        value,
        low,
        high,
        sum(size for size, _ in totals),
        len(totals),
        max((len(marks) for _, marks in totals), default=0),
    )


def candidate_rate(cases: Sequence[Case], runs: Sequence[Mapping[str, Result]], history: History) -> Rate:
    """The candidate's pass rate over these cases, in all its tries."""
    made = []
    for of_kind in by_kind(cases).values():
        marks = marks_of(of_kind, runs)
        made += [(len(names), summed(marks, names)) for names in grouped(of_kind, history).values()]
    return rate(made)


def compare(
    cases: Sequence[Case],
    runs: Sequence[Mapping[str, Result]],
    before: Mapping[str, Result],
    history: History,
    *,
    level: float,
    allowed: tuple[int, int] = (0, 0),
) -> Comparison:
    """Compare the candidate's rounds (of this try and earlier ones) with those of an earlier run. `level` is the p at
    which a drop refuses; `allowed` are the lost units, golden and others, that the policy lets pass.
    """
    paired = [case for case in cases if case.id in before]
    weak = {case.id for case in paired if case.is_single}
    parts: dict[bool, list[Unit]] = {True: [], False: []}
    for golden, of_kind in by_kind(paired).items():
        old, new = marks_of(of_kind, [before]), marks_of(of_kind, runs)
        for names in grouped(of_kind, history).values():
            parts[golden].append(Unit(len(names), summed(old, names), summed(new, names), weak.issuperset(names)))
    passed = [(before[case.id].passed, runs[0][case.id].passed) for case in paired]
    pairs = Pairs(*(passed.count(mark) for mark in ((True, True), (True, False), (False, True), (False, False))))
    looks = [list(parts.values())]
    if any(allowed):
        looks = [
            list(map(without_most_lost, parts.values(), allowed)),
            [[unit.first for unit in part] for part in parts.values()],
        ]
    tests = tuple(rounds.sure_drops(golden, others, level / len(looks)) for golden, others in looks)
    return Comparison(pairs, tuple(parts[True]), tuple(parts[False]), tests)


def without_most_lost(units: Sequence[Unit], allowed: int) -> list[Unit]:
    """The units but for so many of those that lost most."""
    ranked = sorted(units, key=lambda unit: unit.change)
    return ranked[min(allowed, sum(unit.change < 0 for unit in units)) :]


def by_kind(cases: Sequence[Case]) -> dict[bool, list[Case]]:
    """The golden cases, and the others."""
    return {golden: [case for case in cases if case.is_golden is golden] for golden in (True, False)}


def grouped(cases: Sequence[Case], history: History) -> dict[str, list[str]]:
    """The cases by their unit."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for case in cases:
        found[history.unit(case)].append(case.id)
    return found


def marks_of(cases: Sequence[Case], runs: Sequence[Mapping[str, Result]]) -> dict[str, list[bool]]:
    """Whether each case passed in each round that asked all of these cases."""
    made: dict[str, list[bool]] = {case.id: [] for case in cases}
    for run in runs:
        fresh = min((len(run[case.id].attempts) for case in cases), default=0)
        for case in cases:
            made[case.id] += [attempt.passed for attempt in run[case.id].attempts[:fresh]]
    return made


def summed(marks: Mapping[str, Sequence[bool]], names: Sequence[str]) -> tuple[int, ...]:
    """How many of these cases passed, by round."""
    return tuple(map(sum, zip(*(marks[name] for name in names), strict=True)))


def tries_of(
    cases: Sequence[Case], current: Mapping[str, Result], tries: Sequence[ResultSet]
) -> list[Mapping[str, Result]]:
    """This try's results, and those of earlier ones that answered every case as it is now."""
    names = {case.id for case in cases}
    earlier = [unchanged(cases, run) for run in distinct(tries)]
    return [current, *(found for found in earlier if names <= set(found))]
