"""The gate's one function behind all its doors: a candidate's answers to a release's eval cases become a verdict.

The cases come from the release's own files, checked against its manifest; what a caller sends is answers, nothing else.
An answer is redacted before it is graded and kept, in the numbering of the conversation that its case came from.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Annotated, Any

import msgspec
from django.db import transaction
from msgspec import Meta, Struct

from curation import agents, releases
from curation.calibration import calibrated, sample_others
from curation.formats.verify import read_checked
from curation.models import AgentVersion, EvalCase, GateResult, GateRun, Release
from curation.policies import current
from curation.releasefiles import folder
from curation.verdicts import (
    Attempt,
    Case,
    GatePolicy,
    Result,
    ResultSet,
    Verdict,
    attempted,
    cases_digest,
    graded,
    judge_results,
    needs_confirmation,
    results_digest,
)
from feedback.capture import numbering_for
from feedback.models import Interaction, Project
from feedback.payloads import Label, convert
from privacy.problems import Problem
from privacy.redaction import redact, redact_json

CHUNK = 1_000


class GateError(ValueError):
    """The candidate cannot be judged; in words."""


class CandidateIn(Struct, forbid_unknown_fields=True):
    """Which agent is judged."""

    name: Annotated[str, Meta(min_length=1, max_length=200)]
    version: Label = ""
    model: Label = ""


class AnswerIn(Struct, forbid_unknown_fields=True, kw_only=True):
    """The candidate's answer to one case, or the error in its place; and what it said when it was asked again."""

    case: Annotated[str, Meta(max_length=128)]
    answer: Annotated[str, Meta(max_length=200_000)] | None = None
    error: Annotated[str, Meta(max_length=64)] | None = None
    repeats: Annotated[list[Annotated[str, Meta(max_length=200_000)] | None], Meta(max_length=20)] = []


class SubmissionIn(Struct, forbid_unknown_fields=True, kw_only=True):
    """`POST /gate-runs`."""

    release: Annotated[str, Meta(max_length=128)]
    candidate: CandidateIn
    results: Annotated[list[AnswerIn], Meta(max_length=100_000)]
    baseline: Annotated[str, Meta(max_length=32)] | None = None


@dataclass(frozen=True, slots=True)
class Exam:
    """A release's cases, ready to be asked and graded, and the conversations that they came from."""

    release: Release
    cases: tuple[Case, ...]
    contexts: Mapping[str, list[dict[str, str]]]
    origins: Mapping[str, Interaction]
    policy: GatePolicy


def find_release(name: str, project: Project | None = None) -> Release:
    """The release of that name. Raises `GateError`."""
    release = releases.find(name, project)
    if release is None:
        raise GateError("There is no such release. Name it as dataset:v3, or dataset for the newest.")
    return release


def exam(release: Release) -> Exam:
    """The release's eval cases, each with the grader that can tell right from wrong there. Raises `GateError`."""
    if release.state != Release.State.PUBLISHED:
        raise GateError(f"{release} is {release.get_state_display()}: judge by the newest version.")
    try:
        lines = read_checked(folder(release), "eval_cases.jsonl", release.manifest)
    except (OSError, ValueError) as error:
        raise GateError(f"The files of {release} are not what its manifest says ({error}).") from error
    origins = origins_of(release.dataset.project, [line["provenance"]["interaction"] for line in lines])
    if len(origins) != len({line["provenance"]["interaction"] for line in lines}):
        raise GateError(f"{release} is about to be cut again, because somebody in it was forgotten.")
    by_case = {line["id"]: origins[line["provenance"]["interaction"]] for line in lines}
    severe = set(
        EvalCase.objects.filter(project=release.dataset.project, never_again=True).values_list("pk", flat=True)
    )
    plain = [case_of(line, never_again=by_case[line["id"]].pk in severe) for line in lines]
    ready = {case.id: calibrated(case, others) for case, others in sample_others(plain)}
    return Exam(
        release=release,
        cases=tuple(ready[case.id] for case in plain),
        contexts={line["id"]: line["context"] for line in lines},
        origins=by_case,
        policy=GatePolicy.from_dict(current(release.dataset.project).settings.get("gate", {})),
    )


def case_of(line: Mapping[str, Any], *, never_again: bool) -> Case:
    """A line of `eval_cases.jsonl` as the verdict takes it."""
    return Case(
        id=line["id"],
        kind=line["kind"],
        question=line["question"],
        expected=line["expected"],
        rejected=line["rejected"],
        severity="never_again" if never_again else "normal",
        tags=tuple(line["tags"]),
        sources=tuple(str(source.get("title") or source.get("id") or "") for source in line["sources"]),
        context=msgspec.json.encode(line["context"]).decode(),
    )


