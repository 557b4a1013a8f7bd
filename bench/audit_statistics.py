"""The audit's interval, simulated: how often it holds the true share of good answers, where quality moves, shares
change, judging lags behind, and some answers cannot be judged.

    python -m bench.audit_statistics [--runs 1000]

"before" is the audit's estimate until December 2026: all times together, oldest first, every drawn answer weighted
equally. "now" names the days that it covers, and is compared with the truth of those days. A second simulation passes
day by day, with votes that come later than some verdicts: there, "before" took an answer for doubted only if its vote
came before the verdict.
"""

import argparse
import math
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from statistics import fmean

from curation.quality.estimates import Estimate, interval, share, wilson
from curation.quality.strata import Audit, SampledAnswer, audit

MONDAY = datetime(2026, 1, 5, 12, tzinfo=UTC)
DOUBTED = {True: 0.05, False: 0.4}  # the chance that a person votes against an answer, by whether it is good


@dataclass(frozen=True, slots=True)
class World:
    """Weeks of answers: how many, the share that is good, the share drawn and the share of the drawn that is judged, each
    by week; what cannot be judged of the good and of the bad; and the order in which the audit is served.
    """

    name: str
    answers: tuple[int, ...]
    good: tuple[float, ...]
    share: tuple[float, ...]
    capacity: float
    unsure: tuple[float, float] = (0.0, 0.0)
    erased: float = 0.0


def worlds() -> Iterator[World]:
    steady, eight = (0.8,) * 8, (1_000,) * 8
    falling = (0.95, 0.92, 0.9, 0.86, 0.8, 0.7, 0.6, 0.5)
    two = (0.02, 0.02, 0.02, 0.02, 0.1, 0.1, 0.1, 0.1)
    for capacity in (1.0, 0.5):
        judged = f"{capacity:.0%} judged"
        yield World(f"steady, {judged}", eight, steady, (0.05,) * 8, capacity)
        yield World(f"quality falls, {judged}", eight, falling, (0.05,) * 8, capacity)
        yield World(f"quality falls, share raised from 2 % to 10 %, {judged}", eight, falling, two, capacity)
        yield World(f"quality falls, share lowered from 10 % to 2 %, {judged}", eight, falling, two[::-1], capacity)
    yield World("steady, n about 30", (300,) * 8, steady, (0.0125,) * 8, 1.0)
    yield World("nearly all good, n about 100", (300,) * 8, (0.98,) * 8, (0.04,) * 8, 1.0)
    yield World("10 % could not be judged, mostly bad ones", eight, steady, (0.05,) * 8, 1.0, (0.05, 0.3))
    yield World("5 % erased, all of them bad", eight, steady, (0.05,) * 8, 1.0, erased=0.25)


def drawn_from(world: World, rng: random.Random) -> tuple[list[SampledAnswer], list[float]]:
    """The sample before anything is judged (`good` is the truth), and the true share of each week."""
    sample: list[SampledAnswer] = []
    truth: list[float] = []
    for week, total in enumerate(world.answers):
        states = [rng.random() < world.good[week] for _ in range(total)]
        truth.append(fmean(states))
        for good in states:
            if rng.random() < world.share[week]:
                sample.append(
                    SampledAnswer(
                        len(sample),
                        good,
                        rng.random() < DOUBTED[good],
                        "",
                        "",
                        (),
                        MONDAY + timedelta(weeks=week, hours=rng.randrange(100)),
                        is_waiting=True,
                        share=world.share[week],
                    )
                )
    return sample, truth


