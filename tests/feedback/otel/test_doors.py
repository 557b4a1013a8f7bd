"""Addresses that exporters use: traces, logs, Langfuse's own path, and answers that say what to do instead."""

import base64
import json
from typing import Any

import pytest
from django.test import Client
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest, ExportLogsServiceResponse

from feedback.models import Interaction, Project, TraceReport
from feedback.otel.people import person
from tests import factories as cast
from tests.feedback.otel.test_shapes import QUESTION, agent, loop, span
from tests.feedback.otel.test_traces import AGREED, auth, export, send
from tests.feedback.otel.test_traces import attributes as written

pytestmark = pytest.mark.django_db
__all__ = ["auth"]
JSON = "application/json"


def record(name: str, body: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A log record of the first model's call in `loop`."""
    call = loop()[2]
    value = {"kvlistValue": {"values": written(body)}}
    at = {"traceId": call["traceId"], "spanId": call["spanId"], "timeUnixNano": call["startTimeUnixNano"]}
    return {**at, "eventName": name, "body": value, "attributes": [], **more}


def logs(*records: dict[str, Any]) -> dict[str, Any]:
    resource = {"attributes": written({"service.name": "shop", **AGREED})}
    return {"resourceLogs": [{"resource": resource, "scopeLogs": [{"logRecords": list(records)}]}]}


def post(client: Client, path: str, body: Any, auth: dict[str, str], media: str = JSON) -> Any:
    return client.post(path, body if isinstance(body, bytes) else json.dumps(body), content_type=media, headers=auth)


EVENTS = [
    record("gen_ai.user.message", {"content": QUESTION}),
    record("gen_ai.choice", {"message": {"role": "assistant", "content": "At the depot."}}),
]


@pytest.mark.parametrize("logs_first", [True, False])
def test_messages_in_logs_join_the_spans_that_they_belong_to(
    client: Client, shop: Project, auth: dict[str, str], logs_first: bool
) -> None:
    mute = span("two", "root", (5, 6), **{"gen_ai.operation.name": "chat", "gen_ai.request.model": "small", **AGREED})
    root = span("root", **{"user.id": "u-1"})
    doors = [("/v1/logs", logs(*EVENTS)), ("/v1/traces", export(mute, root))]
    for path, body in doors if logs_first else doors[::-1]:
        assert post(client, path, body, auth).status_code == 200
    row = Interaction.objects.get()
    assert (row.question, row.answer) == (QUESTION, "At the depot.")
    assert row.subject == cast.person(shop, "u-1")


def test_logs_of_other_things_are_left_alone_and_the_exporter_is_told(client: Client, auth: dict[str, str]) -> None:
    body = logs(record("", {"message": "started"}))
    partial = post(client, "/v1/logs", body, auth).json()["partialSuccess"]
    assert partial["rejectedLogRecords"] == "0" and "not logs" in partial["errorMessage"]
    request = ExportLogsServiceRequest()
    request.resource_logs.add().scope_logs.add().log_records.add().body.string_value = "started"
    answer = post(client, "/v1/logs", request.SerializeToString(), auth, "application/x-protobuf")
    assert "not logs" in ExportLogsServiceResponse.FromString(answer.content).partial_success.error_message
    assert post(client, "/v1/logs", b"{", auth).status_code == 400


def test_langfuses_sdk_needs_another_host_and_key_alone(client: Client, shop: Project) -> None:
    pair = base64.b64encode(f"pk-lf-any:{cast.key(shop, ['ingest'])}".encode()).decode()
    answer = post(client, "/api/public/otel/v1/traces", export(agent()), {"authorization": f"Basic {pair}"})
    assert answer.status_code == 200 and Interaction.objects.count() == 1


def test_a_key_after_an_encoded_space_is_taken(client: Client, shop: Project) -> None:
    headers = {"authorization": f"Bearer%20{cast.key(shop, ['ingest'])}"}
    assert post(client, "/v1/traces", export(agent()), headers).status_code == 200


@pytest.mark.parametrize("credentials", ["Basic !", "Basic", "Basic cGs6bm8=", "Basic cGs="])
def test_basic_credentials_that_open_nothing_are_a_401(client: Client, shop: Project, credentials: str) -> None:
    assert post(client, "/v1/traces", export(agent()), {"authorization": credentials}).status_code == 401


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/v1/metrics", "OTEL_METRICS_EXPORTER=none"),
        ("/v1/traces/", "without a slash"),
        ("/v1/logs/", "without a slash"),
        ("/v1/traces/v1/traces", "OTEL_EXPORTER_OTLP_ENDPOINT takes"),
    ],
)
def test_an_exporter_at_another_place_is_told_where_to_go(
    client: Client, auth: dict[str, str], path: str, says: str
) -> None:
    answer = post(client, path, export(agent()), auth)
    assert answer.status_code == 404 and says in answer.json()["detail"]


