"""The graders of a release's cases: calibrated once for each wording of a case, and stored. Stored by case, not by
release, so that an unchanged case keeps its grader and a baseline of an older release still counts. A row is sealed:
one that was edited by hand is calibrated again.
"""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import orjson

from curation.decisions.reasons import REASONS
from curation.gate.calibration import DEFAULT_THRESHOLDS, Calibration, Thresholds, calibrate, sample_others
from curation.gate.graders import DEFAULT_GRADERS, GRADER_VERSION, LEAST, Grader, family, forget
from curation.gate.verdicts import Case, GatePolicy, case_digest
from curation.models import CaseGrader, EvalCase, ReviewTask
from feedback.models import Interaction
from privacy.subjects.digests import digest

CHUNK = 1_000
NOT_DISCRIMINATING = "not_discriminating"
JUDGE_DIVIDED = "judge_divided"
STRICT = tuple(name for name in DEFAULT_GRADERS if name not in LEAST)
AT_ONCE = 8
BELOW_VOTES = -1  # below a question whose answer people disagree on


class GraderUnavailable(Exception):
    """A model that grades did not answer, so that some cases have no grader yet; says how many."""


def graded_cases(
    cases: Sequence[Case], origins: Mapping[str, Interaction], policy: GatePolicy, using: Mapping[str, Grader]
) -> tuple[Case, ...]:
    """The cases, each with its grader, stored or calibrated now. `origins` is by case id; `using` are the graders that
    ask a model, by name. Stores new graders, and opens a review task for each case that no grader can judge. Raises
    `GraderUnavailable` if a model did not answer: judging fewer cases would favour the candidate.
    """
    names, least = in_order(policy, using), thresholds_under(policy)
    special = orjson.dumps([names, least], option=orjson.OPT_SORT_KEYS).decode() if using or policy.thresholds else ""
    wordings = {case.id: wording(case, special) for case in cases}
    found = kept(wordings, origins)
    missing = {case.id for case in cases} - set(found)
    if missing:

        def settle(pair: tuple[Case, Sequence[str]]) -> tuple[str, Calibration]:
            return pair[0].id, calibrate(*pair, names, least, using=using)

        asked = [pair for pair in sample_others(cases) if pair[0].id in missing]
        with ThreadPoolExecutor(AT_ONCE if using else 1) as pool:  # threads help where a model is waited for
            settled = dict(pool.map(settle, asked))
        forget()
        fresh = {name: found for name, found in settled.items() if found.settled}
        keep(fresh, wordings, origins)
        ask_people({name: c.why for name, c in fresh.items() if not c.discriminating}, origins)
        if silent := len(settled) - len(fresh):
            raise GraderUnavailable(f"a model that grades did not answer for {silent} of {len(cases)} cases")
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


def in_order(policy: GatePolicy, using: Mapping[str, Grader]) -> tuple[str, ...]:
    """The graders that are tried, the strictest first; those that ask a model where the policy wants them."""
    models = tuple(name for wanted in policy.model_graders for name in using if family(name) == wanted)
    first = len(STRICT) if policy.models_first else len(DEFAULT_GRADERS)
    return (*DEFAULT_GRADERS[:first], *models, *DEFAULT_GRADERS[first:])


def thresholds_under(policy: GatePolicy) -> Thresholds:
    """The thresholds: the defaults, overridden by the policy."""
    return {kind: {**least, **policy.thresholds.get(kind, {})} for kind, least in DEFAULT_THRESHOLDS.items()}


def wording(case: Case, special: str = "") -> str:
    """A digest of the case's texts, the graders' version and the policy's changes to them. Keyed, so that it reveals
    nothing.
    """
    more = (special,) if special else ()
    return digest("case wording", case_digest(replace(case, severity="normal")), GRADER_VERSION, *more)


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
    """Store the calibrated graders; a concurrent process finds the same ones."""
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
        rows,
        batch_size=CHUNK,
        update_conflicts=True,
        unique_fields=["interaction", "wording"],
        update_fields=["grader", "threshold", "discriminating", "why", "seal"],
    )


def seal(row: CaseGrader) -> str:
    """The keyed digest of what a row says."""
    columns = (row.wording, row.grader, repr(float(row.threshold)), str(bool(row.discriminating)))
    return digest("case grader", str(row.interaction_id), *columns)


def ask_people(
    reasons: Mapping[str, str], origins: Mapping[str, Interaction], reason: str = NOT_DISCRIMINATING
) -> None:
    """Open a review task for cases in use, once a revision: those that no grader can judge, or whose answers divide the
    judge (`JUDGE_DIVIDED`). `reasons` says why, by case id.
    """
    about = {origins[name].pk: (origins[name], why) for name, why in reasons.items()}
    asked = set(ReviewTask.objects.filter(interaction__in=about, reason=reason).values_list("interaction", "revision"))
    in_use = EvalCase.objects.filter(pk__in=about, status=EvalCase.Status.ACTIVE).values_list("pk", flat=True)
    tasks = [task(*about[pk], reason) for pk in in_use if (pk, about[pk][0].revision) not in asked]
    # Another open task of the same interaction already asks for its right answer.
    ReviewTask.objects.bulk_create(tasks, batch_size=CHUNK, ignore_conflicts=True)


def task(source: Interaction, why: str, reason: str) -> ReviewTask:
    return ReviewTask(
        project_id=source.project_id,
        interaction=source,
        subject_id=source.subject_id,
        reason=reason,
        detail=f"{REASONS[reason].sentence}: {why}."[:200],
        priority=BELOW_VOTES,
        revision=source.revision,
    )
