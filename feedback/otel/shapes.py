"""The shapes in which frameworks write messages, calls, and functions' input and output. Pure. An unknown shape raises
`PayloadError`: its source text never becomes a question or an answer.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from feedback.capture.payloads import PayloadError
from feedback.texts.literals import unwritten
from feedback.texts.messages import CALLS, RESULTS, ROLES, Message, is_message, is_part, read, spoken, text_of

DEEP = 6
ENDED = ("finish_reason", "finishReason")  # why a choice ended
# Names of a function's field for the user's words, and for the agent's; the best first.
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
VALUE = r"(?:'[^']*'|\"[^\"]*\"|None|True|False|-?\d[\d.]*)"
FIELDS = re.compile(rf"\s*(?:\w+={VALUE}\s+){{2}}\w+=")  # its fields alone, as Pydantic writes `str(object)`
LAST_FIELD = re.compile(rf"\s\w+=(?:{VALUE}|[\w.]+\(.*\)|\[.*\]|\{{.*\}})\s*\Z")


def unknown(name: str) -> PayloadError:
    """The refusal of a shape. `name` comes from a convention, never from a caller."""
    return PayloadError("", "unknown_shape", f"{name} holds messages of an unknown shape")


def is_repr(text: str) -> bool:
    """Whether a text is how Python shows an object."""
    return bool(REPR.match(text) or (FIELDS.match(text) and LAST_FIELD.search(text[-2_000:])))


def messages(value: Any, role: str, name: str, deep: int = 0, *, of_turn: bool = False) -> list[Message]:
    """The messages in data that should hold some: a list of them, a single one, or an object around them.

    `of_turn`: they are what an agent said in a turn, in order, and not a model's choices.
    """
    if isinstance(value, str):
        return [Message(role, value)] if value.strip() else []
    if isinstance(value, dict):
        if "messages" not in value or is_message(value):
            return [message(value, role, name)]
        before = text_of(value.get("system") or value.get("instructions") or value.get("system_instruction") or "")
        return [Message("system", before)][: bool(before)] + messages(
            value["messages"], role, name, deep + 1, of_turn=of_turn
        )
    if not isinstance(value, list | tuple) or deep > DEEP:
        raise unknown(name)
    if value and isinstance(value[0], list) and all(isinstance(item, list) for item in value):
        return messages(value[0], role, name, deep + 1, of_turn=of_turn)  # one list for each prompt of a batch
    if value and is_part(value[0]) and all(map(is_part, value)):
        return [spoken(role, value)]
    found = [_item(item, role, name) for item in (first_choice(value, of_turn) if role == "assistant" else value)]
    return [said for said in found if not said.is_empty]


def first_choice(value: Sequence[Any], of_turn: bool = False) -> Sequence[Any]:
    """The first of several answers to one prompt (`n`), else all messages. No convention says which one was shown; the
    first is what programs take. Each choice says why it ended; one that calls tools is a step of a longer output.

    In a turn an agent may speak several times, and some frameworks number its messages and say why each ended.
    """
    if of_turn or len(value) < 2 or not all(isinstance(item, dict) and _is_choice(item) for item in value):
        return value
    return [min(value, key=lambda item: item["index"] if isinstance(item.get("index"), int) else 0)]


def _is_choice(item: Mapping[str, Any]) -> bool:
    inner = [one for key in ("message", "content", "generation_info") if isinstance(one := item.get(key), dict)]
    places = [item, *inner]
    role = next((place["role"] for place in places if place.get("role")), "assistant")
    reasons = [str(place[key]).lower() for place in places for key in ENDED if key in place]
    ended = bool(reasons) or str(item.get("type")).endswith(("Generation", "GenerationChunk"))
    calls = any("tool" in reason or "function" in reason for reason in reasons)
    return ended and not calls and ROLES.get(str(role), role) == "assistant"


def _item(item: Any, role: str, name: str) -> Message:
    if isinstance(item, dict):
        return message(item, role, name)
    if not isinstance(item, str) or is_repr(item):
        raise unknown(name)
    found = unwritten(item)  # each message may be JSON of its own
    return message(found, role, name) if isinstance(found, dict) and is_message(found) else Message(role, item)


def message(given: Mapping[str, Any], role: str, name: str) -> Message:
    """One message. Raises `PayloadError`."""
    found = read(given, role)
    if found is None:
        raise unknown(name)
    return found


def input_messages(value: Any, name: str, deep: int = 0) -> list[Message]:
    """The messages in what a function was given. Raises `PayloadError`."""
    return _found(value, "user", ASKED, name, deep)


def output_messages(value: Any, name: str, deep: int = 0) -> list[Message]:
    """The messages in what a function returned. Raises `PayloadError`."""
    return _found(value, "assistant", TOLD, name, deep)


def _found(value: Any, role: str, keys: Sequence[str], name: str, deep: int) -> list[Message]:
    if value is None or deep > DEEP:
        raise unknown(name)
    if isinstance(value, str):
        if is_repr(value):
            raise unknown(name)
        inner = unwritten(value) if deep else None
        return _found(inner, role, keys, name, deep + 1) if inner is not None else messages(value, role, name)
    if isinstance(value, list):
        return _of_list(value, role, keys, name, deep)
    if not isinstance(value, dict):
        raise unknown(name)
    if is_message(value) or "messages" in value:
        return messages(value, role, name)
    if {"args", "kwargs"} == value.keys() & {"args", "kwargs"}:
        return _of_arguments(value, role, keys, name, deep)
    return _of_fields(value, role, keys, name, deep)


def _of_list(value: list[Any], role: str, keys: Sequence[str], name: str, deep: int) -> list[Message]:
    if not value:
        raise unknown(name)
    value = list(first_choice(value)) if role == "assistant" else value
    if all(isinstance(item, dict) and (is_message(item) or is_part(item)) for item in value):
        return messages(value, role, name)
    if all(isinstance(item, list) for item in value) or len(value) == 1:
        return _found(value[0], role, keys, name, deep + 1)
    calls = [
        item
        for item in value
        if isinstance(item, dict) and item.get("type") in (*CALLS, *RESULTS, "reasoning", "message")
    ]
    if len(calls) == sum(isinstance(item, dict) for item in value) == len(value) or any(
        isinstance(item, dict) and is_message(item) for item in value
    ):
        return messages(
            [one for one in value if not isinstance(one, dict) or one.get("type") != "reasoning"], role, name
        )
    raise unknown(name)


def _of_arguments(value: Mapping[str, Any], role: str, keys: Sequence[str], name: str, deep: int) -> list[Message]:
    """A function's positional and named arguments: the named ones, else the only positional text."""
    named, placed = value["kwargs"], value["args"]
    if isinstance(named, dict) and named:
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
    inner = [one for key, one in value.items() if isinstance(one, dict) and (deep or key in AROUND or role != "user")]
    within = [said for one in inner if (said := _or_nothing(one, role, keys, name, deep))]
    if within and all(said[-1].text == within[0][-1].text for said in within):
        return within[0]
    only = next(iter(value.values())) if len(value) == 1 else None
    if isinstance(only, str) and only.strip() and not is_repr(only):
        return [Message(role, only)]
    raise unknown(name)


def _or_nothing(value: Any, role: str, keys: Sequence[str], name: str, deep: int) -> list[Message]:
    try:
        return _found(value, role, keys, name, deep + 1)
    except PayloadError:
        return []
