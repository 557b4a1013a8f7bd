"""`eval_cases.jsonl`: what the gate asks a candidate, and what a right answer is."""

from typing import Any

from curation.releases.formats.encoding import json_line
from curation.releases.formats.format import Format, Row
from curation.releases.formats.shapes import KIND, PROVENANCE, SOURCES, STEPS, TEXTS, TIER
from curation.releases.formats.tools import right_steps, steps_text, turns_text


def line(row: Row) -> bytes | None:
    """One case with everything that tells a right answer from a wrong one; any row can be one."""
    return json_line(
        {
            "id": row.id,
            "kind": row.kind,
            "question": row.question,
            "expected": row.expected,
            "accepted": list(row.accepted),
            "rejected": row.rejected,
            "also_rejected": list(row.also_rejected),
            "tier": row.tier,
            "depends_on": list(row.depends_on),
            "as_of": row.as_of,
            "valid_until": row.valid_until,
            "steps": steps_text(right_steps(row.steps, row.fix)),
            "context": turns_text(row.context),
            "sources": row.sources,
            "tags": row.tags,
            "why": row.why,
            "provenance": row.provenance,
        }
    )


def row(line: dict[str, Any]) -> Row:
    """The case that a line holds; fields that only other kinds of record have are left out."""
    return Row(**line, language="")


FORMAT = Format(
    "eval_cases.jsonl",
    "evaluation",
    record="case",
    line=line,
    shape={
        "id": "string",
        "kind": KIND,
        "question": "string",
        "expected": "string",
        "accepted": ["string"],
        "rejected": "string?",
        "also_rejected": ["string"],
        "tier": TIER,
        "depends_on": ["string"],
        "as_of": "time?",
        "valid_until": "time?",
        "steps": STEPS,
        "context": TEXTS,
        "sources": SOURCES,
        "tags": ["string"],
        "why": "string",
        "provenance": PROVENANCE,
    },
    always=True,
    table=True,
)
