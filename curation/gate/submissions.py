"""Answers submitted by a caller: the body of `POST /gate-runs`, and its judgement."""

from dataclasses import replace
from typing import Annotated, Any

from django.conf import settings
from msgspec import Meta, Struct

from curation.gate import past_runs
from curation.gate.agent_versions import CandidateIn
from curation.gate.asking import redacted_answer
from curation.gate.judging import Exam, GateError, NotFound, exam, find_baseline, find_release, judge
from curation.gate.reports import provisional, shown
from curation.gate.runs import record
from curation.gate.verdicts import Result, attempted, grade_ahead, graded, remembering
from feedback.capture.json_bodies import refuse_unstorable
from feedback.capture.payloads import ExternalId, PayloadError, convert
from feedback.models import Project
from privacy.api.problems import Problem

MOST = 100_000  # answers in one submission
AnswerText = Annotated[str, Meta(max_length=200_000)]


class AnswerIn(Struct, forbid_unknown_fields=True, kw_only=True):
    """The candidate's answer to one case, or the kind of error in its place; and what it said when asked again."""

    case: Annotated[str, Meta(max_length=128)]
    answer: AnswerText | None = None
    error: Annotated[str, Meta(pattern=r"^[A-Za-z][A-Za-z0-9_ .-]{0,63}\Z")] | None = None
    repeats: Annotated[list[AnswerText | None], Meta(max_length=20)] = []


class SubmissionIn(Struct, forbid_unknown_fields=True, kw_only=True):
    """`POST /gate-runs`. A `draft` is judged and not kept: it says which cases to ask again before the run counts.
    `replayed` is false where the agent was not given what the cases depend on: those are not counted.
    """

    release: Annotated[str, Meta(max_length=128)]
    candidate: CandidateIn
    results: Annotated[list[AnswerIn], Meta(max_length=MOST)]
    baseline: Annotated[str, Meta(max_length=32)] | None = None
    draft: bool = False
    replayed: bool = True


def judge_submission(project: Project, body: Any) -> tuple[dict[str, Any], int]:
    """Judge a submission; returns the verdict as the API shows it, and the HTTP status. Raises `PayloadError` or
    `Problem`.
    """
    sent = submission(body)
    try:
        paper = exam(find_release(sent.release, project), settings.JUDGE_SECONDS)
        rival = find_baseline(paper.release, sent.baseline)
    except NotFound as error:
        raise Problem(404, str(error)) from error
    except GateError as error:
        raise Problem(409, str(error)) from error
    with remembering():
        results = results_of(paper, sent)
        past, unreplayed = past_runs.history(paper, sent.candidate, rival), () if sent.replayed else paper.depending
        verdict = judge(paper, results, rival, past, unreplayed)
    if sent.draft:
        return provisional(paper, rival, verdict), 200
    return shown(record(paper, sent.candidate, rival, results, verdict)), 201


def submission(body: Any) -> SubmissionIn:
    """Parse a submission. An invalid answer becomes an error of its own case, like an answer that the agent did not
    give; the whole body is refused only if no answer is valid.
    """
    given = body.get("results") if isinstance(body, dict) else None
    if not isinstance(given, list) or len(given) > MOST:
        return convert(body, SubmissionIn)
    read = [answer_of(item) for item in given]
    faults = [(place, fault) for place, (_, fault) in enumerate(read) if fault]
    if faults and len(faults) == len(read):
        place, fault = faults[0]
        raise fault.below(place).below("results")
    sent = convert({**body, "results": []}, SubmissionIn)
    sent.results = [answer_in for answer_in, _ in read]
    return sent


def answer_of(item: Any) -> tuple[AnswerIn, PayloadError | None]:
    """Parse one answer; an invalid one becomes an error of the case that it names, with the reason."""
    try:
        if isinstance(item, PayloadError):
            raise item
        refuse_unstorable(item)
        answer_in = convert(item, AnswerIn)
        if answer_in.answer is not None and answer_in.error is not None:
            raise PayloadError("", "invalid", "Send an answer or an error, not both.")
        return answer_in, None
    except PayloadError as fault:
        return AnswerIn(case=case_of(item), error=fault.code), fault


def case_of(item: Any) -> str:
    """The case that an invalid answer names, or ""."""
    try:
        return convert(item["case"], ExternalId)
    except (TypeError, LookupError, PayloadError):
        return ""


def results_of(paper: Exam, sent: SubmissionIn) -> list[Result]:
    known = {case.id: case for case in paper.cases}
    clean = {
        place: [redacted_answer(paper, known[answer_in.case], text) for text in (answer_in.answer, *answer_in.repeats)]
        for place, answer_in in enumerate(sent.results)
        if answer_in.case in known
    }
    using = paper.models.graders
    grade_ahead([(known[sent.results[place].case], text) for place, texts in clean.items() for text in texts], using)
    results = []
    for place, answer_in in enumerate(sent.results):
        case = known.get(answer_in.case)
        if case is None:
            results.append(Result(answer_in.case, None, "unknown case"))
            continue
        answer, *more = clean[place]
        first = graded(case, answer, error=answer_in.error, using=using)
        repeats = tuple(attempted(case, text, using=using) for text in more)
        results.append(replace(first, repeats=repeats))
    return results
