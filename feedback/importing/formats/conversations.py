"""Splits chat messages from logs into turns: what a user said and the answer. Pure.

Every chat format is read through `turns`. A message from a tool, or one that only calls a tool, is a step, never a
question or an answer. The answer is the last text that the assistant says around its tool calls.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from feedback.texts import messages as chat
from feedback.texts.messages import Call, steps

USER, ASSISTANT, SYSTEM, TOOL = "user", "assistant", "system", "tool"
ROLES = {
    **dict.fromkeys(("user", "human", "customer", "client", "prompter", "humanmessage"), USER),
    **dict.fromkeys(
        ("assistant", "ai", "gpt", "bot", "chatbot", "model", "agent", "chatgpt", "bing", "bard", "claude", "aimessage",
         "aimessagechunk", "assistant_message"), ASSISTANT
    ),
    **dict.fromkeys(("system", "developer", "systemmessage", "instructions"), SYSTEM),
    **dict.fromkeys(
        ("tool", "function", "observation", "function_call", "tool_call", "tool_response", "function_response",
         "function_call_output", "toolmessage", "functionmessage"), TOOL
    ),
}  # fmt: skip
CALLED = ("function_call", "tool_call")  # roles of messages that are tool calls
RETURNED = ("observation", "tool_response", "function_response", "function_call_output")
TAGGED = re.compile(r"<(tool_call|tool_response)>\s*(.*?)\s*</\1>", re.DOTALL)
EARLIER = 200  # turns of context that an interaction may have
Data: TypeAlias = Mapping[str, Any]


@dataclass(slots=True)
class Message:
    """A message: its role in our terms, its text, and the record that it comes from."""

    role: str
    text: str
    source: Data = field(default_factory=dict)
    calls: bool = False  # it then calls a tool
    media: list[dict[str, str]] = field(default_factory=list)
    did: list[Call] = field(default_factory=list)  # the calls in it
    results: list[list[Any]] = field(default_factory=list)  # tool results, by the id of the call


@dataclass(slots=True)
class Turn:
    """What a user said and the answer, with the messages before it. `number` counts the user's turns from 1."""

    number: int
    question: str
    answer: str
    context: list[dict[str, Any]]
    asked: Message
    answered: Message
    media: list[dict[str, str]]
    steps: list[dict[str, Any]] = field(default_factory=list)
    left_out: int = 0  # messages too early to be kept


def turns(messages: Iterable[Message]) -> Iterator[Turn]:
    """The turns of a conversation, in order; an unanswered question is not one."""
    before: list[dict[str, Any]] = []
    asked: list[Message] = []
    answers: list[Message] = []
    work: list[Message] = []
    number = 0
    for message in [*messages, None]:
        if message is None or (message.role == USER and answers):
            if asked and answers:
                number += 1
                yield _turn(number, before, asked, answers, work)
            before += [_plain(each) for each in asked + answers]
            asked, answers, work = [], [], []
        if message is None:
            return
        if message.did or message.results:
            work.append(message)
        if message.role == SYSTEM and message.text.strip():
            before.append(_plain(message))
        elif message.role == USER and (message.text.strip() or message.media):
            asked.append(message)
        elif message.role == TOOL or (message.role == ASSISTANT and message.calls):
            answers = []  # text before a tool call belongs to a step, not to the answer
        elif message.role == ASSISTANT and message.text.strip():
            answers.append(message)


def _turn(
    number: int,
    before: Sequence[dict[str, Any]],
    asked: Sequence[Message],
    answers: Sequence[Message],
    work: Sequence[Message],
) -> Turn:
    return Turn(
        number,
        question="\n\n".join(dict.fromkeys(each.text for each in asked if each.text.strip())),
        answer="\n\n".join(each.text for each in answers),
        context=list(before[-EARLIER:]),
        asked=asked[-1],
        answered=answers[-1],
        media=[one for each in (*asked, *answers) for one in each.media],
        steps=steps((each.did, each.results) for each in work),
        left_out=max(0, len(before) - EARLIER),
    )


def _plain(message: Message) -> dict[str, Any]:
    return {"role": message.role, "content": message.text, **({"media": message.media} if message.media else {})}


