"""Queued events reach the server once, whatever happens on the way."""

from __future__ import annotations

import json
import logging
import threading
import time

import pytest

from flywheel_client import Client, DeliveryFailed, InvalidEvent, QueueFull, Stats
from tests.clients_python.stub_server import Fault, Stub

SECRET = "my card is 4111 1111 1111 1111"


def offered_equals_its_parts(stats: Stats) -> bool:
    parts = stats.pending + stats.delivered + stats.not_consented + stats.refused + stats.dropped
    return stats.offered == parts


def test_it_delivers_interactions_and_feedback(client: Client, stub: Stub) -> None:
    id = client.interaction(question="Q", answer="A", subject="u1", tags=["t"], agent={"name": "bot"})
    client.feedback(id, "edit", correction="B", subject="u1")
    assert client.flush()
    stored = json.loads(stub.state.interactions[id])
    assert (stored["question"], stored["answer"], stored["tags"]) == ("Q", "A", ["t"])
    assert json.loads(next(iter(stub.state.feedback.values())))["correction"] == "B"
    assert client.stats() == Stats(offered=2, delivered=2)


def test_a_connection_dropped_after_the_commit_stores_the_event_once(client: Client, stub: Stub) -> None:
    stub.state.faults = [Fault(after=True)]
    id = client.interaction(question="Q", answer="A")
    assert client.flush()
    first, second = stub.state.seen("/api/v1/batch")
    assert first[3] == second[3]
    assert list(stub.state.interactions) == [id]
    assert client.stats() == Stats(offered=1, delivered=1, retries=1)


def test_it_waits_as_long_as_a_429_asks(client: Client, stub: Stub) -> None:
    stub.state.faults = [Fault(429, retry_after="1")]
    client.interaction(question="Q", answer="A")
    assert client.flush()
    first, second = stub.state.seen("/api/v1/batch")
    assert second[4] - first[4] >= 1.0


def test_it_tries_again_after_503_and_after_no_answer_at_all(client: Client, stub: Stub) -> None:
    stub.state.faults = [Fault(503), Fault(), Fault(502)]
    client.interaction(question="Q", answer="A")
    assert client.flush()
    assert client.stats() == Stats(offered=1, delivered=1, retries=3)


def test_an_unreadable_success_is_not_taken_for_delivery(client: Client, stub: Stub) -> None:
    stub.state.faults = [Fault(200, body=b"<html>a proxy's page</html>"), Fault(200, body=b'{"results": []}')]
    id = client.interaction(question="Q", answer="A")
    assert client.flush()
    assert id in stub.state.interactions
    assert client.stats().retries == 2


def test_it_counts_each_result_of_a_batch_for_itself(stub: Stub) -> None:
    client = Client(stub.url, stub.key, flush_interval=60)
    client.interaction(question="Q", answer="A", id="mine")
    client.interaction(question="Q", answer="another", id="mine")
    client.interaction(question="Q", answer="A", consent={"capture": False})
    client.interaction(question="", answer="A")
    assert client.flush()
    assert client.stats() == Stats(offered=4, delivered=1, not_consented=1, refused=2)
    client.close()


def test_items_that_may_succeed_later_are_sent_again_alone(stub: Stub) -> None:
    client = Client(stub.url, stub.key, flush_interval=60)
    body = b'{"results": [{"status": 201, "id": "a"}, {"status": 503}]}'
    stub.state.faults = [Fault(200, body=body)]
    client.interaction(question="Q", answer="A", id="a")
    client.interaction(question="Q", answer="A", id="b")
    assert client.flush()
    assert list(stub.state.interactions) == ["b"]
    assert client.stats() == Stats(offered=2, delivered=2, retries=1)
    client.close()


def test_a_revoked_key_refuses_without_trying_for_ever(stub: Stub) -> None:
    client = Client(stub.url, "fw_revoked", flush_interval=0)
    client.interaction(question="Q", answer="A")
    assert client.flush(5)
    assert client.stats() == Stats(offered=1, refused=1)
    client.close()


