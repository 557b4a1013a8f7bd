"""Which cases are lost: a lost case passed reliably for the baseline and no longer does, by more than chance explains.

A case that passes half of the time is no loss when it fails. So a case counts as lost where the baseline's record and
the candidate's repetitions cannot come from the same chance (Fisher's exact test), among all cases that could show it
(Simes, Biometrika 73 (1986) 751-754). The first answer chose the case for repetition and does not count.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import comb

from curation.gate.verdicts.history import Record
from curation.gate.verdicts.rounds import Chances, joined, tail

MOST_COINS = 0.1  # of the golden cases: what may be quarantined
COIN = (0.2, 0.8)  # share of the baseline's answers that pass
LEAST_ANSWERS = 4  # of the baseline, before a case can be called a coin


@dataclass(frozen=True)
class Evidence:
    """A case that the candidate failed at first, with the record of the baseline and the candidate's repetitions."""

    case: str
    before: Record
    after: Record

    @property
    def total(self) -> int:
        return self.before.passed + self.after.passed

    @property
    def p(self) -> float:
        """The one-sided p that the candidate passes it as often as the baseline."""
        return tail(self.chances, self.before.passed)

    @property
    def least_p(self) -> float:
        """The smallest p that any division of these passes could have."""
        return tail(self.chances, max(self.chances))

    @property
    def chances(self) -> Chances:
        """Of each number of the baseline's passes, given the number of both together."""
        n, m, total = self.before.answers, self.after.answers, self.total
        ways = comb(n + m, total)
        low, high = max(0, total - m), min(n, total)
        return {passed: comb(n, passed) * comb(m, total - passed) / ways for passed in range(low, high + 1)}


def coins(golden: Mapping[str, Record]) -> frozenset[str]:
    """The golden cases that are a matter of luck by the baseline's own record: at most a tenth, the most even first."""
    even = {
        name: abs(record.passed / record.answers - 0.5)
        for name, record in golden.items()
        if record.answers >= LEAST_ANSWERS and COIN[0] <= record.passed / record.answers <= COIN[1]
    }
    chosen = sorted(even, key=lambda name: (even[name], name))
    return frozenset(chosen[: int(MOST_COINS * len(golden))])


def lost(tested: Sequence[Evidence], alpha: float) -> frozenset[str]:
    """The cases that are lost, at that chance of naming any where nothing changed."""
    able = sorted((one.p, one.case) for one in tested if one.least_p <= alpha)
    proven = [rank for rank, (p, _) in enumerate(able, start=1) if p <= rank * alpha / len(able)]
    return frozenset(name for _, name in able[: max(proven, default=0)])


def together_without_one(tested: Sequence[Evidence], single: Collection[str], alpha: float) -> float:
    """The same, where one `single` case refuses nobody alone: if the surest of them would do so, the others must too."""
    p = together(tested)
    surest = min((one for one in tested if one.case in single), key=lambda one: one.p, default=None)
    if p > alpha or surest is None or surest.p > alpha:
        return p
    return max(p, together([one for one in tested if one is not surest]))


def together(tested: Sequence[Evidence]) -> float:
    """The one-sided p over the repetitions of all these cases: many that pass less often, none of which proves it."""
    chances: Chances = {0: 1.0}
    for one in tested:
        chances = joined(chances, one.chances)
    return tail(chances, sum(one.before.passed for one in tested))
