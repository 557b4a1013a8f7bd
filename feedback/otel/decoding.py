"""Decodes OTLP traces (protobuf or JSON, plain or gzip) into spans, without interpreting them. OTLP 1.x over HTTP:
https://opentelemetry.io/docs/specs/otlp/. Its JSON writes ids in hex and large numbers as strings.
"""

import base64
import zlib
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import msgspec
from google.protobuf.message import DecodeError
from msgspec import Struct, field
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

from feedback.capture.json_bodies import MAX_DEPTH
from feedback.capture.payloads import PayloadError
from feedback.texts.literals import storable

PROTOBUF, JSON = "application/x-protobuf", "application/json"
GZIP = b"\x1f\x8b"
MAX_SPANS = 10_000
MAX_GROUPS = 10 * MAX_SPANS  # limits on spans, and on everything else around them
FAILED, FAILED_TEXT = 2, "STATUS_CODE_ERROR"
EXPECTED = {
    "traceId": "must be 32 hex digits",
    "spanId": "must be 16 hex digits",
    "parentSpanId": "must be 16 hex digits",
    "attributes": 'must be a list of {"key": NAME, "value": {"stringValue": TEXT}}',
    "events": "must be a list of objects with a name, a time and attributes",
    "links": "must be a list of objects with a traceId and a spanId",
    "startTimeUnixNano": "must be nanoseconds since 1970",
    "endTimeUnixNano": "must be nanoseconds since 1970",
    "status": "must be an object with a code",
}
SPANS_AT = (1, 2, 2)  # the field's number in the request, in a resource's spans, in a scope's spans
SIZES = {1: 8, 5: 4}  # bytes of a field whose size is not encoded


class TooLarge(ValueError):
    """The body is larger than allowed once it is unpacked, or has too many spans."""


class Event(Struct, frozen=True):
    """Something that happened within a span."""

    name: str
    attributes: Mapping[str, Any]
    at: int  # nanoseconds since 1970


class Span(Struct, frozen=True):
    """One step of a trace; ids are lower-case hex, `parent` is empty at the root."""

    trace: str
    id: str
    parent: str
    attributes: Mapping[str, Any]
    events: Sequence[Event] = ()
    links: Sequence[tuple[str, str]] = ()  # (trace, span)
    start: int = 0  # nanoseconds since 1970
    end: int = 0
    resource: Mapping[str, Any] = field(default_factory=dict)
    label: str = ""
    scope: str = ""  # of the instrumentation
    failure: str = ""  # its status message, if it is an error
    is_fragment: bool = False  # content of log records for a span that comes in another export

    @property
    def name(self) -> str:
        """The name under which Flywheel knows the span."""
        return f"{self.trace}-{self.id}"


def unpacked(body: bytes, encoding: str, limit: int) -> bytes:
    """The body after gzip, at most `limit` bytes of it. Raises `TooLarge`, `PayloadError`."""
    if encoding in ("", "identity"):
        if body.startswith(GZIP):
            raise PayloadError("", "invalid_encoding", "The body is gzip: send it with Content-Encoding: gzip.")
        return body
    if encoding != "gzip":
        raise PayloadError("", "invalid_encoding", "Send the body uncompressed or as gzip.")
    unzip = zlib.decompressobj(wbits=31)
    try:
        found = unzip.decompress(body, limit + 1)
    except zlib.error:
        raise PayloadError("", "invalid_encoding", "The body is not valid gzip.") from None
    if len(found) > limit:
        raise TooLarge
    if not unzip.eof:
        raise PayloadError("", "invalid_encoding", "The body is not valid gzip.")
    if found.startswith(GZIP):
        raise PayloadError("", "invalid_encoding", "The body is compressed twice: an exporter with gzip, and a proxy?")
    return found


def spans(body: bytes, media_type: str, refused: list[PayloadError] | None = None) -> list[Span]:
    """The spans of an export request. Raises `TooLarge`, `PayloadError`.

    With `refused`, a malformed span is left out and its reason added there.
    """
    return _from_protobuf(body) if media_type == PROTOBUF else _from_json(body, [] if refused is None else refused)


