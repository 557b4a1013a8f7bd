"""What detectors hand to the engine, and how claims on the same stretch of text are settled."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple


class Hit(NamedTuple):
    """A claim on `[start, end)` of a page. `rank`: the higher is the more specific, and names the united stretch."""

    start: int
    end: int
    rank: int
    type: str
    rule: str


class Page:
    """A stretch of folded text, and the same in lower case; both have the same length.

    `nameless`: it is known that no word of it is a first name with a capital.
    """

    __slots__ = ("low", "nameless", "regions", "text")

    def __init__(self, text: str, low: str, regions: tuple[str, ...] = (), *, nameless: bool = False) -> None:
        self.text, self.low, self.regions, self.nameless = text, low, regions, nameless


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
    hits.sort()
    kept: list[Hit] = []
    for hit in hits:
        if not kept or hit.start >= kept[-1].end:
            kept.append(hit)
            continue
        last = kept[-1]
        best = hit if _weight(hit) > _weight(last) else last
        kept[-1] = Hit(last.start, max(last.end, hit.end), best.rank, best.type, best.rule)
    return kept


def _weight(hit: Hit) -> tuple[int, int]:
    return hit.rank, hit.end - hit.start
