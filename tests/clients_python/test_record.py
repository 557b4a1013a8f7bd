"""`record` answers within its time, and hands over to the queue where the server does not."""

from __future__ import annotations

import asyncio
import gc
import time
import warnings

import pytest

from flywheel_client import ApiError, AsyncClient, Client, Stats, Unreachable
from flywheel_client.calls import Recorded
from tests.clients_python.stub_server import Fault, Stub


def test_it_tries_again_and_stores_once(client: Client, stub: Stub) -> None:
    stub.state.faults = [Fault(after=True), Fault(503)]
    recorded = client.record(question="Q", answer="A")
    assert recorded.stored
    assert list(stub.state.interactions) == [recorded.id]
    assert client.stats() == Stats(offered=1, delivered=1)


def test_what_could_not_be_recorded_in_time_is_queued_under_the_same_id(stub: Stub) -> None:
    client = Client(stub.url, stub.key, timeout=0.5, flush_interval=0.01)
    stub.state.faults = [Fault(503, retry_after="60")]
    began = time.monotonic()
    recorded = client.record(question="Q", answer="A")
    assert time.monotonic() - began < 20
    assert (recorded.stored, recorded.reason, recorded.feedback_token) == (False, "queued", None)
    assert client.flush()
    assert list(stub.state.interactions) == [recorded.id]
    assert client.stats().delivered == 1
    client.close()


def test_what_the_server_refuses_is_not_queued(client: Client, stub: Stub) -> None:
    stub.state.faults = [Fault(422)]
    assert client.record(question="Q", answer="A").reason == "refused"
    assert client.record(question=1, answer="A").reason == "refused"  # type: ignore[arg-type]
    assert client.stats() == Stats(offered=2, refused=2)


def test_with_raise_errors_it_raises(stub: Stub) -> None:
    with Client(stub.url, "fw_revoked", raise_errors=True) as client, pytest.raises(ApiError):
        client.record(question="Q", answer="A")


def test_unreachable_raises_from_calls_whose_caller_must_know() -> None:
    with Client("http://127.0.0.1:9", "k") as client, pytest.raises(Unreachable):
        client.privacy_request("somebody", "erasure")


def test_the_asynchronous_one_behaves_alike(stub: Stub) -> None:
    async def use() -> tuple[Recorded, Recorded, Stats]:
        async with AsyncClient(stub.url, stub.key, timeout=10, flush_interval=0.01) as client:
            stub.state.faults = [Fault(after=True)]
            first = await client.record(question="Q", answer="A")
            stub.state.faults = [Fault(429, retry_after="60")]
            second = await client.record(question="Q", answer="A")
            await client.flush()
            return first, second, client.stats()

    first, second, stats = asyncio.run(use())
    assert (first.stored, second.reason) == (True, "queued")
    assert set(stub.state.interactions) == {first.id, second.id}
    assert stats == Stats(offered=2, delivered=2)


def test_one_asynchronous_client_serves_several_loops(stub: Stub) -> None:
    client = AsyncClient(stub.url, stub.key)

    async def use() -> bool:
        return (await client.record(question="Q", answer="A")).stored

    with warnings.catch_warnings():
        # Nothing can close a connection of a loop that has ended but the collector, which warns of it.
        warnings.simplefilter("ignore", ResourceWarning)
        assert [asyncio.run(use()) for _ in range(3)] == [True, True, True]
        asyncio.run(client.close())
        gc.collect()