def answer(rejected: int, message: str, media_type: str) -> bytes:
    """The export response: empty, or how many spans were rejected and why."""
    if media_type == PROTOBUF:
        response = ExportTraceServiceResponse()
        if message:
            response.partial_success.rejected_spans = rejected
            response.partial_success.error_message = message
        return bytes(response.SerializeToString())
    partial = {"partialSuccess": {"rejectedSpans": str(rejected), "errorMessage": message}} if message else {}
    return msgspec.json.encode(partial)


def count(body: bytes) -> int:
    """How many spans a protobuf request has, counted before parsing: an empty one is two bytes on the wire, and
    hundreds once parsed.

    Raises `TooLarge` as soon as there are too many, `ValueError` for anything that is not protobuf.
    """
    spans = read = 0
    messages = [(0, len(body), 0)]
    while messages:
        at, end, depth = messages.pop()
        while at < end:
            tag, at = _varint(body, at)
            kind, size = tag & 7, 0
            if kind == 2:
                size, at = _varint(body, at)
                if tag >> 3 == SPANS_AT[depth] and depth < len(SPANS_AT) - 1:
                    messages.append((at, at + size, depth + 1))
                elif tag >> 3 == SPANS_AT[depth]:
                    spans += 1
            elif kind == 0:
                _, at = _varint(body, at)
            else:
                size = SIZES.get(kind, -1)
            read, at = read + 1, at + size
            if spans > MAX_SPANS or read > MAX_GROUPS:
                raise TooLarge
            if size < 0 or at > end:
                raise ValueError("no protobuf")
    return spans


def _varint(body: bytes, at: int) -> tuple[int, int]:
    """The number that begins there, seven bits a byte, and where it ends."""
    number = 0
    for place, byte in enumerate(body[at : at + 10]):
        number |= (byte & 0x7F) << 7 * place
        if byte < 0x80:
            return number, at + place + 1
    raise ValueError("no protobuf")


def _from_protobuf(body: bytes) -> list[Span]:
    try:
        count(body)
        request = ExportTraceServiceRequest.FromString(body)
    except TooLarge:
        raise
    except (DecodeError, RecursionError, ValueError):
        raise PayloadError("", "invalid_protobuf", "The body is not an ExportTraceServiceRequest.") from None
    return [
        Span(
            trace=span.trace_id.hex(),
            id=span.span_id.hex(),
            parent=span.parent_span_id.hex(),
            attributes=attributes(span.attributes),
            events=[Event(event.name, attributes(event.attributes), event.time_unix_nano) for event in span.events],
            links=[(link.trace_id.hex(), link.span_id.hex()) for link in span.links],
            start=span.start_time_unix_nano,
            end=span.end_time_unix_nano,
            resource=resource,
            label=storable(span.name),
            scope=storable(scope.scope.name),
            failure=storable(span.status.message) or "error" if span.status.code == FAILED else "",
        )
        for group in request.resource_spans
        for resource in [attributes(group.resource.attributes)]
        for scope in group.scope_spans
        for span in scope.spans
    ]


def attributes(pairs: Any) -> dict[str, Any]:
    """Protobuf's pairs of names and values."""
    return {pair.key: value(pair.value) for pair in pairs}


def value(given: Any, depth: int = 0) -> Any:
    """Protobuf's value, in Python's types."""
    if text := given.string_value:  # as most are
        return storable(text)
    kind = given.WhichOneof("value")
    if kind is None or depth > MAX_DEPTH:
        return None
    if kind == "array_value":
        return [value(item, depth + 1) for item in given.array_value.values]
    if kind == "kvlist_value":
        return {storable(pair.key): value(pair.value, depth + 1) for pair in given.kvlist_value.values}
    return None if kind == "bytes_value" else getattr(given, kind)


def _from_json(body: bytes, refused: list[PayloadError]) -> list[Span]:
    try:
        groups = list_of(msgspec.json.decode(body), "resourceSpans", ())
        for group in groups:
            list_of(group, "scopeSpans", ("resource", "schemaUrl"))
        if sum(len(scope.get("spans", [])) for group in groups for scope in group.get("scopeSpans", [])) > MAX_SPANS:
            raise TooLarge
        read = [
            _json_span(span, resource, str(scope.get("scope", {}).get("name", "")))
            for group in groups
            for resource in [json_attributes(group.get("resource", {}).get("attributes", []))]
            for scope in group.get("scopeSpans", [])
            for span in scope.get("spans", [])
        ]
    except (TooLarge, PayloadError):
        raise
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise PayloadError("", "invalid_json", "The body is not valid UTF-8 JSON.") from None
    except (AttributeError, KeyError, TypeError, ValueError):
        raise PayloadError("", "invalid_type", "The body is not an ExportTraceServiceRequest.") from None
    found = [span for span in read if isinstance(span, Span)]
    bad = [span for span in read if isinstance(span, PayloadError)]
    if bad and not found:
        raise bad[0]
    refused += bad
    return found


