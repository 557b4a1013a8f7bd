"""The earlier runs that a verdict takes into account: the chain of baselines, and the tries of the candidate's version."""

from collections.abc import Sequence

from curation.gate.agent_versions import CandidateIn
from curation.gate.runs import CHUNK, Exam, kept_results, tries
from curation.gate.verdicts import History, ResultSet
from curation.models import GateRun, Question, VersionState

MOST_TRIES = 10
MOST_RECORDS = 3  # earlier runs, newest first, that say how reliably a case is answered
LONGEST_CHAIN = 100


def chain(rival: GateRun | None) -> list[GateRun]:
    """The baseline and the runs that each was compared with, newest first. It ends with a run that did not pass: a person
    who promoted its version has accepted what it lost.
    """
    found: list[GateRun] = []
    current = rival
    while current is not None and current not in found and len(found) < LONGEST_CHAIN:
        found.append(current)
        if current.verdict != GateRun.Verdict.PASSED:
            break
        before = GateRun.objects.filter(challengers=current).select_related("release__dataset", "candidate")
        current = before.first()
    return [run for run in found if run.candidate.state != VersionState.REFUSED or run == rival]


def history(paper: Exam, candidate: CandidateIn, rival: GateRun | None) -> History:
    """What the verdict on this candidate rests on, apart from its answers."""
    before = chain(rival)
    earlier = before[1:]
    best = max(earlier, key=rate, default=None)
    again = [run for run in tries(paper, candidate)[:MOST_TRIES] if run not in before]
    kept = {
        run.pk: kept_results(run) for run in {*earlier[-1:], *earlier[:MOST_RECORDS], *([best] if best else []), *again}
    }

    def results(runs: Sequence[GateRun]) -> tuple[ResultSet, ...]:
        return tuple(kept[run.pk] for run in runs)

    return History(
        first=kept[earlier[-1].pk] if earlier else None,
        best=kept[best.pk] if best else None,
        best_of=max(1, len(earlier)),
        record=results(earlier[:MOST_RECORDS]),
        tries=results(again),
        units=units(paper),
    )


def rate(run: GateRun) -> float:
    """The share of the counted cases that the run passed."""
    passing, counted = (int(run.counts.get(name, 0)) for name in ("passing", "counted"))
    return passing / max(1, counted)


def units(paper: Exam) -> dict[str, str]:
    """The unit of each case: cases whose questions are near each other are judged as one."""
    origins = {case: origin.pk for case, origin in paper.origins.items()}
    keys, clusters = list(origins.values()), dict[int, int]()
    for start in range(0, len(keys), CHUNK):
        rows = Question.objects.filter(pk__in=keys[start : start + CHUNK])
        clusters |= dict(rows.values_list("pk", "cluster"))
    return {case: f"cluster {clusters[key]}" for case, key in origins.items() if key in clusters}
