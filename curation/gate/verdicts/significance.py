"""Statistics of paired outcomes: how certain it is that a candidate changed, and by how much."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, lgamma, log, sqrt
from statistics import NormalDist

from curation.quality.estimates import interval


@dataclass(frozen=True)
class Pairs:
    """Counts of paired cases: both passed, lost (baseline only), won (candidate only), neither."""

    both: int
    lost: int
    won: int
    neither: int

    @property
    def total(self) -> int:
        return self.both + self.lost + self.won + self.neither


def at_most(passing: int, n: int, rate: float) -> float:
    """Return the chance of so few passes, or fewer, of n cases that pass at that rate."""
    if not 0.0 < rate < 1.0:
        return 1.0 if rate <= 0.0 or passing >= n else 0.0
    ways = lgamma(n + 1)
    logs = (
        ways - lgamma(k + 1) - lgamma(n - k + 1) + k * log(rate) + (n - k) * log(1 - rate) for k in range(passing + 1)
    )
    return min(1.0, sum(map(exp, logs)))


def change_interval(pairs: Pairs) -> tuple[float, float]:
    """Return the 95 % interval of (candidate's pass rate - baseline's) over paired cases. No cases: (-1, 1).

    Newcombe, Statistics in Medicine 17 (1998) 2635-2650, method 10: Wilson's limits of both rates, joined
    with the correlation of the pairs, whose positive cross product is corrected by half the number of pairs.
    """
    total = pairs.total
    if total == 0:
        return -1.0, 1.0
    new, old = pairs.both + pairs.won, pairs.both + pairs.lost
    rate_new, rate_old, phi = new / total, old / total, _correlation(pairs)
    z = NormalDist().inv_cdf(0.975)
    new_low, new_high = interval(rate_new, total, z)
    old_low, old_high = interval(rate_old, total, z)
    down, up = rate_new - new_low, old_high - rate_old
    low = (rate_new - rate_old) - sqrt(max(0.0, down * down - 2 * phi * down * up + up * up))
    down, up = rate_old - old_low, new_high - rate_new
    high = (rate_new - rate_old) + sqrt(max(0.0, down * down - 2 * phi * down * up + up * up))
    return max(-1.0, low), min(1.0, high)


def holm(p_values: Sequence[float]) -> list[float]:
    """Return the p values adjusted for their number. Holm, Scandinavian Journal of Statistics 6 (1979)
    65-70.
    """
    adjusted = [0.0] * len(p_values)
    highest = 0.0
    for rank, index in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[index]))
        adjusted[index] = highest
    return adjusted


def _correlation(pairs: Pairs) -> float:
    new, old = pairs.both + pairs.won, pairs.both + pairs.lost
    margins = new * (pairs.total - new) * old * (pairs.total - old)
    cross = float(pairs.both * pairs.neither - pairs.lost * pairs.won)
    if margins == 0:
        return 0.0
    if cross > 0:
        cross = max(0.0, cross - pairs.total / 2)
    return cross / sqrt(margins)
