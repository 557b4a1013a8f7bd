"""How good the answers are, and how far the thumbs mislead about it.

People who were badly served vote more often, so a share of up-votes says more about who votes than about the
answers. The headline is the audit: a uniform random sample of all interactions, judged blind. Beside it stand
the naive rate and two corrections by inverse propensity (Schnabel and others, "Recommendations as
Treatments", 2016), as diagnostics: they can only mend a bias whose cause was observed.

A rate never comes without its n and its interval: an `Estimate` requires and prints them.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

Z95: Final = 1.959963984540054
LEAST_PROPENSITY: Final = 0.05
LEAST_ESS: Final = 100.0
SMALLEST_GROUP: Final = 5
ROUNDING: Final = 1e-9


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

    def __str__(self) -> str:
        if self.rate is None:
            return "no data (n = 0)"
        return f"{self.rate:.1%} (n = {self.n:,}, 95 % {self.low:.1%} to {self.high:.1%})"


@dataclass(frozen=True, slots=True)
class Weighted:
    """An estimate by weights, with the effective sample size ESS = (Σw)² ÷ Σw²: how many equal votes it is
    worth.
    """

    estimate: Estimate
    ess: float

    def is_trusted(self, audit: Estimate) -> bool:
        """Whether to show it: it rests on enough, and the audit does not contradict it."""
        rate = self.estimate.rate
        return rate is not None and self.ess >= LEAST_ESS and audit.n > 0 and audit.low <= rate <= audit.high


@dataclass(frozen=True, slots=True)
class Judged:
    """One interaction: `good` None where it has no vote; `propensity` is its chance of having one, 0 to 1.

    Votes are one for each subject and interaction, as `rules.standing` leaves them.
    """

    good: bool | None
    propensity: float = 1.0
    agent_version: str = ""
    language: str = ""
    tags: tuple[str, ...] = ()
    at: datetime | None = None


def wilson(good: int, n: int, *, method: str = "wilson", z: float = Z95) -> Estimate:
    """The share of `good` among n with Wilson's score interval, which holds at small n and near 0 and 1.

    (p + z²/2n ± z √(p(1−p)/n + z²/4n²)) ÷ (1 + z²/n); E. B. Wilson, JASA 22 (1927). Raises `ValueError` for
    counts that cannot be.
    """
    if not 0 <= good <= n:
        raise ValueError("good is between 0 and n")
    if not n:
        return Estimate(None, 0, 0.0, 1.0, method)
    p = good / n
    middle = p + z * z / (2 * n)
    reach = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    low, high = max(0.0, (middle - reach) / scale), min(1.0, (middle + reach) / scale)
    return Estimate(p, n, min(low, p), max(high, p), method)


def naive(records: Iterable[Judged]) -> Estimate:
    """The share of up-votes among the votes: what a thumbs rate is, with its n and interval. Biased by who
    votes.
    """
    votes = [record.good for record in records if record.good is not None]
    return wilson(sum(votes), len(votes), method="thumbs")


def audit(judgements: Iterable[bool]) -> Estimate:
    """The share of good answers in a uniform random sample of all interactions, voted on or not."""
    made = list(judgements)
    return wilson(sum(made), len(made), method="audit")


def ipw(records: Iterable[Judged]) -> Weighted:
    """Σ oy/p ÷ N over all N interactions, p clipped at 0.05 from below: unbiased if the propensities are
    right.
    """
    everything = list(records)
    pairs = weights(everything)
    total = math.fsum(weight * good for weight, good in pairs)
    rate = min(1.0, total / len(everything)) if everything and pairs else None
    return weighted(rate, pairs, "ipw")


def snipw(records: Iterable[Judged]) -> Weighted:
    """Σ(oy/p) ÷ Σ(o/p), self-normalised: a little bias for much less variance, and always between 0 and 1."""
    pairs = weights(records)
    total = math.fsum(weight for weight, _ in pairs)
    liked = math.fsum(weight for weight, good in pairs if good)
    return weighted(share(liked / total) if pairs else None, pairs, "snipw")


def weights(records: Iterable[Judged]) -> list[tuple[float, bool]]:
    """(1/p, good) of each vote, p clipped."""
    return [
        (1 / max(record.propensity, LEAST_PROPENSITY), record.good) for record in records if record.good is not None
    ]


def weighted(rate: float | None, pairs: list[tuple[float, bool]], method: str) -> Weighted:
    """A weighted rate with the interval that Wilson's formula gives for its effective sample size."""
    if rate is None:
        return Weighted(Estimate(None, 0, 0.0, 1.0, method), 0.0)
    ess = math.fsum(weight for weight, _ in pairs) ** 2 / math.fsum(weight * weight for weight, _ in pairs)
    low, high = interval(rate, ess)
    return Weighted(Estimate(rate, len(pairs), low, high, method), ess)


def share(value: float) -> float:
    """A share that was added up from fractions: what rounding alone took below 0 or above 1 is put right.

    Raises `ValueError` for what is further out: that is a mistake in the counts and not in the last digit.
    """
    if not -ROUNDING <= value <= 1 + ROUNDING:
        raise ValueError("a share lies between 0 and 1")
    return min(1.0, max(0.0, value))


