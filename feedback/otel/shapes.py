"""The shapes in which frameworks write messages, calls and the in- and output of functions. Pure.

A shape that is not known raises `PayloadError`: its source text is never a question or an answer.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from feedback.capture.payloads import PayloadError
from feedback.otel.attributes import unwritten
from feedback.otel.readings import Call, Message

LABEL, DEEP = 200, 6
ROLES = {
    "human": "user", "ai": "assistant", "model": "assistant", "bot": "assistant", "function": "tool", "developer": "system",
    "ipython": "tool", "tool-response": "tool", "tool_response": "tool", "tool-call": "assistant", "tool_call": "assistant",
    "HumanMessage": "user", "AIMessage": "assistant", "SystemMessage": "system", "ToolMessage": "tool",
    "HumanMessageChunk": "user", "AIMessageChunk": "assistant", "ChatMessage": "user", "FunctionMessage": "tool",
}  # fmt: skip
SPEAKERS = {
    "human",
    "ai",
    "system",
    "tool",
    "function",
    *(name for name in ROLES if name.endswith(("Message", "Chunk"))),
}
TEXTS = ("text", "input_text", "output_text", "markdown")  # types of parts
CALLS = ("tool_call", "tool_use", "tool-call", "function_call", "toolUse", "functionCall", "function")
RESULTS = tuple(
    "tool_call_response tool_result tool-result function_call_output toolResult functionResponse "
    "function_response".split()
)
# Names under which a function takes the user's words, and gives the agent's: the best first.
ASKED = tuple(
    "question query user_query user_question user_input user_message query_str input inputs prompt user_prompt "
    "task new_message message text request content chat_input body".split()
)
TOLD = tuple(
    "answer final_answer final_output output outputs response reply result text completion content return_values "
    "replies choices candidates generations message output_text llm".split()
)
AROUND = ("data", "kwargs", "query_bundle", "update", "state", "arguments")  # what holds the fields of a function
REPR = re.compile(r"\s*[\[(\"'<]*\s*(?:[a-z_]+\.)*[A-Z]\w*\((?:\w+=|<|')")  # Python's repr of an object


def unknown(name: str) -> PayloadError:
    """The refusal of a shape. `name` is a convention's, never a caller's."""
    return PayloadError("", "unknown_shape", f"{name} holds messages of a shape that is not known")


def messages(value: Any, role: str, name: str, deep: int = 0) -> list[Message]:
    """The messages in data that should hold some: a list of them, one of them, or an object around them."""
    if isinstance(value, str):
        return [Message(role, value)] if value.strip() else []
    if isinstance(value, Mapping) and "messages" in value and not _is_message(value):
        before = _text(value.get("system") or value.get("instructions") or value.get("system_instruction") or "")
        return [Message("system", before)][: bool(before)] + messages(value["messages"], role, name, deep + 1)
    if isinstance(value, Mapping):
        return [message(value, role, name)]
    if not isinstance(value, Sequence) or deep > DEEP:
        raise unknown(name)
    if value and all(isinstance(item, list) for item in value):  # one list for each prompt of a batch
        return messages(value[0], role, name, deep + 1)
    if value and all(_is_part(item) for item in value):
        return [_spoken(role, value)]
    found = [Message(role, item) if isinstance(item, str) else _item(item, role, name) for item in value]
    return [said for said in found if said.text or said.calls or said.results]


def _item(item: Any, role: str, name: str) -> Message:
    if not isinstance(item, Mapping):
        raise unknown(name)
    return message(item, role, name)


def message(given: Mapping[str, Any], role: str, name: str) -> Message:
    """One message, as OpenAI, Anthropic, Gemini, Bedrock, LangChain, Vercel or OpenTelemetry write it."""
    if given.get("lc") and isinstance(given.get("kwargs"), Mapping):
        speaker = str((given.get("id") or [""])[-1])
        return message({"type": speaker, **given["kwargs"], **({"type": speaker})}, role, name)
    inner = given.get("message", given.get("data"))
    if isinstance(inner, Mapping) and "content" not in given and "role" not in inner and given.get("type") in SPEAKERS:
        inner = {**inner, "role": given["type"]}
    if isinstance(inner, Mapping) and not {"content", "parts"} & given.keys():
        return message(inner, role, name)
    if given.get("type") in (*CALLS, *RESULTS) and "role" not in given:
        return _spoken(role, [given])
    if not {"content", "parts", "tool_calls", "role", "text"} & given.keys():
        raise unknown(name)
    speaker = given.get("role") or (given.get("type") if given.get("type") in SPEAKERS else None) or role
    speaker = ROLES.get(str(speaker), str(speaker))[:LABEL]
    said = _spoken(speaker, given.get("parts", given.get("content", given.get("text"))))
    said.calls += [_call(call) for call in given.get("tool_calls") or () if isinstance(call, Mapping)]
    if speaker == "tool":
        told = said.results[0][1] if said.results else said.text
        call = given.get("tool_call_id") or given.get("toolCallId") or given.get("call_id") or given.get("id") or ""
        return Message("tool", results=said.results or [[str(call), told]])
    return said


def _spoken(role: str, parts: Any) -> Message:
    """A message of these parts; one that only brings results of tools is the tool's, whoever it is said to be from."""
    if isinstance(parts, str):
        return Message(role, parts)
    if isinstance(parts, Mapping):
        parts = [parts]
    texts, calls, results = [], [], []
    for part in parts if isinstance(parts, Sequence) else ():
        if isinstance(part, str):
            texts.append(part)
        elif not isinstance(part, Mapping):
            continue
        elif part.get("type") in TEXTS:
            text = part.get("content") or part.get("text")
            texts += [text] if isinstance(text, str) else []
        elif kind := next(
            (kind for kind in CALLS if part.get("type") == kind or isinstance(part.get(kind), Mapping)), ""
        ):
            calls.append(_call(part[kind] if isinstance(part.get(kind), Mapping) else part))
        elif kind := next(
            (kind for kind in RESULTS if part.get("type") == kind or isinstance(part.get(kind), Mapping)), ""
        ):
            results.append(_result(part[kind] if isinstance(part.get(kind), Mapping) else part))
        elif "type" not in part and isinstance(part.get("text") or part.get("content"), str):
            texts.append(part.get("text") or part["content"])
    said = Message(role, "\n".join(text for text in texts if text), calls, results)
    if results and not said.text and not calls:
        said.role = "tool"
    return said


