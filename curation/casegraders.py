"""The graders of a release's cases: found by calibration once for each wording of a case, and kept.

Kept by the case and not by the release: a case that did not change keeps its grader, so that a baseline of an older
release still counts. A row is sealed: one that was edited by hand is found anew, not trusted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from curation.calibration import Calibration, calibrate, sample_others
from curation.graders import GRADER_VERSION
from curation.models import CaseGrader, EvalCase, ReviewTask
from curation.verdicts import Case, case_digest
from feedback.models import Interaction
from privacy.digests import digest

CHUNK = 1_000
NOT_DISCRIMINATING = "not_discriminating"
BELOW_VOTES = -1  # a question whose answer people disagree on comes first


def graded_cases(cases: Sequence[Case], origins: Mapping[str, Interaction]) -> tuple[Case, ...]:
    """The cases, each with its grader: the kept one, or one that is found now. `origins` is by case id.

    What was found is kept, and a person is asked about the cases whose right answer no grader can tell.
    """
    wordings = {case.id: wording(case) for case in cases}
    found = kept(wordings, origins)
    missing = {case.id for case in cases} - set(found)
    if missing:
        fresh = {case.id: calibrate(case, others) for case, others in sample_others(cases) if case.id in missing}
        keep(fresh, wordings, origins)
        ask_people({name: c.why for name, c in fresh.items() if not c.discriminating}, origins)
        found |= fresh
    return tuple(
        replace(
            case,
            grader=found[case.id].grader,
            threshold=found[case.id].threshold,
            discriminating=found[case.id].discriminating,
        )
        for case in cases
    )


def wording(case: Case) -> str:
    """What a grader is found for: the case's texts and the graders' version. Keyed, so that it tells nothing."""
    return digest("case wording", case_digest(replace(case, severity="normal")), GRADER_VERSION)


def kept(wordings: Mapping[str, str], origins: Mapping[str, Interaction]) -> dict[str, Calibration]:
    """The graders that are kept for exactly these wordings, by case id."""
    keys = sorted({origins[name].pk for name in wordings})
    rows: dict[tuple[int, str], CaseGrader] = {}
    for start in range(0, len(keys), CHUNK):
        some = CaseGrader.objects.filter(interaction__in=keys[start : start + CHUNK])
        rows |= {(row.interaction_id, row.wording): row for row in some}
    found = {name: rows.get((origins[name].pk, mine)) for name, mine in wordings.items()}
    return {
        name: Calibration(row.grader, row.threshold, row.discriminating, row.why)
        for name, row in found.items()
        if row is not None and row.seal == seal(row)
    }


def keep(fresh: Mapping[str, Calibration], wordings: Mapping[str, str], origins: Mapping[str, Interaction]) -> None:
    """Keep what was found; whoever finds the same at the same time finds it alike."""
    rows = [
        CaseGrader(
            interaction_id=origins[name].pk,
            subject_id=origins[name].subject_id,
            wording=wordings[name],
            grader=calibration.grader,
            threshold=calibration.threshold,
            discriminating=calibration.discriminating,
            why=calibration.why[:200],
        )
        for name, calibration in fresh.items()
    ]
    for row in rows:
        row.seal = seal(row)
    CaseGrader.objects.bulk_create(
        rows, batch_size=CHUNK, update_conflicts=True, unique_fields=["interaction", "wording"],
        update_fields=["grader", "threshold", "discriminating", "why", "seal"],
    )  # fmt: skip


def seal(row: CaseGrader) -> str:
    """The keyed digest of what a row says."""
    said = (row.wording, row.grader, repr(float(row.threshold)), str(bool(row.discriminating)))
    return digest("case grader", str(row.interaction_id), *said)


def ask_people(reasons: Mapping[str, str], origins: Mapping[str, Interaction]) -> None:
    """Open a review task for cases in use that no grader can judge, once a revision; `reasons` is by case id."""
    about = {origins[name].pk: (origins[name], why) for name, why in reasons.items()}
    asked = set(
        ReviewTask.objects.filter(interaction__in=about, reason=NOT_DISCRIMINATING).values_list(
            "interaction", "revision"
        )
    )
    in_use = EvalCase.objects.filter(pk__in=about, status=EvalCase.Status.ACTIVE).values_list("pk", flat=True)
    tasks = [task(*about[pk]) for pk in in_use if (pk, about[pk][0].revision) not in asked]
    # Another open task of the same interaction already asks for its right answer.
    ReviewTask.objects.bulk_create(tasks, batch_size=CHUNK, ignore_conflicts=True)


def task(source: Interaction, why: str) -> ReviewTask:
    """The question that a person is asked about a case."""
    return ReviewTask(
        project_id=source.project_id,
        interaction=source,
        subject_id=source.subject_id,
        reason=NOT_DISCRIMINATING,
        detail=f"The gate cannot judge answers to this question: {why}."[:200],
        priority=BELOW_VOTES,
        revision=source.revision,
    )
