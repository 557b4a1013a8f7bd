"""`POST /v1/traces`: OpenTelemetry's spans become interactions and feedback."""

import base64
import gzip
import json
from typing import Any

import pytest
from django.test import Client
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

from feedback.models import Interaction, Project, Signal, Trace, TraceReport
from feedback.otel import spans
from feedback.otel.dialects import DIALECTS, Dialect
from feedback.otel.readings import Kind
from tests import factories as cast

pytestmark = pytest.mark.django_db
TRACE, CHAT, TOOL, ROOT = "5b8efff798038103d269b633813fc60c", "eee19b7ec3c1b174", "aaa19b7ec3c1b174", "bbb19b7ec3c1b174"
AGREED = {f"flywheel.consent.{purpose}": True for purpose in cast.ALL}
QUESTION = [{"role": "user", "parts": [{"type": "text", "content": "Where is my parcel? I am mia@example.com"}]}]
ANSWER = [{"role": "assistant", "parts": [{"type": "text", "content": "On its way."}], "finish_reason": "stop"}]


@pytest.fixture
def auth(shop: Project) -> dict[str, str]:
    return {"authorization": f"Bearer {cast.key(shop, ['ingest', 'feedback'])}"}


def value(given: Any) -> dict[str, Any]:
    """A value as OTLP/JSON writes it."""
    if isinstance(given, bool):
        return {"boolValue": given}
    if isinstance(given, int):
        return {"intValue": str(given)}
    if isinstance(given, float):
        return {"doubleValue": given}
    if isinstance(given, list):
        return {"arrayValue": {"values": [value(item) for item in given]}}
    if isinstance(given, dict):
        return {"kvlistValue": {"values": [{"key": key, "value": value(item)} for key, item in given.items()]}}
    return {"stringValue": given}


def attributes(given: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"key": name, "value": value(item)} for name, item in given.items()]


def span(
    given: dict[str, Any], *, id: str = CHAT, parent: str = "", events: Any = (), links: Any = ()
) -> dict[str, Any]:
    return {
        "traceId": TRACE.upper(),
        "spanId": id,
        "parentSpanId": parent,
        "name": "chat",
        "startTimeUnixNano": "1763884800000000000",
        "attributes": attributes(given),
        "events": [
            {"name": name, "timeUnixNano": "1763884801000000000", "attributes": attributes(said)}
            for name, said in events
        ],
        "links": list(links),
    }


def export(*spans: dict[str, Any]) -> dict[str, Any]:
    resource = {"attributes": attributes({"service.name": "shop", "service.version": "2"})}
    return {"resourceSpans": [{"resource": resource, "scopeSpans": [{"spans": list(spans)}]}]}


def send(client: Client, auth: dict[str, str], body: Any, **headers: str) -> Any:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client.post("/v1/traces", data, content_type="application/json", headers={**auth, **headers})


def chat(**more: Any) -> dict[str, Any]:
    given = {
        "gen_ai.operation.name": "chat",
        "gen_ai.input.messages": json.dumps(QUESTION),
        "gen_ai.output.messages": json.dumps(ANSWER),
        "gen_ai.request.model": "small",
        "gen_ai.response.id": "resp-1",
        "gen_ai.conversation.id": "talk-7",
        "user.id": "u-1",
        **AGREED,
    }
    return {name: item for name, item in (given | more).items() if item is not None}


def test_a_chat_span_becomes_an_interaction_once_however_often_it_is_exported(
    client: Client, auth: dict[str, str]
) -> None:
    answers = [send(client, auth, export(span(chat()))) for _ in range(2)]
    row = Interaction.objects.get()
    assert [(answer.status_code, answer.json()) for answer in answers] == [(200, {})] * 2
    assert (row.external_id, row.question) == (f"{TRACE}-{CHAT}", "Where is my parcel? I am [EMAIL_1]")
    assert (row.answer, row.session, row.agent_name, row.agent_model) == ("On its way.", "talk-7", "shop", "small")
    assert row.occurred_at.year == 2025 and row.subject == cast.person(Project.objects.get(), "u-1")


