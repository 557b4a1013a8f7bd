"""`POST /v1/traces` and its neighbours: a product that sends OpenTelemetry already only changes an address and a header."""

import base64
from collections.abc import Callable
from typing import Any, TypedDict

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from feedback.api.views import DOOR, CaptureView, media_type
from feedback.capture.payloads import PayloadError
from feedback.otel import decoding, exports, logs
from feedback.otel.decoding import Span
from feedback.otel.reports import Taken
from privacy.api.openapi import WRITING_ERRORS, ProblemDocument, schema
from privacy.api.problems import Problem
from privacy.api.scopes import Scope

MEDIA = (decoding.PROTOBUF, decoding.JSON)
GRPC = "application/grpc"
UNIMPLEMENTED = "12"  # a gRPC status
USE_HTTP = (
    "Flywheel takes OTLP over HTTP, not gRPC: set OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf and "
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT to this server's address with /v1/traces"
)
NO_METRICS = "Flywheel keeps no metrics. Send traces to /v1/traces; for the rest set OTEL_METRICS_EXPORTER=none."
NO_SUCH_PLACE = (
    "Traces go to /v1/traces and logs to /v1/logs, without a slash at the end. OTEL_EXPORTER_OTLP_ENDPOINT takes the server's "
    "address alone; OTEL_EXPORTER_OTLP_TRACES_ENDPOINT takes the whole address."
)


class Partial(TypedDict):
    """How many spans were not taken, and what was missing; OTLP writes the number as a text."""

    rejectedSpans: str
    errorMessage: str


class ExportAnswer(TypedDict, total=False):
    """What an exporter is told: nothing where all was taken."""

    partialSuccess: Partial


class PartialLogs(TypedDict):
    """The same of log records."""

    rejectedLogRecords: str
    errorMessage: str


class LogsAnswer(TypedDict, total=False):
    """What an exporter of logs is told."""

    partialSuccess: PartialLogs


def documented(operation: str, answer: Any) -> Callable[[Any], Any]:
    """The call in OpenAPI."""
    request = {decoding.PROTOBUF: bytes, decoding.JSON: schema(dict[str, Any])}
    responses: dict[Any, Any] = {
        (200, decoding.PROTOBUF): bytes,
        (200, decoding.JSON): schema(answer),
        **{(code, "application/problem+json"): schema(ProblemDocument) for code in WRITING_ERRORS},
    }
    return extend_schema(operation_id=operation, request=request, responses=responses)


class OtlpView(CaptureView):
    """OTLP over HTTP, protobuf or JSON, plain or gzip."""

    scopes = {"POST": Scope.INGEST}
    body_limit = settings.BATCH_BODY_LIMIT

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        """Take a key as the password of HTTP's Basic scheme as well, as Langfuse's SDK sends its secret key, and with the
        `%20` that the variable of OpenTelemetry asks for and not every exporter decodes."""
        given = request.META.get("HTTP_AUTHORIZATION", "").replace("%20", " ", 1)
        scheme, _, text = given.partition(" ")
        if given:
            request.META["HTTP_AUTHORIZATION"] = f"Bearer {password(text)}" if scheme.lower() == "basic" else given
        return super().initialize_request(request, *args, **kwargs)

    def taken(
        self, request: Request, decode: Callable[[bytes, str, list[PayloadError]], list[Span]]
    ) -> tuple[list[Span], Taken]:
        """The spans in the body, and how they ended. Raises a `Problem`, `PayloadError`."""
        sent = self.received(request, *MEDIA)
        malformed: list[PayloadError] = []
        with DOOR:
            try:
                spans = decode(sent, media_type(request), malformed)
            except decoding.TooLarge:
                raise Problem(
                    413, f"The body may have at most {self.body_limit} bytes and {decoding.MAX_SPANS} spans."
                ) from None
            return spans, exports.take(request.auth.project, spans, malformed, request.auth.scopes)

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        """An exporter may accept protobuf alone; a problem is JSON all the same."""
        return super().perform_content_negotiation(request, force=True)


class TracesView(OtlpView):
    """`POST /v1/traces`."""

    @documented("traces_export", ExportAnswer)
    def post(self, request: Request) -> HttpResponse:
        """Take OpenTelemetry spans, as protobuf or JSON, plain or gzip: each turn of a user becomes one interaction, with its
        sources and steps, and evaluation results named `user_feedback` become feedback. What could not be taken is counted in
        `partialSuccess`, and what was missing is said there.
        """
        return self.exported(request)

    def exported(self, request: Request) -> HttpResponse:
        """The answer to an export."""
        _, taken = self.taken(request, decoding.spans)
        kind = media_type(request)
        return HttpResponse(decoding.answer(taken.rejected.total(), taken.message, kind), content_type=kind)


class LangfuseView(TracesView):
    """The same under the path that Langfuse's SDK sends to."""

    @extend_schema(exclude=True)
    def post(self, request: Request) -> HttpResponse:
        """Take spans as `/v1/traces` does."""
        return self.exported(request)


class LogsView(OtlpView):
    """`POST /v1/logs`."""

    @documented("logs_export", LogsAnswer)
    def post(self, request: Request) -> HttpResponse:
        """Take the events in which some instrumentations write a model's messages as log records: they join the spans that
        they belong to. Other records are left alone.
        """
        spans, taken = self.taken(request, lambda body, kind, malformed: logs.spans(body, kind))
        kind = media_type(request)
        message = taken.message if spans else logs.NONE_OURS
        return HttpResponse(logs.answer(taken.rejected.total(), message, kind), content_type=kind)


class ElsewhereView(OtlpView):
    """Other places where an exporter may knock: the answer says what to do."""

    detail = NO_SUCH_PLACE

    @extend_schema(exclude=True)
    def post(self, request: Request) -> HttpResponse:
        """Say where to send it."""
        raise Problem(404, self.detail)


def password(credentials: str) -> str:
    """The password in Basic credentials; empty where they cannot be read."""
    try:
        return base64.b64decode(credentials.strip(), validate=True).decode().partition(":")[2]
    except ValueError:
        return ""


@csrf_exempt
def grpc(request: HttpRequest) -> HttpResponse:
    """Where a proxy hands over a gRPC call: an answer that a gRPC client shows."""
    headers = {"grpc-status": UNIMPLEMENTED, "grpc-message": USE_HTTP}
    return HttpResponse(b"", content_type=GRPC, headers=headers)
