"""Answers that a candidate gave elsewhere, sent over the API or as a file: parsed, redacted, graded and judged."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

from django.conf import settings
from msgspec import Meta, Struct

from curation.gate import candidate_steps, past_runs
from curation.gate.agent_versions import CandidateIn
from curation.gate.asking import redacted_answer, redacted_steps
from curation.gate.judging import Exam, exam, find_baseline, find_release, judge
from curation.gate.reports import provisional
from curation.gate.runs import record
from curation.gate.verdicts import Result, attempted, grade_ahead, graded, remembering
from curation.models import GateRun
from feedback.capture.json_bodies import refuse_unstorable
from feedback.capture.payloads import ExternalId, PayloadError, convert
from feedback.models import Project
from privacy.files import records
from privacy.files.records import UnreadableFile

ANSWER_FIELDS = ("case", "answer", "steps", "error", "repeats")
MOST = 100_000  # answers in one submission
AnswerText = Annotated[str, Meta(max_length=200_000)]


class AnswerIn(Struct, forbid_unknown_fields=True, kw_only=True):
    """The candidate's answer to one case, or the kind of error instead; and its answers when asked again.

    `steps` are the tool calls that led to the answer: if the case has steps, they must match.
    """

    case: Annotated[str, Meta(max_length=128)]
    answer: AnswerText | None = None
    steps: Any = None
    error: Annotated[str, Meta(pattern=r"^[A-Za-z][A-Za-z0-9_ .-]{0,63}\Z")] | None = None
    repeats: Annotated[list[AnswerText | None], Meta(max_length=20)] = []


class SubmissionIn(Struct, forbid_unknown_fields=True, kw_only=True):
    """`POST /gate-runs`.

    A `draft` is judged but not stored: it says which cases to ask again before the run counts. `replayed` is false if
    the agent was not given what the cases depend on; those cases are not counted.
    """

    release: Annotated[str, Meta(max_length=128)]
    candidate: CandidateIn
    results: Annotated[list[AnswerIn], Meta(max_length=MOST)]
    baseline: Annotated[str, Meta(max_length=32)] | None = None
    draft: bool = False
    replayed: bool = True


def judge_submission(project: Project, body: Any) -> GateRun | dict[str, Any]:
    """Judge a submission and record the run; for a draft, what its verdict would be. Raises `PayloadError`, and
    `GateError` if the release or the baseline cannot be used.
    """
    sent = submission(body)
    paper = exam(find_release(sent.release, project), settings.JUDGE_SECONDS)
    rival = find_baseline(paper.release, sent.baseline)
    with remembering():
        results = results_of(paper, sent)
        past, unreplayed = past_runs.history(paper, sent.candidate, rival), () if sent.replayed else paper.depending
        verdict = judge(paper, results, rival, past, unreplayed)
    if sent.draft:
        return provisional(paper, rival, verdict)
    return record(paper, sent.candidate, rival, results, verdict)


def submission(body: Any) -> SubmissionIn:
    """Parse a submission.

    An invalid answer becomes an error in its own case, like a missing answer; the whole body is refused only if no
    answer is valid.
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


def answers_in(path: Path) -> list[dict[str, Any]]:
    """The answers of a file, one to a line or row: `case` (or `id`) and `answer`, and what else the API takes.

    Raises `UnreadableFile`; the message names the line.
    """
    found = []
    for line in records.read(path, structured=("steps", "repeats"), lists=("results",)):
        if line.problem:
            raise UnreadableFile(f"Line {line.number}: {line.problem}")
        if not isinstance(line.value, dict) or not {"case", "id"} & line.value.keys():
            raise UnreadableFile(f"Line {line.number}: needs the fields case and answer.")
        value = {name: line.value[name] for name in ANSWER_FIELDS if line.value.get(name) is not None}
        found.append({"case": line.value.get("id"), **value})
    return found


def answer_of(item: Any) -> tuple[AnswerIn, PayloadError | None]:
    """Parse one answer; an invalid one becomes an error in the case that it names, with the reason."""
    try:
        if isinstance(item, PayloadError):
            raise item
        refuse_unstorable(item)
        answer_in = convert(item, AnswerIn)
        if answer_in.answer is not None and answer_in.error is not None:
            raise PayloadError("", "invalid", "Send an answer or an error, not both.")
        answer_in.steps = candidate_steps.parsed(answer_in.steps)
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
        steps = redacted_steps(paper, case, answer_in.steps)
        first = graded(case, answer, error=answer_in.error, steps=steps, using=using)
        repeats = tuple(attempted(case, text, using=using) for text in more)
        results.append(replace(first, repeats=repeats))
    return results
