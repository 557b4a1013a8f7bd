"""What each figure about people who came together costs and saves: without it, and at lower and higher values.

    python -m bench.evidence_cohorts [--worlds brigade,moving] [--seeds 1] [--keep FOLDER] [--write]

The whole product on simulated worlds by `/batch`, with nobody reviewing: in `brigade` thirty new accounts push one lie
each on popular questions, in the others nobody does, so everything that a rule holds there is its cost. `--write` puts
the table into `docs/reference/rules-guards.md`.
"""

import argparse
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from statistics import fmean
from typing import Any, Final, NamedTuple
from unittest.mock import patch

from bench import marked
from bench.evidence_guards import PAGE
from bench.value import numbers, of_release
from bench.worlds import people, product
from bench.worlds.people import WORLDS
from bench.worlds.product import Product

FAR: Final = 10**9


class Figure(NamedTuple):
    """A figure of a module: what it means, the value that switches the rule off, and others tried."""

    module: str
    name: str
    what: str
    off: Any
    others: tuple[Any, ...]


FIGURES: Final = (
    Figure("cohorts", "CHANCE", "probability, by chance, that all supporters are this new", 0.0, (0.001, 0.05)),
    Figure("cohorts", "LEAST", "conversations needed to judge how new people are", FAR, (0, 80)),
    Figure("cohorts", "SAMPLE", "conversations examined for each claim", FAR, (500,)),
    Figure(
        "cohorts",
        "YOUNG",
        "first days of a project, when everybody is new",
        timedelta(0),
        (timedelta(weeks=2),),
    ),
    Figure(
        "influence",
        "HISTORY",
        "after this time a person counts by themselves",
        timedelta(0),
        (timedelta(weeks=2), timedelta(weeks=8)),
    ),
    Figure(
        "influence", "SUDDEN", "how many times the usual number of people must come in a sudden week", FAR, (2.0, 6.0)
    ),
)


def main() -> None:
    """Print the table, or write it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--worlds", default="brigade,moving")
    parser.add_argument("--seeds", type=numbers, default="1")
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    with product.started(options.keep) as installed:
        lines = []
        for line in table(installed, options.worlds.split(","), options.seeds):
            print(line, flush=True)
            lines.append(line)
    if options.write:
        marked.put(PAGE, "cohorts", lines)


def table(installed: Product, worlds: Sequence[str], seeds: Sequence[int]) -> Iterator[str]:
    """A line for each figure and value: the true share of the examples, and the share of facts right as asked before."""
    from curation.evidence import cohorts, influence

    modules = {"cohorts": cohorts, "influence": influence}
    yield f"| figure | value | {' | '.join(worlds)} |"
    yield "|---" * (2 + len(worlds)) + "|"
    yield f"| as it is | | {' | '.join(cells(installed, worlds, seeds))} |"
    for one in FIGURES:
        module = modules[one.module]
        for value in (one.off, *one.others):
            name = f"`{one.name}` = {told(getattr(module, one.name))}: {one.what}" if value == one.off else ""
            with patch.object(module, one.name, value):
                found = " | ".join(cells(installed, worlds, seeds))
            yield f"| {name} | {'without' if value == one.off else told(value)} | {found} |"


def told(value: Any) -> str:
    """A figure as the table prints it."""
    return f"{value.days // 7} weeks" if isinstance(value, timedelta) else f"{value:g}"


def cells(installed: Product, worlds: Sequence[str], seeds: Sequence[int]) -> list[str]:
    """What a release of each world teaches."""
    found = [[released(installed, world, seed) for seed in seeds] for world in worlds]
    return [
        f"{fmean(one['true'] for one in some) * 100:.1f}: {fmean(one['old'] for one in some) * 100:.0f}"
        for some in found
    ]


def released(installed: Product, world: str, seed: int) -> Mapping[str, float]:
    """The figures of a world's release that nobody has reviewed."""
    log = people.make(WORLDS[world], seed)
    installed.store(people.lines(log), "batch")
    installed.curate()
    return of_release(installed, log)


if __name__ == "__main__":
    main()