def _is_part(item: Any) -> bool:
    return (
        isinstance(item, Mapping)
        and "role" not in item
        and not item.get("lc")
        and (
            item.get("type") in (*TEXTS, *CALLS, *RESULTS)
            or item.keys() == {"text"}
            or (len(item) == 1 and not {*CALLS, *RESULTS}.isdisjoint(item))
        )
    )


def _is_message(value: Mapping[str, Any]) -> bool:
    return "role" in value or bool(value.get("lc")) or value.get("type") in SPEAKERS or "parts" in value


def _text(value: Any) -> str:
    return _spoken("system", value).text


def _call(given: Mapping[str, Any]) -> Call:
    function = given.get("function")
    inner: Mapping[str, Any] = function if isinstance(function, Mapping) else given
    arguments = next(
        (inner[key] for key in ("arguments", "input", "args", "kwargs") if inner.get(key) is not None), None
    )
    name = inner.get("name") or inner.get("toolName") or given.get("tool_name") or "tool"
    id = next(
        (given[key] for key in ("call_id", "id", "toolCallId", "toolUseId", "tool_call_id") if given.get(key)), ""
    )
    return Call(str(name)[:LABEL], str(id)[:LABEL], structure(arguments))


def _result(given: Mapping[str, Any]) -> list[Any]:
    keys = ("tool_call_id", "tool_use_id", "toolCallId", "toolUseId", "call_id", "id")
    call = next((given[key] for key in keys if given.get(key)), "")
    value = next(
        (given[key] for key in ("response", "result", "output", "content") if given.get(key) is not None), None
    )
    if isinstance(value, Mapping) and value.keys() == {"type", "value"}:  # Vercel's
        value = value["value"]
    text = _text(value) if isinstance(value, list) and all(map(_is_part, value)) else ""
    return [str(call)[:LABEL], text or value]


