"""The gate over HTTP: runs, submitted answers, and the list of agent versions. A key sees only its own project."""

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from curation.api import answers
from curation.gate import agent_versions, judging
from curation.gate.judging import GateError, NotFound
from curation.gate.submissions import SubmissionIn, judge_submission
from curation.models import AgentVersion, GateRun
from feedback.api.views import CaptureView
from feedback.capture.json_bodies import decode_each
from feedback.capture.payloads import convert
from privacy.api.openapi import described
from privacy.api.problems import Problem
from privacy.api.scopes import Scope

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
        sent = decode_each(self.received(request), "results")
        try:
            made = judge_submission(request.auth.project, sent)
        except NotFound as error:
            raise Problem(404, str(error)) from error
        except GateError as error:
            raise Problem(409, str(error)) from error
        if isinstance(made, GateRun):
            return Response(judging.as_json(made), status=201)
        return Response(made)


class GateRunView(CaptureView):
    """`GET /gate-runs/{id}`."""

    scopes = {"GET": Scope.EXPORT}

    @described("gate_runs_retrieve", {200: answers.GateRunShown})
    def get(self, request: Request, key: str) -> Response:
        """One verdict, with its figures and reasons."""
        mine = GateRun.objects.filter(project=request.auth.project).select_related("candidate", "release__dataset")
        return Response(judging.as_json(by_key(mine, key)))


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
        return Response(agent_versions.as_json(made.row), status=201 if made.created else 200)

    @described("agent_versions_list", {200: answers.Listed})
    def get(self, request: Request) -> Response:
        """The agent's versions, newest first."""
        rows = AgentVersion.objects.filter(project=request.auth.project).select_related("trained_on__dataset")
        return Response({"results": [agent_versions.as_json(row) for row in rows.order_by("-pk")[:PAGE]]})


class AgentVersionView(CaptureView):
    """`GET /agent-versions/{id}`."""

    scopes = {"GET": Scope.EXPORT}

    @described("agent_versions_retrieve", {200: answers.AgentVersionShown})
    def get(self, request: Request, key: str) -> Response:
        """One version of the agent, with the release it was trained on and its gate runs."""
        mine = AgentVersion.objects.filter(project=request.auth.project).select_related("trained_on__dataset")
        return Response(agent_versions.as_json(by_key(mine, key)))


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
        return Response(agent_versions.as_json(row))
