"""Worlds that a program outside this repository makes and scores, through the whole product: import, curate, release.

Such a program is a module with `make(args)`, which gives the lines of a log, and `score(args)`, which gives what a file
of examples (`args.sft`) teaches by the name of the rule that made it: examples, true, right as asked before, right in
new words. Both take the `world`, the `seed`, and a file of questions (`faq`). So the worlds are not ours, and no rule
was made with their questions.
"""

import contextlib
import importlib.util
import io
from argparse import Namespace
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from statistics import fmean
from types import ModuleType
from typing import Any, Final

from bench.worlds.means import cell
from bench.worlds.product import Product

WORLDS: Final = ("templates", "repeats", "faq", "stubborn", "sparse", "moving")
RELEASE: Final = "release"
RAW: Final = ("raw up-votes", "raw up-votes and corrections", "raw net votes above 0")
EASY: Final = frozenset({"templates", "repeats", "faq"})
EASY_WANTED: Final = (0.96, -0.02)
HARD_WANTED: Final = (0.90, -0.10)
"""True, and the difference from the best raw rule as asked before, of a release that nobody has reviewed."""
FIGURES: Final = ("examples", "true", "old", "new")


def load(path: Path) -> ModuleType:
    """The program as a module."""
    spec = importlib.util.spec_from_file_location("outside_worlds", path)
    if spec is None or spec.loader is None:
        raise ValueError(f"{path} is no Python module.")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def results(installed: Product, tool: ModuleType, world: str, seed: int, road: str, faq: str | None) -> Iterator[Any]:
    """What the rules and the release of one world and seed teach, a result each."""
    given = Namespace(world=world, seed=seed, faq=faq)
    installed.store(tool.make(given), road)
    installed.curate()
    folder = installed.release()
    file = folder / "sft.jsonl" if folder else None
    if file is None or not file.exists():
        file = installed.folder / "empty.jsonl"
        file.write_text("", encoding="utf-8")
    with contextlib.redirect_stdout(io.StringIO()):
        scored = tool.score(Namespace(world=world, seed=seed, faq=faq, sft=str(file)))
    for by, figures in scored.items():
        yield {"world": world, "seed": seed, "by": by, **dict(zip(FIGURES, figures, strict=True))}


def difference(results: Iterable[Mapping[str, Any]]) -> list[float]:
    """By how much the release, asked as before, is better than the raw rule that is best on average; one figure per
    seed.
    """
    some = list(results)
    raw = {one["seed"]: one["old"] for one in some if one["by"] == best_raw(some)}
    return [one["old"] - raw[one["seed"]] for one in some if one["by"] == RELEASE]


def wanted(world: str) -> tuple[float, float]:
    """What a release is to reach in a world: true, and the difference."""
    return EASY_WANTED if world in EASY else HARD_WANTED


def table(found: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """A Markdown table: a line for each world, with the best raw rule and what is wanted."""
    by_world: dict[str, list[Mapping[str, Any]]] = {}
    for one in found:
        by_world.setdefault(one["world"], []).append(one)
    yield "| world | seeds | examples | true | old | new | best raw: true, old, new | difference, old | wanted |"
    yield "|---" * 9 + "|"
    for world, some in by_world.items():
        mine = [one for one in some if one["by"] == RELEASE]
        best = best_raw(some)
        raw = ", ".join(f"{fmean(one[name] for one in some if one['by'] == best):.1%}" for name in FIGURES[1:])
        cells = [cell([one[name] for one in mine], share=name != "examples") for name in FIGURES]
        true, least = wanted(world)
        yield (
            f"| {world} | {len(mine)} | {' | '.join(cells)} | {best}: {raw} "
            f"| {cell(difference(some), share=True)} | {true:.0%}, {least * 100:+.0f} |"
        )


def best_raw(results: Iterable[Mapping[str, Any]]) -> str:
    """The raw rule that answers most facts rightly on average, asked as before."""
    some = list(results)
    return max(RAW, key=lambda name: fmean(one["old"] for one in some if one["by"] == name))
