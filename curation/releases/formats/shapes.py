"""Shapes of lines: one description for the check, for Parquet's columns and for the dataset card."""

from typing import Any

Shape = str | tuple[str, ...] | list["Shape"] | dict[str, "Shape"]
"""A scalar's type, the allowed texts, a list of a shape, or an object's fields; those with `?` may be missing.

The types are `string`, `time` (a string of ISO 8601), `boolean`, `integer`, `number`, `null` and `object`, which is any
object; a `?` after one allows null.
"""

CALLS: Shape = [{"id?": "string", "type": ("function",), "function": {"name": "string", "arguments": "string"}}]
"""Tool calls; their arguments are JSON in a string, as in OpenAI's API, since no table has columns for them."""
MEDIA: Shape = [{"type": "string", "url?": "string", "media_type?": "string"}]
TEXTS: Shape = [
    {"role": "string", "content": "string", "tool_calls?": CALLS, "tool_call_id?": "string", "media?": MEDIA}
]
MESSAGES: Shape = [
    {
        "role": ("system", "user", "assistant", "tool"),
        "content": "string",
        "tool_calls?": CALLS,
        "tool_call_id?": "string",
        "weight?": "integer",
    }
]
SPOKEN: Shape = [{"role": "string", "content": "string"}]
"""Messages of formats that cannot hold tools."""
TOOLS: Shape = [{"type": ("function",), "function": {"name": "string", "parameters": "object"}}]
UNEVEN = frozenset({"tool_calls?", "tool_call_id?", "weight?", "media?", "tools?"})
"""Fields that only records with tool calls or media have."""
KIND: tuple[str, ...] = ("golden", "regression", "sampled")
SOURCES: Shape = [{"id?": "string?", "title?": "string?", "url?": "string?", "text?": "string?"}]
TIER: Shape = ("single", "several", "sourced", "reviewed")
STEPS: Shape = [
    {
        "type": "string",
        "id?": "string?",
        "name": "string",
        "arguments": "string",
        "result?": "string?",
        "error?": "string?",
    }
]
"""What the agent did between question and answer; the arguments of a call as JSON."""
EVIDENCE: Shape = {"for": "integer", "against": "integer", "conversations": "integer"}
PROVENANCE: Shape = {
    "interaction": "string",
    "agent": "string?",
    "decided_by": "string",
    "decided_at": "time?",
    "evidence?": EVIDENCE,
}
TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "time": str,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
    "null": type(None),
    "object": dict,
}


def plain(shape: Any) -> Any:
    """The shape of records without tool calls or media."""
    if isinstance(shape, dict):
        return {name: plain(inner) for name, inner in shape.items() if name not in UNEVEN}
    if isinstance(shape, list):
        return ["null"] if shape is TOOLS else [plain(shape[0])]
    return shape


def has_objects(shape: Shape) -> bool:
    """Whether it has objects of any shape, for which a table has no columns."""
    if isinstance(shape, dict):
        return any(map(has_objects, shape.values()))
    return has_objects(shape[0]) if isinstance(shape, list) else shape == "object"


def fault(value: Any, shape: Shape, where: str) -> str | None:
    """The place where a value does not fit a shape, or None."""
    if isinstance(shape, dict):
        return _object_fault(value, shape, where)
    if isinstance(shape, list):
        if not isinstance(value, list):
            return f"{where} is not a list"
        return next((wrong for item in value if (wrong := fault(item, shape[0], f"{where}[]"))), None)
    if isinstance(shape, tuple):
        return None if value in shape else f"{where} is none of {', '.join(shape)}"
    if value is None and shape.endswith("?"):
        return None
    kind = TYPES[shape.removesuffix("?")]
    # A bool is an int in Python, but not in JSON.
    return (
        None
        if isinstance(value, kind) and isinstance(value, bool) == (kind is bool)
        else f"{where} is not of type {shape}"
    )


def talk_fault(value: Any) -> str | None:
    """Where a line has a tool call without a result, or a result without a call. Only messages with `tool_calls` are
    checked.
    """
    if isinstance(value, dict):
        return next((wrong for inner in value.values() if (wrong := talk_fault(inner))), None)
    if not isinstance(value, list) or not all(isinstance(item, dict) and "role" in item for item in value):
        return None
    waiting: set[str] = set()
    for message in value:
        if message.get("role") == "tool" and "tool_call_id" in message:
            if message["tool_call_id"] not in waiting:
                return "a tool result has no call before it"
            waiting.remove(message["tool_call_id"])
        elif waiting:
            break
        else:
            waiting = {call["id"] for call in message.get("tool_calls", ()) if "id" in call}
    return "a tool call has no result" if waiting else None


def _object_fault(value: Any, shape: dict[str, Shape], where: str) -> str | None:
    if not isinstance(value, dict):
        return f"{where} is not an object"
    fields = {name.removesuffix("?"): inner for name, inner in shape.items()}
    if value.keys() - fields.keys():
        return f"{where} has a field that does not belong there"
    for name, inner in shape.items():
        bare = name.removesuffix("?")
        if bare in value:
            if wrong := fault(value[bare], inner, bare if where == "the line" else f"{where}.{bare}"):
                return wrong
        elif bare == name:
            return f"{where} has no {name}"
    return None