def judge(sample: Sequence[SampledAnswer], world: World, rng: random.Random, *, at_random: bool) -> list[SampledAnswer]:
    """The sample after reviewers have worked through a part of it; doubted answers come first, as they do."""
    place = {one.interaction: rng.random() if at_random else one.at.timestamp() for one in sample}
    queue = sorted(sample, key=lambda one: (not one.is_asked_anyway, place[one.interaction]))
    done = {one.interaction for one in queue[: round(world.capacity * len(queue))]}
    made = []
    for one in sample:
        if not one.good and rng.random() < world.erased:
            continue
        if one.interaction not in done:
            made.append(replace(one, good=None))
        elif rng.random() < world.unsure[not one.good]:
            made.append(replace(one, good=None, is_waiting=False))
        else:
            made.append(replace(one, is_waiting=False))
    return made


def stratified(strata: Iterable[tuple[int, int, int]]) -> Estimate:
    """The estimate until December 2026."""
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


def before(judged: Sequence[SampledAnswer]) -> Estimate:
    counts: defaultdict[bool, list[int]] = defaultdict(lambda: [0, 0, 0])
    for one in judged:
        parts = (1, one.good is not None, bool(one.good))
        counts[one.is_asked_anyway] = [a + b for a, b in zip(counts[one.is_asked_anyway], parts, strict=True)]
    return stratified((drawn, done, good) for drawn, done, good in counts.values())


