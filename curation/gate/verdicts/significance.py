"""Statistics of paired outcomes: how sure one can be that a candidate changed, and by how much."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb, sqrt
from statistics import NormalDist


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


def mcnemar(lost: int, won: int) -> float:
    """Return the two-sided p of the exact McNemar test: a fair coin over the discordant pairs.

    McNemar, Psychometrika 12 (1947) 153-157; the exact binomial form doubles the smaller tail, at most 1.
    """
    return min(1.0, 2.0 * _tail(max(lost, won), lost + won))


def mcnemar_drop(lost: int, won: int) -> float:
    """Return the one-sided p that the candidate lost no more than chance gives: small means that it is
    worse.
    """
    return _tail(lost, lost + won)


def wilson(hits: int, total: int, confidence: float = 0.95) -> tuple[float, float]:
    """Return Wilson's score interval of a share. Wilson, JASA 22 (1927) 209-212. No cases: (0, 1)."""
    if total == 0:
        return 0.0, 1.0
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    share, square = hits / total, z * z
    middle = share + square / (2 * total)
    spread = z * sqrt(share * (1 - share) / total + square / (4 * total * total))
    # At no hits and at all hits the formula gives 0 and 1 exactly but for rounding.
    low = 0.0 if hits == 0 else (middle - spread) / (1 + square / total)
    high = 1.0 if hits == total else (middle + spread) / (1 + square / total)
    return low, high


def change_interval(pairs: Pairs, confidence: float = 0.95) -> tuple[float, float]:
    """Return the interval of (candidate's pass rate - baseline's) over paired cases. No cases: (-1, 1).

    Newcombe, Statistics in Medicine 17 (1998) 2635-2650, method 10: Wilson's limits of both rates, joined
    with the correlation of the pairs, whose positive cross product is corrected by half the number of pairs.
    """
    total = pairs.total
    if total == 0:
        return -1.0, 1.0
    new, old = pairs.both + pairs.won, pairs.both + pairs.lost
    new_low, new_high = wilson(new, total, confidence)
    old_low, old_high = wilson(old, total, confidence)
    rate_new, rate_old, phi = new / total, old / total, _correlation(pairs)
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


def _tail(least: int, total: int) -> float:
    """Return the chance of at least `least` heads in `total` throws of a fair coin, exactly."""
    term, heads_up = comb(total, least), 0
    for heads in range(least, total + 1):
        heads_up += term
        term = term * (total - heads) // (heads + 1)
    return float(heads_up / 2**total)


def _correlation(pairs: Pairs) -> float:
    new, old = pairs.both + pairs.won, pairs.both + pairs.lost
    margins = new * (pairs.total - new) * old * (pairs.total - old)
    cross = float(pairs.both * pairs.neither - pairs.lost * pairs.won)
    if margins == 0:
        return 0.0
    if cross > 0:
        cross = max(0.0, cross - pairs.total / 2)
    return cross / sqrt(margins)
