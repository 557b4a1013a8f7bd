"""`preferences.jsonl`."""

import orjson

from curation.formats.records import Row

NAME = "preferences.jsonl"
PURPOSE = "training"
CONFIG = "preferences"


def line(row: Row) -> bytes | None:
    """One JSON line."""
    if row.rejected is None:
        return None
    return orjson.dumps({"input": {"messages": [*row.context, {"role": "user", "content": row.question}], "tools": [], "parallel_tool_calls": True}, "preferred_output": [{"role": "assistant", "content": row.expected}], "non_preferred_output": [{"role": "assistant", "content": row.rejected}]}, option=orjson.OPT_APPEND_NEWLINE)
