"""The shape of a line of each file: one description for the check, for Parquet's columns and for the dataset card."""

from typing import Any

Shape = str | tuple[str, ...] | list["Shape"] | dict[str, "Shape"]
"""A scalar's type, the texts allowed, a list of a shape, or an object's fields, of which those with `?` may be missing.

The types are `string`, `time` (a string of ISO 8601), `boolean`, `integer`, `number`, `null` and `object`, which is any
object; a `?` after one allows null.
"""

TEXTS: Shape = [{"role": "string", "content": "string"}]
MESSAGES: Shape = [{"role": ("system", "user", "assistant"), "content": "string"}]
KIND: Shape = ("golden", "regression")
SOURCES: Shape = [{"id?": "string?", "title?": "string?", "url?": "string?", "text?": "string?"}]
PROVENANCE: Shape = {"interaction": "string", "agent": "string?", "decided_by": "string", "decided_at": "time?"}
TABLES: dict[str, dict[str, Shape]] = {
    "eval_cases.jsonl": {
        "id": "string",
        "kind": KIND,
        "question": "string",
        "expected": "string",
        "rejected": "string?",
        "context": TEXTS,
        "sources": SOURCES,
        "tags": ["string"],
        "why": "string",
        "provenance": PROVENANCE,
    },
    "sft.jsonl": {"messages": MESSAGES},
    "preferences.jsonl": {
        "input": {"messages": MESSAGES, "tools": ["null"], "parallel_tool_calls": "boolean"},
        "preferred_output": MESSAGES,
        "non_preferred_output": MESSAGES,
    },
    "dpo.jsonl": {"prompt": MESSAGES, "chosen": MESSAGES, "rejected": MESSAGES},
    "kto.jsonl": {"prompt": MESSAGES, "completion": MESSAGES, "label": "boolean"},
}
"""The files that a dataset library loads as tables."""

LINES: dict[str, dict[str, Shape]] = TABLES | {
    "lineage.jsonl": {"file": "string", "record": "string", "interaction": "string", "line?": "integer"},
    "inspect.jsonl": {"id": "string", "input": MESSAGES, "target": "string", "metadata": "object"},
    "langfuse.jsonl": {
        "id": "string",
        "input": {"question": "string", "context": TEXTS, "sources": SOURCES},
        "expectedOutput": {"answer": "string"},
        "metadata": "object",
        "status": ("ACTIVE", "ARCHIVED"),
    },
    "deepeval.jsonl": {
        "input": "string",
        "expected_output": "string",
        "context": ["string"],
        "name": "string",
        "additional_metadata": "object",
    },
    "openai_evals.jsonl": {
        "item": {
            "id": "string",
            "kind": KIND,
            "question": "string",
            "messages": MESSAGES,
            "expected": "string",
            "rejected": "string",
        }
    },
    "promptfoo.yaml": {
        "description": "string",
        "vars": {
            "question": "string",
            "expected": "string",
            "rejected": "string",
            "messages": TEXTS,
            "sources": SOURCES,
        },
        "assert": [{"type": ("rouge-n", "not-equals"), "value": "string", "threshold?": "number"}],
        "options": {"disableVarExpansion": "boolean"},
        "metadata": "object",
    },
}
"""Every file of lines, promptfoo's without its `- `."""

TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "time": str,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
    "null": type(None),
    "object": dict,
}
# Lists whose last message must be the assistant's, for the trainer to have something to learn.
ANSWERED = {
    "sft.jsonl": ("messages",),
    "preferences.jsonl": ("preferred_output", "non_preferred_output"),
    "dpo.jsonl": ("chosen", "rejected"),
    "kto.jsonl": ("completion",),
}


def line_fault(name: str, value: Any) -> str | None:
    """What is wrong with a line of the file of that name, or None. It names fields, never what is in them."""
    shape = LINES.get(name)
    if shape is None:
        return None
    if wrong := fault(value, shape, "the line"):
        return wrong
    for field in ANSWERED.get(name, ()):
        if not value[field] or value[field][-1]["role"] != "assistant":
            return f"{field} does not end with the assistant"
    return None


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
