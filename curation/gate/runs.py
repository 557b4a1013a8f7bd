"""Stored gate runs: every answer with its grade, sealed, and read back as a baseline's results. The seals are keyed: a
row edited in the database without the server's key is useless as a baseline, and the verdict says so.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import orjson
from django.db import transaction
from django.db.models import Max, Min, QuerySet

from curation.gate import agent_versions
from curation.gate.agent_versions import CandidateIn
from curation.gate.agents import World
from curation.gate.case_graders import JUDGE_DIVIDED, ask_people
from curation.gate.model_graders import Models
from curation.gate.verdicts import (
    Attempt,
    Case,
    GatePolicy,
    Result,
    ResultSet,
    Verdict,
    cases_digest,
    results_digest,
    verdict_document,
)
from curation.models import AgentVersion, GateResult, GateRun, Release, VersionState
from feedback.models import Interaction, Project
from privacy.redaction import Policy, Redacted, redact
from privacy.subjects.digests import digest

NAMED = 100  # cases listed with one reason
NAME = re.compile(r"(?<=[:,] )[A-Za-z0-9._:-]+(?=,| and |$)")  # a case in the list that ends a reason's detail
FORGOTTEN = "(erased)"
CHUNK = 1_000
FIGURES = ("p_value", "change", "interval", "figures")


@dataclass(frozen=True, slots=True)
class Exam:
    """A release's cases, ready to be asked and graded, and the conversations that they came from."""

    release: Release
    cases: tuple[Case, ...]
    contexts: Mapping[str, list[dict[str, str]]]
    origins: Mapping[str, Interaction]
    policy: GatePolicy
    worlds: Mapping[str, World] = field(default_factory=dict)
    models: Models = field(default_factory=Models)

    @property
    def depending(self) -> tuple[str, ...]:
        """The cases that cannot be judged by an agent that is not given the world."""
        needed = set(self.policy.needs_world)
        return tuple(name for name, world in self.worlds.items() if needed.intersection(world["depends_on"]))


def record(
    paper: Exam, candidate: CandidateIn, rival: GateRun | None, results: Sequence[Result], verdict: Verdict
) -> GateRun:
    """Store the run with the answers to its cases; open review tasks where the judge was divided."""
    project = paper.release.dataset.project
    known = {case.id: case for case in paper.cases}
    said: dict[str, Any] = verdict_document(verdict)
    said["figures"]["try"] = tries(paper, candidate).count() + 1 if candidate.version else None
    changes = {outcome["case"]: outcome["outcome"] for outcome in said["outcomes"]}
    called = agent_versions.redacted(project, candidate)
    model = called.pop("model")
    with transaction.atomic():
        agent, _ = AgentVersion.objects.get_or_create(project=project, **called, defaults={"model": model})
        made = GateRun.objects.create(
            project=project,
            release=paper.release,
            candidate=agent,
            baseline=rival,
            verdict=outcome_of(verdict),
            reasons=[{**reason, "cases": list(reason["cases"])[:NAMED]} for reason in said["reasons"]],
            counts=said["counts"] | {name: said[name] for name in FIGURES} | paper.models.counts,
            policy=paper.policy.to_dict(),
            cases_digest=cases_digest(paper.cases),
        )
        made.seal = run_seal(made)
        made.save(update_fields=["seal"])
        kept = {result.case: result for result in results if result.case in known}
        graded = {
            name: replace(case, grader="") if name in verdict.unreplayed else case for name, case in known.items()
        }
        rows = [result_row(made, paper, graded[name], kept[name], changes.get(name, "")) for name in kept]
        GateResult.objects.bulk_create(rows, batch_size=500)
        ask_people(paper.models.divided_on(paper.cases), paper.origins, JUDGE_DIVIDED)
    return made


def tries(paper: Exam, candidate: CandidateIn) -> QuerySet[GateRun]:
    """The earlier runs of this very version on these very cases, newest first. Runs without a version may be of other
    code: they are not counted.
    """
    called = agent_versions.redacted(paper.release.dataset.project, candidate)
    mine = GateRun.objects.filter(
        project=paper.release.dataset.project,
        candidate__name=called["name"],
        candidate__version=called["version"],
        cases_digest=cases_digest(paper.cases),
    )
    judged = mine.exclude(verdict=GateRun.Verdict.NOT_JUDGED).exclude(candidate__version="")
    return judged.select_related("release__dataset", "candidate").order_by("-pk")


def outcome_of(verdict: Verdict) -> str:
    """The verdict in one word; it passes only what could be judged in full."""
    if not verdict.could_judge:
        return GateRun.Verdict.NOT_JUDGED
    return GateRun.Verdict.PASSED if verdict.passed else GateRun.Verdict.REFUSED


def result_row(run: GateRun, paper: Exam, case: Case, result: Result, change: str) -> GateResult:
    origin, policy = paper.origins[case.id], paper.release.dataset.project.redaction_policy
    row = GateResult(
        run=run,
        interaction=origin,
        subject_id=origin.subject_id,
        kind=case.kind,
        answer=redacted(result.answer or "", policy),
        score=result.score,
        passed=result.passed,
        grader=case.grader,
        change=change,
        error=result.error or "",
        attempts=[attempt_row(attempt, policy) for attempt in result.repeats]
        + [{**attempt_row(attempt, policy), VARIANT: True} for attempt in result.variants],
        case_digest=result.digest,
        steps=redacted(result.steps or "", policy),
    )
    row.seal = row_seal(row)
    return row