def test_a_batch_too_large_for_the_server_is_cut_until_it_fits(stub: Stub) -> None:
    stub.state.body_limit = 3_000
    client = Client(stub.url, stub.key, flush_interval=60)
    for number in range(8):
        client.interaction(question="Q", answer="x" * (900 if number != 3 else 5_000))
    assert client.flush()
    assert client.stats().delivered == 7
    assert client.stats().refused == 1
    client.close()


def test_one_event_that_the_server_fails_on_does_not_take_its_neighbours_along(
    stub: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flywheel_client.retries.Backoff.delay", lambda self, attempt: 0.001)
    stub.state.poison = b"poison"
    client = Client(stub.url, stub.key, flush_interval=60)
    for number in range(20):
        client.interaction(question="Q", answer="poison" if number == 7 else "A")
    assert client.flush()
    assert (client.stats().delivered, client.stats().refused) == (19, 1)
    client.close()


@pytest.mark.parametrize(
    ("status", "bad"),
    [(400, {3}), (400, {0, 7}), (400, {2, 3, 4}), (400, set(range(8))), (406, {5}), (413, {5}), (422, {5})],
)
def test_one_event_that_refuses_a_whole_batch_does_not_take_its_neighbours_along(
    stub: Stub, status: int, bad: set[int], caplog: pytest.LogCaptureFixture
) -> None:
    stub.state.poison, stub.state.poison_status = b"poison", status
    client = Client(stub.url, stub.key, flush_interval=0.01, batch_size=8)
    for number in range(8):
        client.interaction(question=SECRET, answer="poison" if number in bad else "A")
    assert client.flush()
    assert client.stats() == Stats(offered=8, delivered=8 - len(bad), refused=len(bad), retries=client.stats().retries)
    assert client.stats().reasons == {f"{status} poison": len(bad)}
    assert "poison" in caplog.text and "4111 1111" not in caplog.text
    client.close()


@pytest.mark.parametrize("status", [401, 403, 404, 301])
def test_a_refusal_that_no_event_is_the_cause_of_is_not_taken_apart(stub: Stub, status: int) -> None:
    stub.state.faults = [Fault(status)]
    client = Client(stub.url, stub.key, flush_interval=60)
    for _ in range(20):
        client.interaction(question="Q", answer="A")
    assert client.flush()
    assert client.stats() == Stats(offered=20, refused=20)
    assert client.stats().reasons == {str(status): 20}
    client.close()


def test_the_reason_of_each_refused_item_is_counted(client: Client) -> None:
    client.interaction(question="", answer="A")
    client.interaction(question=3, answer="A")  # type: ignore[arg-type]
    assert client.flush()
    assert client.stats().reasons == {"400 required": 1, "unsendable": 1}


def test_batches_keep_to_a_thousand_items_and_a_megabyte(stub: Stub) -> None:
    client = Client(stub.url, stub.key, batch_size=1000, flush_interval=60)
    for _ in range(2_500):
        client.interaction(question="Q" * 800, answer="A")
    assert client.flush()
    batches = [request[3] for request in stub.state.seen("/api/v1/batch")]
    assert max(len(body) for body in batches) < 1_100_000
    assert max(len(json.loads(body)["items"]) for body in batches) <= 1000
    assert len(stub.state.interactions) == 2_500
    client.close()


def test_a_full_queue_gives_up_its_oldest_and_counts_them(stub: Stub) -> None:
    client = Client(stub.url, stub.key, max_queue=10, flush_interval=60, batch_size=100)
    ids = [client.interaction(question="Q", answer=str(number)) for number in range(25)]
    assert client.stats() == Stats(offered=25, pending=10, dropped=15)
    assert client.flush()
    assert sorted(stub.state.interactions) == sorted(ids[15:])
    client.close()


def test_a_full_queue_can_refuse_instead(stub: Stub) -> None:
    client = Client(stub.url, stub.key, max_queue=10, flush_interval=60, when_full="refuse")
    ids = [client.interaction(question="Q", answer=str(number)) for number in range(25)]
    assert client.flush()
    assert sorted(stub.state.interactions) == sorted(ids[:10])
    client.close()


def test_the_bound_holds_in_bytes_too_and_while_the_server_hangs(stub: Stub) -> None:
    stub.state.gate.clear()
    client = Client(stub.url, stub.key, max_queue_bytes=50_000, flush_interval=0, timeout=5)
    for _ in range(200):
        client.interaction(question="Q", answer="x" * 1_000)
    stats = client.stats()
    assert stats.pending <= 50
    assert stats.dropped >= 150
    assert offered_equals_its_parts(stats)
    stub.state.gate.set()
    assert client.flush()
    assert offered_equals_its_parts(client.stats())
    client.close()


def test_nothing_raises_into_the_product(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    class Odd:
        def __repr__(self) -> str:
            return SECRET

    assert client.interaction(question=None, answer=SECRET)  # type: ignore[arg-type]
    assert client.interaction(question=SECRET, answer="A", metadata={"odd": Odd()})
    assert client.interaction(question=SECRET, answer="A", metadata={"nan": float("nan")})
    assert client.feedback("", "thumbs_up")
    loop: list[object] = []
    loop.append(loop)
    assert client.interaction(question=SECRET, answer="A", metadata={"loop": loop})
    assert client.stats() == Stats(offered=5, refused=5)
    assert "4111 1111" not in caplog.text


def test_with_raise_errors_what_is_lost_is_raised(stub: Stub) -> None:
    client = Client(stub.url, stub.key, raise_errors=True, max_queue=1, when_full="refuse", flush_interval=60)
    with pytest.raises(InvalidEvent):
        client.interaction(question=None, answer="A")  # type: ignore[arg-type]
    client.interaction(question="", answer="A")
    with pytest.raises(QueueFull):
        client.interaction(question="Q", answer="A")
    with pytest.raises(DeliveryFailed) as caught:
        client.flush()
    assert (caught.value.refused, caught.value.dropped) == (1, 0)
    assert (client.stats().refused, client.stats().dropped) == (2, 1)
    client.close()


def test_an_unreachable_server_does_not_hold_up_the_end(caplog: pytest.LogCaptureFixture) -> None:
    client = Client("http://127.0.0.1:9", "key", exit_timeout=0.3)
    client.interaction(question=SECRET, answer=SECRET, subject=SECRET)
    with caplog.at_level(logging.DEBUG):
        began = time.monotonic()
        client.close()
    assert time.monotonic() - began < 4  # 5 seconds are what it has where nothing is said
    assert client.stats() == Stats(offered=1, dropped=1, retries=client.stats().retries)
    assert "4111 1111" not in caplog.text
    assert "1 events dropped" in caplog.text


def test_lone_surrogates_cost_a_letter_and_not_the_event(client: Client, stub: Stub) -> None:
    id = client.interaction(question="half \ud83d", answer="ü 😀")
    assert client.flush()
    assert json.loads(stub.state.interactions[id])["question"] == "half ?"
    assert json.loads(stub.state.interactions[id])["answer"] == "ü 😀"


def nested(levels: int) -> object:
    made: object = "end"
    for _ in range(levels):
        made = [made]
    return made


def test_a_nul_costs_a_letter_and_not_the_event(client: Client, stub: Stub) -> None:
    fields = {"a\0b": ["c\0d", {"e": "\ud800"}]}
    id = client.interaction(question="one\0two", answer="A\\u0000", metadata=fields, context=({"role": "x\0"},))
    assert client.flush()
    held = json.loads(stub.state.interactions[id])
    assert (held["question"], held["answer"]) == ("one?two", "A\\u0000")
    assert (held["metadata"], held["context"]) == ({"a?b": ["c?d", {"e": "?"}]}, [{"role": "x?"}])


@pytest.mark.parametrize(
    "fields",
    [
        {"subject": "u\0"},
        {"subject": "u\ud800"},
        {"id": "a\0b"},
        {"metadata": {"n": 2**64}},
        {"metadata": {"n": -(2**63) - 1}},
        {"metadata": {"n": 1e300}},
        {"metadata": {"n": [float("inf")]}},
        {"metadata": {"deep": nested(31)}},
        {"metadata": {"deep": nested(100_000)}},
    ],
)
def test_what_the_server_cannot_store_is_refused_here_and_its_field_named(
    client: Client, stub: Stub, fields: dict[str, object], caplog: pytest.LogCaptureFixture
) -> None:
    client.interaction(question=SECRET, answer="A", **fields)  # type: ignore[arg-type]
    assert client.stats() == Stats(offered=1, refused=1)
    assert next(iter(fields)) in caplog.text and "4111 1111" not in caplog.text


def test_what_the_server_can_just_store_is_sent(client: Client, stub: Stub) -> None:
    fields = {"n": [2**64 - 1, -(2**63), True, None, 0.5], "deep": nested(29)}
    id = client.interaction(question="Q", answer="A", metadata=fields)
    assert client.flush()
    assert json.loads(stub.state.interactions[id])["metadata"] == fields


def test_no_other_person_is_named_in_a_subjects_place(client: Client, stub: Stub) -> None:
    with pytest.raises(InvalidEvent, match="subject"):
        client.consent("u\ud800", {"capture": True})
    with pytest.raises(InvalidEvent, match="subject"):
        client.privacy_request("u\0", "erasure")
    with pytest.raises(InvalidEvent, match="subject"):
        client.privacy_link("u\ud800")
    assert stub.state.requests == []


@pytest.mark.parametrize("end", ["/", "//", "/api/v1", "/api/v1/", " "])
def test_an_endpoint_is_understood_with_what_people_paste_behind_it(stub: Stub, end: str) -> None:
    with Client(stub.url + end, stub.key, flush_interval=0) as client:
        client.interaction(question="Q", answer="A")
    assert client.stats().delivered == 1


def test_a_proxy_for_the_world_is_not_asked_for_our_own_machine(stub: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    with Client(stub.url, stub.key, flush_interval=0) as client:
        client.interaction(question="Q", answer="A")
        assert client.record(question="Q", answer="A").stored
    assert client.stats().delivered == 2


def test_flush_waits_for_what_is_queued_by_then_under_a_steady_stream(stub: Stub) -> None:
    client = Client(stub.url, stub.key, flush_interval=0, batch_size=5)
    for _ in range(5):
        client.interaction(question="Q", answer="A")
    stopped = False

    def stream() -> None:
        while not stopped:
            client.interaction(question="Q", answer="A")
            time.sleep(0.0005)

    thread = threading.Thread(target=stream)
    thread.start()
    try:
        assert client.flush(10)
    finally:
        stopped = True
        thread.join()
        client.close(timeout=0.1)
    assert offered_equals_its_parts(client.stats())


@pytest.mark.parametrize(
    "wrong",
    [
        {"endpoint": "flywheel.example.com"},
        {"endpoint": "https://flywheel.example.com/?key=1"},
        {"endpoint": "https://flywheel.example.com:port"},
        {"key": " "},
        {"batch_size": 1001},
        {"timeout": 0},
        {"max_queue": 0},
    ],
)
def test_a_misconfigured_client_is_refused_at_once(wrong: dict[str, object]) -> None:
    arguments: dict[str, object] = {"endpoint": "https://flywheel.example.com", "key": "k", **wrong}
    with pytest.raises(ValueError, match=r"."):
        Client(**arguments)  # type: ignore[arg-type]


def test_the_key_is_not_shown() -> None:
    assert "fw_secret" not in repr(Client("https://flywheel.example.com", "fw_secret"))