def origins_of(project: Project, external_ids: Sequence[str]) -> dict[str, Interaction]:
    """The interactions of these ids, by id, with what redacting an answer to them takes."""
    found: dict[str, Interaction] = {}
    for start in range(0, len(external_ids), CHUNK):
        rows = Interaction.objects.filter(project=project, external_id__in=external_ids[start : start + CHUNK])
        found |= {row.external_id: row for row in rows.only("pk", "external_id", "subject_id", "placeholders")}
    return found


def run(
    release: Release,
    agent: agents.Agent,
    candidate: CandidateIn,
    *,
    baseline: str | None = None,
    concurrency: int = 4,
    progress: Callable[[int, int], Any] | None = None,
) -> GateRun:
    """Ask an agent every case, ask again where the outcome surprises, and judge. Raises `GateError`."""
    paper = exam(release)
    rival = find_baseline(release, baseline)

    def ask(cases: Sequence[Case]) -> list[agents.Answer]:
        questions = [(case.question, list(paper.contexts[case.id])) for case in cases]
        return agents.ask_all(agent, questions, concurrency=concurrency, progress=progress)

    answers = ask(paper.cases)
    results = [grade(paper, case, said) for case, said in zip(paper.cases, answers, strict=True)]
    verdict = judge(paper, results, rival)
    if again := set(needs_confirmation(verdict)):
        doubtful = [case for case in paper.cases if case.id in again]
        repeats: dict[str, list[Attempt]] = {case.id: [] for case in doubtful}
        for _ in range(paper.policy.confirmations):
            for case, said in zip(doubtful, ask(doubtful), strict=True):
                repeats[case.id].append(attempted(case, cleaned(paper, case, said.text), error=said.error))
        results = [replace(result, repeats=tuple(repeats.get(result.case, ()))) for result in results]
        verdict = judge(paper, results, rival)
    return record(paper, candidate, rival, results, verdict)


def judge_submission(project: Project, body: Any) -> GateRun:
    """Judge what was sent to `POST /gate-runs`. Raises `PayloadError` or `Problem`."""
    sent = convert(body, SubmissionIn)
    try:
        paper = exam(find_release(sent.release, project))
        rival = find_baseline(paper.release, sent.baseline)
    except GateError as error:
        raise Problem(404 if "no such" in str(error) else 409, str(error)) from error
    known = {case.id: case for case in paper.cases}
    results = []
    for answer in sent.results:
        case = known.get(answer.case)
        if case is None:
            results.append(Result(answer.case, None, "unknown case"))
            continue
        said = agents.Answer(answer.answer, answer.error)
        repeats = tuple(attempted(case, cleaned(paper, case, text)) for text in answer.repeats)
        results.append(replace(grade(paper, case, said), repeats=repeats))
    return record(paper, sent.candidate, rival, results, judge(paper, results, rival))


def grade(paper: Exam, case: Case, said: agents.Answer) -> Result:
    """The graded result of one answer, which is redacted first."""
    return graded(case, cleaned(paper, case, said.text), error=said.error)


def cleaned(paper: Exam, case: Case, text: str | None) -> str | None:
    """An answer as it may be kept."""
    if text is None:
        return None
    origin, project = paper.origins[case.id], paper.release.dataset.project
    return redact(text, project.redaction_policy, numbering_for(project, origin.external_id, origin.placeholders))


def find_baseline(release: Release, name: str | None) -> GateRun | None:
    """The run to compare with: the named one, else the newest of the project's that passed, else none."""
    mine = GateRun.objects.filter(project=release.dataset.project)
    if name is None:
        return mine.filter(release__dataset=release.dataset, verdict=GateRun.Verdict.PASSED).order_by("-pk").first()
    found = mine.filter(pk=int(name)).first() if name.isascii() and name.isdigit() and len(name) < 18 else None
    if found is None:
        raise GateError("There is no such baseline run.")
    return found


def judge(paper: Exam, results: Sequence[Result], rival: GateRun | None) -> Verdict:
    """The verdict over these results beside the baseline's."""
    sealed = ResultSet.sealed("candidate", paper.release.public_id, paper.cases, results)
    before = None if rival is None else kept_results(rival)
    return judge_results(paper.cases, sealed, before, paper.policy, release=paper.release.public_id)


