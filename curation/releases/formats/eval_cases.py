"""`eval_cases.jsonl`: what the gate asks a candidate, and what a right answer is."""

from curation.releases.formats.encoding import json_line
from curation.releases.formats.format import Format, Row
from curation.releases.formats.shapes import KIND, PROVENANCE, SOURCES, TEXTS


def line(row: Row) -> bytes | None:
    """`{id, kind, question, expected, rejected, context, sources, tags, why, provenance}`; every row fits."""
    return json_line(
        {
            "id": row.id,
            "kind": row.kind,
            "question": row.question,
            "expected": row.expected,
            "rejected": row.rejected,
            "context": row.context,
            "sources": row.sources,
            "tags": row.tags,
            "why": row.why,
            "provenance": row.provenance,
        }
    )


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
        "rejected": "string?",
        "context": TEXTS,
        "sources": SOURCES,
        "tags": ["string"],
        "why": "string",
        "provenance": PROVENANCE,
    },
    always=True,
    table=True,
)
