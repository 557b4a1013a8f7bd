"""What reading an export costs: it grows with the spans, and too many are refused before anything is built of them."""

import json
import sys
from collections.abc import Callable
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from feedback.capture.payloads import PayloadError
from feedback.otel import decoding
from feedback.otel.decoding import Event, Span
from feedback.otel.spans import read_all
from feedback.otel.turns import StoredTurn, Trace

TRACE = "5b8efff798038103d269b633813fc60c"
VOTE = {"gen_ai.evaluation.name": "user_feedback", "gen_ai.evaluation.score.value": 1}


def span(number: int, parent: int = 0, given: Any = None, events: Any = ()) -> Span:
    return Span(TRACE, f"{number:016x}", f"{parent:016x}" if parent else "", given or {}, events)


def chat(number: int, parent: int = 0, given: Any = None, events: Any = ()) -> Span:
    said = {"gen_ai.prompt": "Where is it?", "gen_ai.completion": f"On its way, {number}.", **(given or {})}
    return span(number, parent, said, events)


def retrieval(number: int, parent: int = 0) -> Span:
    return span(number, parent, {"gen_ai.retrieval.documents": json.dumps([{"id": f"faq-{number}"}])})


def nested(size: int) -> list[Span]:
    """Retrievals each within the one before, and a conversation in each."""
    deep = [retrieval(number, number - 1) for number in range(1, size)]
    return deep + [chat(10_000 + number, number) for number in range(1, size)]


def side_by_side(size: int) -> list[Span]:
    """Retrievals and conversations under one parent."""
    return [made(number + at, 9_999) for at, made in ((0, retrieval), (10_000, chat)) for number in range(1, size)]


def voted(size: int) -> list[Span]:
    """Conversations, and as much feedback that names their responses."""
    talks = [chat(number, given={"gen_ai.response.id": f"r{number}"}) for number in range(1, size)]
    votes = [Event("gen_ai.evaluation.result", {**VOTE, "gen_ai.response.id": f"r{n}"}, 0) for n in range(1, size)]
    return [*talks, span(9_999, events=votes)]


def long_and_voted(size: int) -> list[Span]:
    """A conversation of many words, and much feedback on its own span."""
    votes = [Event("gen_ai.evaluation.result", VOTE, 0) for _ in range(size)]
    turns = json.dumps([{"role": "user", "content": "Where is it?"}] * size)
    return [chat(1, 0, {"gen_ai.input.messages": turns}, votes)]


def steps(work: Callable[[], Any]) -> int:
    """How many calls it makes."""
    made = 0

    def note(frame: Any, event: str, arg: Any) -> None:
        nonlocal made
        made += 1

    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(None)
    return made


def told_of(spans: list[Span]) -> list[StoredTurn]:
    """What is told of the turns in these spans."""
    tree = Trace(heard.reading for heard in read_all(spans).values())
    return [told for turn in tree.turns() if (told := tree.told(turn))]


@pytest.mark.parametrize("shape", [nested, side_by_side, voted, long_and_voted])
def test_twice_the_spans_are_twice_the_work(shape: Callable[[int], list[Span]]) -> None:
    one, two = shape(200), shape(400)
    assert steps(lambda: told_of(two)) < 2.5 * steps(lambda: told_of(one))


def test_a_conversation_has_what_was_retrieved_in_its_trace_once_and_in_order() -> None:
    spans = [retrieval(5, 4), chat(2, 1), retrieval(3, 1), retrieval(4, 2), retrieval(7, 6), retrieval(5, 4)]
    (told,) = told_of(spans)
    assert [source["id"] for source in told.sources] == ["faq-5", "faq-3", "faq-4", "faq-7"]


def test_spans_that_are_each_others_parents_are_read_all_the_same() -> None:
    assert len(told_of([chat(1, 2), span(2, 1), chat(3)])) == 2


def exported(*groups: int) -> ExportTraceServiceRequest:
    """A request with so many empty spans in each of its groups."""
    request = ExportTraceServiceRequest()
    for size in groups:
        group = request.resource_spans.add(schema_url="https://example.com")
        group.resource.attributes.add(key="service.name").value.string_value = "shop"
        scope = group.scope_spans.add()
        scope.scope.name = "agent"
        for _ in range(size):
            scope.spans.add(trace_id=b"1" * 16, span_id=b"2" * 8, start_time_unix_nano=7, flags=1)
    return request


def test_spans_are_counted_off_the_wire() -> None:
    assert [decoding.count(exported(*groups).SerializeToString()) for groups in ((), (0,), (3,), (300, 0, 2))] == [
        0,
        0,
        3,
        302,
    ]


def framed(field: int, body: bytes) -> bytes:
    """A message as a field of another."""
    size, length = b"", len(body)
    while length > 0x7F:
        size, length = size + bytes([length & 0x7F | 0x80]), length >> 7
    return bytes([field << 3 | 2]) + size + bytes([length]) + body


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (framed(1, framed(2, b"\x12\x00" * 10_001)), decoding.PROTOBUF),
        (framed(1, b"\x12\x00" * 100_001), decoding.PROTOBUF),
        (b"\x0a\x00" * 100_001, decoding.PROTOBUF),
        (json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [{}] * 10_001}]}]}).encode(), decoding.JSON),
        (json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [{}] * 5_001}]}] * 2}).encode(), decoding.JSON),
    ],
)
def test_too_many_are_refused_before_anything_is_built(
    monkeypatch: pytest.MonkeyPatch, body: bytes, media_type: str
) -> None:
    for name in ("Span", "ExportTraceServiceRequest"):
        monkeypatch.delattr(decoding, name)
    with pytest.raises(decoding.TooLarge):
        decoding.spans(body, media_type)


@pytest.mark.parametrize(
    "body", [b"\x0a", b"\x0a\x05", b"\x0a\x02\x12\x09", b"\x80" * 100, b"\x0b", b"\x09\x00", b"\x0a\x01\x12"]
)
def test_what_is_no_protobuf_is_said_to_be_none(body: bytes) -> None:
    with pytest.raises(PayloadError) as refused:
        decoding.spans(body, decoding.PROTOBUF)
    assert refused.value.code == "invalid_protobuf"


def test_what_describes_a_resource_is_read_once_for_all_its_spans() -> None:
    first, second = decoding.spans(exported(2).SerializeToString(), decoding.PROTOBUF)
    assert first.resource is second.resource and first.resource == {"service.name": "shop"}