VARIANT = Redacted.stored("variant")
KEYS = {name: Redacted.stored(name) for name in ("answer", "error", "score", "passed", "steps")}


def attempt_row(attempt: Attempt, policy: Policy) -> dict[str, Any]:
    answer, error = (text if text is None else redacted(text, policy) for text in (attempt.answer, attempt.error))
    values = {"answer": answer, "error": error, "score": attempt.score, "passed": attempt.passed}
    did = {} if attempt.steps is None else {"steps": redacted(attempt.steps, policy)}
    return {KEYS[name]: value for name, value in (values | did).items()}


def redacted(text: str, policy: Policy) -> Redacted:
    """The text, redacted; text that the redactor made is not redacted again."""
    return text if isinstance(text, Redacted) else redact(text, policy)


def run_seal(run: GateRun) -> str:
    said = [run.pk, run.release_id, run.candidate_id, run.verdict, run.cases_digest, run.policy]
    return digest("gate run", orjson.dumps(said, option=orjson.OPT_SORT_KEYS).decode())


SEALED = (
    "run",
    "interaction",
    "kind",
    "answer",
    "score",
    "passed",
    "grader",
    "error",
    "attempts",
    "case_digest",
    "steps",
    "seal",
)


def row_seal(row: GateResult) -> str:
    """The keyed digest of one stored answer. Rows are sealed one by one, so that erasing a person breaks no other
    seal.
    """
    numbers = (None if row.score is None else float(row.score), bool(row.passed))
    attempts = [
        [attempt[name] for name in ("answer", "error", "passed")]
        + [repr(attempt["score"])]
        + [VARIANT] * is_variant(attempt)
        + ([attempt["steps"]] if "steps" in attempt else [])
        for attempt in row.attempts
    ]
    said = [
        row.run_id,
        row.interaction_id,
        row.kind,
        str(row.answer),
        repr(numbers),
        row.grader,
        row.error,
        attempts,
        row.case_digest,
        *filter(None, [str(row.steps)]),
    ]
    return digest("gate result", orjson.dumps(said).decode())


def kept_results(run: GateRun) -> ResultSet:
    """The results of an earlier run for the verdict; without a seal if a row was changed."""
    rows = list(run.results.select_related("interaction").only(*SEALED, "interaction__external_id").order_by("pk"))
    left_out = tuple(row.interaction.external_id for row in rows if is_unreplayed(row))
    unsealed = ResultSet(
        str(run.pk), run.release.public_id, run.cases_digest, tuple(map(kept_result, rows)), unreplayed=left_out
    )
    if run.seal != run_seal(run) or not all_sealed(rows):
        return unsealed
    return replace(unsealed, seal=results_digest(unsealed))


def is_unreplayed(row: GateResult) -> bool:
    """Whether a graded answer was given without what its case depends on: it is kept without its grader."""
    return row.score is not None and not row.grader


def all_sealed(rows: Iterable[GateResult]) -> bool:
    return all(row.seal == row_seal(row) for row in rows)


def kept_result(row: GateResult) -> Result:
    return Result(
        case=row.interaction.external_id,
        answer=None if row.error else str(row.answer),
        error=row.error or None,
        score=row.score,
        passed=row.passed,
        digest=row.case_digest,
        repeats=tuple(Attempt(**attempt) for attempt in row.attempts if not is_variant(attempt)),
        variants=tuple(
            Attempt(**{name: attempt[name] for name in KEYS if name in attempt})
            for attempt in row.attempts
            if is_variant(attempt)
        ),
        steps=str(row.steps) or None,
    )


def is_variant(attempt: Mapping[str, Any]) -> bool:
    """Whether a stored attempt is an answer to a variant of the question."""
    return VARIANT in attempt


def forget(runs: QuerySet[GateRun], cases: Iterable[str]) -> None:
    """Remove these cases from the reasons of runs. No seal covers the reasons."""
    gone = set(cases)
    for run in runs.exclude(reasons=[]):
        kept = [without_cases(reason, gone) for reason in run.reasons]
        if kept != run.reasons:
            run.reasons = kept
            run.save(update_fields=["reasons"])


def without_cases(reason: dict[str, Any], gone: set[str]) -> dict[str, Any]:
    """A reason without some of its cases, which were erased; its count says what was judged, and stays."""
    named = [name for name in reason["cases"] if name not in gone]
    if len(named) == len(reason["cases"]):
        return reason
    detail = NAME.sub(lambda match: FORGOTTEN if match.group() in gone else match.group(), reason["detail"])
    return {**reason, "detail": detail, "cases": named}


def outdated(project: Project, limit: datetime) -> QuerySet[GateResult]:
    """The stored answers of runs before that moment that nothing is compared with: neither of a promoted version, nor of
    the first or the newest run of their dataset that passed.
    """
    mine = GateRun.objects.filter(project=project)
    passed = mine.filter(verdict=GateRun.Verdict.PASSED).exclude(candidate__state=VersionState.REFUSED)
    of_dataset = passed.order_by().values("release__dataset")
    newest, first = of_dataset.annotate(newest=Max("pk")), of_dataset.annotate(first=Min("pk"))
    old = mine.filter(created_at__lt=limit).exclude(candidate__state=VersionState.PROMOTED)
    return GateResult.objects.filter(
        run__in=old.exclude(pk__in=newest.values("newest")).exclude(pk__in=first.values("first"))
    )