def true_share(found: Audit, world: World, truth: Sequence[float]) -> float:
    """The share of right answers on the days that the estimate is about."""
    if found.since is None or found.until is None:
        return fmean(truth)
    first, last = ((day - MONDAY.date()).days // 7 for day in (found.since, found.until))
    weeks = range(first, last + 1)
    return sum(truth[week] * world.answers[week] for week in weeks) / sum(world.answers[week] for week in weeks)


@dataclass(frozen=True, slots=True)
class Found:
    """For one world over all runs: how often each interval contained the truth, its mean width, and the mean n."""

    name: str
    before: float
    now: float
    width_before: float
    width: float
    n: float
    known: float

    def __str__(self) -> str:
        return (
            f"{self.name:<60} n {self.n:5.0f}  before {self.before:6.1%} (width {self.width_before:5.1%})  "
            f"now {self.now:6.1%} (width {self.width:5.1%}), known in {self.known:.0%}"
        )


def simulate(world: World, runs: int) -> Found:
    rng = random.Random(11)
    old, new, widths, counts = [], [], [], []
    for _ in range(runs):
        sample, truth = drawn_from(world, rng)
        plain = before(judge(sample, world, rng, at_random=False))
        whole = sum(t * n for t, n in zip(truth, world.answers, strict=True)) / sum(world.answers)
        old.append((plain.low <= whole <= plain.high, plain.high - plain.low))
        left = judge(sample, world, rng, at_random=True)
        found = audit(left, erased=1 - len(left) / len(sample))
        if found.estimate.n:
            right = true_share(found, world, truth)
            new.append(found.estimate.low <= right <= found.estimate.high)
            widths.append(found.estimate.high - found.estimate.low)
            counts.append(found.estimate.n)
    return Found(
        world.name,
        fmean(held for held, _ in old),
        fmean(new),
        fmean(width for _, width in old),
        fmean(widths),
        fmean(counts),
        len(new) / runs,
    )


@dataclass(frozen=True, slots=True)
class Pace:
    """Eight weeks that pass day by day: the share that is good and the reviewers' speed by week, as a share of what is drawn; how
    many days votes take on average.
    """

    name: str
    good: tuple[float, ...]
    speed: tuple[float, ...]
    delay: float
    a_day: int = 150
    share: float = 0.05


def paces() -> Iterator[Pace]:
    steady, falling = (0.8,) * 8, (0.95, 0.92, 0.9, 0.86, 0.8, 0.7, 0.6, 0.5)
    half = (0.5,) * 8
    yield Pace("steady, half judged, votes at once", steady, half, 0)
    yield Pace("steady, half judged, votes after 3 days", steady, half, 3)
    yield Pace("steady, half judged, votes after 10 days", steady, half, 10)
    yield Pace("quality falls, half judged, votes after 3 days", falling, half, 3)
    yield Pace("quality falls, review speeds up", falling, (0.2, 0.2, 0.2, 0.2, 0.5, 1, 1.5, 2), 1)
    yield Pace("quality falls, review slows down", falling, (1.2, 1, 1, 0.8, 0.4, 0.2, 0.2, 0.1), 1)
    yield Pace("quality falls, one answer drawn a day", falling, (0.6,) * 8, 0.2, a_day=20)


@dataclass(slots=True)
class Talk:
    """A drawn answer: when it was given and voted down (`never` if not), and when it was judged."""

    number: int
    day: int
    good: bool
    turn: int
    voted: float
    weight: int
    settles: int
    is_doubted: bool = False
    judged: int | None = None

    @property
    def place(self) -> tuple[int, int, int]:
        """Its place in the queue, as `FIRST` orders it."""
        return (-self.settles, -self.weight, self.number) if self.is_doubted else (-1, -self.turn, self.number)

    def seen(self, *, late: bool) -> SampledAnswer:
        """The answer as the audit sees it; with `late`, a vote after the verdict counts."""
        doubted = self.is_doubted or (late and self.judged is not None and self.judged < self.voted <= DAYS)
        return SampledAnswer(
            self.number,
            self.good if self.judged is not None else None,
            doubted,
            "",
            "",
            (),
            MONDAY + timedelta(days=self.day),
            is_waiting=self.judged is None,
            priority=self.weight if doubted else 0,
            settles=self.settles if doubted else 1,
        )


DAYS = 56
NEVER = math.inf


def passed(pace: Pace, rng: random.Random) -> tuple[list[Talk], list[float]]:
    """The sample after the last day, and the true share of each day."""
    talks: list[Talk] = []
    truth: list[float] = []
    waiting: list[Talk] = []
    for day in range(DAYS):
        states = [rng.random() < pace.good[day // 7] for _ in range(pace.a_day)]
        truth.append(fmean(states))
        for good in states:
            if rng.random() < pace.share:
                late = rng.expovariate(1 / pace.delay) if pace.delay else 0.0
                voted = day + late if rng.random() < DOUBTED[good] else NEVER
                weight, settles = rng.choice((10, 10, 10, 20, 25)), 2 if rng.random() < 0.2 else 1
                waiting.append(Talk(len(talks), day, good, 1 + int(19 * rng.random()), voted, weight, settles))
                talks.append(waiting[-1])
        for talk in waiting:
            talk.is_doubted = talk.voted <= day
        waiting.sort(key=lambda talk: talk.place)
        number = int(pace.speed[day // 7] * pace.a_day * pace.share + rng.random())
        for talk in waiting[:number]:
            talk.judged = day
        waiting = waiting[number:]
    return talks, truth


def follow(pace: Pace, runs: int) -> str:
    """How often each rule's interval contains the truth of the days that it names, its bias and its width."""
    parts = []
    for name, late in (("before", False), ("now", True)):
        rng = random.Random(12)
        found = []
        for _ in range(runs):
            talks, truth = passed(pace, rng)
            made = audit([talk.seen(late=late) for talk in talks])
            if made.since is not None and made.until is not None:
                first, last = ((day - MONDAY.date()).days for day in (made.since, made.until))
                right = fmean(truth[first : last + 1])
                low, high = made.estimate.low, made.estimate.high
                found.append((low <= right <= high, (made.estimate.rate or 0.0) - right, high - low))
        held, bias, width = (fmean(one[place] for one in found) for place in range(3))
        parts.append(f"{name} {held:6.1%} (bias {100 * bias:+.1f}, width {width:5.1%})")
    return f"{pace.name:<50} {'  '.join(parts)}"


def main() -> None:
    """Print the table that docs/reference/audit-statistics.md shows."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=1000)
    options = parser.parse_args()
    for world in worlds():
        print(simulate(world, options.runs), flush=True)
    for pace in paces():
        print(follow(pace, options.runs), flush=True)


if __name__ == "__main__":
    main()