def kept_results(run: GateRun) -> ResultSet:
    """The results of an earlier run as the verdict takes them."""
    rows = run.results.select_related("interaction").order_by("pk")
    results = tuple(
        Result(
            case=row.interaction.external_id,
            answer=None if row.error else str(row.answer),
            error=row.error or None,
            score=row.score,
            passed=row.passed,
            digest=row.case_digest,
            repeats=tuple(Attempt(**attempt) for attempt in row.attempts),
        )
        for row in rows
    )
    release = run.release.public_id
    unsealed = ResultSet(str(run.pk), release, run.cases_digest, results)
    return replace(unsealed, seal=results_digest(unsealed))


def record(
    paper: Exam, candidate: CandidateIn, rival: GateRun | None, results: Sequence[Result], verdict: Verdict
) -> GateRun:
    """Keep the run with every answer that belongs to a case, once each."""
    project = paper.release.dataset.project
    known = {case.id: case for case in paper.cases}
    changes = {outcome.case.id: outcome.outcome for outcome in verdict.outcomes}
    with transaction.atomic():
        agent, _ = AgentVersion.objects.get_or_create(
            project=project, name=candidate.name, version=candidate.version, defaults={"model": candidate.model}
        )
        made = GateRun.objects.create(
            project=project,
            release=paper.release,
            candidate=agent,
            baseline=rival,
            verdict=outcome_of(verdict),
            reasons=[{"code": r.code, "detail": r.detail, "cases": list(r.cases)[:100]} for r in verdict.reasons],
            counts=dict(verdict.counts) | figures(verdict),
            policy=paper.policy.to_dict(),
            cases_digest=cases_digest(paper.cases),
        )
        kept = {result.case: result for result in results if result.case in known}
        GateResult.objects.bulk_create(
            [result_row(made, paper, known[name], kept[name], changes.get(name, "")) for name in kept], batch_size=500
        )
    return made


def outcome_of(verdict: Verdict) -> str:
    """The verdict in one word; it passes only what could be judged in full."""
    if not verdict.could_judge:
        return GateRun.Verdict.NOT_JUDGED
    return GateRun.Verdict.PASSED if verdict.passed else GateRun.Verdict.REFUSED


def figures(verdict: Verdict) -> dict[str, Any]:
    """The statistics beside the counts; None without a baseline."""
    return {"p_value": verdict.p_value, "change": verdict.change, "interval": verdict.interval}


def result_row(run: GateRun, paper: Exam, case: Case, result: Result, change: str) -> GateResult:
    """One answer as it is kept."""
    origin, project = paper.origins[case.id], paper.release.dataset.project
    answer = redact(result.answer or "", project.redaction_policy)
    return GateResult(
        run=run,
        interaction=origin,
        subject_id=origin.subject_id,
        kind=case.kind,
        answer=answer,
        score=result.score,
        passed=result.passed,
        grader=case.grader,
        change=change,
        error=result.error or "",
        attempts=redact_json([asdict(attempt) for attempt in result.repeats], project.redaction_policy)[0],
        case_digest=result.digest,
    )


def shown(run: GateRun) -> dict[str, Any]:
    """A gate run as the API and `--json` show it."""
    rows = run.results.select_related("interaction").order_by("pk")
    return {
        "id": str(run.pk),
        "release": run.release.public_id,
        "candidate": {"name": run.candidate.name, "version": run.candidate.version, "model": run.candidate.model},
        "baseline": run.baseline_id and str(run.baseline_id),
        "verdict": run.verdict,
        "passed": run.verdict == GateRun.Verdict.PASSED,
        "reasons": run.reasons,
        "counts": run.counts,
        "cases": [
            {"case": row.interaction.external_id, "kind": row.kind, "passed": row.passed, "score": row.score,
             "change": row.change or None, "error": row.error or None}
            for row in rows
        ],
        "created_at": run.created_at,
    }  # fmt: skip


def told(run: GateRun) -> str:
    """A gate run in words."""
    counts = ", ".join(
        f"{number} {name.replace('_', ' ')}"
        for name, number in run.counts.items()
        if isinstance(number, int) and number
    )
    lines = [f"{run.get_verdict_display().upper()}: {run.candidate} on {run.release} ({counts})"]
    lines += [f"  {reason['code']}: {reason['detail']}" for reason in run.reasons]
    return "\n".join([*lines, f"Gate run {run.pk}."])