def _json_span(span: Mapping[str, Any], resource: dict[str, Any], scope: str) -> Span | PayloadError:
    try:
        return _json_span_of(span, resource, scope)
    except PayloadError as error:
        return error
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError):
        return PayloadError("", "invalid_type", "a span is malformed")


def _json_span_of(span: Mapping[str, Any], resource: dict[str, Any], scope: str) -> Span:
    status = field_of(span, "status", lambda found: found.get("code") and found) or {}
    return Span(
        trace=field_of(span, "traceId", lambda text: hex_id(text, 16), needed=True),
        id=field_of(span, "spanId", lambda text: hex_id(text, 8), needed=True),
        parent=field_of(span, "parentSpanId", lambda text: hex_id(text, 8)) or "",
        attributes=field_of(span, "attributes", json_attributes) or {},
        events=field_of(span, "events", lambda found: list(map(_json_event, found))) or [],
        links=field_of(span, "links", lambda found: list(map(_json_link, found))) or [],
        start=field_of(span, "startTimeUnixNano", int) or 0,
        end=field_of(span, "endTimeUnixNano", int) or 0,
        resource=resource,
        label=storable(str(span.get("name", ""))),
        scope=storable(scope),
        failure=storable(str(status.get("message") or "error")) if status.get("code") in (FAILED, FAILED_TEXT) else "",
    )


def _json_event(event: Mapping[str, Any]) -> Event:
    at = int(event.get("timeUnixNano") or 0)
    return Event(str(event.get("name", "")), json_attributes(event.get("attributes", [])), at)


def _json_link(link: Mapping[str, Any]) -> tuple[str, str]:
    return hex_id(link["traceId"], 16), hex_id(link["spanId"], 8)


def field_of(span: Mapping[str, Any], name: str, read: Callable[[Any], Any], *, needed: bool = False) -> Any:
    """What a span's field holds, None if it is missing. Raises `PayloadError`, which names the field."""
    given = span.get(name)
    if given in (None, "") and not needed:
        return None
    try:
        return read(given)
    except (AttributeError, KeyError, TypeError, ValueError):
        raise PayloadError("", "invalid_type", f"a span's {name} {EXPECTED[name]}") from None


def list_of(given: Mapping[str, Any], name: str, others: Collection[str]) -> Any:
    """The list of that name; empty if there is nothing but the `others`. Raises `PayloadError` if it goes by another
    name: otherwise everything in it would be lost silently.
    """
    if name not in given and given.keys() - set(others):
        raise PayloadError("", "invalid_type", f"There is no {name}. OTLP's JSON writes names in lowerCamelCase.")
    return given.get(name, [])


def hex_id(text: str, size: int) -> str:
    """The id in lower-case hex. Raises `ValueError` if it is not one of that many bytes.

    Protobuf's own JSON writes bytes in base64, and so do programs that do not know of OTLP's exception.
    """
    given = base64.b64decode(text, validate=True) if text.endswith("=") else bytes.fromhex(text)
    if text and len(given) != size:
        raise ValueError("an id of another length")
    return given.hex()


def json_attributes(pairs: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The JSON's pairs of names and values."""
    return {str(pair["key"]): json_value(pair.get("value") or {}) for pair in pairs}


def json_value(value: Mapping[str, Any], depth: int = 0) -> Any:
    """The JSON's value, in Python's types."""
    kind = next(iter(value), None)
    if kind is None or depth > MAX_DEPTH:
        return None
    found = value[kind]
    if kind == "arrayValue":
        return [json_value(item, depth + 1) for item in found.get("values", [])]
    if kind == "kvlistValue":
        return {
            storable(pair["key"]): json_value(pair.get("value") or {}, depth + 1) for pair in found.get("values", [])
        }
    if kind == "intValue":
        return int(found)
    if kind == "stringValue":
        return storable(found)
    return found if kind in ("boolValue", "doubleValue") else None
