"""`POST /v1/traces` and its neighbours: a product that already sends OpenTelemetry only changes an address and a
header.

Log records are read too: some instrumentations write a model's messages as events next to the spans. What they say
about a span is a fragment of it: a `decoding.Span` with only its events.
"""

import base64
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypedDict

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.utils import extend_schema
from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest, ExportLogsServiceResponse
from rest_framework.request import Request

from feedback.api.views import DOOR, CaptureView, media_type
from feedback.capture.payloads import PayloadError
from feedback.otel import decoding, exports
from feedback.otel.decoding import Event, Span, TooLarge
from feedback.otel.reports import ExportResult
from feedback.texts.literals import unwritten
from privacy.api.openapi import WRITING_ERRORS, ProblemDocument, schema
from privacy.api.problems import Problem
from privacy.api.scopes import Scope

NONE_OURS = (
    "it has no event from a language model: Flywheel keeps conversations, not logs. Send it only the logs of GenAI "
    "instrumentations, or only traces (OTEL_LOGS_EXPORTER=none)"
)
Record = tuple[str, str, Event, Mapping[str, Any]]  # trace, span, event, resource


def spans_of_logs(body: bytes, media_type: str) -> list[Span]:
    """What the records say of spans: one fragment for each. Raises `TooLarge`, `PayloadError`."""
    records = _from_protobuf(body) if media_type == decoding.PROTOBUF else _from_json(body)
    found: dict[tuple[str, str], list[Record]] = {}
    for number, record in enumerate(records):
        if number >= decoding.MAX_SPANS:
            raise TooLarge
        if record[0] and record[1] and record[2].name.startswith("gen_ai."):
            found.setdefault(record[:2], []).append(record)
    return [_fragment(trace, span, told) for (trace, span), told in found.items()]


def answer_to_logs(rejected: int, message: str, media_type: str) -> bytes:
    """The export response: empty, or how many records were not taken and why."""
    if media_type == decoding.PROTOBUF:
        response = ExportLogsServiceResponse()
        if message:
            response.partial_success.rejected_log_records = rejected
            response.partial_success.error_message = message
        return bytes(response.SerializeToString())
    partial = {"rejectedLogRecords": str(rejected), "errorMessage": message}
    return msgspec.json.encode({"partialSuccess": partial} if message else {})


def _fragment(trace: str, span: str, records: Iterable[Record]) -> Span:
    told = sorted(records, key=lambda record: record[2].at)
    events = [record[2] for record in told]
    operation = {"gen_ai.operation.name": "chat"}
    given = {
        **operation,
        **{key: value for event in events for key, value in event.attributes.items() if key.startswith("gen_ai.")},
    }
    at = events[0].at
    return Span(trace, span, "", given, events, start=at, end=events[-1].at, resource=told[0][3], is_fragment=True)


def _event(name: str, given: Mapping[str, Any], body: Any, at: int) -> Event:
    body = unwritten(body) if isinstance(body, str) else body
    said = body if isinstance(body, dict) else {}
    return Event(str(name or given.get("event.name") or ""), {**given, **said}, at)


def _from_protobuf(body: bytes) -> Iterator[Record]:
    try:
        decoding.count(body)
        request = ExportLogsServiceRequest.FromString(body)
    except TooLarge:
        raise
    except (DecodeError, RecursionError, ValueError):
        raise PayloadError("", "invalid_protobuf", "The body is not an ExportLogsServiceRequest.") from None
    for group in request.resource_logs:
        resource = decoding.attributes(group.resource.attributes)
        for scope in group.scope_logs:
            for record in scope.log_records:
                given, said = decoding.attributes(record.attributes), decoding.value(record.body)
                event = _event(record.event_name, given, said, record.time_unix_nano or record.observed_time_unix_nano)
                yield record.trace_id.hex(), record.span_id.hex(), event, resource


