"""The capture API: parse, call one function of `capture`, answer."""

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from feedback import answers, batch, capture, objections, outcomes
from feedback.capture import Recorded
from feedback.models import Outcome
from feedback.payloads import FeedbackIn, InteractionIn, PayloadError, convert, decode
from feedback.previews import preview
from feedback.throttling import WindowThrottle
from privacy.openapi import described
from privacy.problems import Problem
from privacy.redaction import RedactionError
from privacy.scopes import Scope

DRAINED = 16 * 1_048_576  # bytes


def drain(request: Request) -> None:
    """Read what a caller still sends of a body that is refused, up to a bound: a connection that is closed in the
    middle of it would lose the answer."""
    left = DRAINED
    while left > 0 and (part := request.read(65_536)):
        left -= len(part)


class CaptureView(APIView):
    """What the writing calls share: one body of JSON within the limit, and errors that are counted."""

    throttle_classes = [WindowThrottle]
    body_limit = settings.BODY_LIMIT
    kind = "interaction"

    def require_small(self, request: Request) -> None:
        """Refuse a body over the limit before it is held in memory."""
        if int(request.META.get("CONTENT_LENGTH") or 0) > self.body_limit:
            drain(request)
            raise Problem(413, f"The body may have at most {self.body_limit} bytes.")

    def body(self, request: Request) -> Any:
        """The decoded body. Raises a `Problem`."""
        self.require_small(request)
        if request.content_type.partition(";")[0].strip().lower() != "application/json":
            raise UnsupportedMediaType(request.content_type)
        return decode(request.body)

    def handle_exception(self, exc: Exception) -> Response:
        """Count a refusal, and give every known failure its status; anything else is a fault of ours."""
        refused = isinstance(exc, PayloadError | UnsupportedMediaType | RequestDataTooBig)
        if refused or getattr(exc, "status_code", 0) == 413:
            outcomes.count(self.request.auth.project, self.kind, Outcome.Result.REFUSED)
        if isinstance(exc, capture.Conflict):
            exc = Problem(409)
        elif isinstance(exc, capture.Gone):
            exc = Problem(410)
        elif isinstance(exc, capture.Unknown):
            exc = Problem(404)
        elif isinstance(exc, capture.Forbidden):
            exc = Problem(403, "This token does not allow that signal.")
        elif isinstance(exc, RedactionError):
            exc = Problem(422)
        return super().handle_exception(exc)


class InteractionsView(CaptureView):
    """`POST /interactions`."""

    scopes = {"POST": Scope.INGEST}

    @described("interactions_create", {201: answers.Stored, 200: answers.Stored}, InteractionIn)
    def post(self, request: Request) -> Response:
        payload = convert(self.body(request), InteractionIn)
        if request.headers.get("Sec-GPC") == "1":
            payload.consent = {**(payload.consent or {}), "training": False}
        if payload.dry_run:
            return Response(preview(request.auth.project, payload))
        recorded = capture.record_interaction(request.auth.project, payload)
        if recorded.result == Outcome.Result.NO_CONSENT:
            return Response({"stored": False, "reason": "no_consent"})
        return Response(stored(recorded), status=201 if recorded.result == Outcome.Result.STORED else 200)


class FeedbackView(CaptureView):
    """`POST /feedback`, with a key or, from a browser, with a feedback token."""

    scopes = {"POST": Scope.FEEDBACK}
    kind = "signal"

    @described(
        "feedback_create",
        {201: answers.FeedbackStored, 200: answers.FeedbackStored, 202: answers.FeedbackStored},
        FeedbackIn,
    )
    def post(self, request: Request) -> Response:
        payload = convert(self.body(request), FeedbackIn)
        if request.headers.get("Sec-GPC") == "1":  # a browser sends it by itself
            objections.object_to_training(request.auth.project, payload, request.auth.grant)
        recorded = capture.record_signal(request.auth.project, payload, request.auth.grant)
        if recorded.result == Outcome.Result.NO_CONSENT:
            return Response({"stored": False, "reason": "no_consent"})
        status = {Outcome.Result.STORED: 201, Outcome.Result.PARKED: 202}.get(recorded.result, 200)
        return Response({"id": recorded.id}, status=status)


class BatchView(CaptureView):
    """`POST /batch`: up to a thousand interactions and feedback in one body; each needs the scope of its own call."""

    scopes = {"POST": (Scope.INGEST, Scope.FEEDBACK)}
    body_limit = settings.BATCH_BODY_LIMIT

    @described("batch_create", {200: answers.Results}, answers.Items)
    def post(self, request: Request) -> Response:
        if request.auth.grant:
            raise Problem(403, "A feedback token opens POST /feedback alone.")
        body = self.body(request)
        items = body.get("items") if isinstance(body, dict) and set(body) == {"items"} else None
        if not isinstance(items, list):
            raise PayloadError("/items", "required", "Expected an object with a list of items.")
        if len(items) > batch.MAX_ITEMS:
            raise PayloadError("/items", "too_many", f"A batch may have at most {batch.MAX_ITEMS} items.")
        return Response({"results": batch.record(request.auth.project, items, request.auth.scopes)})


class FeedbackItemView(CaptureView):
    """`DELETE /feedback/{id}`: take a signal back."""

    scopes = {"DELETE": Scope.FEEDBACK}
    kind = "signal"

    @described("feedback_delete", {204: None})
    def delete(self, request: Request, external_id: str) -> Response:
        if not capture.withdraw_signal(request.auth.project, external_id, request.auth.grant):
            raise Problem(404)
        return Response(status=204)


def stored(recorded: Recorded) -> dict[str, Any]:
    """The answer to a stored interaction."""
    return {
        "id": recorded.id,
        "stored": True,
        "redactions": dict(recorded.redactions),
        "feedback_token": recorded.token,
    }
