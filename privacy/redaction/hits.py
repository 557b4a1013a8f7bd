"""What detectors hand to the engine, and how claims on the same stretch of text are settled."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import final


@final
class Hit:
    """A claim on `[start, end)` of a page. `rank`: the higher is the more specific, and names the united stretch."""

    __slots__ = ("end", "rank", "rule", "start", "type")

    def __init__(self, start: int, end: int, rank: int, type: str, rule: str) -> None:
        self.start, self.end, self.rank, self.type, self.rule = start, end, rank, type, rule

    def at(self, start: int, end: int) -> "Hit":
        """The same claim on another stretch."""
        return Hit(start, end, self.rank, self.type, self.rule)


def _order(hit: Hit) -> tuple[int, int, int, str, str]:
    return hit.start, hit.end, hit.rank, hit.type, hit.rule


class Page:
    """A stretch of folded text, and the same in lower case; both have the same length.

    `names`: where that is known, the first names with a capital that may be among its words; no other one is.
    """

    __slots__ = ("low", "names", "regions", "text")

    def __init__(self, text: str, low: str, regions: tuple[str, ...] = (), names: frozenset[str] | None = None) -> None:
        self.text, self.low, self.regions, self.names = text, low, regions, names


@dataclass(frozen=True, eq=False)
class Detector:
    """A family of rules. `gate` is an RE2 pattern without which `find` need not look at a page; an empty one is always open.

    `digit`: nor where the page has no digit.
    """

    name: str
    gate: str
    find: Callable[[Page], Iterable[Hit]]
    digit: bool = False


def settled(hits: list[Hit]) -> list[Hit]:
    """Hits that do not overlap, in order. Those that did are one, over all that they cover, so that nothing is left."""
    hits.sort(key=_order)
    kept: list[Hit] = []
    for hit in hits:
        if not kept or hit.start >= kept[-1].end:
            kept.append(hit)
            continue
        last = kept[-1]
        best = hit if _weight(hit) > _weight(last) else last
        kept[-1] = best.at(last.start, max(last.end, hit.end))
    return kept


def _weight(hit: Hit) -> tuple[int, int]:
    return hit.rank, hit.end - hit.start
