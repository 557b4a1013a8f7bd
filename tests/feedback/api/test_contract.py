"""The capture calls of the contract one after another, from a client of its own against a running server.

Only what a caller sees is checked: names, statuses, shapes and headers. What happens behind them has its own tests.
"""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from django.conf import settings
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

from feedback.models import ApiKey, Interaction, Project
from feedback.projects import keys
from privacy.erasure import erasure
from tests import factories as cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.worker, pytest.mark.slow]
TALK: dict[str, Any] = {
    "question": "Where is my parcel? Write to mia@example.com.",
    "answer": "On its way.",
    "subject": "u-1",
    "consent": cast.ALL,
}
WHOLE: dict[str, Any] = {
    **TALK,
    "id": "whole",
    "session": "s-1",
    "context": [{"role": "user", "content": "Hello."}, {"role": "assistant", "content": "Good morning."}],
    "sources": [{"id": "faq", "title": "Delivery", "url": "https://example.com/faq", "text": "It takes two days."}],
    "agent": {"name": "shop", "version": "2", "model": "small", "prompt": "p-7"},
    "occurred_at": "2026-11-23T08:00:00+01:00",
    "tags": ["parcel"],
    "metadata": {"channel": "web", "turn": 3},
}
PROBLEM = {"type", "title", "status", "detail", "request_id", "errors"}


@pytest.fixture
def client(shop: Project, shared_web: str) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"Bearer {cast.key(shop)}"}
    with httpx.Client(base_url=f"{shared_web}/api/v1", headers=headers, timeout=30) as made:
        yield made


@pytest.fixture
def limited(child_environment: dict[str, str], request: pytest.FixtureRequest) -> str:
    """The address of a server whose keys may call three times a day."""
    child_environment["KEY_RATE"] = "3/day"
    address: str = request.getfixturevalue("web")
    return address


def problem(answer: httpx.Response, status: int) -> dict[str, Any]:
    """The problem document of an answer that must be one."""
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), answer.text
    said: dict[str, Any] = answer.json()
    assert set(said) == PROBLEM and said["status"] == status
    assert said["request_id"] == answer.headers["x-request-id"] and "mia@" not in answer.text
    assert all(set(error) == {"pointer", "code", "detail"} for error in said["errors"])
    return said


def test_an_interaction_with_everything_in_it_is_stored_read_and_listed(client: httpx.Client) -> None:
    made = client.post("/interactions", json=WHOLE)
    assert made.status_code == 201 and set(made.json()) == {"id", "stored", "redactions", "feedback_token"}
    assert made.json()["redactions"] == {"EMAIL": 1} and made.json()["id"] == "whole"
    again = client.post("/interactions", json=WHOLE)
    assert (again.status_code, again.json()) == (200, made.json())
    read = client.get("/interactions/whole").json()
    assert read["question"] == "Where is my parcel? Write to [EMAIL_1]."
    for name in ("answer", "session", "context", "sources", "agent", "tags", "metadata"):
        assert read[name] == WHOLE[name], name
    assert read["occurred_at"].startswith("2026-11-23T07:00:00") and "subject" not in read
    page = client.get("/interactions").json()
    assert set(page) == {"results", "next"} and page["results"] == [read] and page["next"] is None


def test_a_dry_run_keeps_nothing_and_its_id_stays_free(client: httpx.Client) -> None:
    shown = client.post("/interactions", json={**WHOLE, "dry_run": True})
    assert shown.status_code == 200
    assert set(shown.json()) == {"stored", "dry_run", "redactions", "interaction"} and shown.json()["stored"] is False
    assert "mia@" not in shown.text and "u-1" not in shown.text
    another = client.post("/interactions", json={**WHOLE, "answer": "Lost.", "dry_run": True})
    assert another.status_code == 200 and another.json()["interaction"]["answer"] == "Lost."
    problem(client.get("/interactions/whole"), 404)
    assert client.post("/interactions", json=WHOLE).status_code == 201
    refused = client.post("/interactions", json={**WHOLE, "question": "", "dry_run": True})
    assert problem(refused, 400)["errors"][0]["pointer"] == "/question"


def test_every_signal_is_taken_and_a_vote_is_taken_back(client: httpx.Client) -> None:
    client.post("/interactions", json={**TALK, "id": "a"})
    kinds = "thumbs_up thumbs_down edit rating retry copy accept abandon follow_up".split()
    more: dict[str, dict[str, Any]] = {"edit": {"correction": "Write to mia@example.com."}, "rating": {"score": 0.5}}
    for kind in kinds:
        said = client.post("/feedback", json={"id": kind, "interaction": "a", "signal": kind, **more.get(kind, {})})
        assert (said.status_code, said.json()) == (201, {"id": kind}), kind
    assert client.delete("/feedback/thumbs_down").status_code == 204
    problem(client.delete("/feedback/unheard-of"), 404)
    signals = {signal["id"]: signal for signal in client.get("/interactions/a").json()["signals"]}
    assert list(signals) == kinds and signals["edit"]["correction"] == "Write to [EMAIL_1]."
    assert signals["thumbs_down"]["withdrawn"] and not signals["thumbs_up"]["withdrawn"]
    bare = problem(client.post("/feedback", json={"interaction": "a", "signal": "edit"}), 400)
    assert bare["errors"][0]["pointer"] == "/correction"


