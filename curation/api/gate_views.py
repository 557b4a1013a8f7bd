"""The gate over HTTP: runs, submitted answers, and the list of agent versions. A key sees only its own project."""

from dataclasses import replace
from typing import Annotated, Any

from django.conf import settings
from django.db.models import QuerySet
from msgspec import Meta, Struct
from rest_framework.request import Request
from rest_framework.response import Response

from curation.api import answers
from curation.gate import agent_versions, candidate_steps, judging, past_runs
from curation.gate.agent_versions import CandidateIn
from curation.gate.asking import redacted_answer, redacted_steps
from curation.gate.judging import Exam, GateError, NotFound, exam, find_baseline, find_release, judge
from curation.gate.reports import provisional, shown
from curation.gate.runs import record
from curation.gate.verdicts import Result, attempted, grade_ahead, graded, remembering
from curation.models import AgentVersion, GateRun
from feedback.api.views import CaptureView
from feedback.capture.json_bodies import decode_each, refuse_unstorable
from feedback.capture.payloads import ExternalId, PayloadError, convert
from feedback.models import Project
from privacy.api.openapi import described
from privacy.api.problems import Problem
from privacy.api.scopes import Scope

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


def judge_submission(project: Project, body: Any) -> tuple[dict[str, Any], int]:
    """Judge a submission; return the verdict as the API shows it, and the HTTP status. Raises `PayloadError` or
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


PAGE = 500


def by_key(rows: QuerySet[Any], key: str) -> Any:
    """The row with this id, or 404: another project's row looks the same as a missing one."""
    found = rows.filter(pk=int(key)).first() if key.isascii() and key.isdigit() and len(key) < 18 else None
    if found is None:
        raise Problem(404)
    return found


class GateRunListView(CaptureView):
    """`POST /gate-runs`: judge a candidate's answers."""

    scopes = {"POST": Scope.EXPORT}
    kind = "gate_run"
    body_limit = settings.BATCH_BODY_LIMIT  # the answers to thousands of cases

    @described("gate_runs_create", {201: answers.GateRunShown, 200: dict[str, Any]}, SubmissionIn)
    def post(self, request: Request) -> Response:
        """Judge a candidate's answers to the eval cases of a release, compared with a baseline's: passed, refused or
        not judged, with the reasons. Surprising results are asked for again before they count: then the answer is 200
        and lists those cases.
        """
        body, status = judge_submission(request.auth.project, decode_each(self.received(request), "results"))
        return Response(body, status=status)


class GateRunView(CaptureView):
    """`GET /gate-runs/{id}`."""

    scopes = {"GET": Scope.EXPORT}

    @described("gate_runs_retrieve", {200: answers.GateRunShown})
    def get(self, request: Request, key: str) -> Response:
        """One verdict, with its figures and reasons."""
        mine = GateRun.objects.filter(project=request.auth.project).select_related("candidate", "release__dataset")
        return Response(judging.shown(by_key(mine, key)))


class AgentVersionListView(CaptureView):
    """`POST /agent-versions`: register a version, with the release it was trained on. `GET`: all, newest first."""

    scopes = {"POST": Scope.EXPORT, "GET": Scope.EXPORT}
    kind = "agent_version"

    @described(
        "agent_versions_create",
        {201: answers.AgentVersionShown, 200: answers.AgentVersionShown},
        agent_versions.AgentVersionIn,
    )
    def post(self, request: Request) -> Response:
        """Register a version of the agent, with the release it was trained on."""
        sent = convert(self.body(request), agent_versions.AgentVersionIn)
        try:
            made = agent_versions.register(request.auth.project, sent)
        except agent_versions.UnknownRelease as error:
            raise Problem(404, str(error)) from error
        except agent_versions.OtherOrigin as error:
            raise Problem(409, str(error)) from error
        return Response(agent_versions.shown(made.row), status=201 if made.created else 200)

    @described("agent_versions_list", {200: answers.Listed})
    def get(self, request: Request) -> Response:
        """The agent's versions, newest first."""
        rows = AgentVersion.objects.filter(project=request.auth.project).select_related("trained_on__dataset")
        return Response({"results": [agent_versions.shown(row) for row in rows.order_by("-pk")[:PAGE]]})


class AgentVersionView(CaptureView):
    """`GET /agent-versions/{id}`."""

    scopes = {"GET": Scope.EXPORT}

    @described("agent_versions_retrieve", {200: answers.AgentVersionShown})
    def get(self, request: Request, key: str) -> Response:
        """One version of the agent, with the release it was trained on and its gate runs."""
        mine = AgentVersion.objects.filter(project=request.auth.project).select_related("trained_on__dataset")
        return Response(agent_versions.shown(by_key(mine, key)))


class AgentVersionDecisionView(CaptureView):
    """`POST /agent-versions/{id}/decision`: promote or refuse a version, with the reason."""

    scopes = {"POST": Scope.EXPORT}
    kind = "agent_version"

    @described("agent_versions_decide", {200: answers.AgentVersionShown}, agent_versions.DecisionIn)
    def post(self, request: Request, key: str) -> Response:
        """Promote a version that passed the gate, or refuse one, with the reason."""
        sent = convert(self.body(request), agent_versions.DecisionIn)
        mine = AgentVersion.objects.filter(project=request.auth.project).select_related(
            "project", "trained_on__dataset"
        )
        row, by = by_key(mine, key), f"key {request.auth.key.prefix}"
        try:
            agent_versions.decide(row, sent.state, sent.reason, by, by_person=False)
        except agent_versions.NotPassed as error:
            raise Problem(409, str(error)) from error
        return Response(agent_versions.shown(row))
