"""How often the 95 % intervals of the gate's rates and of reviewers' agreement contain the truth, over random cases and
pairs; and how often a threshold chosen from judged answers keeps its promise, and the intervals shown with it contain
the truth.

python -m bench.intervals [--trials 1000]
"""

import argparse
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from statistics import fmean

from curation.gate.calibration import MOST_WRONG, Point, Reviewed, choose_threshold, threshold_curve
from curation.gate.verdicts.rounds import Unit, change_range, rate_range
from curation.gate.verdicts.significance import Pairs, change_interval
from curation.quality.estimates import Z99
from curation.quality.estimates import interval as wilson_range
from curation.review.agreement import Pair, interval

Chances = tuple[float, float]
DRAWS = 50_000  # random cases from which the truth is computed
SIZES = (1, 1, 2, 3, 6)  # cases of a unit


@dataclass(frozen=True, slots=True)
class Cases:
    """A kind of cases: the chances that the baseline and the candidate pass a random one."""

    name: str
    draw: Callable[[random.Random], Chances]


def alike(chance: float) -> Chances:
    return chance, chance


KINDS = (
    Cases("mostly reliable, some not", lambda rng: alike(rng.betavariate(4, 0.5))),
    Cases("from always to 90 %", lambda rng: (1.0, 0.9)),
    Cases("10 % coins", lambda rng: alike(0.5 if rng.random() < 0.1 else 1.0)),
    Cases("each ten points worse", lambda rng: (lambda p: (p, max(0.0, p - 0.1)))(rng.betavariate(6, 1))),
    Cases("80 % nearly always, 20 % nearly never", lambda rng: alike(0.95 if rng.random() < 0.8 else 0.05)),
)


def unit(kind: Cases, rounds: Chances, clustered: bool, rng: random.Random) -> Unit:
    """A random unit. Its cases have the same chances, and change independently."""
    size, (before, after) = (rng.choice(SIZES) if clustered else 1), kind.draw(rng)

    def passed(chance: float, number: float) -> tuple[int, ...]:
        return tuple(sum(rng.random() < chance for _ in range(size)) for _ in range(int(number)))

    return Unit(size, passed(before, rounds[0]), passed(after, rounds[1]))


def changed(units: list[Unit]) -> tuple[float, float]:
    """The interval as `Comparison` chooses it."""
    if any(one.size * len(one.before) * len(one.after) > 1 for one in units):
        return change_range(units)
    marks = [(one.before[0], one.after[0]) for one in units]
    return change_interval(Pairs(*(marks.count(mark) for mark in ((1, 1), (1, 0), (0, 1), (0, 0)))))


def gate(trials: int) -> Iterator[str]:
    """The interval of the change and of the candidate's rate."""
    for kind in KINDS:
        rng = random.Random(3)
        draws = [kind.draw(rng) for _ in range(DRAWS)]
        change, rate = fmean(after - before for before, after in draws), fmean(after for _, after in draws)
        for number in (15, 30, 100, 300):
            for rounds, clustered in (
                ((1, 1), False),
                ((6, 1), False),
                ((3, 3), False),
                ((1, 1), True),
                ((6, 1), True),
            ):
                held, held_rate = 0, 0
                for _ in range(trials):
                    units = [unit(kind, rounds, clustered, rng) for _ in range(number)]
                    low, high = changed(units)
                    held += low <= change <= high
                    _, low, high = rate_range([(one.size, one.after) for one in units])
                    held_rate += low <= rate <= high
                shape = f"{number} units{' of 1 to 6 cases' if clustered else ''}, rounds {rounds[0]} and {rounds[1]}"
                yield f"{kind.name}, {shape}: change {held / trials:.1%}, rate {held_rate / trials:.1%}"


def agreement(trials: int) -> Iterator[str]:
    """The interval of agreement beyond chance."""
    rng = random.Random(5)
    for number in (30, 100):
        for true in (0.6, 0.8, 0.9, 0.95):
            for labels in ((0.5, 0.5), (0.8, 0.2), (0.9, 0.1), (0.7, 0.2, 0.06, 0.04)):
                held = known = 0
                for _ in range(trials):
                    found = interval([pair(labels, true, rng) for _ in range(number)])
                    known += found is not None
                    held += found is not None and found[0] <= true <= found[1]
                yield f"{number} pairs, agreement {true}, labels {labels}: {held / known:.1%}"


