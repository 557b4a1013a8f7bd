"""Would the audit be more precise if answers were drawn where a judgement tells most?

    REAL_DATA=folder python -m bench.draws [--runs 4] [--held 200]

Neyman's allocation: an answer is drawn with a share in proportion to how far its judgement is expected to lie from the
estimate, at least half of the usual share, the same number in all. It is learnt from a first, uniform audit of 300:
only from votes against an answer, or from the prediction of `curation/quality/assisted.py`, by question. The effective
n is exact for what was learnt, as the variance under such draws is known. A second table has shares that are learnt
again each week: how often the interval contains the truth, and how much the draws gain.
"""

import argparse
import json
import math
import os
import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import fmean

from bench.assisted import heard, texts
from bench.worlds import people
from curation.quality import assisted, strata
from curation.quality.assisted import SIGNALS, Text
from curation.quality.estimates import interval
from curation.quality.strata import SampledAnswer, Stratum

FIRST, JUDGED = 300, 400
DAY = datetime(2026, 1, 5, tzinfo=UTC)
LEAST = 0.5  # of the usual share: every answer may be drawn
PRIOR = 2.0  # judgements at the common rate that each sort begins with
AGAINST = {"thumbs_down", "edit"}
MADE = {
    "98 % right": (0.98, 0.05, 8),
    "95 % right": (0.95, 0.1, 4),
    "90 % right": (0.9, 0.1, 4),
    "80 % right": (0.8, 0.05, 4),
}
KINDS = {"up": "thumbs_up", "down": "thumbs_down", "fix": "edit", "junk": "thumbs_down"}


def oasst(path: Path) -> list[Text]:
    """Every voted answer."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [
        Text(row["question"], row["question"], row["answer"], "", row["feedback"]["thumb"] == "up")
        for row in rows
        if row.get("feedback")
    ]


def world(name: str) -> list[Text]:
    """A log of simulated people, with what is true and how they voted."""
    log = people.make(people.WORLDS[name], 1)
    return [
        Text(
            turn.form,
            turn.form,
            turn.answer,
            "",
            turn.claim == log.facts[turn.fact].for_asker(people.person(turn.asker)),
            tuple(float(KINDS.get(turn.vote) == kind) for kind in SIGNALS),
        )
        for turn in log.turns
    ]


def made(right: float, voting: float, times: float, number: int = 20_000) -> list[Text]:
    """Answers without words: the share that is right, the share of them that is voted on, and how many times as often a
    wrong one is.
    """
    rng = random.Random(3)

    def vote(good: bool) -> tuple[float, ...]:
        voted = rng.random() < voting * (1 if good else times)
        liked = good is (rng.random() >= 0.05)
        return tuple(float(voted and kind == ("thumbs_up" if liked else "thumbs_down")) for kind in SIGNALS)

    truth = [rng.random() < right for _ in range(number)]
    return [Text(str(place), "", "", "", good, vote(good)) for place, good in enumerate(truth)]


def is_against(text: Text) -> bool:
    return any(said and kind in AGAINST for kind, said in zip(SIGNALS, text.heard, strict=False))


def shares(spread: Sequence[float]) -> list[float]:
    """Shares in proportion to the roots of these variances, with a mean of 1 and at least `LEAST`."""
    roots = [math.sqrt(max(0.001, one)) for one in spread]
    low, high = 0.0, 1 / min(roots)
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if fmean(max(LEAST, middle * root) for root in roots) < 1 else (low, middle)
    return [max(LEAST, low * root) for root in roots]


def worth(rest: Sequence[float], drawn: Sequence[float]) -> float:
    """The effective n against uniform draws, where an answer adds this much to the variance."""
    return sum(rest) / sum(one / share for one, share in zip(rest, drawn, strict=True))


class Learnt:
    """What a first, uniform audit of a log teaches."""

    def __init__(self, log: Sequence[Text], seed: int) -> None:
        self.log, self.rng = log, random.Random(seed)
        self.good = [bool(text.good) for text in log]
        known = assisted.with_contrasts(log, assisted.rarity(text.answer for text in log))
        self.rows = [(*known[text.key, text.answer], *text.heard) for text in log]
        self.first = self.sample(FIRST)
        self.rate = (sum(self.good[place] for place in self.first) + 1) / (FIRST + 2)

    def sample(self, number: int) -> list[int]:
        return [self.rng.randrange(len(self.log)) for _ in range(number)]

    def guess(self, judged: Sequence[int]) -> list[float]:
        """The prediction for each answer, from judgements on other questions."""
        found = [0.0] * len(self.log)
        for part in range(assisted.FOLDS):
            apart = [place for place in judged if assisted.fold(self.log[place].key) != part]
            model = assisted.fit([self.rows[place] for place in apart], [self.good[place] for place in apart])
            for place, text in enumerate(self.log):
                if assisted.fold(text.key) == part:
                    found[place] = model.of(self.rows[place])
        return found

    def by_votes(self) -> list[float]:
        """The rate of each answer's sort."""
        sorts = [is_against(text) for text in self.log]
        rates = {}
        for sort in (True, False):
            mine = [self.good[place] for place in self.first if sorts[place] is sort]
            rates[sort] = (sum(mine) + PRIOR * self.rate) / (len(mine) + PRIOR)
        return [rates[sort] for sort in sorts]

    def plans(self) -> Iterator[tuple[str, list[float]]]:
        """The plans: the answers' shares by votes, by the prediction for the plain estimate, and by the prediction for
        the assisted one.
        """
        votes, guess = self.by_votes(), self.guess(self.first)
        yield "votes", shares([one * (1 - one) + (one - self.rate) ** 2 for one in votes])
        yield "guess", shares([one * (1 - one) + (one - self.rate) ** 2 for one in guess])
        yield "guess, for the assisted", shares([one * (1 - one) for one in guess])

    def rests(self) -> tuple[list[float], list[float]]:
        """What each answer adds to the variance of the plain and of the assisted audit."""
        truth, guess = fmean(self.good), self.guess(self.sample(JUDGED))
        middle = fmean(guess)
        together = fmean((g - truth) * (f - middle) for g, f in zip(self.good, guess, strict=True))
        weight = max(0.0, min(1.0, together / fmean((f - middle) ** 2 for f in guess)))
        rest = [(g - truth - weight * (f - middle)) ** 2 for g, f in zip(self.good, guess, strict=True)]
        return [(g - truth) ** 2 for g in self.good], rest


