"""What each threshold for a sudden week costs and saves, on simulated arrivals.

    python -m bench.arrivals [--write]

A week is sudden if far more people came than usual (`curation/evidence/influence.py`): a release limits the records
that rest only on its people. A product has a year of weeks. It begins small or large, grows by up to 10 % a week,
differs from week to week more than chance makes it (a log-normal factor), and has two launches that bring two or four
times the usual for a week. In half of the products new accounts come in one week after the first two months: half of
the usual number, as many, or three times as many. It counts the honest weeks that are taken for sudden, and the weeks
of new accounts that are found. Real logs have no arrivals: the people in them are made up.
"""

import argparse
import os
import random
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple
from unittest.mock import patch

import django

from bench import marked

PAGE: Final = Path(__file__).parent.parent / "docs/reference/rules-guards.md"
WEEKS: Final = 52
PRODUCTS: Final = 2_000
LARGE: Final = 3.0
MOVED: Final[Mapping[str, tuple[float, ...]]] = {
    "SUDDEN": (1.5, 2, 4, 6),
    "FEW": (0, 10, 40, 80),
    "WEEKS_OF_HISTORY": (1, 2, 8),
    "QUARTER": (4, 26, 52),
}


class Product(NamedTuple):
    """How many people came in each week; the weeks of a launch; the week of new accounts, and how many times the usual."""

    weeks: Mapping[str, int]
    launches: frozenset[str]
    attacked: str
    times: float


def product(rng: random.Random) -> Product:
    """A year of a product."""
    usual, growth, spread = rng.choice((5, 20, 100, 1_000)), rng.uniform(0, 0.1), rng.uniform(0.05, 0.4)
    launches = set(rng.sample(range(WEEKS), 2))
    attacked = rng.randrange(9, WEEKS) if rng.random() < 0.5 else None
    times, weeks = rng.choice((0.5, 1.0, LARGE)), {}
    for week in range(WEEKS):
        mean = usual * (1 + growth) ** week
        number = mean * rng.lognormvariate(0, spread) * (rng.choice((2, 4)) if week in launches else 1)
        weeks[name(week)] = round(number + (times * mean if week == attacked else 0))
    return Product(
        weeks,
        frozenset(map(name, launches)),
        "" if attacked is None else name(attacked),
        times,
    )


def name(week: int) -> str:
    return f"2026-W{week + 1:02}"


def cells(products: list[Product]) -> str:
    """Ordinary weeks, launches and weeks of new accounts that are taken for sudden."""
    from curation.evidence.influence import sudden

    counts = {key: [0, 0] for key in ("ordinary", "launch", "new accounts", "three times as many")}
    for one in products:
        found = sudden(one.weeks)
        for week in one.weeks:
            kind = "new accounts" if week == one.attacked else "launch" if week in one.launches else "ordinary"
            for key in (kind, "three times as many") if kind == "new accounts" and one.times == LARGE else (kind,):
                counts[key][0] += week in found
                counts[key][1] += 1
    return " | ".join(f"{hit:,} of {every:,}" for hit, every in counts.values())


def lines() -> Iterator[str]:
    """The table."""
    from curation.evidence import influence

    rng = random.Random("arrivals")
    products = [product(rng) for _ in range(PRODUCTS)]
    yield "| figure | value | ordinary weeks | launches | weeks of new accounts | of these, weeks with three times the usual number |"
    yield "|---" * 6 + "|"
    yield f"| as it is | | {cells(products)} |"
    for bare, values in MOVED.items():
        for value in values:
            first = f"`{bare}` = {getattr(influence, bare):g}" if value == values[0] else ""
            with patch.object(influence, bare, int(value) if bare in ("WEEKS_OF_HISTORY", "QUARTER") else value):
                yield f"| {first} | {value:g} | {cells(products)} |"


def main() -> None:
    """Print the table, or write it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="put the table into rules-guards.md")
    found = parser.parse_args()

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "flywheel_site.settings")
    django.setup()
    table = list(lines())
    print("\n".join(table))
    if found.write:
        marked.put(PAGE, "arrivals", table)


if __name__ == "__main__":
    main()
