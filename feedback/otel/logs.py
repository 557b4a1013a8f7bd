"""OTLP log records off the wire: some instrumentations write a model's messages as events next to the spans.

What the records say of a span is a fragment of it, `decoding.Span` with its events alone.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec
from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest, ExportLogsServiceResponse

from feedback.capture.payloads import PayloadError
from feedback.otel import decoding
from feedback.otel.decoding import Event, Span, TooLarge
from feedback.texts.literals import unwritten

NONE_OURS = (
    "no event of a language model was in it: Flywheel keeps conversations, not logs. Send it the logs of GenAI instrumentations "
    "alone, or only traces (OTEL_LOGS_EXPORTER=none)"
)
Record = tuple[str, str, Event, Mapping[str, Any]]  # trace, span, event, resource


def spans(body: bytes, media_type: str) -> list[Span]:
    """What the records say of spans: one fragment for each. Raises `TooLarge`, `PayloadError`."""
    records = _from_protobuf(body) if media_type == decoding.PROTOBUF else _from_json(body)
    found: dict[tuple[str, str], list[Record]] = {}
    for number, record in enumerate(records):
        if number >= decoding.MAX_SPANS:
            raise TooLarge
        if record[0] and record[1] and record[2].name.startswith("gen_ai."):
            found.setdefault(record[:2], []).append(record)
    return [_fragment(trace, span, told) for (trace, span), told in found.items()]


def answer(rejected: int, message: str, media_type: str) -> bytes:
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
    said = body if isinstance(body, Mapping) else {}
    return Event(str(name or given.get("event.name") or ""), {**given, **said}, at)


def _from_protobuf(body: bytes) -> Iterator[Record]:
    try:
        decoding.count(body)
        request = ExportLogsServiceRequest.FromString(body)
    except TooLarge:
        raise
    except (DecodeError, RecursionError, ValueError):
        raise PayloadError("", "invalid_protobuf", "The body is no ExportLogsServiceRequest.") from None
    for group in request.resource_logs:
        resource = decoding.attributes(group.resource.attributes)
        for scope in group.scope_logs:
            for record in scope.log_records:
                given, said = decoding.attributes(record.attributes), decoding.value(record.body)
                event = _event(record.event_name, given, said, record.time_unix_nano or record.observed_time_unix_nano)
                yield record.trace_id.hex(), record.span_id.hex(), event, resource


def _from_json(body: bytes) -> Iterator[Record]:
    try:
        groups = msgspec.json.decode(body).get("resourceLogs", [])
        for group in groups:
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
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise PayloadError("", "invalid_json", "The body is no valid UTF-8 JSON.") from None
    except (AttributeError, KeyError, TypeError, ValueError):
        raise PayloadError("", "invalid_type", "The body is no ExportLogsServiceRequest.") from None
