"""`POST /v1/traces`: a product that sends OpenTelemetry already only changes an address and a header."""

from collections import Counter
from collections.abc import Collection
from typing import Any, TypedDict

from django.conf import settings
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from feedback import capture
from feedback.api.views import CaptureView, media_type
from feedback.capture.payloads import FeedbackIn, InteractionIn, PayloadError
from feedback.models import Project, WriteResult
from feedback.otel import conversations, decoding
from privacy.api.openapi import WRITING_ERRORS, ProblemDocument, schema
from privacy.api.problems import Problem
from privacy.api.scopes import Scope

AT_ONCE = 1_000
MEDIA = (decoding.PROTOBUF, decoding.JSON)
WHY = {capture.Conflict: "another body under the same id", capture.Gone: "erased or expired"}


class Partial(TypedDict):
    """How many spans were not taken, and why; OTLP writes the number as a text."""

    rejectedSpans: str
    errorMessage: str


class ExportAnswer(TypedDict, total=False):
    """What an exporter is told: nothing where all was taken."""

    partialSuccess: Partial


REQUEST = {decoding.PROTOBUF: bytes, decoding.JSON: schema(dict[str, Any])}
RESPONSES: dict[Any, Any] = {
    (200, decoding.PROTOBUF): bytes,
    (200, decoding.JSON): schema(ExportAnswer),
    **{(code, "application/problem+json"): schema(ProblemDocument) for code in WRITING_ERRORS},
}


class TracesView(CaptureView):
    """OTLP over HTTP, protobuf or JSON, plain or gzip."""

    scopes = {"POST": Scope.INGEST}
    body_limit = settings.BATCH_BODY_LIMIT

    @extend_schema(operation_id="traces_export", request=REQUEST, responses=RESPONSES)
    def post(self, request: Request) -> HttpResponse:
        """Take OpenTelemetry spans with the GenAI conventions, as protobuf or JSON, plain or gzip: they become interactions,
        and evaluation results named `user_feedback` become feedback. What could not be taken is counted in `partialSuccess`.
        """
        sent, kind = self.received(request, *MEDIA), media_type(request)
        malformed: list[PayloadError] = []
        try:
            spans = decoding.spans(sent, kind, malformed)
        except decoding.TooLarge:
            raise Problem(
                413, f"The body may have at most {self.body_limit} bytes and {decoding.MAX_SPANS} spans."
            ) from None
        found = [*map(conversations.Read, malformed), *conversations.read(spans)]
        rejected = record(request.auth.project, found, request.auth.scopes)
        message = "; ".join(f"{number}: {why}" for why, number in sorted(rejected.items()))
        return HttpResponse(decoding.answer(rejected.total(), message, kind), content_type=kind)

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        """An exporter may accept protobuf alone; a problem is JSON all the same."""
        return super().perform_content_negotiation(request, force=True)


def record(project: Project, found: list[conversations.Read], scopes: Collection[str]) -> Counter[str]:
    """Store what the spans say; why some were not taken, and how many. Feedback needs its own scope here, too."""
    rejected: Counter[str] = Counter()
    payloads: list[InteractionIn | FeedbackIn] = []
    for read in found:
        if isinstance(read.payload, PayloadError):
            rejected[read.payload.detail] += 1
        elif isinstance(read.payload, FeedbackIn) and Scope.FEEDBACK not in scopes:
            rejected["feedback needs a key with the scope feedback"] += 1
        else:
            payloads.append(read.payload)
    refused = {("interaction", str(WriteResult.REFUSED)): rejected.total()} if rejected else {}
    for start in range(0, max(len(payloads), 1), AT_ONCE):
        for recorded in capture.record(project, payloads[start : start + AT_ONCE], refused=refused):
            if isinstance(recorded, Exception):
                rejected[WHY.get(type(recorded), "not redactable")] += 1
        refused = {}
    return rejected
