"""Chat messages as logs have them, cut into turns: what a user said, and what the user was answered. Pure.

Every chat format is read through `turns`. A message of a tool, or one that only calls a tool, is never a question or an
answer; what an assistant says around its calls of tools is, and the last of it is the answer.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

USER, ASSISTANT, SYSTEM, TOOL = "user", "assistant", "system", "tool"
ROLES = {
    **dict.fromkeys(("user", "human", "customer", "client", "prompter", "humanmessage"), USER),
    **dict.fromkeys(
        ("assistant", "ai", "gpt", "bot", "model", "agent", "chatgpt", "bing", "bard", "claude", "aimessage",
         "aimessagechunk", "assistant_message"), ASSISTANT
    ),
    **dict.fromkeys(("system", "developer", "systemmessage", "instructions"), SYSTEM),
    **dict.fromkeys(
        ("tool", "function", "observation", "function_call", "tool_call", "tool_response", "function_response",
         "function_call_output", "toolmessage", "functionmessage"), TOOL
    ),
}  # fmt: skip
MEDIA = ("image_url", "input_image", "image", "input_audio", "audio", "file", "input_file", "video", "document")
EARLIER = 200  # turns of context that an interaction may have
Data: TypeAlias = Mapping[str, Any]


@dataclass(slots=True)
class Message:
    """A message: its role in our words, its text, and the record that it comes from."""

    role: str
    text: str
    source: Data = field(default_factory=dict)
    calls: bool = False  # it calls a tool
    media: list[dict[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class Turn:
    """What a user said and was answered, with the messages before it. `number` counts the user's turns from 1."""

    number: int
    question: str
    answer: str
    context: list[dict[str, str]]
    asked: Message
    answered: Message
    media: list[dict[str, str]]
    left_out: int = 0  # messages too early to be kept


def turns(messages: Iterable[Message]) -> Iterator[Turn]:
    """The turns of a conversation, in order; one that was not answered is none."""
    before: list[dict[str, str]] = []
    asked: list[Message] = []
    answers: list[Message] = []
    number = 0
    for message in [*messages, None]:
        if message is None or (message.role == USER and answers):
            if asked and answers:
                number += 1
                yield _turn(number, before, asked, answers)
            before += [_plain(each) for each in asked + answers]
            asked, answers = [], []
        if message is None:
            return
        if message.role == SYSTEM and message.text.strip():
            before.append(_plain(message))
        elif message.role == USER and (message.text.strip() or message.media):
            asked.append(message)
        elif message.role == TOOL or (message.role == ASSISTANT and message.calls):
            answers = []  # what was said before a tool was called is a step, not the answer
        elif message.role == ASSISTANT and message.text.strip():
            answers.append(message)


def _turn(number: int, before: Sequence[dict[str, str]], asked: Sequence[Message], answers: Sequence[Message]) -> Turn:
    return Turn(
        number,
        question="\n\n".join(dict.fromkeys(each.text for each in asked if each.text.strip())),
        answer="\n\n".join(each.text for each in answers),
        context=list(before[-EARLIER:]),
        asked=asked[-1],
        answered=answers[-1],
        media=[one for each in (*asked, *answers) for one in each.media],
        left_out=max(0, len(before) - EARLIER),
    )


def _plain(message: Message) -> dict[str, str]:
    return {"role": message.role, "content": message.text}


def read(messages: Any, *, role: Callable[[Data], Any] | None = None) -> list[Message]:
    """Messages as the OpenAI API, LangChain, ShareGPT and most others write them; what is none is left out."""
    found = []
    if isinstance(messages, list) and len(messages) == 1 and isinstance(messages[0], list):
        messages = messages[0]  # a batch of one, as LangChain traces it
    for each in messages if isinstance(messages, list) else []:
        if isinstance(each, (list, tuple)) and len(each) == 2 and all(isinstance(part, str) for part in each):
            each = {"role": each[0], "content": each[1]}  # as LangChain takes them
        if isinstance(each, Mapping):
            message = read_one(each, role(each) if role else None)
            if message:
                found.append(message)
    return found


def read_one(each: Data, role: Any = None) -> Message | None:
    """One message, None where its role is unknown."""
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
    calls = bool(each.get("tool_calls") or each.get("function_call")) or _calls(content)
    return Message(known, text_of(content), each, calls, media_of(content))


def first(record: Data, *names: str) -> Any:
    """The first of these fields that says anything."""
    return next((record[name] for name in names if record.get(name) not in (None, "", [], {})), None)


def text_of(content: Any) -> str:
    """The text in a message's content: a string, or its parts. Calls of tools, reasoning and media are none."""
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


def _calls(content: Any) -> bool:
    parts = content if isinstance(content, list) else []
    return any(
        isinstance(part, Mapping) and part.get("type") in ("tool_use", "tool_call", "tool-call") for part in parts
    )


def media_of(content: Any) -> list[dict[str, str]]:
    """The media in a message's content, as their type and, where they have one, their address; never their bytes."""
    found = []
    for part in content if isinstance(content, list) else []:
        kind = part.get("type") if isinstance(part, Mapping) else None
        if kind in MEDIA:
            inner = part.get(kind)
            where = inner.get("url") if isinstance(inner, Mapping) else inner or part.get("url")
            found.append({"type": str(kind)})
            if isinstance(where, str) and where.startswith(("http://", "https://")):
                found[-1]["url"] = where[:2_000]
    return found
