"""A decorated agent function is captured, and behaves as before."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from flywheel_client import AsyncClient, Client, Stats, current_interaction
from tests.clients_python.stub_server import Stub


def captured(stub: Stub, id: str | None) -> dict[str, Any]:
    assert id is not None
    held: dict[str, Any] = json.loads(stub.state.interactions[id])
    return held


def test_it_captures_a_function_and_tells_the_caller_the_id(client: Client, stub: Stub) -> None:
    inside = []

    @client.capture(subject=lambda question, *, user: user, agent={"name": "support"}, tags=["web"])
    def agent(question: str, *, user: str) -> str:
        """Answers."""
        inside.append(current_interaction())
        return question.upper()

    assert agent("why", user="u-1") == "WHY"
    id = current_interaction()
    assert inside == [id]
    client.flush()
    held = captured(stub, id)
    assert (held["question"], held["answer"], held["subject"]) == ("why", "WHY", "u-1")
    assert (held["agent"], held["tags"]) == ({"name": "support"}, ["web"])
    assert (agent.__name__, agent.__doc__) == ("agent", "Answers.")


def test_it_captures_a_coroutine_function(stub: Stub) -> None:
    async def use() -> tuple[str, str | None]:
        async with AsyncClient(stub.url, stub.key) as client:

            @client.capture(answer=lambda result: result["text"], sources=lambda result: result["read"])
            async def agent(prompt: str) -> dict[str, Any]:
                await asyncio.sleep(0)
                return {"text": "A", "read": [{"id": "d1"}]}

            return (await agent("Q"))["text"], current_interaction()

    answer, id = asyncio.run(use())
    assert answer == "A"
    held = captured(stub, id)
    assert (held["question"], held["answer"], held["sources"]) == ("Q", "A", [{"id": "d1"}])


def test_concurrent_calls_each_see_their_own_id(stub: Stub) -> None:
    async def use() -> list[tuple[str, str | None]]:
        async with AsyncClient(stub.url, stub.key) as client:

            @client.capture()
            async def agent(question: str) -> str:
                await asyncio.sleep(0.01)
                return question

            async def caller(question: str) -> tuple[str, str | None]:
                return await agent(question), current_interaction()

            return await asyncio.gather(*(caller(str(number)) for number in range(10)))

    pairs = asyncio.run(use())
    assert [captured(stub, id)["answer"] for _, id in pairs] == [answer for answer, _ in pairs]


def test_streams_are_captured_when_they_end(client: Client, stub: Stub) -> None:
    @client.capture()
    def stream(question: str) -> Iterator[str]:
        yield "one "
        yield "two"

    @client.capture()
    async def astream(question: str) -> AsyncIterator[str]:
        yield "three "
        yield "four"

    async def use() -> list[str]:
        return [part async for part in astream("Q")]

    assert list(stream("Q")) == ["one ", "two"]
    assert asyncio.run(use()) == ["three ", "four"]
    abandoned = stream("Q")
    next(abandoned)
    abandoned.close()
    client.flush()
    answers = sorted(json.loads(body)["answer"] for body in stub.state.interactions.values())
    assert answers == ["one two", "three four"]


def test_an_error_of_the_agent_passes_through_and_is_not_captured(client: Client) -> None:
    @client.capture()
    def agent(question: str) -> str:
        raise KeyError(question)

    with pytest.raises(KeyError):
        agent("Q")
    assert client.stats() == Stats()


def test_an_error_of_an_extractor_costs_the_capture_and_not_the_answer(client: Client) -> None:
    @client.capture(subject=lambda question: question.no_such_thing)
    def agent(question: str) -> str:
        return "A"

    @client.capture()
    def silent() -> None:
        return None

    assert agent("Q") == "A"
    assert silent() is None
    assert client.stats() == Stats(offered=2, refused=2)
