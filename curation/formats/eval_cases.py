"""`eval_cases.jsonl`."""

import orjson

from curation.formats.records import Row

NAME = "eval_cases.jsonl"
PURPOSE = "evaluation"
CONFIG = "eval_cases"


def line(row: Row) -> bytes | None:
    """One JSON line."""
    return orjson.dumps({"id": row.id, "kind": row.kind, "question": row.question, "expected": row.expected, "rejected": row.rejected, "context": row.context, "sources": row.sources, "tags": row.tags, "why": row.why, "provenance": row.provenance}, option=orjson.OPT_APPEND_NEWLINE)