def interval(rate: float, n: float, z: float = Z95) -> tuple[float, float]:
    """Wilson's interval for a rate that rests on n votes, n not necessarily whole."""
    scale = 1 + z * z / n
    middle = (rate + z * z / (2 * n)) / scale
    reach = z * math.sqrt(rate * (1 - rate) / n + z * z / (4 * n * n)) / scale
    return min(rate, max(0.0, middle - reach)), max(rate, min(1.0, middle + reach))


def weighted_by_cell(cells: Iterable[tuple[int, ...]]) -> Weighted:
    """As `snipw`, from the counts (seen, voted, good) of cells, each with its smoothed chance of a vote."""
    total = good = squares = 0.0
    votes = 0
    for seen, voted, liked in cells:
        weight = 1 / max((voted + 1) / (seen + 2), LEAST_PROPENSITY)
        total, good, squares = total + weight * voted, good + weight * liked, squares + weight * weight * voted
        votes += voted
    if not votes:
        return Weighted(Estimate(None, 0, 0.0, 1.0, "snipw"), 0.0)
    rate, ess = share(good / total), total * total / squares
    low, high = interval(rate, ess)
    return Weighted(Estimate(rate, votes, low, high, "snipw"), ess)


def stratified(strata: Iterable[tuple[int, int, int]]) -> Estimate:
    """The share of good answers in a sample of which some waits to be judged, from the (drawn, judged, good) of strata
    that are judged sooner or later than others: each counts by what was drawn, not by what was judged so far.

    Wilson's interval at the sample size that a plain sample of the same variance would have. A stratum of which nothing
    is judged may be all good or all bad.
    """
    given = [(drawn, judged, good) for drawn, judged, good in strata if drawn]
    known = [one for one in given if one[1]]
    if not known:
        return Estimate(None, 0, 0.0, 1.0, "audit")
    if len(given) == 1:
        return wilson(given[0][2], given[0][1], method="audit")
    sure = sum(drawn for drawn, _, _ in known)
    open_share = 1 - sure / sum(drawn for drawn, _, _ in given)
    n = sum(judged for _, judged, _ in known)
    rate = share(math.fsum(drawn / sure * good / judged for drawn, judged, good in known))
    spread = math.fsum(
        (drawn / sure) ** 2 / judged * (good + 1) / (judged + 2) * (judged - good + 1) / (judged + 2)
        for drawn, judged, good in known
    )
    plain = (n * rate + 1) / (n + 2)
    low, high = interval(rate, min(float(n), plain * (1 - plain) / spread))
    return Estimate(rate, n, share((1 - open_share) * low), share((1 - open_share) * high + open_share), "audit")


def propensities(cells: Iterable[tuple[str, bool]]) -> dict[str, float]:
    """The chance of a vote in each cell, from (cell, voted) of all interactions, smoothed as if one more of
    two voted.
    """
    voted: defaultdict[str, int] = defaultdict(int)
    seen: defaultdict[str, int] = defaultdict(int)
    for cell, has_vote in cells:
        seen[cell] += 1
        voted[cell] += has_vote
    return {cell: (voted[cell] + 1) / (seen[cell] + 2) for cell in seen}


def week(at: datetime) -> str:
    year, number, _ = at.isocalendar()
    return f"{year}-W{number:02}"


GROUPS: Final[dict[str, Callable[[Judged], Iterable[str]]]] = {
    "agent_version": lambda record: (record.agent_version or "unknown",),
    "language": lambda record: (record.language or "und",),
    "tag": lambda record: record.tags or ("untagged",),
    "week": lambda record: (week(record.at) if record.at else "unknown",),
}


def by(records: Iterable[Judged], group: str) -> dict[str, Estimate]:
    """The naive rate of each agent version, language, tag or ISO week, in order of name; with n and interval,
    as all.

    A record of several tags counts in each. Groups of fewer than five votes are left out: a rate of four
    people is nearly a person's. Raises `KeyError` for a group that there is not.
    """
    key = GROUPS[group]
    members: defaultdict[str, list[Judged]] = defaultdict(list)
    for record in records:
        for name in key(record):
            members[name].append(record)
    found = {name: naive(group_records) for name, group_records in sorted(members.items())}
    return {name: estimate for name, estimate in found.items() if estimate.n >= SMALLEST_GROUP}


@dataclass(frozen=True, slots=True)
class Report:
    """The headline with the figures to compare it with; `corrected` only if it may be shown."""

    audit: Estimate
    thumbs: Estimate
    corrected: Weighted | None
    interactions: int
    groups: dict[str, dict[str, Estimate]]

    @property
    def gap(self) -> float | None:
        """By how much the thumbs understate the quality, in points of rate; None until both are known."""
        if self.audit.rate is None or self.thumbs.rate is None:
            return None
        return self.audit.rate - self.thumbs.rate


def report(records: Iterable[Judged], audited: Iterable[bool]) -> Report:
    """Everything that a release or a dashboard says about quality, from all interactions and the audited
    ones.
    """
    everything = list(records)
    headline = audit(audited)
    corrected = snipw(everything)
    groups = {group: by(everything, group) for group in GROUPS}
    shown = corrected if corrected.is_trusted(headline) else None
    return Report(headline, naive(everything), shown, len(everything), groups)
