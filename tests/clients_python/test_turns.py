"""A client from the environment, a turn as a block of code, and signals that do not exist."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from flywheel_client import AsyncClient, Client, InvalidEvent, current_interaction, running_turn
from tests.clients_python.stub_server import Stub


def kept(stub: Stub, client: Client) -> list[dict[str, Any]]:
    """The interactions that the server has."""
    client.flush()
    return [json.loads(body) for body in stub.state.interactions.values()]


def test_a_client_finds_its_server_in_the_environment(stub: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLYWHEEL_ENDPOINT", stub.url)
    monkeypatch.setenv("FLYWHEEL_KEY", stub.key)
    with Client(flush_interval=0.01) as client:
        assert client.record(question="Q", answer="A").stored


@pytest.mark.parametrize("missing", ["FLYWHEEL_ENDPOINT", "FLYWHEEL_KEY"])
def test_a_missing_setting_is_named(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLYWHEEL_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("FLYWHEEL_KEY", "k")
    monkeypatch.delenv(missing)
    for kind in (Client, AsyncClient):
        with pytest.raises(ValueError, match=missing):
            kind()


def test_a_turn_is_captured_when_its_block_ends(stub: Stub, client: Client) -> None:
    with client.turn("Is it open?", subject="u", session="s") as turn:
        assert current_interaction() == turn.id and running_turn() is turn
        turn.sources.append({"title": "Hours", "text": "Open."})
        turn.say("Yes")
        turn.say(", until six.")
        assert kept(stub, client) == []
    assert running_turn() is None
    turn.feedback("thumbs_up", subject="u")
    [body] = kept(stub, client)
    assert (body["id"], body["question"], body["answer"]) == (turn.id, "Is it open?", "Yes, until six.")
    assert (body["subject"], body["session"], body["sources"][0]["title"]) == ("u", "s", "Hours")
    assert [json.loads(raw)["interaction"] for raw in stub.state.feedback.values()] == [turn.id]


def test_a_turn_that_fails_keeps_what_it_had_said_and_its_error(stub: Stub, client: Client) -> None:
    def fail(*said: str) -> None:
        with client.turn("Q") as turn:
            for text in said:
                turn.say(text)
            raise KeyError("x")

    for said in (["So far"], []):
        with pytest.raises(KeyError):
            fail(*said)
    [body] = kept(stub, client)
    assert (body["answer"], body["metadata"]) == ("So far", {"cut": "failed"})
    assert client.stats().refused == 0


def test_a_turn_without_an_answer_is_counted(stub: Stub, client: Client) -> None:
    with client.turn("Q"):
        pass
    assert client.stats().reasons == {"the turn ended without an answer": 1}
    with Client(stub.url, stub.key, raise_errors=True) as strict, pytest.raises(InvalidEvent), strict.turn("Q"):
        pass


def test_turns_of_tasks_do_not_meet(stub: Stub) -> None:
    async def ask(client: AsyncClient, name: str) -> None:
        async with client.turn(f"Q{name}") as turn:
            await asyncio.sleep(0)
            assert running_turn() is turn
            turn.answer = f"A{name}"

    async def use() -> None:
        async with AsyncClient(stub.url, stub.key, flush_interval=0.01) as client:
            await asyncio.gather(*(ask(client, str(number)) for number in range(20)))

    asyncio.run(use())
    bodies = [json.loads(body) for body in stub.state.interactions.values()]
    assert {(body["question"], body["answer"]) for body in bodies} == {(f"Q{n}", f"A{n}") for n in range(20)}


def test_an_unknown_signal_is_refused_by_its_name(stub: Stub) -> None:
    with Client(stub.url, stub.key, raise_errors=True) as client:
        with pytest.raises(InvalidEvent, match=r"no such signal: thumbsup\. There are: thumbs_up, thumbs_down, edit"):
            client.feedback("i", "thumbsup")  # type: ignore[arg-type]
        with pytest.raises(InvalidEvent) as refused:
            client.feedback("i", "Anna said it is good")  # type: ignore[arg-type]
        assert "Anna" not in str(refused.value)
        with pytest.raises(InvalidEvent, match="correction"):
            client.feedback("i", "edit")
    assert stub.state.feedback == {}
