"""`eval_cases.jsonl`: what the gate asks a candidate, and what a right answer is."""

from curation.releases.formats.encoding import json_line
from curation.releases.formats.records import Row

NAME = "eval_cases.jsonl"
PURPOSE = "evaluation"
CONFIG = "eval_cases"


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
