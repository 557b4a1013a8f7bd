"""Families: a case with variants of its question, judged as one unit. They show how brittle an answer is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from curation.gate.verdicts import rounds
from curation.gate.verdicts.cases import Case, Result
from curation.gate.verdicts.rounds import Unit


@dataclass(frozen=True)
class Families:
    """What the variants of the counted cases showed.

    brittle: cases whose own question was answered rightly, and a variant was not. `p` is the one-sided p that the
    candidate passes no fewer variants than the baseline, both asked the same ones; None where the baseline was asked none.
    """

    cases: int
    variants: int
    passed: int
    brittle: tuple[str, ...]
    paired: int = 0
    change: float | None = None
    p: float | None = None


def families(
    cases: Sequence[Case], results: Mapping[str, Result], baseline: Mapping[str, Result] | None
) -> Families | None:
    """Sum up the variants, or return None where none was asked.

    The variants of a case, with their answers by either agent, are exchanged together: ten variants that fail as one are
    one piece of evidence, and not ten.
    """
    asked = {case.id: results[case.id] for case in cases if results[case.id].variants}
    if not asked:
        return None
    counts = {name: sum(one.passed for one in result.variants) for name, result in asked.items()}
    brittle = sorted(name for name, one in asked.items() if one.passed and counts[name] < len(one.variants))
    total = sum(len(one.variants) for one in asked.values())
    before = {name: (baseline or {}).get(name) for name in asked}
    units = [
        Unit(len(asked[name].variants), (sum(one.passed for one in old.variants),), (counts[name],))
        for name, old in before.items()
        if old is not None and len(old.variants) == len(asked[name].variants)
    ]
    found = Families(len(asked), total, sum(counts.values()), tuple(brittle), len(units))
    if not units:
        return found
    return Families(
        found.cases, total, found.passed, found.brittle, len(units), rounds.change(units), rounds.drop(units)
    )