@pytest.mark.parametrize(
    ("given", "events"),
    [
        ({"gen_ai.input.messages": QUESTION, "gen_ai.output.messages": ANSWER}, ()),
        ({"gen_ai.prompt": "Where is my parcel?", "gen_ai.completion": "On its way."}, ()),
        (
            {
                "gen_ai.prompt.0.role": "system",
                "gen_ai.prompt.0.content": "Be kind.",
                "gen_ai.prompt.1.role": "user",
                "gen_ai.prompt.1.content": "Where is my parcel?",
                "gen_ai.completion.0.content": "On its way.",
            },
            (),
        ),
        (
            {},
            [
                ("gen_ai.user.message", {"content": "Where is my parcel?"}),
                ("gen_ai.choice", {"message": json.dumps({"content": "On its way."})}),
            ],
        ),
        (
            {},
            [
                (
                    "gen_ai.client.inference.operation.details",
                    {"gen_ai.input.messages": json.dumps(QUESTION), "gen_ai.output.messages": json.dumps(ANSWER)},
                )
            ],
        ),
    ],
)
def test_every_convention_of_the_past_is_read(
    client: Client, auth: dict[str, str], given: dict[str, Any], events: Any
) -> None:
    plain = {"gen_ai.input.messages": None, "gen_ai.output.messages": None}
    send(client, auth, export(span(chat(**{**plain, **given}), events=events)))
    row = Interaction.objects.get()
    assert row.question.startswith("Where is my parcel?") and row.answer == "On its way."


def test_protobuf_and_gzip_are_taken_and_answered_in_kind(client: Client, auth: dict[str, str]) -> None:
    request = ExportTraceServiceRequest()
    group = request.resource_spans.add().scope_spans.add().spans.add()
    group.trace_id, group.span_id = bytes.fromhex(TRACE), bytes.fromhex(CHAT)
    for name, item in chat().items():
        pair = group.attributes.add(key=name)
        if isinstance(item, bool):
            pair.value.bool_value = item
        else:
            pair.value.string_value = item
    answer = client.post(
        "/v1/traces",
        gzip.compress(request.SerializeToString()),
        content_type="application/x-protobuf",
        headers={**auth, "content-encoding": "gzip", "accept": "application/x-protobuf"},
    )
    assert answer.status_code == 200 and answer["Content-Type"] == "application/x-protobuf"
    assert not ExportTraceServiceResponse.FromString(answer.content).partial_success.rejected_spans
    assert Interaction.objects.get().external_id == f"{TRACE}-{CHAT}"


def test_of_spans_within_one_another_the_outermost_counts_with_what_was_retrieved_below(
    client: Client, auth: dict[str, str]
) -> None:
    found = json.dumps([{"id": "faq-1", "title": "Delivery", "content": "Two days, says leo@example.com."}])
    retrieval = span({"gen_ai.operation.name": "retrieval", "gen_ai.retrieval.documents": found}, id=TOOL, parent=CHAT)
    outer = span(chat(**{"gen_ai.operation.name": "invoke_agent"}), id=ROOT)
    send(client, auth, export(retrieval, span(chat(), parent=ROOT), outer))
    row = Interaction.objects.get()
    assert row.external_id == f"{TRACE}-{ROOT}"
    assert row.sources == [{"id": "faq-1", "title": "Delivery", "text": "Two days, says [EMAIL_2]."}]


def vote(**more: Any) -> tuple[str, dict[str, Any]]:
    return "gen_ai.evaluation.result", {"gen_ai.evaluation.name": "user_feedback", **more}


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ({"gen_ai.evaluation.score.label": "thumbs_up"}, "thumbs_up"),
        ({"gen_ai.evaluation.score.label": "Negative"}, "thumbs_down"),
        ({"gen_ai.evaluation.score.value": 1}, "thumbs_up"),
        ({"gen_ai.evaluation.score.value": 0.0}, "thumbs_down"),
        ({"gen_ai.evaluation.score.value": 0.4}, "rating"),
        ({"flywheel.correction": "It waits in the depot."}, "edit"),
    ],
)
def test_a_users_feedback_is_an_evaluation_result(
    client: Client, auth: dict[str, str], given: dict[str, Any], kind: str
) -> None:
    body = export(
        span(chat(), events=[vote(**given), ("gen_ai.evaluation.result", {"gen_ai.evaluation.name": "judge"})])
    )
    send(client, auth, body)
    send(client, auth, body)
    signal = Signal.objects.get()
    assert signal.kind == kind and signal.interaction.external_id == f"{TRACE}-{CHAT}"


