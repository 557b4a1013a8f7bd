"""The wrappers of model SDKs and the LangChain callback. The SDKs themselves where they are installed (`peers`)."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace as Thing
from typing import Any

import pytest

from flywheel_client import Client
from flywheel_client.integrations import anthropic, openai
from tests.clients_python.stub_server import Stub

ASKED = [
    {"role": "system", "content": "You help."},
    {"role": "user", "content": "Hello"},
    {"role": "assistant", "content": "Hi!"},
    {"role": "user", "content": [{"type": "text", "text": "Is it open?"}]},
]
COMPLETION = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 1,
    "model": "gpt-4o-mini",
    "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "Yes."}}],
}
CALL = {
    **COMPLETION,
    "id": "chatcmpl-0",
    "choices": [
        {
            "index": 0,
            "finish_reason": "tool_calls",
            "message": {
                "role": "assistant",
                "content": "Let me look.",
                "tool_calls": [{"id": "t", "type": "function", "function": {"name": "hours", "arguments": "{}"}}],
            },
        }
    ],
}
CHUNKS = [
    {
        "id": "chatcmpl-2",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "gpt-4o-mini",
        "choices": [{"index": 0, "delta": {"role": "assistant", "content": text}, "finish_reason": None}],
    }
    for text in ("Ye", "s.")
]
RESPONSE = {
    "id": "resp_1",
    "object": "response",
    "created_at": 1,
    "model": "gpt-4o-mini",
    "status": "completed",
    "parallel_tool_calls": True,
    "tool_choice": "auto",
    "tools": [],
    "output": [
        {
            "type": "message",
            "id": "m",
            "role": "assistant",
            "status": "completed",
            "content": [{"type": "output_text", "text": "Yes.", "annotations": []}],
        }
    ],
}
MESSAGE = {
    "id": "msg_1",
    "type": "message",
    "role": "assistant",
    "model": "claude",
    "stop_reason": "end_turn",
    "stop_sequence": None,
    "content": [{"type": "text", "text": "Yes."}],
    "usage": {"input_tokens": 1, "output_tokens": 1},
}
EVENTS = [
    {"type": "message_start", "message": {**MESSAGE, "id": "msg_2", "content": []}},
    {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Ye"}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "s."}},
    {"type": "content_block_stop", "index": 0},
    {"type": "message_stop"},
]


def thing(value: Any) -> Any:
    """The value as an SDK's objects have it."""
    if isinstance(value, dict):
        return Thing(**{name: thing(inner) for name, inner in value.items()})
    return [thing(each) for each in value] if isinstance(value, list) else value


def stand_in(*answers: Any) -> Any:
    """A client that looks like those of the SDKs, and gives these answers."""
    left = iter(answers)

    def create(**given: Any) -> Any:
        assert "flywheel" not in given
        answer = next(left)
        if isinstance(answer, Exception):
            raise answer
        return iter([thing(each) for each in answer]) if given.get("stream") else thing(answer)

    return Thing(
        chat=Thing(completions=Thing(create=create)), responses=Thing(create=create), messages=Thing(create=create)
    )


def kept(stub: Stub, client: Client) -> list[dict[str, Any]]:
    client.flush()
    return [json.loads(body) for body in stub.state.interactions.values()]


def test_a_completion_is_an_interaction_under_the_id_of_its_response(stub: Stub, client: Client) -> None:
    llm = openai.wrap(stand_in(COMPLETION), client, subject="u", agent={"name": "shop"})
    assert (
        llm.chat.completions.create(model="m", messages=ASKED, flywheel={"session": "s"}).choices[0].message.content
        == "Yes."
    )
    [body] = kept(stub, client)
    assert (body["id"], body["question"], body["answer"]) == ("chatcmpl-1", "Is it open?", "Yes.")
    assert [turn["role"] for turn in body["context"]] == ["system", "user", "assistant"]
    assert (body["subject"], body["session"], body["agent"]) == ("u", "s", {"model": "gpt-4o-mini", "name": "shop"})