def _from_json(body: bytes) -> Iterator[Record]:
    try:
        for group in decoding.list_of(msgspec.json.decode(body), "resourceLogs", ()):
            decoding.list_of(group, "scopeLogs", ("resource", "schemaUrl"))
            resource = decoding.json_attributes(group.get("resource", {}).get("attributes", []))
            for scope in group.get("scopeLogs", []):
                for record in scope.get("logRecords", []):
                    given = decoding.json_attributes(record.get("attributes", []))
                    said = decoding.json_value(record.get("body") or {})
                    at = int(record.get("timeUnixNano") or record.get("observedTimeUnixNano") or 0)
                    event = _event(str(record.get("eventName") or ""), given, said, at)
                    yield (
                        decoding.hex_id(record.get("traceId") or "", 16),
                        decoding.hex_id(record.get("spanId") or "", 8),
                        event,
                        resource,
                    )
    except PayloadError:
        raise
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise PayloadError("", "invalid_json", "The body is not valid UTF-8 JSON.") from None
    except (AttributeError, KeyError, TypeError, ValueError):
        raise PayloadError("", "invalid_type", "The body is not an ExportLogsServiceRequest.") from None


MEDIA = (decoding.PROTOBUF, decoding.JSON)
GRPC = "application/grpc"
UNIMPLEMENTED = "12"  # a gRPC status
USE_HTTP = (
    "Flywheel accepts OTLP over HTTP, not gRPC: set OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf and "
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT to this server's address with /v1/traces"
)
NO_METRICS = "Flywheel keeps no metrics. Send traces to /v1/traces, and set OTEL_METRICS_EXPORTER=none."
NO_SUCH_PLACE = (
    "Traces go to /v1/traces and logs to /v1/logs, without a slash at the end. OTEL_EXPORTER_OTLP_ENDPOINT takes only "
    "the server's address; OTEL_EXPORTER_OTLP_TRACES_ENDPOINT takes the whole address."
)


class Partial(TypedDict):
    """How many spans were rejected, and what was missing; OTLP writes the number as a text."""

    rejectedSpans: str
    errorMessage: str


class ExportAnswer(TypedDict, total=False):
    """The answer to an exporter: empty if everything was accepted."""

    partialSuccess: Partial


class PartialLogs(TypedDict):
    """The same for log records."""

    rejectedLogRecords: str
    errorMessage: str


class LogsAnswer(TypedDict, total=False):
    """The answer to an exporter of logs."""

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
    ) -> tuple[list[Span], ExportResult]:
        """The spans in the body, and their results. Raises a `Problem`, `PayloadError`."""
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
        """An exporter may accept only protobuf; a problem is JSON all the same."""
        return super().perform_content_negotiation(request, force=True)


class TracesView(OtlpView):
    """`POST /v1/traces`."""

    @documented("traces_export", ExportAnswer)
    def post(self, request: Request) -> HttpResponse:
        """Send OpenTelemetry spans, as protobuf or JSON, plain or gzip. Each user turn becomes one interaction with its
        sources and steps, and evaluation results named `user_feedback` become feedback. `partialSuccess` counts what
        was rejected and says what was missing.
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
        """Send spans, as to `/v1/traces`."""
        return self.exported(request)


class LogsView(OtlpView):
    """`POST /v1/logs`."""

    @documented("logs_export", LogsAnswer)
    def post(self, request: Request) -> HttpResponse:
        """Send the log records in which some instrumentations write a model's messages: they are joined to their spans.
        Other records are ignored.
        """
        spans, taken = self.taken(request, lambda body, kind, malformed: spans_of_logs(body, kind))
        kind = media_type(request)
        message = taken.message if spans else NONE_OURS
        return HttpResponse(answer_to_logs(taken.rejected.total(), message, kind), content_type=kind)


class ElsewhereView(OtlpView):
    """Other addresses that an exporter may try. The answer says what to do instead."""

    detail = NO_SUCH_PLACE

    @extend_schema(exclude=True)
    def post(self, request: Request) -> HttpResponse:
        """The answer says where to send it instead."""
        raise Problem(404, self.detail)


def password(credentials: str) -> str:
    """The password in Basic credentials; empty if they cannot be read."""
    try:
        return base64.b64decode(credentials.strip(), validate=True).decode().partition(":")[2]
    except ValueError:
        return ""


@csrf_exempt
def grpc(request: HttpRequest) -> HttpResponse:
    """A gRPC call that a proxy forwards gets an answer that a gRPC client shows."""
    headers = {"grpc-status": UNIMPLEMENTED, "grpc-message": USE_HTTP}
    return HttpResponse(b"", content_type=GRPC, headers=headers)