def test_ids_are_made_in_order_of_time_where_none_is_given(client: httpx.Client) -> None:
    ids = [client.post("/interactions", json=TALK).json()["id"] for _ in range(3)]
    assert ids == sorted(ids) and len(set(ids)) == 3 and all(made[14] == "7" for made in ids)


def test_what_was_erased_is_gone_whether_it_comes_alone_in_a_batch_or_as_feedback(
    client: httpx.Client, shop: Project
) -> None:
    client.post("/interactions", json={**TALK, "id": "a"})
    client.post("/feedback", json={"id": "s", "interaction": "a", "signal": "thumbs_up"})
    erasure.erase(cast.person(shop, "u-1"))
    problem(client.post("/interactions", json={**TALK, "id": "a"}), 410)
    problem(client.post("/interactions", json={**TALK, "id": "a", "subject": "u-2"}), 410)
    problem(client.post("/feedback", json={"id": "t", "interaction": "a", "signal": "thumbs_up"}), 410)
    items = [{"type": "interaction", **TALK, "id": "a"}, {"type": "interaction", **TALK, "id": "b", "subject": "u-2"}]
    results = client.post("/batch", json={"items": items}).json()["results"]
    assert [result["status"] for result in results] == [410, 201]
    assert list(Interaction.objects.values_list("external_id", flat=True)) == ["b"]


def test_a_batch_takes_a_thousand_and_no_more(client: httpx.Client) -> None:
    items: list[dict[str, Any]] = [{"type": "interaction", **TALK, "id": f"n{number}"} for number in range(500)]
    items += [{"type": "feedback", "interaction": f"n{number}", "signal": "copy"} for number in range(500)]
    results = client.post("/batch", json={"items": items}).json()["results"]
    assert {result["status"] for result in results} == {201} and results[7]["id"] == "n7"
    assert set(results[0]) == {"status", "id", "stored", "redactions", "feedback_token"}
    assert set(results[-1]) == {"status", "id"}
    over = problem(client.post("/batch", json={"items": [*items, items[0]]}), 400)
    assert over["errors"][0]["code"] == "too_many" and over["errors"][0]["pointer"] == "/items"
    assert client.post("/batch", json={"items": []}).json() == {"results": []}


def test_a_body_over_the_limit_is_413_and_the_connection_goes_on(client: httpx.Client) -> None:
    problem(client.post("/interactions", json={**TALK, "metadata": {"x": "y" * settings.BODY_LIMIT}}), 413)
    assert client.post("/interactions", json=TALK).status_code == 201


def test_a_plain_request_id_comes_back_and_any_other_is_replaced(client: httpx.Client) -> None:
    assert client.post("/interactions", json=TALK, headers={"X-Request-Id": "r-7"}).headers["x-request-id"] == "r-7"
    refused = client.post("/interactions", json={}, headers={"X-Request-Id": "r-8"})
    assert problem(refused, 400)["request_id"] == "r-8"
    assert client.get("/interactions", headers={"X-Request-Id": "a b"}).headers["x-request-id"] != "a b"


def test_feedback_before_its_interaction_waits(client: httpx.Client) -> None:
    early = client.post("/feedback", json={"id": "early", "interaction": "later", "signal": "thumbs_up"})
    assert (early.status_code, early.json()) == (202, {"id": "early"})
    client.post("/interactions", json={**TALK, "id": "later"})
    assert [signal["id"] for signal in client.get("/interactions/later").json()["signals"]] == ["early"]


def test_a_browser_speaks_with_its_token_of_its_own_interaction_alone(client: httpx.Client) -> None:
    token = client.post("/interactions", json={**TALK, "id": "a"}).json()["feedback_token"]
    client.post("/interactions", json={**TALK, "id": "b"})
    browser = {"Authorization": f"Bearer {token}"}
    said = client.post("/feedback", json={"id": "s", "interaction": "a", "signal": "thumbs_up"}, headers=browser)
    assert said.status_code == 201
    problem(client.post("/feedback", json={"interaction": "b", "signal": "thumbs_up"}, headers=browser), 404)
    problem(client.post("/interactions", json=TALK, headers=browser), 403)
    problem(client.get("/interactions/a", headers=browser), 403)
    assert client.delete("/feedback/s", headers=browser).status_code == 204


