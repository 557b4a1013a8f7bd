"""All guards in the order of a selection, on records that a test made up."""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass

from curation.evidence.records import Finding
from curation.selection import guards
from curation.selection.guards import GuardSettings, Item


@dataclass(frozen=True, slots=True)
class Guarded:
    """The records that pass, and why the others do not."""

    kept: tuple[Item, ...]
    held: Mapping[int, Finding]
    dropped: Mapping[int, Finding]


def guard(
    items: Iterable[Item],
    settings: GuardSettings,
    *,
    key: bytes,
    known: Set[str] = frozenset(),
    known_phrases: Set[int] = frozenset(),
) -> Guarded:
    """What a person must see first, then the share of the agents that our releases taught."""
    given = guards.ranked(items, key)
    held = guards.holds(given, settings, known=known, known_phrases=lambda: known_phrases)
    left = [item for item in given if item.id not in held]
    dropped = guards.cap_agent(left, settings)
    return Guarded(tuple(item for item in left if item.id not in dropped), held, dropped)