def measure(name: str, log: Sequence[Text], runs: int) -> str:
    """The effective n of either estimate under each plan, against uniform draws."""
    found: defaultdict[str, list[tuple[float, float]]] = defaultdict(list)
    for seed in range(runs):
        learnt = Learnt(log, seed)
        plain, rest = learnt.rests()
        for plan, drawn in learnt.plans():
            found[plan].append((worth(plain, drawn), worth(rest, drawn)))
    parts = [
        f"{plan}: {fmean(a for a, _ in some):.2f}, {fmean(b for _, b in some):.2f}" for plan, some in found.items()
    ]
    return f"{name:<32} {fmean(bool(t.good) for t in log):4.0%} right  plain, assisted by {'; '.join(parts)}"


@dataclass(slots=True)
class Run:
    """Eight weeks of an audit. Each week its shares are learnt again, or they stay uniform."""

    log: Sequence[Text]
    rng: random.Random
    share: float = JUDGED / 8_000
    weekly: int = 1_000

    def drawn(self, *, learns: bool) -> list[SampledAnswer]:
        sample: list[SampledAnswer] = []
        for _ in range(8):
            usual = self.ratios(sample) if learns and len(sample) >= 50 else {True: 1.0, False: 1.0}
            for text in self.rng.choices(self.log, k=self.weekly):
                sort = is_against(text)
                share = min(1.0, self.share * usual[sort])
                if self.rng.random() < share:
                    one = SampledAnswer(0, bool(text.good), sort, "", "", (), DAY, share=share)
                    sample.append(one)
        return sample

    def ratios(self, sample: Sequence[SampledAnswer]) -> dict[bool, float]:
        """The share of each sort against the usual one."""
        mine = {sort: [one for one in sample if one.is_asked_anyway is sort] for sort in (True, False)}
        size = {sort: sum(1 / one.share for one in some) for sort, some in mine.items()}
        common = (sum(bool(one.good) / one.share for one in sample) + 1) / (sum(size.values()) + 2)
        rate = {
            sort: (sum(bool(one.good) for one in some) + PRIOR * common) / (len(some) + PRIOR)
            for sort, some in mine.items()
        }
        number = max(1, round(100 * size[True] / sum(size.values())))
        spread = [rate[sort] * (1 - rate[sort]) + (rate[sort] - common) ** 2 for sort in (True, False)]
        drawn = shares([spread[0]] * number + [spread[1]] * (100 - number))
        return {True: drawn[0], False: drawn[-1]}


def limits(sample: Sequence[SampledAnswer]) -> tuple[float, float]:
    """The audit's interval, where it may be narrower than that of a uniform sample of the same size."""
    sorts: defaultdict[strata.Key, Stratum] = defaultdict(Stratum)
    for one in sample:
        sorts[0, 0, one.is_asked_anyway, 0, 0].add(one)
    sure = sum(one.drawn for one in sorts.values())
    rate = sum(one.good for one in sorts.values()) / sure
    smooth = (len(sample) * rate + 1) / (len(sample) + 2)
    return interval(rate, smooth * (1 - smooth) / strata.variance(dict(sorts), rate, sure))


def held(name: str, log: Sequence[Text], runs: int) -> str:
    """How often the interval contains the truth with uniform and with learnt shares, and how much the latter gain."""
    truth = fmean(bool(text.good) for text in log)
    parts, widths = [], []
    for learns in (False, True):
        rng, inside, spread, number = random.Random(5), [], [], []
        for _ in range(runs):
            sample = Run(log, rng).drawn(learns=learns)
            low, high = limits(sample)
            inside.append(low <= truth <= high)
            spread.append((high - low) ** 2)
            number.append(len(sample))
        widths.append(fmean(spread) * fmean(number))
        parts.append(f"{'learnt' if learns else 'uniform'} {fmean(inside):.1%} (n {fmean(number):.0f})")
    return f"{name:<32} holds: {', '.join(parts)}; worth {widths[0] / widths[1]:.2f}"


def main() -> None:
    """Print the tables that docs/reference/audit-statistics.md shows."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=4)
    parser.add_argument("--held", type=int, default=200)
    options = parser.parse_args()
    folder = Path(os.environ["REAL_DATA"])
    rated, voted = texts(folder / "feedbackqa.jsonl"), oasst(folder / "oasst.jsonl")
    logs: dict[str, Callable[[], list[Text]]] = {
        "feedbackqa": lambda: rated,
        "feedbackqa, a tenth votes": lambda: heard(rated, 0.1, random.Random(7)),
        "oasst": lambda: voted,
        "oasst, a tenth votes": lambda: heard(voted, 0.1, random.Random(7)),
        "oasst, a fifth votes": lambda: heard(voted, 0.2, random.Random(7)),
        **{f"world {name}": partial(world, name) for name in ("sparse", "moving", "faq")},
    }
    for name, log in logs.items():
        print(measure(name, log(), options.runs), flush=True)
    for name, how in MADE.items():
        print(held(name, made(*how), options.held), flush=True)


if __name__ == "__main__":
    main()