def read(messages: Any) -> list[Message]:
    """Messages as the OpenAI API, LangChain, ShareGPT and most others write them; anything else is skipped."""
    found = []
    if isinstance(messages, list) and len(messages) == 1 and isinstance(messages[0], list):
        messages = messages[0]  # a batch of one, as LangChain traces it
    for each in messages if isinstance(messages, list) else []:
        if isinstance(each, (list, tuple)) and len(each) == 2 and all(isinstance(part, str) for part in each):
            each = {"role": each[0], "content": each[1]}  # LangChain's short form
        if isinstance(each, Mapping):
            message = read_one(each)
            if message:
                found.append(message)
    return found


def read_one(each: Data, role: Any = None) -> Message | None:
    """One message; None if its role is unknown."""
    inner = each.get("kwargs") or each.get("data")  # LangChain's serialised messages
    if isinstance(inner, Mapping) and "content" in inner:
        kind = each.get("type")
        if isinstance(each.get("id"), list) and each["id"]:
            kind = each["id"][-1]
        return read_one(inner, inner.get("type") or kind)
    if isinstance(each.get("message"), Mapping):
        return read_one(each["message"])
    name = role or each.get("role") or each.get("from") or each.get("type") or each.get("sender")
    known = ROLES.get(str(name).lower()) if name else None
    if known is None:
        return None
    content = first(each, "content", "value", "text", "parts", "message.content")
    said = worked(each, known, str(name).lower(), content)
    words = TAGGED.sub("", text_of(content)).strip() if said.calls or said.results else text_of(content)
    return Message(known, words, each, bool(said.calls), media_of(content), said.calls, said.results)


def worked(each: Data, role: str, name: str, content: Any) -> chat.Message:
    """A message's tool calls and results, from API fields, parts, or its text."""
    if name in CALLED or name in RETURNED:
        given = chat.structure(untagged(text_of(content))) if content is not None else None
        if name in RETURNED and content is not None:
            return chat.Message(role, results=[[_id(each), given]])
        if content is not None:
            found = given if isinstance(given, list) else [given]
            return chat.Message(role, calls=[chat.call(one) for one in found if isinstance(one, Mapping)])
        return with_data(chat.spoken(role, [each]))
    asked = chat.structure(each.get("tool_calls")) or (each.get("additional_kwargs") or {}).get("tool_calls")
    given = {"role": role, "content": content, "tool_calls": asked if isinstance(asked, list) else None}
    given |= {key: each[key] for key in ("function_call", "tool_call_id", "toolCallId", "id") if each.get(key)}
    said = chat.read(given, role) or chat.Message(role)
    with_data(said)
    if isinstance(content, str) and role == ASSISTANT and "<tool_call>" in content:
        written = [chat.structure(inner) for kind, inner in TAGGED.findall(content) if kind == "tool_call"]
        said.calls += [chat.call(one) for one in written if isinstance(one, Mapping)]
    return said


def with_data(said: chat.Message) -> chat.Message:
    """The message with its tool results as data, if its text is data."""
    said.results = [[id, chat.structure(untagged(value))] for id, value in said.results]
    return said


def untagged(value: Any) -> Any:
    """A text without the tags that mark it as a tool's."""
    found = TAGGED.fullmatch(value.strip()) if isinstance(value, str) else None
    return found[2] if found else value


def _id(each: Data) -> str:
    return str(first(each, "tool_call_id", "call_id", "id") or "")[: chat.LABEL]


def first(record: Data, *names: str) -> Any:
    """The first of these fields that has text."""
    return next((record[name] for name in names if record.get(name) not in (None, "", [], {})), None)


def text_of(content: Any) -> str:
    """The text in a message's content: a string, or its parts, without tool calls, reasoning and media."""
    if isinstance(content, str):
        return content
    if isinstance(content, Mapping):
        kind = content.get("type")
        if kind in ("text", "input_text", "output_text", "refusal", None, "message"):
            inner = first(content, "text", "content", "value", "refusal")
            return text_of(inner) if inner is not content else ""
        return ""
    if isinstance(content, list):
        texts = [text_of(part) for part in content]
        return "\n".join(text for text in texts if text)
    return ""


def media_of(content: Any) -> list[dict[str, str]]:
    """The media in a message's content, by type and, if any, address; never their bytes."""
    return chat.spoken(USER, content).media if isinstance(content, list) else []
