"""Exact tests and intervals over rounds of answers: the first answers of two agents, or several fresh ones of each.

A round is one answer to every case of a unit. Had the agent not changed, any of a unit's rounds could as well have been
the baseline's: the tests compare what was seen with all such exchanges. With one round each and one case a unit this is
the exact McNemar test; with more rounds, the exact conditional Mantel-Haenszel test. Cases of one unit are exchanged
together, so they need not be independent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from math import comb, sqrt
from statistics import NormalDist
from typing import TypeVar

from curation.quality.estimates import interval

Z95 = NormalDist().inv_cdf(0.975)
NEGLIGIBLE = 1e-13
TIE = 1e-9
DIGITS = 9
PRIOR = 4.0  # units
Chances = dict[int, float]
Value = TypeVar("Value", int, float)


@dataclass(frozen=True)
class Unit:
    """Cases that are judged as one: how many, and how many of them passed in each round of either agent. `single` says
    that their right answers rest on one person each.
    """

    size: int
    before: tuple[int, ...]
    after: tuple[int, ...]
    single: bool = False

    @property
    def first(self) -> Unit:
        """The unit by the first round of either agent alone."""
        return replace(self, before=self.before[:1], after=self.after[:1])

    @property
    def change(self) -> float:
        """The change in the number of cases that pass."""
        return sum(self.after) / len(self.after) - sum(self.before) / len(self.before)

    @property
    def weight(self) -> float:
        """What one passed answer of the baseline more, and one of the candidate less, means for the change."""
        return 1 / len(self.before) + 1 / len(self.after)


def passes(units: Iterable[Unit]) -> int:
    """The baseline's passed answers in all rounds."""
    return sum(sum(unit.before) for unit in units)


def exchanged(units: Iterable[Unit]) -> Chances:
    """The chances of each number of the baseline's passed answers, had the agent not changed. All units have the same
    numbers of rounds.
    """
    made: Chances = {0: 1.0}
    alike = Counter((tuple(sorted((*unit.before, *unit.after))), len(unit.before)) for unit in units)
    for (rounds, taken), number in alike.items():
        sums = Counter(map(sum, combinations(rounds, taken)))
        total = comb(len(rounds), taken)
        made = joined(made, repeated({value: count / total for value, count in sums.items()}, number))
    return made


def repeated(chances: Chances, times: int) -> Chances:
    """The chances of the sum of that many independent draws."""
    made: Chances = {0: 1.0}
    while times:
        if times & 1:
            made = joined(made, chances)
        times >>= 1
        if times:
            chances = joined(chances, chances)
    return made


def joined(one: Chances, other: Chances) -> Chances:
    """The chances of the sum of two independent draws, without those too small to matter."""
    if len(one) < len(other):
        one, other = other, one
    made: Chances = {}
    for right, weight in other.items():
        for left, chance in one.items():
            made[left + right] = made.get(left + right, 0.0) + chance * weight
    return {value: chance for value, chance in made.items() if chance > NEGLIGIBLE}


def tail(chances: Mapping[int, float], least: int) -> float:
    """The chance of at least `least`."""
    return at_least_some(sum(chance for value, chance in chances.items() if value >= least))


def at_least_some(chance: float) -> float:
    """A chance as it can be: what was too small to be kept is not 0, and rounding makes nothing more than certain."""
    return min(1.0, max(chance, NEGLIGIBLE))


def drop(units: Sequence[Unit]) -> float:
    """The one-sided p that the candidate is no worse than the baseline."""
    return tail(exchanged(units), passes(units))


@dataclass(frozen=True)
class DropTests:
    """One-sided p values that the candidate is no worse, over all units and over the golden ones; and both adjusted for
    two tests. The two overlap, so the adjustment is by their joint distribution (Westfall and Young, "Resampling-Based
    Multiple Testing", 1993), which costs less than halving the level.
    """

    everything: float
    golden: float
    adjusted_everything: float
    adjusted_golden: float
    two_sided: float

    def no_surer_than(self, other: DropTests) -> DropTests:
        """The same, with the larger p values of both."""
        return DropTests(
            max(self.everything, other.everything),
            max(self.golden, other.golden),
            max(self.adjusted_everything, other.adjusted_everything),
            max(self.adjusted_golden, other.adjusted_golden),
            self.two_sided,
        )