def test_fifty_equal_requests_at_once_are_one_row_and_one_answer(client: httpx.Client) -> None:
    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda _: client.post("/interactions", json=WHOLE), range(50)))
    assert sorted(answer.status_code for answer in answers) == [200] * 49 + [201]
    assert len({answer.text for answer in answers}) == 1 and Interaction.objects.count() == 1
    problem(client.post("/interactions", json={**WHOLE, "answer": "Lost."}), 409)


def test_a_revoked_key_opens_nothing_after_a_second(client: httpx.Client, shop: Project) -> None:
    assert client.post("/interactions", json=TALK).status_code == 201
    keys.revoke(ApiKey.objects.get(project=shop))
    time.sleep(1)
    answer = client.post("/interactions", json=TALK)
    problem(answer, 401)
    assert answer.headers["www-authenticate"] == "Bearer"


EXPORT: dict[str, Any] = {
    "resourceSpans": [
        {
            "scopeSpans": [
                {
                    "spans": [
                        {
                            "traceId": "0af7651916cd43dd8448eb211c80319c",
                            "spanId": "b7ad6b7169203331",
                            "name": "chat small",
                            "kind": 3,
                            "startTimeUnixNano": "1795420800000000000",
                            "endTimeUnixNano": "1795420801000000000",
                            "attributes": [
                                {"key": key, "value": {"stringValue": value}}
                                for key, value in {
                                    "gen_ai.operation.name": "chat",
                                    "gen_ai.request.model": "small",
                                    "enduser.id": "u-1",
                                    "gen_ai.input.messages": json.dumps(
                                        [{"role": "user", "parts": [{"type": "text", "content": TALK["question"]}]}]
                                    ),
                                    "gen_ai.output.messages": json.dumps(
                                        [{"role": "assistant", "parts": [{"type": "text", "content": TALK["answer"]}]}]
                                    ),
                                }.items()
                            ]
                            + [{"key": "flywheel.consent.capture", "value": {"boolValue": True}}],
                            "events": [
                                {
                                    "timeUnixNano": "1795420801000000000",
                                    "name": "gen_ai.evaluation.result",
                                    "attributes": [
                                        {"key": "gen_ai.evaluation.name", "value": {"stringValue": "user_feedback"}},
                                        {"key": "gen_ai.evaluation.score.value", "value": {"doubleValue": 1.0}},
                                    ],
                                }
                            ],
                        }
                    ]
                }
            ]
        }
    ]
}


def test_spans_come_as_json_and_as_protobuf_and_are_answered_in_kind(client: httpx.Client, shared_web: str) -> None:
    sent = client.post(f"{shared_web}/v1/traces", json=EXPORT)
    assert (sent.status_code, sent.headers["content-type"], sent.json()) == (200, "application/json", {})
    body = protobuf().SerializeToString()
    binary = {"Content-Type": "application/x-protobuf"}
    again = client.post(f"{shared_web}/v1/traces", content=body, headers=binary)
    assert (again.status_code, again.headers["content-type"]) == (200, "application/x-protobuf")
    assert not ExportTraceServiceResponse.FromString(again.content).partial_success.rejected_spans
    (talk,) = client.get("/interactions").json()["results"]
    assert talk["question"] == "Where is my parcel? Write to [EMAIL_1]." and talk["agent"]["model"] == "small"
    assert [signal["signal"] for signal in talk["signals"]] == ["thumbs_up"]
    problem(client.post(f"{shared_web}/v1/traces", content=b"\xff", headers=binary), 400)


def protobuf() -> ExportTraceServiceRequest:
    """The same export in the other form."""
    made = ExportTraceServiceRequest()
    (told,) = EXPORT["resourceSpans"][0]["scopeSpans"][0]["spans"]
    span = made.resource_spans.add().scope_spans.add().spans.add()
    span.trace_id, span.span_id = bytes.fromhex(told["traceId"]), bytes.fromhex(told["spanId"])
    span.start_time_unix_nano = int(told["startTimeUnixNano"])
    for attribute in told["attributes"]:
        put(span.attributes.add(), attribute)
    event = span.events.add(name=told["events"][0]["name"], time_unix_nano=int(told["events"][0]["timeUnixNano"]))
    for attribute in told["events"][0]["attributes"]:
        put(event.attributes.add(), attribute)
    return made


NAMES = {"stringValue": "string_value", "boolValue": "bool_value", "doubleValue": "double_value"}


def put(attribute: Any, told: dict[str, Any]) -> None:
    """One attribute of the JSON form in protobuf's."""
    attribute.key = told["key"]
    for kind, value in told["value"].items():
        setattr(attribute.value, NAMES[kind], value)


def test_over_its_rate_a_key_is_told_when_to_come_back(shop: Project, limited: str) -> None:
    headers = {"Authorization": f"Bearer {cast.key(shop)}"}
    answers = [httpx.get(f"{limited}/api/v1/interactions", headers=headers) for _ in range(5)]
    assert problem(answers[-1], 429)["errors"] == []
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 86_400
