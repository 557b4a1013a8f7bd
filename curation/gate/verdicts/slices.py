"""The verdict's figures by tag, language, source and kind: a drop in one corner is not averaged away."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from curation.gate.verdicts.cases import Case
from curation.gate.verdicts.policy import GatePolicy
from curation.gate.verdicts.significance import Pairs, change_interval, holm, mcnemar_drop

MIN_SLICE = 10  # cases: smaller slices are reported and not tested


@dataclass(frozen=True)
class Slice:
    """One part of the counted cases. `pairs` and `interval` cover those with a baseline result, `p_drop` is
    adjusted by Holm.

    `dropped` says that the candidate is worse here beyond chance. Slices too small to test have `p_drop`
    None.
    """

    dimension: str
    value: str
    cases: int
    passing: int
    pairs: Pairs
    interval: tuple[float, float]
    p_drop: float | None = None
    dropped: bool = False


def slice_outcomes(outcomes: Iterable[tuple[Case, bool | None, bool]], policy: GatePolicy) -> tuple[Slice, ...]:
    """Return the slices of (case, passed before, passes now), the largest first within each dimension."""
    parts: dict[tuple[str, str], list[tuple[bool | None, bool]]] = defaultdict(list)
    for case, before, after in outcomes:
        for name in _names(case):
            parts[name].append((before, after))
    found = [_slice(name, values) for name, values in parts.items()]
    found.sort(key=lambda part: (part.dimension, -part.cases, part.value))
    return _tested(found, policy)


def _names(case: Case) -> Iterator[tuple[str, str]]:
    yield "kind", case.kind
    if case.language:
        yield "language", case.language
    yield from (("tag", tag) for tag in dict.fromkeys(case.tags))
    yield from (("source", source) for source in dict.fromkeys(case.sources))


def _slice(name: tuple[str, str], values: list[tuple[bool | None, bool]]) -> Slice:
    pairs = Pairs(
        both=values.count((True, True)),
        lost=values.count((True, False)),
        won=values.count((False, True)),
        neither=values.count((False, False)),
    )
    return Slice(*name, len(values), sum(after for _, after in values), pairs, change_interval(pairs))


def _tested(slices: list[Slice], policy: GatePolicy) -> tuple[Slice, ...]:
    """Return the slices with their tests: the more slices are looked at, the more a drop must stand out."""
    testable = [index for index, part in enumerate(slices) if part.pairs.total >= MIN_SLICE]
    adjusted = holm([mcnemar_drop(slices[index].pairs.lost, slices[index].pairs.won) for index in testable])
    tested = list(slices)
    for index, p in zip(testable, adjusted, strict=True):
        tested[index] = replace(slices[index], p_drop=p, dropped=p <= policy.alpha)
    return tuple(tested)