def pair(labels: tuple[float, ...], agreement: float, rng: random.Random) -> Pair:
    one, other = rng.choices(range(len(labels)), labels, k=2)
    return (one, one) if rng.random() < agreement else (one, other)


def sure(curve: Sequence[Point]) -> float | None:
    """The threshold that is chosen now; None where there is none."""
    try:
        return choose_threshold(curve).threshold
    except ValueError:
        return None


def seen(curve: Sequence[Point]) -> float | None:
    """The threshold that was chosen until December 2026: the lowest that 5 % of the judged wrong answers pass."""
    return next((point.threshold for point in curve if point.wrong_passed <= MOST_WRONG), None)


def promised(wrong: int = 100, trials: int = 1000, choose: Callable[[Sequence[Point]], float | None] = sure) -> float:
    """The share of projects in which at most 5 % of all wrong answers pass the threshold chosen from so many judged ones.

    Scores are uniform from 0 to 1, so that the share that passes is known: any other continuous scores give the same.
    """
    rng, kept = random.Random(9), 0
    for _ in range(trials):
        answers = [Reviewed(rng.random(), correct=False) for _ in range(wrong)]
        right = [Reviewed(rng.betavariate(5, 1), correct=True) for _ in range(50)]
        chosen = choose(threshold_curve([*answers, *right]))
        kept += chosen is None or 1 - chosen <= MOST_WRONG
    return kept / trials


def shown(number: int, trials: int) -> tuple[float, float]:
    """How often the intervals that a page shows next to a proposed threshold hold the shares of all wrong and of all right
    answers that pass it, from so many judged ones of either sort.
    """
    rng, kept = random.Random(21), []
    for _ in range(trials):
        answers = [Reviewed(rng.random(), correct=False) for _ in range(number)]
        right = [Reviewed(rng.betavariate(5, 1), correct=True) for _ in range(number)]
        at = choose_threshold(threshold_curve([*answers, *right]))
        kept.append((at.threshold, at.wrongs, at.rights))
    return (
        fmean(wrongs.low <= 1 - limit <= wrongs.high for limit, wrongs, _ in kept),
        fmean(rights.low <= 1 - limit**5 <= rights.high for limit, _, rights in kept),
    )


def thresholds(trials: int) -> Iterator[str]:
    """How often a threshold lets at most 5 % pass, and how often the intervals next to it hold."""
    for number in (60, 100, 300):
        wrong_held, right_held = shown(number, trials)
        yield f"{number} of either sort judged: interval of the wrong ones that pass holds {wrong_held:.1%}, of the right ones {right_held:.1%}"
    for wrong in (60, 100, 300, 1000):
        before, now = (promised(wrong, trials, choose) for choose in (seen, sure))
        yield f"{wrong} wrong answers judged: at most 5 % of all pass, before in {before:.1%} of projects, now in {now:.1%}"


def alarm(before: float, now: float, judged: int, rng: random.Random) -> bool:
    """Whether the alert on quality comes within its week, looked at after each of its judgements."""
    earlier = 4 * judged
    low = wilson_range(sum(rng.random() < before for _ in range(earlier)) / earlier, earlier, Z99)[0]
    good = 0
    for number in range(1, judged + 1):
        good += rng.random() < now
        if wilson_range(good / number, number, Z99)[1] < low:
            return True
    return False


def alerts(trials: int) -> Iterator[str]:
    """How often the alert is false, and how often it notices a fall by 20 points; four times as many judgements before."""
    rng = random.Random(4)
    for judged in (30, 100):
        for rate in (0.6, 0.7, 0.8, 0.9, 0.95):
            false, seen = (fmean(alarm(rate, now, judged, rng) for _ in range(trials)) for now in (rate, rate - 0.2))
            yield f"alert, {judged} judgements, {rate:.0%} right: false in {false:.1%} of weeks, sees 20 points less in {seen:.1%}"


def main() -> None:
    """Print what the references on statistics sum up."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--trials", type=int, default=1000)
    options = parser.parse_args()
    parts = (alerts, thresholds, gate)
    for line in chain(*(part(options.trials) for part in parts), agreement(max(1, options.trials // 5))):
        print(line, flush=True)


if __name__ == "__main__":
    main()