@pytest.mark.parametrize(
    ("event", "more"),
    [
        ({}, {"parent": CHAT}),
        ({}, {"links": [{"traceId": TRACE, "spanId": CHAT}]}),
        ({"flywheel.interaction.id": f"{TRACE}-{CHAT}"}, {}),
    ],
)
def test_feedback_finds_its_interaction_from_a_later_span(
    client: Client, auth: dict[str, str], event: dict[str, Any], more: dict[str, Any]
) -> None:
    send(client, auth, export(span(chat())))
    said = vote(**{"gen_ai.evaluation.score.value": 1, **event})
    send(client, auth, export(span({"user.id": "u-1"}, id=TOOL, events=[said], **more)))
    assert Signal.objects.get().interaction.external_id == f"{TRACE}-{CHAT}"


def test_without_consent_a_trace_leaves_nothing_and_the_exporter_is_told(
    client: Client, shop: Project, auth: dict[str, str]
) -> None:
    quiet = chat(**dict.fromkeys(AGREED))
    partial = send(client, auth, export(span(quiet))).json()["partialSuccess"]
    assert partial["rejectedSpans"] == "1" and "flywheel.consent.capture" in partial["errorMessage"]
    assert not Interaction.objects.exists() and not Trace.objects.exists()
    assert cast.totals(shop)["interaction"]["no_consent"] == 1
    report = TraceReport.objects.get()
    assert (report.spans, report.conversations) == (1, 0) and "consent" in report.missing


def test_spans_of_other_things_are_no_concern_of_ours(client: Client, shop: Project, auth: dict[str, str]) -> None:
    answer = send(client, auth, export(span({"http.route": "/", "gen_ai.operation.name": "embeddings"})))
    assert answer.json() == {} and cast.totals(shop) == {}


def test_what_is_not_taken_is_counted_and_named(client: Client, shop: Project, auth: dict[str, str]) -> None:
    send(client, auth, export(span(chat())))
    other = chat(**{"gen_ai.completion": "Lost.", "gen_ai.output.messages": None})
    long = chat(**{"user.id": "u" * 600})
    partial = send(client, auth, export(span(other), span(long, id=TOOL))).json()["partialSuccess"]
    assert partial["rejectedSpans"] == "2" and "another body" in partial["errorMessage"]
    assert cast.totals(shop)["interaction"] == {"stored": 1, "refused": 2, "received": 3}


@pytest.mark.parametrize("text", ["a\x00b", '["a\\u0000b"]', '[{"role": "user", "content": "a\\ud800b"}]'])
def test_what_no_database_holds_is_left_out(client: Client, auth: dict[str, str], text: str) -> None:
    given = chat(**{"gen_ai.input.messages": text})
    assert send(client, auth, export(span(given))).status_code == 200
    assert all("\x00" not in row.question and "\ud800" not in row.question for row in Interaction.objects.all())


MALFORMED: list[tuple[dict[str, Any], str]] = [
    ({"traceId": "zz", "spanId": CHAT}, "traceId must be 32 hex digits"),
    ({"traceId": TRACE}, "spanId must be 16 hex digits"),
    ({"traceId": TRACE, "spanId": CHAT[:-2]}, "spanId must be 16 hex digits"),
    ({"traceId": TRACE, "spanId": CHAT, "parentSpanId": 7}, "parentSpanId must be 16 hex digits"),
    (
        {"traceId": TRACE, "spanId": TOOL, "attributes": [{"key": "n", "value": {"intValue": "many"}}]},
        "attributes must",
    ),
    ({"traceId": TRACE, "spanId": TOOL, "attributes": [{"value": {"stringValue": "x"}}]}, "attributes must"),
    ({"traceId": TRACE, "spanId": TOOL, "attributes": {"user.id": "u"}}, "attributes must be a list"),
    ({"traceId": TRACE, "spanId": TOOL, "startTimeUnixNano": "now"}, "startTimeUnixNano must be nanoseconds"),
    ({"traceId": TRACE, "spanId": TOOL, "events": [7]}, "events must be a list"),
    ({"traceId": TRACE, "spanId": TOOL, "links": [{}]}, "links must be a list"),
    ({"traceId": TRACE, "spanId": TOOL, "status": "OK"}, "status must be an object"),
    ("a span", "a span is malformed"),  # type: ignore[list-item]
]


