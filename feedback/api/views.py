"""The capture API: parse, call one function of `capture`, answer."""

import threading
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from feedback import capture
from feedback.api import answers, batch, bodies
from feedback.api.throttling import WindowThrottle
from feedback.capture import Recorded
from feedback.capture.dry_run import preview
from feedback.capture.json_bodies import decode, decode_each
from feedback.capture.payloads import FeedbackIn, InteractionIn, PayloadError, convert
from feedback.capture.store import count_results
from feedback.models import WriteResult
from feedback.projects import tokens
from privacy.api.openapi import described
from privacy.api.problems import Problem
from privacy.api.scopes import Scope
from privacy.redaction import RedactionError

JSON = "application/json"
# While it is processed, a batch takes about twenty times its body in memory; two at once keep a process busy.
DOOR = threading.BoundedSemaphore(2)


class CaptureView(APIView):
    """The base of the writing calls: one JSON body within the limit, and errors that are counted."""

    throttle_classes = [WindowThrottle]
    body_limit = settings.BODY_LIMIT
    kind = "interaction"

    def received(self, request: Request, *media: str) -> bytes:
        """The body, complete and within the limit, which is smaller for a browser. Raises a `Problem`, `PayloadError`."""
        limit = min(self.body_limit, settings.TOKEN_BODY_LIMIT) if request.auth.grant else self.body_limit
        body = bodies.read(request, limit)
        if media_type(request) not in (media or (JSON,)):
            raise UnsupportedMediaType(request.content_type)
        return body

    def body(self, request: Request) -> Any:
        """The decoded body. Raises a `Problem`."""
        return decode(self.received(request))

    def handle_exception(self, exc: Exception) -> Response:
        """Count a refusal, and give every known error its status; anything else is a 500."""
        refused = isinstance(exc, PayloadError | UnsupportedMediaType | RequestDataTooBig)
        if refused or getattr(exc, "status_code", 0) == 413:
            count_results(self.request.auth.project, {(self.kind, WriteResult.REFUSED): 1})
        if isinstance(exc, capture.Conflict):
            exc = Problem(409)
        elif isinstance(exc, capture.Gone):
            exc = Problem(410)
        elif isinstance(exc, capture.Unknown):
            exc = Problem(404)
        elif isinstance(exc, capture.Forbidden):
            exc = Problem(403, f"This token does not allow that signal, or has sent {tokens.MOST}.")
        elif isinstance(exc, RedactionError):
            exc = Problem(422)
        return super().handle_exception(exc)


def media_type(request: Request) -> str:
    """The media type of the body, without parameters."""
    return str(request.content_type).partition(";")[0].strip().lower()


class InteractionsView(CaptureView):
    """`POST /interactions`."""

    scopes = {"POST": Scope.INGEST}

    @described("interactions_create", {201: answers.Stored, 200: answers.Stored}, InteractionIn)
    def post(self, request: Request) -> Response:
        """Store a question, its answer and their context, redacted before anything is stored. An answer of 201 means
        that it is on disk. Sending the same `id` and body again gets the same answer and writes nothing; another body
        gets 409, and an id that was erased or has expired 410. Without consent to capture, nothing is stored: 200,
        `stored: false`. With `dry_run`: 200, and what would be stored.
        """
        payload = convert(self.body(request), InteractionIn)
        if request.META.get("HTTP_SEC_GPC") == "1":
            payload.consent = {**(payload.consent or {}), "training": False}
        if payload.dry_run:
            return Response(preview(request.auth.project, payload))
        recorded = capture.record_interaction(request.auth.project, payload)
        if recorded.result == WriteResult.NO_CONSENT:
            return Response({"stored": False, "reason": "no_consent"})
        return Response(stored(recorded), status=201 if recorded.result == WriteResult.STORED else 200)


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
        """Send what somebody thought of an answer: with a key, or from a browser with the interaction's
        `feedback_token`, which also identifies the person. An `edit` needs its `correction`, a `rating` its `score`. An
        edit's `step` says what one of the answer's tool calls should have been: the call by its `id` or its `index`
        from 0, and the right `name`, `arguments`, or both. A person's newest explicit vote counts. Feedback on an
        interaction that has not arrived yet waits for it for a day: 202.
        """
        payload = convert(self.body(request), FeedbackIn)
        if request.META.get("HTTP_SEC_GPC") == "1":  # browsers send it themselves
            capture.object_to_training(request.auth.project, payload, request.auth.grant)
        recorded = capture.record_signal(request.auth.project, payload, request.auth.grant)
        if recorded.result == WriteResult.NO_CONSENT:
            return Response({"stored": False, "reason": "no_consent"})
        status = {WriteResult.STORED: 201, WriteResult.PARKED: 202}.get(recorded.result, 200)
        return Response({"id": recorded.id}, status=status)


class BatchView(CaptureView):
    """`POST /batch`: up to a thousand interactions and feedback in one body; each needs the scope of its own call."""

    scopes = {"POST": (Scope.INGEST, Scope.FEEDBACK)}
    body_limit = settings.BATCH_BODY_LIMIT

    @described("batch_create", {200: answers.Results}, answers.Items)
    def post(self, request: Request) -> Response:
        """Store up to a thousand interactions and signals, in order; each needs the scope of its own call. The answer
        has a result for each, and a bad one never affects the others.
        """
        if request.auth.grant:
            raise Problem(403, "A feedback token only allows POST /feedback.")
        sent = self.received(request)  # before the semaphore: a slow sender must not keep others out
        with DOOR:
            return Response({"results": self.results(request, sent)})

    def results(self, request: Request, sent: bytes) -> list[dict[str, Any]]:
        """The result of each item of the body."""
        body = decode_each(sent, "items")
        items = body.get("items") if isinstance(body, dict) and set(body) == {"items"} else None
        if not isinstance(items, list):
            raise PayloadError("/items", "required", "Expected an object with a list of items.")
        if len(items) > batch.MAX_ITEMS:
            raise PayloadError("/items", "too_many", f"A batch may have at most {batch.MAX_ITEMS} items.")
        return batch.record(request.auth.project, items, request.auth.scopes)


class FeedbackItemView(CaptureView):
    """`DELETE /feedback/{id}`: withdraw a signal."""

    scopes = {"DELETE": Scope.FEEDBACK}
    kind = "signal"

    @described("feedback_delete", {204: None})
    def delete(self, request: Request, external_id: str) -> Response:
        """Withdraw a signal. It stays as history but no longer counts."""
        if not capture.withdraw_signal(request.auth.project, external_id, request.auth.grant):
            raise Problem(404)
        return Response(status=204)


def stored(recorded: Recorded) -> dict[str, Any]:
    """The answer to a stored interaction."""
    return {
        "id": recorded.id,
        "stored": True,
        "redactions": dict(recorded.redactions),
        "feedback_token": tokens.token_of(recorded.row) if recorded.row else "",
    }
