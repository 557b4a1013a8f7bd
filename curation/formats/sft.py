"""`sft.jsonl`."""

import orjson

from curation.formats.records import Row

NAME = "sft.jsonl"
PURPOSE = "training"
CONFIG = "sft"


def line(row: Row) -> bytes | None:
    """One JSON line."""
    return orjson.dumps({"messages": [*row.context, {"role": "user", "content": row.question}, {"role": "assistant", "content": row.expected}]}, option=orjson.OPT_APPEND_NEWLINE)
