"""How good the answers are, and how much the thumbs mislead.

People who were badly served vote more often, so a share of up-votes says more about who votes than about the answers.
The headline is the audit: a uniform random sample of all interactions, judged blind. Next to it are the naive rate and
two corrections by inverse propensity (Schnabel and others, "Recommendations as Treatments", 2016), as diagnostics: they
can only correct a bias whose cause was observed. A rate never comes without its n and interval: an `Estimate` requires
and prints them.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

Z95: Final = 1.959963984540054
Z99: Final = 2.5758293035489004
LEAST_RELATIVE: Final = 0.1  # share of the usual propensity; a smaller propensity is raised to this
MOST_CLIPPED: Final = 0.1  # share of clipped votes; with more, clipping dominates the estimate
WIDEST_AUDIT: Final = 0.15  # an interval wider than this could hardly have refuted anything
LEAST_ESS: Final = 100.0
SMALLEST_GROUP: Final = 5
ROUNDING: Final = 1e-9


MOST_DIGITS = 4


def percent(share: float, digits: int = 0) -> str:
    """A share in percent. "100%" and "0%" mean all and none: if rounding would say so of anything else, more digits are
    shown.
    """
    for wanted in range(digits, MOST_DIGITS + 1):
        text = f"{share:.{wanted}%}"
        if share in (0.0, 1.0) or float(text[:-1]) not in (0.0, 100.0):
            return text
    return f"over {100 - 10**-MOST_DIGITS}%" if share > 0.5 else f"under {10**-MOST_DIGITS:.{MOST_DIGITS}f}%"


@dataclass(frozen=True, slots=True)
class Estimate:
    """A rate from 0 to 1 with the number of judgements it rests on and its 95 % interval.

    `rate` is None where n is 0, and the interval is then everything from 0 to 1. Raises `ValueError` for
    figures that cannot belong together.
    """

    rate: float | None
    n: int
    low: float
    high: float
    method: str

    def __post_init__(self) -> None:
        if (self.rate is None) != (self.n == 0):
            raise ValueError("an estimate has a rate exactly when something was counted")
        if not 0 <= self.low <= self.high <= 1:
            raise ValueError("an interval lies between 0 and 1")
        if self.rate is not None and not self.low - ROUNDING <= self.rate <= self.high + ROUNDING:
            raise ValueError("a rate lies in its interval")

    @property
    def percent(self) -> str:
        return "–" if self.rate is None else percent(self.rate)

    @property
    def limits(self) -> str:
        """The interval and n in few words."""
        return f"{percent(self.low)} to {percent(self.high)}, n = {self.n:,}"

    def __str__(self) -> str:
        if self.rate is None:
            return "no data (n = 0)"
        return f"{percent(self.rate, 1)} (n = {self.n:,}, 95 % {percent(self.low, 1)} to {percent(self.high, 1)})"


@dataclass(frozen=True, slots=True)
class Weighted:
    """A weighted estimate with its effective sample size ESS = (Σw)² ÷ Σw², which says how many equal votes it is
    worth, the share of votes whose weight was clipped, and the days of the answers in words.
    """

    estimate: Estimate
    ess: float
    clipped: float = 0.0
    period: str = ""

    @property
    def clipped_words(self) -> str:
        return percent(self.clipped)

    def is_trusted(self, audit: Estimate) -> bool:
        """Whether the audit confirms it: it rests on enough unclipped votes, and is within the interval of an audit
        narrow enough to have refuted it.
        """
        rate = self.estimate.rate
        enough = rate is not None and self.ess >= LEAST_ESS and self.clipped <= MOST_CLIPPED
        return enough and audit.high - audit.low <= WIDEST_AUDIT and audit.low <= (rate or 0.0) <= audit.high


def wilson(good: int, n: int, *, method: str = "wilson") -> Estimate:
    """The share of `good` among n with its interval. Raises `ValueError` for counts that cannot be."""
    if not 0 <= good <= n:
        raise ValueError("good is between 0 and n")
    return Estimate(good / n, n, *interval(good / n, n), method) if n else Estimate(None, 0, 0.0, 1.0, method)


def share(value: float) -> float:
    """A share that was added up from fractions: what is within rounding of 0 or 1 is none or all.

    Raises `ValueError` for anything further out, which is a mistake in the counts, not in the last digit.
    """
    if not -ROUNDING <= value <= 1 + ROUNDING:
        raise ValueError("a share lies between 0 and 1")
    return float(round(value)) if abs(value - round(value)) <= ROUNDING else value


def interval(rate: float, n: float, z: float = Z95) -> tuple[float, float]:
    """Wilson's score interval for a rate that rests on n votes, n not necessarily whole. It holds at small n and near 0
    and 1. Without votes it is everything from 0 to 1.

    (p + z²/2n ± z √(p(1−p)/n + z²/4n²)) ÷ (1 + z²/n); E. B. Wilson, JASA 22 (1927) 209-212.
    """
    if not n:
        return 0.0, 1.0
    middle = rate + z * z / (2 * n)
    reach = z * math.sqrt(rate * (1 - rate) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    return min(rate, max(0.0, (middle - reach) / scale)), max(rate, min(1.0, (middle + reach) / scale))


def widened(low: float, high: float, open_share: float) -> tuple[float, float]:
    """The interval where this share of the answers is not known, and may be all bad or all good."""
    return share((1 - open_share) * low), share((1 - open_share) * high + open_share)


def weighted_by_cell(cells: Iterable[tuple[int, ...]]) -> Weighted:
    """The self-normalised inverse-propensity rate, Σ(oy/p) ÷ Σ(o/p), from the counts (seen, voted, good) of cells, each
    with its smoothed chance p of a vote. Chances below a tenth of the usual one are raised to that: where 2 % of people
    vote, a chance of 1 % is no outlier, and one of 0.01 % is.
    """
    given = [tuple(cell) for cell in cells]
    seen, votes = (sum(cell[place] for cell in given) for place in (0, 1))
    if not votes:
        return Weighted(Estimate(None, 0, 0.0, 1.0, "snipw"), 0.0)
    least = LEAST_RELATIVE * votes / max(1, seen)
    total = good = squares = 0.0
    clipped = 0
    for number, voted, liked in given:
        chance = (voted + 1) / (number + 2)
        weight = 1 / max(chance, least)
        clipped += voted * (chance < least)
        total, good, squares = total + weight * voted, good + weight * liked, squares + weight * weight * voted
    rate, ess = share(good / total), total * total / squares
    low, high = interval(rate, ess)
    return Weighted(Estimate(rate, votes, low, high, "snipw"), ess, clipped / votes)


def pooled(rates: Sequence[tuple[float, int]]) -> list[float]:
    """Each (rate, n) drawn towards their common rate, as far as their differences are chance.

    Empirical Bayes with a beta prior, whose strength is found by moments (Kleinman, JASA 68 (1973) 46-54).
    """
    total = sum(n for _, n in rates)
    if len(rates) < 2 or not total:
        return [rate for rate, _ in rates]
    common = sum(rate * n for rate, n in rates) / total
    spread = sum(n * (rate - common) ** 2 for rate, n in rates)
    chance = common * (1 - common)
    true = spread - (len(rates) - 1) * chance
    room = total - sum(n * n for _, n in rates) / total
    if chance == 0 or room <= 0 or true <= 0:
        return [common for _ in rates]
    between = min(0.99, true / (room - (len(rates) - 1)) / chance) if room > len(rates) - 1 else 0.99
    strength = 1 / between - 1
    return [(rate * n + common * strength) / (n + strength) for rate, n in rates]


def week(at: datetime) -> str:
    year, number, _ = at.isocalendar()
    return f"{year}-W{number:02}"
