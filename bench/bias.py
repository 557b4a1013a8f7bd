"""Votes that mislead, simulated: how often each estimate's 95 % interval holds the true share of good
answers.

    python -m bench.bias [--runs 1000]

Ten thousand answers, 80 % of them good; a good one is rated with a chance of 5 %, a bad one four times as
often. An audit draws 1,048 uniformly. The inverse-propensity estimate knows the segment of each question and
not why people vote: that is why it does not help, and why the audit is the headline.
"""

import argparse
import random
from collections import defaultdict
from dataclasses import dataclass
from statistics import fmean

from curation.bias import Estimate, Judged, audit, naive, propensities, snipw

TRUTH = 0.8
SEGMENTS = ("billing", "login", "shipping", "returns")


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of one estimate over all runs: its mean, and the share of runs whose interval held the truth."""

    name: str
    mean: float
    covered: float
    width: float


def simulate(rng: random.Random, *, interactions: int, sample: int, ratio: float = 4.0) -> dict[str, Estimate]:
    """One world: its answers, who rates them, and what each estimate makes of it."""
    answers = [(rng.choice(SEGMENTS), rng.random() < TRUTH) for _ in range(interactions)]
    voted = [rng.random() < (0.05 if good else 0.05 * ratio) for _, good in answers]
    chance = propensities((segment, vote) for (segment, _), vote in zip(answers, voted, strict=True))
    records = [
        Judged(good=good if vote else None, propensity=chance[segment], tags=(segment,))
        for (segment, good), vote in zip(answers, voted, strict=True)
    ]
    drawn = rng.sample(range(interactions), sample)
    return {
        "thumbs": naive(records),
        "snipw by segment": snipw(records).estimate,
        "audit": audit(answers[number][1] for number in drawn),
    }


def run(runs: int, *, interactions: int = 10_000, sample: int = 1_048, seed: int = 7) -> list[Coverage]:
    """Every estimate over many worlds."""
    rng = random.Random(seed)
    made: defaultdict[str, list[Estimate]] = defaultdict(list)
    for _ in range(runs):
        for name, estimate in simulate(rng, interactions=interactions, sample=sample).items():
            made[name].append(estimate)
    return [
        Coverage(
            name,
            fmean(estimate.rate or 0.0 for estimate in found),
            fmean(estimate.low <= TRUTH <= estimate.high for estimate in found),
            fmean(estimate.high - estimate.low for estimate in found),
        )
        for name, found in made.items()
    ]


def main() -> None:
    """Print the table that docs/curation.md shows."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=1000)
    options = parser.parse_args()
    print(f"{options.runs:,} runs; the truth is {TRUTH:.1%}; bad answers are rated four times as often")
    print(f"{'':<20}{'mean':>8}{'holds the truth':>18}{'width':>8}")
    for row in run(options.runs):
        print(f"{row.name:<20}{row.mean:>8.1%}{row.covered:>18.1%}{row.width:>8.1%}")


if __name__ == "__main__":
    main()
