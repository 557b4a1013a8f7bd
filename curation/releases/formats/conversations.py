"""A record as chat messages in the shape of OpenAI's API, which TRL, Together and others accept too.

Tool calls and their results come from the turns before the question and, in training, from the steps of the answer.
APIs require a result for every call and a call for every result. So a call without a result is left out; a record with
a result without a call is left out and counted.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from curation.releases.formats.format import CannotHold, Message, Row
from curation.releases.formats.tools import arguments_text, call_name, corrected, result_text

_ROLES = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "human": "user",
    "assistant": "assistant",
    "agent": "assistant",
    "ai": "assistant",
    "bot": "assistant",
    "model": "assistant",
    "tool": "tool",
    "function": "tool",
}
ORPHAN = "a tool result without its call"
UNKNOWN = "a turn in a role that trainers do not know"


def prompt(row: Row, *, system: bool = True, steps: bool = True) -> list[Message]:
    """Everything up to the answer: system prompt, earlier turns, question, and the steps of the answer.

    In training, the dataset's system prompt replaces the conversation's own. Raises `CannotHold`.
    """
    messages = turns(row.context)
    if system and row.system:
        own = bool(messages) and messages[0]["role"] == "system"
        messages = [{"role": "system", "content": row.system}, *messages[own:]]
    messages.append({"role": "user", "content": row.question})
    return messages + called(row.steps, messages) if steps and row.steps else messages


def correction(row: Row) -> tuple[list[Message], Message, Message] | None:
    """The conversation up to a step that a person corrected, the right call, and the one that was made; None if the
    row has no such step. Raises `CannotHold`."""
    found = corrected(row.steps, row.fix)
    if found is None:
        return None
    place, right = found
    before = prompt(row._replace(steps=row.steps[:place]))
    return before, called([right], before)[0], called([row.steps[place]], before)[0]


def answer(text: str) -> Message:
    return {"role": "assistant", "content": text}


def spoken(context: Iterable[Message]) -> list[Message]:
    """The earlier turns without tool calls and results, for formats that cannot hold them."""
    said = [turn for turn in context if _ROLES.get(turn["role"]) != "tool" and (turn["content"] or not is_call(turn))]
    return [{"role": turn["role"], "content": turn["content"]} for turn in said]


def is_call(turn: Mapping[str, Any]) -> bool:
    """Whether a turn calls tools."""
    return bool(turn.get("tool_calls"))


def turns(context: Iterable[Message]) -> list[Message]:
    """The earlier turns, each call with its result. Raises `CannotHold`."""
    if not any(map(_is_tools, context)):
        return [{"role": _role(turn), "content": turn["content"]} for turn in context]
    made: list[Message] = []
    waiting: dict[str, Message] = {}  # the calls of the last message, by id
    number = 0
    for turn in context:
        role = _role(turn)
        if role == "tool":
            id = str(turn.get("tool_call_id") or next(iter(waiting), ""))
            if waiting.pop(id, None) is None:
                raise CannotHold(ORPHAN)
            made.append({"role": "tool", "tool_call_id": id, "content": turn["content"]})
            continue
        _leave_out(made, waiting)
        made.append({"role": role, "content": turn["content"]})
        waiting = {}
        for each in turn.get("tool_calls") or ():
            number += 1
            id = str(each.get("id") or f"call_{number}")
            waiting[id] = _call(id, each["function"]["name"], each["function"].get("arguments"))
        if waiting:
            made[-1]["tool_calls"] = list(waiting.values())
    _leave_out(made, waiting)
    return made


def called(steps: Iterable[Mapping[str, Any]], before: Iterable[Message]) -> list[Message]:
    """The steps of an answer: each call, then its result. Ids continue after those of the earlier messages."""
    taken = {call["id"] for message in before for call in message.get("tool_calls", ())}
    made: list[Message] = []
    for step in steps:
        id = str(step.get("id") or "")
        number = len(taken) + 1
        while not id or id in taken:
            id, number = f"call_{number}", number + 1
        taken.add(id)
        call = _call(id, step["name"], step.get("arguments"))
        made.append({"role": "assistant", "content": "", "tool_calls": [call]})
        made.append({"role": "tool", "tool_call_id": id, "content": result_text(step)})
    return made


def tools(messages: Iterable[Message]) -> list[dict[str, Any]]:
    """The tools called in a conversation, as far as the calls show them: the names and types of their arguments.

    If you have the real definitions, put them in place of these.
    """
    found: dict[str, dict[str, Any]] = {}
    for call in (call for message in messages for call in message.get("tool_calls", ())):
        properties = found.setdefault(call["function"]["name"], {})
        for name, value in orjson.loads(call["function"]["arguments"]).items():
            kind = _kind(value)
            known = properties.get(name, {}).get("type")
            properties[name] = {"type": "number"} if {kind, known} == {"integer", "number"} else _schema(known or kind)
    return [
        {"type": "function", "function": {"name": name, "parameters": {"type": "object", "properties": properties}}}
        for name, properties in found.items()
    ]


def with_tools(line: dict[str, Any], messages: Iterable[Message]) -> dict[str, Any]:
    """The line with the tools that these messages call, if any."""
    return {**line, "tools": found} if (found := tools(messages)) else line


def _schema(kind: str) -> dict[str, Any]:
    return {"type": kind, "items": {}} if kind == "array" else {"type": kind}


def _kind(value: Any) -> str:
    kinds = {bool: "boolean", int: "integer", float: "number", list: "array", dict: "object"}
    return kinds.get(type(value), "string")


def _call(id: str, name: str, arguments: Any) -> Message:
    function = {"name": call_name(name), "arguments": arguments_text(arguments)}
    return {"id": id, "type": "function", "function": function}


def _leave_out(made: list[Message], waiting: Mapping[str, Message]) -> None:
    """Remove unanswered calls from the message that made them, and the message if nothing else is in it."""
    if not waiting:
        return
    place = next(place for place in reversed(range(len(made))) if "tool_calls" in made[place])
    kept = [call for call in made[place]["tool_calls"] if call["id"] not in waiting]
    if kept:
        made[place]["tool_calls"] = kept
    elif made[place]["content"]:
        del made[place]["tool_calls"]
    else:
        del made[place]


def _is_tools(turn: Mapping[str, Any]) -> bool:
    return is_call(turn) or _ROLES.get(turn["role"]) == "tool"


def _role(turn: Mapping[str, Any]) -> str:
    role = _ROLES.get(turn["role"])
    if role is None:
        raise CannotHold(UNKNOWN)
    return role