def test_a_call_of_a_tool_is_a_step_of_the_turn_that_it_serves(stub: Stub, client: Client) -> None:
    llm = openai.wrap(stand_in(CALL, COMPLETION), client)
    llm.chat.completions.create(model="m", messages=ASKED, user="u-9")
    llm.chat.completions.create(
        model="m",
        messages=[*ASKED, {"role": "assistant", "tool_calls": []}, {"role": "tool", "content": "{}"}],
        user="u-9",
    )
    [body] = kept(stub, client)
    assert (body["question"], body["answer"], body["subject"]) == ("Is it open?", "Yes.", "u-9")


def test_within_a_turn_no_call_is_an_interaction_by_itself(stub: Stub, client: Client) -> None:
    rewritten = {
        **COMPLETION,
        "id": "chatcmpl-9",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": "opening hours"}}],
    }
    llm = openai.wrap(stand_in(rewritten, COMPLETION), client)
    with client.turn("open?") as turn:
        llm.chat.completions.create(model="m", messages=[{"role": "user", "content": "Rewrite: open?"}])
        llm.chat.completions.create(model="m", messages=ASKED)
    [body] = kept(stub, client)
    assert (body["id"], body["question"], body["answer"], body["agent"]) == (
        turn.id,
        "open?",
        "Yes.",
        {"model": "gpt-4o-mini"},
    )


def test_a_stream_is_captured_when_it_ends_or_is_left(stub: Stub, client: Client) -> None:
    llm = openai.wrap(stand_in(CHUNKS, CHUNKS), client)
    whole = llm.chat.completions.create(model="m", messages=ASKED, stream=True)
    assert len(list(whole)) == 2
    for _ in llm.chat.completions.create(model="m", messages=ASKED, stream=True, flywheel={"id": "left"}):
        break
    bodies = {body["id"]: body for body in kept(stub, client)}
    assert bodies["chatcmpl-2"]["answer"] == "Yes." and "metadata" not in bodies["chatcmpl-2"]
    assert (bodies["left"]["answer"], bodies["left"]["metadata"]) == ("Ye", {"cut": "closed"})


def test_the_sdks_own_errors_reach_their_caller_and_nothing_is_captured(stub: Stub, client: Client) -> None:
    llm = openai.wrap(stand_in(ValueError("rate")), client)
    with pytest.raises(ValueError, match="rate"):
        llm.chat.completions.create(model="m", messages=ASKED)
    assert kept(stub, client) == [] and client.stats().refused == 0


def test_what_cannot_be_read_is_counted_and_the_answer_arrives(stub: Stub, client: Client) -> None:
    llm = openai.wrap(stand_in(COMPLETION), client, subject=lambda given: 1 / 0)
    assert llm.chat.completions.create(model="m", messages=ASKED).id == "chatcmpl-1"
    assert kept(stub, client) == [] and client.stats().reasons == {"the call could not be read": 1}


def test_responses_and_messages_of_anthropic_are_read_too(stub: Stub, client: Client) -> None:
    openai.wrap(stand_in(RESPONSE), client).responses.create(model="m", instructions="You help.", input="Is it open?")
    llm = anthropic.wrap(stand_in(MESSAGE, EVENTS), client)
    given: dict[str, Any] = {"model": "m", "system": "You help.", "messages": ASKED[1:], "metadata": {"user_id": "u"}}
    llm.messages.create(**given)
    assert len(list(llm.messages.create(**given, stream=True))) == len(EVENTS)
    bodies = kept(stub, client)
    assert {(body["id"], body["question"], body["answer"]) for body in bodies} == {
        (name, "Is it open?", "Yes.") for name in ("resp_1", "msg_1", "msg_2")
    }
    assert [body.get("subject") for body in bodies] == [None, "u", "u"]
    assert all(body["context"][0] == {"role": "system", "content": "You help."} for body in bodies)