@pytest.mark.parametrize(("malformed", "words"), MALFORMED)
def test_a_malformed_span_takes_no_neighbour_along(
    client: Client, auth: dict[str, str], malformed: dict[str, Any], words: str
) -> None:
    partial = send(client, auth, export(span(chat()), malformed)).json()["partialSuccess"]
    assert partial["rejectedSpans"] == "1" and words in partial["errorMessage"]
    assert Interaction.objects.get().answer == "On its way."
    refused = send(client, auth, export(malformed))
    assert refused.status_code == 400 and words in refused.json()["detail"]


def test_ids_in_base64_are_the_same_ids(client: Client, auth: dict[str, str]) -> None:
    def base64_of(text: str) -> str:
        return base64.b64encode(bytes.fromhex(text)).decode()

    given = span(chat())
    assert send(client, auth, export(given)).json() == {}
    again = {**given, "traceId": base64_of(given["traceId"]), "spanId": base64_of(given["spanId"])}
    assert send(client, auth, export(again)).json() == {}
    assert Interaction.objects.get().answer == "On its way."


def test_a_body_that_is_compressed_without_a_word_or_twice_is_told(client: Client, auth: dict[str, str]) -> None:
    once = gzip.compress(json.dumps(export(span(chat()))).encode())
    unsaid = send(client, auth, once)
    twice = send(client, auth, gzip.compress(once), **{"content-encoding": "gzip"})
    assert "Content-Encoding: gzip" in unsaid.json()["detail"] and "compressed twice" in twice.json()["detail"]
    assert send(client, auth, once, **{"content-encoding": "gzip"}).status_code == 200


def test_a_gzip_bomb_is_413_and_bad_bodies_are_400(client: Client, auth: dict[str, str]) -> None:
    gzipped = {"content-encoding": "gzip"}
    bomb = send(client, auth, gzip.compress(b"[" + b" " * 50_000_000 + b"]"), **gzipped)
    bad = [
        send(client, auth, b"{"),
        send(client, auth, b"[]"),
        send(client, auth, {"resourceSpans": [{"scopeSpans": [{"spans": [{"traceId": "zz", "spanId": "1"}]}]}]}),
        send(client, auth, b"no gzip", **gzipped),
        send(client, auth, gzip.compress(b"{}")[:-4], **gzipped),
        send(client, auth, b"{}", **{"content-encoding": "br"}),
        send(client, auth, b'{"resourceSpans": ' + b"[" * 5000 + b"]" * 5000 + b"}"),
        client.post("/v1/traces", b"\xff\xff", content_type="application/x-protobuf", headers=auth),
    ]
    assert bomb.status_code == 413 and [answer.status_code for answer in bad] == [400] * len(bad)


def test_feedback_on_a_span_needs_the_scope_of_feedback(client: Client, shop: Project) -> None:
    auth = {"authorization": f"Bearer {cast.key(shop, ['ingest'])}"}
    answer = send(client, auth, export(span(chat(), events=[vote(**{"gen_ai.evaluation.score.value": 1})])))
    assert answer.json()["partialSuccess"]["rejectedSpans"] == "1" and "scope" in answer.content.decode()
    assert Interaction.objects.count() == 1 and not Signal.objects.exists()


def test_a_further_dialect_is_read_by_its_one_entry(
    client: Client, auth: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What an instrumentation writes that no dialect reads is left alone, and read once an entry is there."""
    given = {"ours.in": "Where is it?", "ours.out": "On its way.", "user.id": "u-1", **AGREED}
    send(client, auth, export(span(given)))
    assert not Interaction.objects.exists()
    other = Dialect(
        "ours", "1", marks=("ours",), unsaid=Kind.MODEL, kind=("ours.in",), asked=("ours.in",), told=("ours.out",)
    )
    monkeypatch.setattr(spans, "DIALECTS", (*DIALECTS, other))
    send(client, auth, export(span(given)))
    assert Interaction.objects.get().answer == "On its way."