def test_a_grpc_sender_is_told_to_use_http(client: Client) -> None:
    path = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"
    answer = client.post(path, b"", content_type="application/grpc")
    assert answer["grpc-status"] == "12" and "http/protobuf" in answer["grpc-message"]


def test_spans_without_messages_say_what_to_set_to_the_exporter_and_in_the_console(
    client: Client, admin_client: Client, shop: Project, auth: dict[str, str]
) -> None:
    mute = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "small"}
    spans = [span("one", "root", (1, 2), **mute), span("two", "root", (3, 4), **mute), span("root")]
    partial = send(client, auth, export(*spans)).json()["partialSuccess"]
    advice = "the spans carry no messages; set OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"
    assert partial["rejectedSpans"] == "0" and advice in partial["errorMessage"]
    report = TraceReport.objects.get()
    assert (report.spans, report.conversations, report.exports) == (2, 0, 1)
    page = admin_client.get("/admin/feedback/tracereport/").content.decode()
    assert "1 export: 2 spans, 0 conversations" in page and advice in page


SUBJECTS = [
    "user.id", "enduser.id", "gen_ai.user", "gen_ai.user.id", "langfuse.user.id", "llm.user", "mlflow.trace.user",
    "traceloop.association.properties.user_id", "ai.telemetry.metadata.userId", "langsmith.metadata.user_id",
    "langfuse.trace.metadata.user_id", "traceloop.association.properties.userId",
]  # fmt: skip
SESSIONS = [
    "session.id",
    "gen_ai.conversation.id",
    "langfuse.session.id",
    "mlflow.trace.session",
    "traceloop.association.properties.session_id",
    "traceloop.association.properties.thread_id",
    "ai.telemetry.metadata.sessionId",
    "ai.telemetry.metadata.chatId",
    "langsmith.metadata.thread_id",
    "langsmith.metadata.conversation_id",
    "traceloop.association.properties.chat_id",
]


@pytest.mark.parametrize("name", SUBJECTS)
def test_the_attributes_in_common_use_name_the_subject(name: str) -> None:
    assert person({name: "mia-1"}).subject == "mia-1" and not person({name: "mia-1"}).session


@pytest.mark.parametrize("name", SESSIONS)
def test_the_attributes_in_common_use_name_the_session(name: str) -> None:
    found = person({name: "talk-7"})
    assert "talk-7" in (found.session, found.talk) and not found.subject


@pytest.mark.parametrize(
    "value", ['{"user_id": "mia-1", "thread_id": "talk-7"}', {"userId": "mia-1", "sessionId": "talk-7"}]
)
def test_the_json_of_metadata_names_both(value: Any) -> None:
    assert (person({"metadata": value}).subject, person({"metadata": value}).session) == ("mia-1", "talk-7")


@pytest.mark.parametrize("name", ["thread.id", "mlflow.user", "metadata.user_api_key_user_id", "user.name"])
def test_what_names_a_thread_of_the_process_or_the_developer_is_no_person(name: str) -> None:
    found = person({name: "x"})
    assert not found.subject and not found.session


def test_consent_and_subject_may_be_the_resources(client: Client, shop: Project, auth: dict[str, str]) -> None:
    body = export(agent(**{**dict.fromkeys(AGREED, ""), "user.id": ""}))
    body["resourceSpans"][0]["resource"] = {"attributes": written({**AGREED, "user.id": "u-5"})}
    send(client, auth, body)
    assert Interaction.objects.get().subject == cast.person(shop, "u-5")


def test_markers_in_every_part_of_a_trace_are_redacted(client: Client, shop: Project, auth: dict[str, str]) -> None:
    mark = "mia@example.com"
    tool = {"gen_ai.tool.call.arguments": json.dumps({"to": mark}), "gen_ai.tool.call.result": f"Sent to {mark}"}
    found = [{"title": mark, "url": f"https://x.example/?q={mark}", "content": mark}]
    parts = [
        span("tool", "root", (1, 2), **{"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "send", **tool}),
        span(
            "docs",
            "root",
            (1, 2),
            **{"gen_ai.retrieval.documents": json.dumps(found), "gen_ai.operation.name": "retrieval"},
        ),
        agent(**{"session.id": mark, "flywheel.tags": [mark], "gen_ai.agent.name": mark}),
    ]
    body = export(*parts)
    body["resourceSpans"][0]["resource"] = {"attributes": written({"service.name": mark, "service.version": mark})}
    send(client, auth, body)
    row = Interaction.objects.get()
    stored = json.dumps([row.steps, row.sources, row.tags, row.session, row.agent_name, row.agent_version])
    assert mark not in stored and stored.count("[EMAIL_1]") >= 6
