"""`inspect.jsonl`: samples for Inspect's `json_dataset`.

Never `files`, `setup` or `sandbox`, which name what Inspect copies and runs. Contents are plain strings, which Inspect
does not resolve; it would resolve lists of content parts.
"""

import orjson

from curation.releases.formats.conversations import prompt
from curation.releases.formats.encoding import json_line
from curation.releases.formats.format import Format, Message, Row
from curation.releases.formats.shapes import Shape
from curation.releases.formats.tools import right_steps, steps_text

CALLS: Shape = [{"id": "string", "function": "string", "arguments": "object", "type": ("function",)}]
INPUT: Shape = [
    {
        "role": ("system", "user", "assistant", "tool"),
        "content": "string",
        "tool_calls?": CALLS,
        "tool_call_id?": "string",
    }
]


def line(row: Row) -> bytes | None:
    """`{id, input, target, metadata}`. Raises `CannotHold` for a turn whose role Inspect does not know."""
    messages = [as_inspect(message) for message in prompt(row, system=False, steps=False)]
    metadata = {
        "kind": row.kind,
        "rejected": row.rejected,
        "accepted": list(row.accepted),
        "also_rejected": list(row.also_rejected),
        "tier": row.tier,
        "sources": row.sources,
        "tags": row.tags,
        **({"steps": steps_text(right_steps(row.steps, row.fix))} if row.steps else {}),
        "provenance": row.provenance,
    }
    return json_line({"id": row.id, "input": messages, "target": [row.expected, *row.accepted], "metadata": metadata})


def as_inspect(message: Message) -> Message:
    """A message with its calls in Inspect's form."""
    if "tool_calls" not in message:
        return message
    calls = [
        {
            "id": call["id"],
            "function": call["function"]["name"],
            "arguments": orjson.loads(call["function"]["arguments"]),
            "type": "function",
        }
        for call in message["tool_calls"]
    ]
    return {**message, "tool_calls": calls}


FORMAT = Format(
    "inspect.jsonl",
    "evaluation",
    record="case",
    line=line,
    shape={"id": "string", "input": INPUT, "target": ["string"], "metadata": "object"},
)
