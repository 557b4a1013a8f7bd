"""Shapes of lines: one description for the check, for Parquet's columns and for the dataset card."""

from typing import Any

Shape = str | tuple[str, ...] | list["Shape"] | dict[str, "Shape"]
"""A scalar's type, the texts allowed, a list of a shape, or an object's fields, of which those with `?` may be missing.

The types are `string`, `time` (a string of ISO 8601), `boolean`, `integer`, `number`, `null` and `object`, which is any
object; a `?` after one allows null.
"""

TEXTS: Shape = [{"role": "string", "content": "string"}]
MESSAGES: Shape = [{"role": ("system", "user", "assistant"), "content": "string"}]
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
"""What the agent did between question and answer; the arguments of a call as JSON, for no table has columns for them."""
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


def fault(value: Any, shape: Shape, where: str) -> str | None:
    """Where a value is not of a shape, or None."""
    if isinstance(shape, dict):
        return _object_fault(value, shape, where)
    if isinstance(shape, list):
        if not isinstance(value, list):
            return f"{where} is no list"
        return next((wrong for item in value if (wrong := fault(item, shape[0], f"{where}[]"))), None)
    if isinstance(shape, tuple):
        return None if value in shape else f"{where} is none of {', '.join(shape)}"
    if value is None and shape.endswith("?"):
        return None
    kind = TYPES[shape.removesuffix("?")]
    # A bool is an int to Python, and not to JSON.
    return None if isinstance(value, kind) and isinstance(value, bool) == (kind is bool) else f"{where} is no {shape}"


def _object_fault(value: Any, shape: dict[str, Shape], where: str) -> str | None:
    if not isinstance(value, dict):
        return f"{where} is no object"
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
