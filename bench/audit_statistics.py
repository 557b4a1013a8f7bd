"""The audit's interval, simulated: how often it holds the true share of good answers, where quality moves, shares change,
judging lags behind, and some answers cannot be judged.

    python -m bench.audit_statistics [--runs 1000]

"before" is the estimate that the audit had until December 2026: all times together, served oldest first, every drawn answer
counted alike. "now" names the days that it is about, and is compared with the truth of those days.
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
from curation.quality.strata import Audit, Drawn, audit

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


def drawn_from(world: World, rng: random.Random) -> tuple[list[Drawn], list[float]]:
    """The sample as it is before anything is judged (`good` is the truth), and the true share of each week."""
    sample: list[Drawn] = []
    truth: list[float] = []
    for week, total in enumerate(world.answers):
        states = [rng.random() < world.good[week] for _ in range(total)]
        truth.append(fmean(states))
        for good in states:
            if rng.random() < world.share[week]:
                sample.append(
                    Drawn(
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


def judge(sample: Sequence[Drawn], world: World, rng: random.Random, *, at_random: bool) -> list[Drawn]:
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


def before(judged: Sequence[Drawn]) -> Estimate:
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
    """Of one world over all runs: how often each interval held, its mean width, and the mean n."""

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


def main() -> None:
    """Print the table that docs/reference/statistics.md shows."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=1000)
    options = parser.parse_args()
    for world in worlds():
        print(simulate(world, options.runs), flush=True)


if __name__ == "__main__":
    main()