def structure(value: Any) -> Any:
    """A tool's argument or result: the data that is written in a text, or the text."""
    if not isinstance(value, str):
        return value
    found = unwritten(value)
    return value if found is None else found


def asked(value: Any, name: str, deep: int = 0) -> list[Message]:
    """What a function was given, as the messages that its in- and output hold. Raises `PayloadError`."""
    return _found(value, "user", ASKED, name, deep)


def told(value: Any, name: str, deep: int = 0) -> list[Message]:
    """What a function gave back, likewise."""
    return _found(value, "assistant", TOLD, name, deep)


def _found(value: Any, role: str, keys: Sequence[str], name: str, deep: int) -> list[Message]:
    if value is None or deep > DEEP:
        raise unknown(name)
    if isinstance(value, str):
        if REPR.match(value):
            raise unknown(name)
        inner = unwritten(value) if deep else None
        return _found(inner, role, keys, name, deep + 1) if inner is not None else messages(value, role, name)
    if isinstance(value, list):
        return _of_list(value, role, keys, name, deep)
    if not isinstance(value, Mapping):
        raise unknown(name)
    if _is_message(value) or "messages" in value:
        return messages(value, role, name)
    if {"args", "kwargs"} == value.keys() & {"args", "kwargs"}:
        return _of_arguments(value, role, keys, name, deep)
    return _of_fields(value, role, keys, name, deep)


def _of_list(value: list[Any], role: str, keys: Sequence[str], name: str, deep: int) -> list[Message]:
    if not value:
        raise unknown(name)
    if all(isinstance(item, Mapping) and (_is_message(item) or _is_part(item)) for item in value):
        return messages(value, role, name)
    if all(isinstance(item, list) for item in value) or len(value) == 1:
        return _found(value[0], role, keys, name, deep + 1)
    calls = [
        item
        for item in value
        if isinstance(item, Mapping) and item.get("type") in (*CALLS, *RESULTS, "reasoning", "message")
    ]
    if len(calls) == sum(isinstance(item, Mapping) for item in value) == len(value) or any(
        isinstance(item, Mapping) and _is_message(item) for item in value
    ):
        return messages([item for item in value if item.get("type") != "reasoning"], role, name)
    raise unknown(name)


def _of_arguments(value: Mapping[str, Any], role: str, keys: Sequence[str], name: str, deep: int) -> list[Message]:
    """Of a function's arguments by place and by name: those by name first, else the only text by place."""
    named, placed = value["kwargs"], value["args"]
    if isinstance(named, Mapping) and named:
        try:
            return _of_fields(named, role, keys, name, deep)
        except PayloadError:
            if not placed:
                raise
    texts = [item for item in placed if isinstance(item, str | list) and item] if isinstance(placed, list) else []
    if len(texts) != 1:
        raise unknown(name)
    return _found(texts[0], role, keys, name, deep + 1)


def _of_fields(value: Mapping[str, Any], role: str, keys: Sequence[str], name: str, deep: int) -> list[Message]:
    for key in keys:
        if value.get(key) not in (None, "", [], {}):
            before = value.get("system") or value.get("instructions")
            found = _found(value[key], role, keys, name, deep + 1)
            has_system = role == "user" and isinstance(before, str) and before
            return [Message("system", str(before)), *found] if has_system else found
    inner = [
        one for key, one in value.items() if isinstance(one, Mapping) and (deep or key in AROUND or role != "user")
    ]
    within = [said for one in inner if (said := _or_nothing(one, role, keys, name, deep))]
    if within and all(said[-1].text == within[0][-1].text for said in within):
        return within[0]
    only = next(iter(value.values())) if len(value) == 1 else None
    if isinstance(only, str) and only.strip() and not REPR.match(only):
        return [Message(role, only)]
    raise unknown(name)


def _or_nothing(value: Any, role: str, keys: Sequence[str], name: str, deep: int) -> list[Message]:
    try:
        return _found(value, role, keys, name, deep + 1)
    except PayloadError:
        return []


def unquoted(text: str) -> str | None:
    """The text in JSON that is nothing but one text."""
    try:
        found = json.loads(text, strict=False)
    except ValueError:
        return None
    return found if isinstance(found, str) else None
