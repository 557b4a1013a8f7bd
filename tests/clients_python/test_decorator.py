"""A decorated agent function is captured, and behaves as before."""

from __future__ import annotations

import asyncio
import gc
import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator, Iterator
from typing import Any

import pytest

from flywheel_client import AsyncClient, Client, QueueFull, Stats, current_interaction
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
    client.flush()
    answers = sorted(json.loads(body)["answer"] for body in stub.state.interactions.values())
    assert answers == ["one two", "three four"]


def cuts(stub: Stub) -> list[tuple[str, Any]]:
    """Each stored answer, and how it was cut."""
    held = [json.loads(body) for body in stub.state.interactions.values()]
    return sorted((body["answer"], (body.get("metadata") or {}).get("cut")) for body in held)


def talking(client: Client, fails: bool = False) -> Callable[[str], Generator[str, Any, str]]:
    @client.capture(metadata={"page": "faq"})
    def stream(question: str) -> Generator[str, Any, str]:
        heard = yield "one "
        yield heard or "two "
        if fails:
            raise KeyError(question)
        yield "three"
        return "the end"

    return stream  # type: ignore[no-any-return]


def closed(stream: Generator[str, Any, str]) -> None:
    next(stream)
    stream.close()


def abandoned(stream: Generator[str, Any, str]) -> None:
    next(stream)
    del stream
    gc.collect()


def broken_off_by_the_consumer(stream: Generator[str, Any, str]) -> None:
    for _ in stream:
        raise KeyError


@pytest.mark.parametrize("stop", [closed, abandoned, broken_off_by_the_consumer])
def test_a_stopped_stream_is_captured_with_what_it_had_said(
    client: Client, stub: Stub, stop: Callable[[Generator[str, Any, str]], None]
) -> None:
    try:
        stop(talking(client)("Q"))
    except KeyError as error:
        error.__traceback__ = None  # it holds the stream, as a report of it would not
    gc.collect()
    client.flush()
    assert cuts(stub) == [("one ", "closed")]
    assert json.loads(next(iter(stub.state.interactions.values())))["metadata"]["page"] == "faq"
    assert client.stats() == Stats(offered=1, delivered=1) and client.stats().cut == 1


def test_a_stream_that_fails_is_captured_and_its_error_reaches_the_caller(client: Client, stub: Stub) -> None:
    with pytest.raises(KeyError):
        list(talking(client, fails=True)("Q"))
    thrown = talking(client)("Q")
    next(thrown)
    with pytest.raises(ZeroDivisionError):
        thrown.throw(ZeroDivisionError())
    client.flush()
    assert cuts(stub) == [("one ", "failed"), ("one two ", "failed")]


def test_a_stream_sends_throws_and_returns_as_if_it_were_not_captured(client: Client, stub: Stub) -> None:
    @client.capture()
    def stream(question: str) -> Generator[str, Any, str]:
        try:
            heard = yield "one "
        except KeyError:
            heard = yield "caught "
        yield heard
        return "the end"

    def through(question: str) -> Generator[str, Any, str]:
        return (yield from stream(question))

    made = through("Q")
    assert (next(made), made.throw(KeyError("x")), made.send("sent")) == ("one ", "caught ", "sent")
    with pytest.raises(StopIteration) as ended:
        next(made)
    client.flush()
    assert ended.value.value == "the end"
    assert cuts(stub) == [("one caught sent", None)]


def test_a_stream_captured_twice_is_cut_twice_and_each_capture_is_whole(client: Client, stub: Stub) -> None:
    outer = client.capture()(talking(client))
    stream = outer("Q")
    next(stream)
    stream.close()
    client.flush()
    assert cuts(stub) == [("one ", "closed")] * 2
    assert client.stats().cut == 2


def test_a_stream_that_had_said_nothing_is_counted_and_not_captured(client: Client, stub: Stub) -> None:
    @client.capture()
    def stream(question: str) -> Iterator[str]:
        yield ""
        raise KeyError(question)

    with pytest.raises(KeyError):
        list(stream("Q"))
    client.flush()
    assert (client.stats(), client.stats().cut, cuts(stub)) == (Stats(), 1, [])