@contextmanager
def model(*answers: Any) -> Iterator[str]:
    """The address of a server that gives these answers, a list as a stream of events."""
    left = iter(answers)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            answer = next(left)
            kind, body = "application/json", json.dumps(answer)
            if isinstance(answer, list):
                events = [(f"event: {each['type']}\n" if "type" in each else "", json.dumps(each)) for each in answer]
                kind, body = (
                    "text/event-stream",
                    "".join(f"{name}data: {text}\n\n" for name, text in events) + "data: [DONE]\n\n",
                )
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.peers
def test_the_real_openai_client_is_captured(stub: Stub, client: Client) -> None:
    sdk = pytest.importorskip("openai")
    more = ({**COMPLETION, "id": "c-3"}, [{**CHUNKS[0], "id": "c-4"}])
    with model(COMPLETION, CHUNKS, RESPONSE, *more) as address:
        llm = openai.wrap(sdk.OpenAI(api_key="k", base_url=address), client)
        llm.chat.completions.create(model="m", messages=ASKED)
        with llm.chat.completions.create(model="m", messages=ASKED, stream=True) as stream:
            assert "".join(each.choices[0].delta.content or "" for each in stream) == "Yes."
        assert llm.responses.create(model="m", input="Is it open?").output_text == "Yes."

        async def use() -> None:
            async with openai.wrap(sdk.AsyncOpenAI(api_key="k", base_url=address), client) as inner:
                await inner.chat.completions.create(model="m", messages=ASKED)
                async for _ in await inner.chat.completions.create(model="m", messages=ASKED, stream=True):
                    pass

        asyncio.run(use())
        llm.close()
    assert {body["id"]: body["answer"] for body in kept(stub, client)} == {
        "chatcmpl-1": "Yes.",
        "chatcmpl-2": "Yes.",
        "resp_1": "Yes.",
        "c-3": "Yes.",
        "c-4": "Ye",
    }


@pytest.mark.peers
def test_the_real_anthropic_client_is_captured(stub: Stub, client: Client) -> None:
    sdk = pytest.importorskip("anthropic")
    with model(MESSAGE, EVENTS) as address:
        llm = anthropic.wrap(sdk.Anthropic(api_key="k", base_url=address), client)
        given: dict[str, Any] = {"model": "m", "max_tokens": 9, "messages": ASKED[1:]}
        llm.messages.create(**given)
        for _ in llm.messages.create(**given, stream=True):
            pass
        llm.close()
    assert {body["id"]: body["answer"] for body in kept(stub, client)} == {"msg_1": "Yes.", "msg_2": "Yes."}


@pytest.mark.peers
def test_a_chain_of_langchain_is_one_interaction_with_its_sources(stub: Stub, client: Client) -> None:
    pytest.importorskip("langchain_core")
    from langchain_core.documents import Document
    from langchain_core.language_models.fake_chat_models import FakeListChatModel
    from langchain_core.output_parsers import StrOutputParser
    from langchain_core.prompts import ChatPromptTemplate
    from langchain_core.retrievers import BaseRetriever
    from langchain_core.runnables import RunnablePassthrough

    from flywheel_client.integrations.langchain import FlywheelCallback

    class Shelf(BaseRetriever):  # type: ignore[misc, unused-ignore]
        def _get_relevant_documents(self, query: str, *, run_manager: Any) -> list[Any]:
            return [Document("Open.", metadata={"title": "Hours", "source": "https://shop.example/hours"})]

    prompt = ChatPromptTemplate.from_messages([("system", "Use: {found}"), ("user", "Answer in one word: {question}")])
    chain = (
        {"found": Shelf(), "question": RunnablePassthrough()}
        | prompt
        | FakeListChatModel(responses=["Yes."])
        | StrOutputParser()
    )
    callback = FlywheelCallback(client, agent={"name": "shop"})
    config: Any = {"callbacks": [callback], "metadata": {"user_id": "u", "thread_id": "s"}}
    assert chain.invoke("Is it open?", config=config) == "Yes."
    assert "".join(chain.stream("Is it open?", config=config)) == "Yes."
    FakeListChatModel(responses=["Yes."]).invoke([("user", "Is it open?")], config=config)
    bodies = kept(stub, client)
    assert [(body["question"], body["answer"], body["subject"], body["session"]) for body in bodies] == [
        ("Is it open?", "Yes.", "u", "s")
    ] * 3
    assert bodies[0]["sources"] == [{"title": "Hours", "url": "https://shop.example/hours", "text": "Open."}]
    assert callback._runs == callback._roots == {}
