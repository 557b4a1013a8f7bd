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
    assert "4111" not in caplog.text


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
    assert time.monotonic() - began < 2
    assert client.stats() == Stats(offered=1, dropped=1, retries=client.stats().retries)
    assert "4111" not in caplog.text
    assert "1 events dropped" in caplog.text


def test_lone_surrogates_cost_a_letter_and_not_the_event(client: Client, stub: Stub) -> None:
    id = client.interaction(question="half \ud83d", answer="ü 😀")
    assert client.flush()
    assert json.loads(stub.state.interactions[id])["question"] == "half ?"
    assert json.loads(stub.state.interactions[id])["answer"] == "ü 😀"


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
