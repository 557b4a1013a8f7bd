"""Simulated biased votes: how often each estimate's 95 % interval contains the true share of good answers.

    python -m bench.bias [--runs 1000] [--svg docs/images/bias.svg]

Ten thousand answers, 80 % of them good; a good one is rated with a chance of 5 %, a bad one four times as
often. An audit draws 1,048 uniformly. The inverse-propensity estimate knows the segment of each question and
not why people vote: that is why it does not help, and why the audit is the headline.
"""

import argparse
import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from curation.quality.estimates import Estimate, weighted_by_cell, wilson

TRUTH = 0.8
SEGMENTS = ("billing", "login", "shipping", "returns")


@dataclass(frozen=True, slots=True)
class Coverage:
    """For one estimate over all runs: its mean, and the share of runs whose interval contained the truth."""

    name: str
    mean: float
    covered: float
    width: float


def simulate(rng: random.Random, *, interactions: int, sample: int, ratio: float = 4.0) -> dict[str, Estimate]:
    """One world: its answers, who rates them, and the result of each estimate."""
    answers = [(rng.choice(SEGMENTS), rng.random() < TRUTH) for _ in range(interactions)]
    voted = [rng.random() < (0.05 if good else 0.05 * ratio) for _, good in answers]
    cells: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for (segment, good), vote in zip(answers, voted, strict=True):
        cells[segment] = [total + one for total, one in zip(cells[segment], (1, vote, vote and good), strict=True)]
    _, votes, liked = map(sum, zip(*cells.values(), strict=True))
    drawn = rng.sample(range(interactions), sample)
    return {
        "thumbs": wilson(liked, votes),
        "snipw by segment": weighted_by_cell(map(tuple, cells.values())).estimate,
        "audit": wilson(sum(answers[number][1] for number in drawn), sample),
    }


def estimates(
    runs: int, *, interactions: int = 10_000, sample: int = 1_048, seed: int = 7
) -> dict[str, list[Estimate]]:
    """Every estimate of many worlds."""
    rng = random.Random(seed)
    made: defaultdict[str, list[Estimate]] = defaultdict(list)
    for _ in range(runs):
        for name, estimate in simulate(rng, interactions=interactions, sample=sample).items():
            made[name].append(estimate)
    return dict(made)


def coverage(made: Mapping[str, Sequence[Estimate]]) -> list[Coverage]:
    """How often the intervals of each estimate contain the truth."""
    return [
        Coverage(
            name,
            fmean(estimate.rate or 0.0 for estimate in found),
            fmean(estimate.low <= TRUTH <= estimate.high for estimate in found),
            fmean(estimate.high - estimate.low for estimate in found),
        )
        for name, found in made.items()
    ]


def run(runs: int, **world: int) -> list[Coverage]:
    """The coverage of every estimate over many worlds."""
    return coverage(estimates(runs, **world))


def picture(made: Mapping[str, Sequence[Estimate]], worlds: int = 100) -> str:
    """The intervals of the first worlds, one stroke per world, with the truth; those that miss it are red. An SVG."""
    left, right, height, top = 180, 20, 110, 34
    wide = left + worlds * 6 + right
    share = {row.name: row.covered for row in coverage(made)}
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {top + len(made) * height}" font-family="sans-serif">',
        "<title>How often each estimate's 95 % interval holds the true share of good answers</title>",
        '<rect width="100%" height="100%" fill="#ffffff"/>',
        f'<text x="{left}" y="20" font-size="13" fill="#444444">One stroke: the 95 % interval in one of {worlds} '
        f"simulated worlds. Dashed: the truth, {TRUTH:.0%}.</text>",
    ]
    for place, (name, found) in enumerate(reversed(list(made.items()))):
        low, high = top + place * height, top + place * height + height - 24

        def down(rate: float, low: int = low, high: int = high) -> float:
            return round(high - (rate - 0.4) / 0.5 * (high - low), 1)

        parts.append(f'<text x="8" y="{low + 34}" font-size="15" font-weight="bold" fill="#222222">{name}</text>')
        parts.append(f'<text x="8" y="{low + 54}" font-size="13" fill="#444444">holds it: {share[name]:.1%}</text>')
        parts += [
            f'<text x="{left - 8}" y="{down(rate) + 4}" font-size="10" text-anchor="end" fill="#777777">{rate:.0%}</text>'
            for rate in (0.4, 0.6, 0.8)
        ]
        for number, one in enumerate(found[:worlds]):
            colour = "#2a6fb0" if one.low <= TRUTH <= one.high else "#c23b2e"
            x = left + number * 6 + 3
            parts.append(
                f'<path d="M{x} {down(one.low)}V{down(one.high)}" stroke="{colour}" stroke-width="3" stroke-linecap="round"/>'
            )
        parts.append(
            f'<path d="M{left} {down(TRUTH)}H{wide - right}" stroke="#222222" stroke-width="1" stroke-dasharray="5 4"/>'
        )
    return "\n".join([*parts, "</svg>", ""])


def main() -> None:
    """Print the table that docs/explanation/votes.md shows."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--svg", type=Path, help="where to draw the intervals")
    options = parser.parse_args()
    made = estimates(options.runs)
    if options.svg:
        options.svg.write_text(picture(made), encoding="utf-8")
    print(f"{options.runs:,} runs; the truth is {TRUTH:.1%}; bad answers are rated four times as often")
    print(f"{'':<20}{'mean':>8}{'holds the truth':>18}{'width':>8}")
    for row in coverage(made):
        print(f"{row.name:<20}{row.mean:>8.1%}{row.covered:>18.1%}{row.width:>8.1%}")


if __name__ == "__main__":
    main()
