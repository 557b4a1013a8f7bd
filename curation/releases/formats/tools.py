"""Tool calls as release files write them: names that APIs accept, arguments and results as text. Pure."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from curation.releases.formats.encoding import representable

_SIGNS = re.compile(r"[^A-Za-z0-9_-]+")
LONGEST = 64


def call_name(name: str) -> str:
    """A tool's name in characters that APIs accept, at most 64."""
    return _SIGNS.sub("_", name)[:LONGEST] or "tool"


def arguments_text(arguments: Any) -> str:
    """A call's arguments as the text of a JSON object; one that is not an object becomes its `input`."""
    if isinstance(arguments, str) and arguments.startswith("{") and _is_object(arguments):
        return arguments
    if arguments is None:
        return "{}"
    return data_text(arguments if isinstance(arguments, Mapping) else {"input": arguments})


def result_text(step: Mapping[str, Any]) -> str:
    """A call's result, as the model was told: text unchanged, data as JSON, a failure with its message."""
    result, error = step.get("result"), step.get("error")
    if error:
        return data_text({"error": error} if result is None else {"result": result, "error": error})
    return "" if result is None else text(result)


def corrected(steps: Sequence[Mapping[str, Any]], fix: Mapping[str, Any]) -> tuple[int, dict[str, Any]] | None:
    """The place of the step that a person corrected, and the right call, whose result nobody knows. None if the answer
    has no such step, or nothing of the call changes."""
    place = fix.get("index")
    if place is None:
        place = next((at for at, step in enumerate(steps) if fix and step.get("id") == fix.get("id")), len(steps))
    if place >= len(steps):
        return None
    was = steps[place]
    kept = {name: was[name] for name in ("type", "id") if was.get(name) is not None}
    told = {name: fix.get(name) if fix.get(name) is not None else was.get(name) for name in ("name", "arguments")}
    if told == {name: was.get(name) for name in told}:
        return None
    return place, {**kept, **{name: value for name, value in told.items() if value is not None}}


def right_steps(steps: Sequence[dict[str, Any]], fix: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The steps with the corrected one in its place."""
    found = corrected(steps, fix)
    return list(steps) if found is None else [*steps[: found[0]], found[1], *steps[found[0] + 1 :]]


def text(value: Any) -> str:
    """Text unchanged, data as JSON."""
    return value if isinstance(value, str) else data_text(value)


def data_text(value: Any) -> str:
    """Data as JSON, keys in order."""
    try:
        return orjson.dumps(value).decode()
    except TypeError:
        return orjson.dumps(representable(value)).decode()


def steps_text(steps: Any) -> list[dict[str, Any]]:
    """Steps in the form of table columns: arguments and results as text."""
    return [
        {
            **step,
            "type": step.get("type", "tool_call"),
            "arguments": arguments_text(step.get("arguments")),
            **({"result": text(step["result"])} if step.get("result") is not None else {}),
        }
        for step in steps
    ]


def turns_text(context: Any) -> list[dict[str, Any]]:
    """Turns with their calls' arguments as text, as chat APIs accept them."""
    return [
        {**turn, "tool_calls": _calls_text(turn["tool_calls"])} if "tool_calls" in turn else turn for turn in context
    ]


def _calls_text(calls: Any) -> list[dict[str, Any]]:
    return [
        {**call, "function": {**call["function"], "arguments": arguments_text(call["function"].get("arguments"))}}
        for call in calls
    ]


def _is_object(value: str) -> bool:
    try:
        return isinstance(orjson.loads(value), dict)
    except orjson.JSONDecodeError:
        return False