def test_a_stream_that_a_plain_function_returns_is_captured_too(client: Client, stub: Stub) -> None:
    whole = client.capture()(lambda question: (part for part in ("one ", "two")))

    async def parts() -> AsyncIterator[str]:
        yield "three "
        yield "four"

    @client.capture()
    async def astream(question: str) -> AsyncIterator[str]:
        return parts()

    async def use() -> None:
        stream = await astream("Q")
        await anext(stream)
        await stream.aclose()

    assert list(whole("Q")) == ["one ", "two"]
    asyncio.run(use())
    client.flush()
    assert cuts(stub) == [("one two", None), ("three ", "closed")]


def test_with_raise_errors_a_lost_cut_hides_no_error_of_the_agent(stub: Stub) -> None:
    client = Client(stub.url, stub.key, raise_errors=True, max_queue=1, when_full="refuse", flush_interval=60)
    client.interaction(question="Q", answer="A")
    with pytest.raises(KeyError):
        list(talking(client, fails=True)("Q"))
    with pytest.raises(QueueFull):
        client.interaction(question="Q", answer="A")
    assert client.stats().dropped == 2
    with pytest.raises(Exception, match="1 dropped"):
        client.close()


async def aclosed(stream: AsyncGenerator[str, Any]) -> None:
    await anext(stream)
    await stream.aclose()


async def left_to_the_loop(stream: AsyncGenerator[str, Any]) -> None:
    async for _ in stream:
        break
    del stream
    await asyncio.sleep(0.01)


async def left_when_the_loop_ends(stream: AsyncGenerator[str, Any]) -> None:
    await anext(stream)


async def cancelled(stream: AsyncGenerator[str, Any]) -> None:
    async def reads() -> None:
        async for _ in stream:
            pass

    task = asyncio.create_task(reads())
    await asyncio.sleep(0.02)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def thrown(stream: AsyncGenerator[str, Any]) -> None:
    await anext(stream)
    with pytest.raises(ZeroDivisionError):
        await stream.athrow(ZeroDivisionError())


async def timed_out(stream: AsyncGenerator[str, Any]) -> None:
    async def reads() -> None:
        async for _ in stream:
            pass

    with pytest.raises(TimeoutError):
        await asyncio.wait_for(reads(), 0.02)


@pytest.mark.parametrize(
    ("stop", "how"),
    [
        (aclosed, "closed"),
        (left_to_the_loop, "closed"),
        (left_when_the_loop_ends, "cancelled"),
        (cancelled, "cancelled"),
        (timed_out, "cancelled"),
        (thrown, "failed"),
    ],
)
def test_a_stopped_asynchronous_stream_is_captured_and_closed(
    client: Client, stub: Stub, stop: Callable[[AsyncGenerator[str, Any]], Any], how: str
) -> None:
    released = []

    @client.capture()
    async def stream(question: str) -> AsyncGenerator[str, Any]:
        try:
            yield "one "
            await asyncio.sleep(5)
            yield "two"
        finally:
            released.append(question)

    asyncio.run(stop(stream("Q")))
    client.flush()
    assert (cuts(stub), released) == ([("one ", how)], ["Q"])
    assert client.stats().cut == 1


def test_an_asynchronous_stream_hears_what_it_is_sent(client: Client, stub: Stub) -> None:
    @client.capture()
    async def stream(question: str) -> AsyncGenerator[str, Any]:
        try:
            yield "one "
        except KeyError:
            yield str((yield "caught "))

    async def use() -> list[str]:
        made = stream("Q")
        return [await anext(made), await made.athrow(KeyError()), await made.asend("sent"), *[p async for p in made]]

    assert asyncio.run(use()) == ["one ", "caught ", "sent"]
    client.flush()
    assert cuts(stub) == [("one caught sent", None)]


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
