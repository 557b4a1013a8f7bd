"""What a verdict knows about earlier runs, and which cases are one unit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from curation.gate.verdicts.cases import Attempt, Case, ResultSet
from curation.gate.verdicts.integrity import unchanged


@dataclass(frozen=True)
class History:
    """Earlier runs on the same cases.

    first: the run that the chain of baselines began with; frozen, so that many small losses add up.
    best: the run with the highest pass rate of `best_of` earlier ones, which the test corrects for.
    record: runs of the baseline's version and of its predecessors: how reliably it answers each case.
    tries: earlier runs of the candidate's own version. The verdict is over all tries together.
    units: the unit of each case, where several cases ask (nearly) the same.
    """

    first: ResultSet | None = None
    best: ResultSet | None = None
    best_of: int = 1
    record: tuple[ResultSet, ...] = ()
    tries: tuple[ResultSet, ...] = ()
    units: Mapping[str, str] = field(default_factory=dict)

    def runs(self) -> list[ResultSet]:
        """Every earlier run, once."""
        named = (self.first, self.best, *self.record, *self.tries)
        return list(distinct(run for run in named if run is not None))

    def unit(self, case: Case) -> str:
        """The unit of a case: what it was given, else its own question and context."""
        return self.units.get(case.id) or f"{' '.join(case.question.casefold().split())}\n{case.context}"


@dataclass(frozen=True)
class Record:
    """How many of the answers to a case passed."""

    passed: int = 0
    answers: int = 0

    @classmethod
    def of(cls, attempts: Iterable[Attempt]) -> Record:
        marks = [attempt.passed for attempt in attempts]
        return cls(sum(marks), len(marks))


def records(cases: Sequence[Case], runs: Iterable[ResultSet]) -> dict[str, Record]:
    """All answers in these runs to each case as it is worded now; a run that is given twice counts once."""
    found: dict[str, list[Attempt]] = {case.id: [] for case in cases}
    for run in distinct(runs):
        for name, result in unchanged(cases, run).items():
            found[name] += result.attempts
    return {name: Record.of(attempts) for name, attempts in found.items()}


def distinct(runs: Iterable[ResultSet]) -> Iterator[ResultSet]:
    return iter({run.run: run for run in runs}.values())
