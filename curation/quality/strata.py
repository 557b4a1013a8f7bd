"""The audit's estimate: what was drawn, how much of it is judged, and which answers the result covers.

Not every drawn answer is judged at once, and one that also waits for another reason is judged sooner and usually
doubtful. So the sample is split into strata in which the judged part is random: by project, period, sort (asked about
anyway, or only drawn) and place in the queue. Each answer counts for those it represents: one over the share drawn at
the time.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from curation.quality.estimates import Z95, Estimate, interval, percent, share, widened

LEAST_JUDGED = 5  # judgements of each sort in each period
NOTHING = Estimate(None, 0, 0.0, 1.0, "audit")
Key = tuple[int, int, bool, int, int]
"""A stratum: project, period, whether it was asked about anyway and, if so, what it settles and its priority."""


@dataclass(frozen=True, slots=True)
class SampledAnswer:
    """One interaction of the sample. `good` is what a person judged; None where nobody has (`is_waiting`), or they could
    not tell or found it too sensitive. `is_asked_anyway` where it would wait for a person without the audit, too (also
    where a vote came after its verdict, so that the judged ones are no others than the waiting ones), with what its verdict
    settles and its priority then. `language` is known once it is decided; `share` is what was drawn of all answers at the time.
    """

    interaction: int
    good: bool | None
    is_asked_anyway: bool
    agent_version: str
    language: str
    tags: tuple[str, ...]
    at: datetime
    project: int = 0
    subject: int = 0
    is_waiting: bool = False
    priority: int = 0
    settles: int = 1
    share: float = 1.0


@dataclass(slots=True)
class Stratum:
    """Sums over the drawn answers of one stratum, each weighted by the answers it represents."""

    drawn: float = 0.0
    judged: float = 0.0
    good: float = 0.0
    untold: float = 0.0
    squares: float = 0.0
    drawn_squares: float = 0.0
    count: int = 0

    def add(self, one: SampledAnswer) -> None:
        weight = 1 / one.share
        self.drawn, self.drawn_squares = self.drawn + weight, self.drawn_squares + weight * weight
        if one.good is not None:
            self.judged, self.good = self.judged + weight, self.good + weight * one.good
            self.squares, self.count = self.squares + weight * weight, self.count + 1
        elif not one.is_waiting:
            self.untold += weight

    @property
    def rate(self) -> float:
        return self.good / self.judged

    @property
    def worth(self) -> float:
        """How many equally weighted judgements it is worth."""
        return self.judged**2 / self.squares

    @property
    def unknown(self) -> float:
        """The share of reviewed answers that people could not judge."""
        return self.untold / (self.judged + self.untold)


def span(since: date, until: date) -> str:
    """These days in words."""
    if since == until:
        return f"answers of {in_words(until)}"
    first = in_words(since) if since.year != until.year else f"{since.day} {since:%b}"
    return f"answers from {first} to {in_words(until)}"


def in_words(day: date) -> str:
    """A day as the console writes it."""
    return f"{day.day} {day:%b} {day.year}"


@dataclass(frozen=True, slots=True)
class Audit:
    """The estimate with what it rests on and speaks of.

    `since` and `until` are the days of the answers that it speaks of, None where it speaks of none; `spoken_of` of the
    `drawn` ones are from then. `unsure` were looked at and could not be judged, `erased` is the share of those drawn on
    these days whose people were erased or have a request under way: all of these may be bad or good, which widens the interval.
    `missing` says which sort of answers has too few judgements yet, so that nothing is known.
    """

    estimate: Estimate = NOTHING
    drawn: int = 0
    spoken_of: int = 0
    judged: int = 0
    waiting: int = 0
    unsure: int = 0
    erased: float = 0.0
    since: date | None = None
    until: date | None = None
    missing: str = ""

    @property
    def period(self) -> str:
        """The days that the figure speaks of, in words."""
        if self.since is None or self.until is None:
            return ""
        return span(self.since, self.until)

    def speaks_of(self, day: date) -> bool:
        """Whether a day is one of those; any day is where there is no figure."""
        return self.since is None or self.until is None or self.since <= day <= self.until

    @property
    def words(self) -> str:
        """What belongs next to the figure: the period, and what could not be judged."""
        parts = [self.period] if self.period else []
        if self.missing:
            parts.append(f"not known yet: {self.judged} judged, {self.missing}")
        if self.spoken_of < self.drawn and not self.missing:
            parts.append(f"covers {self.spoken_of:,} of {self.drawn:,} drawn")
        parts += [f"{self.waiting:,} wait"] if self.waiting else []
        parts += [f"{self.unsure:,} could not be judged"] if self.unsure else []
        parts += [f"{percent(self.erased, 1)} of the sample erased"] if self.erased else []
        return "; ".join(parts)


SORTS = {True: "none of the answers that people doubted", False: "none of the answers that were only drawn at random"}


Days = Mapping[tuple[int, date], float]
"""What the answers ever drawn stand for, by project and day."""


def audit(drawn: Sequence[SampledAnswer], *, days: Days | None = None, erased: float = 0.0, z: float = Z95) -> Audit:
    """The share of good answers, from answers drawn from any projects and times.

    With `days` it is counted how much of what was drawn on the days in question is erased; `erased` says it otherwise.
    """
    found = Audit(
        drawn=len(drawn),
        judged=sum(one.good is not None for one in drawn),
        waiting=sum(one.is_waiting for one in drawn),
        unsure=sum(one.good is None and not one.is_waiting for one in drawn),
        erased=erased if days is None else erased_of(drawn, days),
    )
    lacking = [
        words for sort, words in SORTS.items() if is_unjudged([one for one in drawn if one.is_asked_anyway is sort])
    ]
    places = periods(drawn)
    spoken = [one for one in drawn if (one.project, week_of(one.at)) in places]
    if lacking or not any(one.good is not None for one in spoken):
        return replace(found, missing=" and ".join(lacking) or "too few of each period") if found.judged else found
    if days is not None:
        covered = {key: number for key, number in days.items() if (key[0], monday(key[1])) in places}
        found = replace(found, erased=erased_of(spoken, covered))
    strata: defaultdict[Key, Stratum] = defaultdict(Stratum)
    for one in spoken:
        place = places[one.project, week_of(one.at)]
        turn = (one.settles, one.priority) if one.is_asked_anyway else (0, 0)
        strata[one.project, place, one.is_asked_anyway, *turn].add(one)
    dates = [one.at.date() for one in spoken]
    made = combined(strata, found.erased, z)
    return replace(found, estimate=made, spoken_of=len(spoken), since=min(dates), until=max(dates))


def erased_of(drawn: Iterable[SampledAnswer], days: Days) -> float:
    """The share of what was drawn on these days that is no longer there."""
    ever = math.fsum(days.values())
    return share(max(0.0, 1 - math.fsum(1 / one.share for one in drawn) / ever)) if ever else 0.0


def is_unjudged(drawn: Sequence[SampledAnswer]) -> bool:
    return bool(drawn) and all(one.good is None for one in drawn)


def week_of(at: datetime) -> date:
    """The Monday of its week."""
    return monday(at.date())


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def periods(drawn: Iterable[SampledAnswer]) -> dict[tuple[int, date], int]:
    """The period of each project's weeks: consecutive weeks, joined until each sort drawn in them has judgements.

    Weeks at the end with too few are left out: the figure does not cover them.
    """
    weeks: defaultdict[tuple[int, date], list[SampledAnswer]] = defaultdict(list)
    for one in drawn:
        weeks[one.project, week_of(one.at)].append(one)
    made: dict[tuple[int, date], int] = {}
    waiting: list[tuple[int, date]] = []
    inside: list[SampledAnswer] = []
    for number, key in enumerate(sorted(weeks)):
        if waiting and waiting[-1][0] != key[0]:
            waiting, inside = [], []
        waiting, inside = [*waiting, key], [*inside, *weeks[key]]
        if all(is_judged([one for one in inside if one.is_asked_anyway is sort]) for sort in SORTS):
            made |= dict.fromkeys(waiting, number)
            waiting, inside = [], []
    return made


def is_judged(drawn: Sequence[SampledAnswer]) -> bool:
    """Whether enough of these are judged, or as many as possible."""
    judged = sum(one.good is not None for one in drawn)
    return judged >= LEAST_JUDGED or not any(one.is_waiting for one in drawn)


def combined(strata: dict[Key, Stratum], erased: float, z: float) -> Estimate:
    """The estimate from strata: Wilson's interval at the size that a plain sample of the same variance would have.

    A stratum without judgements, and answers that people could not judge or that were erased, may be all good or all
    bad. The rate takes the former for as good as the judged ones of their sort.
    """
    known = [one for one in strata.values() if one.count]
    sure, total = math.fsum(one.drawn for one in known), math.fsum(one.drawn for one in strata.values())
    rate = share(math.fsum(one.drawn / sure * one.rate for one in known))
    n = sum(one.count for one in known)
    spread = variance(strata, rate, sure)
    plain = (n * rate + 1) / (n + 2)
    low, high = interval(rate, min(float(n), plain * (1 - plain) / spread), z)
    untold = math.fsum(one.drawn / sure * one.unknown for one in known)
    open_share = share(1 - sure / total * (1 - untold) * (1 - erased))
    rate = share(sure / total * rate + math.fsum(unjudged(strata, sort) for sort in SORTS) / total)
    return Estimate(rate, n, *widened(low, high, open_share), "audit")


def unjudged(strata: dict[Key, Stratum], sort: bool) -> float:
    """How many answers of a sort are good in its strata without judgements, if they are like the judged ones."""
    mine = [one for key, one in strata.items() if key[2] is sort]
    judged = math.fsum(one.drawn for one in mine if one.count)
    good = math.fsum(one.drawn * one.rate for one in mine if one.count)
    return math.fsum(one.drawn for one in mine if not one.count) * good / judged if judged else 0.0


def variance(strata: dict[Key, Stratum], rate: float, sure: float) -> float:
    """The variance of the estimate: within each stratum, smoothed towards its sort, plus that of the strata's sizes."""
    usual: dict[bool, float] = {}
    for sort in SORTS:
        mine = [one for key, one in strata.items() if key[2] is sort and one.count]
        judged = math.fsum(one.worth for one in mine)
        good = math.fsum(one.worth * one.rate for one in mine)
        usual[sort] = (good + 1) / (judged + 2)
    made = 0.0
    for key, one in strata.items():
        if not one.count:
            continue
        smooth = (one.rate * one.worth + 2 * usual[key[2]]) / (one.worth + 2)
        weight = one.drawn / sure
        made += weight**2 * smooth * (1 - smooth) / one.worth
        made += one.drawn_squares * ((one.rate - rate) / sure) ** 2  # the number drawn is random as well
    return made