def drops(golden: Sequence[Unit], others: Sequence[Unit]) -> DropTests:
    """Test both parts together, and the golden part by itself. All units of a part have the same numbers of rounds."""
    worth = golden[0].weight if golden else 1.0
    worth_others = others[0].weight if others else 1.0

    def total(value: int, other: int) -> float:
        return round(worth * value + worth_others * other, DIGITS)

    chances = exchanged(golden)
    cells = [
        (total(value, other), value, chance * other_chance)
        for value, chance in chances.items()
        for other, other_chance in exchanged(others).items()
    ]
    sums: dict[float, float] = {}
    for seen, _, chance in cells:
        sums[seen] = sums.get(seen, 0.0) + chance
    of_all, of_golden = tails(sums), tails(chances)
    now = total(passes(golden), passes(others))
    p_all = at_least_some(sum(chance for seen, chance in sums.items() if seen >= now))
    p_golden = tail(chances, passes(golden))

    def adjusted(p: float) -> float:
        limit = p * (1 + TIE)
        return min(1.0, sum(c for seen, value, c in cells if min(of_all[seen], of_golden[value]) <= limit))

    rise = at_least_some(sum(chance for seen, chance in sums.items() if seen <= now))
    return DropTests(p_all, p_golden, adjusted(p_all), adjusted(p_golden), min(1.0, 2 * min(p_all, rise)))


def sure_drops(golden: Sequence[Unit], others: Sequence[Unit], level: float) -> DropTests:
    """The same, where one `single` unit refuses nobody alone: if the rounds of the one that lost most would do so at this
    level, the others must as well.
    """
    found = drops(golden, others)
    weak = (unit for unit in (*golden, *others) if unit.single and unit.change < 0)
    worst = min(weak, key=lambda unit: unit.change, default=None)
    if worst is None or drop([worst]) > level:
        return found
    return found.no_surer_than(drops(*([unit for unit in part if unit is not worst] for part in (golden, others))))


def tails(chances: Mapping[Value, float]) -> dict[Value, float]:
    """The chance of at least each value."""
    made: dict[Value, float] = {}
    above = 0.0
    for value in sorted(chances, reverse=True):
        above += chances[value]
        made[value] = min(1.0, above)
    return made


def change(units: Sequence[Unit]) -> float | None:
    """The candidate's pass rate less the baseline's; None without cases."""
    total = sum(unit.size for unit in units)
    return sum(unit.change for unit in units) / total if total else None


def change_range(units: Sequence[Unit]) -> tuple[float, float]:
    """The 95 % interval of the change where a unit has several cases, or an agent several rounds.

    The intervals of both rates joined by their correlation: Newcombe's method 10 (Statistics in Medicine 17 (1998)
    2635-2650) with units for cases, means of rounds for answers, and the limits of `rate_range`.
    """
    if not units:
        return -1.0, 1.0
    old, old_low, old_high = rate_range([(unit.size, unit.before) for unit in units])
    new, new_low, new_high = rate_range([(unit.size, unit.after) for unit in units])
    phi = correlation(units, old, new)
    down, up = new - new_low, old_high - old
    low = new - old - sqrt(max(0.0, down * down - 2 * phi * down * up + up * up))
    down, up = old - old_low, new_high - new
    high = new - old + sqrt(max(0.0, down * down - 2 * phi * down * up + up * up))
    return max(-1.0, low), min(1.0, high)


def correlation(units: Sequence[Unit], old: float, new: float) -> float:
    """How far both agents pass the same units; a positive one is corrected for chance by half a case, as Newcombe does."""
    pairs = [
        (sum(unit.before) / len(unit.before) - old * unit.size, sum(unit.after) / len(unit.after) - new * unit.size)
        for unit in units
    ]
    cross = sum(one * other for one, other in pairs)
    spread = sqrt(sum(one * one for one, _ in pairs) * sum(other * other for _, other in pairs))
    return 0.0 if spread == 0 else min(1.0, max(0.0, cross - 0.5) / spread if cross > 0 else cross / spread)


def rate_range(totals: Sequence[tuple[int, tuple[int, ...]]], z: float = Z95) -> tuple[float, float, float]:
    """A pass rate with its 95 % interval, from the size and the passes by round of each unit.

    Wilson's interval at the number of independent cases that would vary as much: at most as many as there are, fewer where
    units have several. That no unit has failed yet is no proof that none will, so a few are reckoned with that are all
    right or all wrong.
    """
    cases = sum(size for size, _ in totals)
    if not cases:
        return 0.0, 0.0, 1.0
    means = [(size, sum(rounds) / len(rounds)) for size, rounds in totals]
    rate = sum(mean for _, mean in means) / cases
    plain = (rate * cases + 1) / (cases + 2)
    if all(size == 1 and len(rounds) == 1 for size, rounds in totals):
        return rate, *interval(rate, cases, z)
    m = len(totals)
    alike = (
        plain * (1 - plain) * sum(size**2 for size, _ in totals) / m
    )  # the square of a unit that is all right or wrong
    squares = sum((mean - plain * size) ** 2 for size, mean in means) * m / max(1, m - 1) + PRIOR * alike
    worth = min(1.0, plain * (1 - plain) * cases / squares) * cases
    return rate, *interval(rate, worth, student(z, m - 1))


def student(z: float, freedom: int) -> float:
    """Student's t quantile where the normal one is z. Cornish and Fisher's expansion (Abramowitz and Stegun, 26.7.5)."""
    v = max(4, freedom)
    one = (z**3 + z) / 4
    two = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    three = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + one / v + two / v**2 + three / v**3
