"""`openai_evals.jsonl`: a file for OpenAI's Evals API, data source `custom`, its rows under `item`.

Graders name fields in templates (`{{ item.expected }}`); a field's content is inserted unchanged.
"""

from curation.releases.formats.conversations import prompt
from curation.releases.formats.encoding import json_line
from curation.releases.formats.format import Format, Row
from curation.releases.formats.shapes import KIND, MESSAGES, STEPS
from curation.releases.formats.tools import right_steps, steps_text

ITEM_SCHEMA = {
    "type": "object",
    "properties": {
        "id": {"type": "string"},
        "kind": {"type": "string", "enum": list(KIND)},
        "question": {"type": "string"},
        "messages": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"role": {"type": "string"}, "content": {"type": "string"}},
                "required": ["role", "content"],
            },
        },
        "expected": {"type": "string"},
        "rejected": {"type": "string"},
        "steps": {"type": "array", "items": {"type": "object"}},
    },
    "required": ["id", "kind", "question", "messages", "expected", "rejected"],
}
"""The `item_schema` to create the eval with."""


def line(row: Row) -> bytes | None:
    """`{item: {id, kind, question, messages, expected, rejected}}`, `rejected` empty if the agent's answer was right.

    Raises `CannotHold` for a turn whose role the API does not know. Steps, if any, are in `steps`, as text.
    """
    messages = prompt(row, system=False, steps=False)
    item = {
        "id": row.id,
        "kind": row.kind,
        "question": row.question,
        "messages": messages,
        "expected": row.expected,
        "rejected": row.rejected or "",
        **({"steps": steps_text(right_steps(row.steps, row.fix))} if row.steps else {}),
    }
    return json_line({"item": item})


FORMAT = Format(
    "openai_evals.jsonl",
    "evaluation",
    record="case",
    line=line,
    shape={
        "item": {
            "id": "string",
            "kind": KIND,
            "question": "string",
            "messages": MESSAGES,
            "expected": "string",
            "rejected": "string",
            "steps?": STEPS,
        }
    },
)
