"""`preferences.jsonl`: pairs for preference tuning in OpenAI's shape, which Together and Azure take too."""

from curation.releases.formats.conversations import answer, prompt
from curation.releases.formats.encoding import json_line
from curation.releases.formats.records import Row

NAME = "preferences.jsonl"
PURPOSE = "training"
CONFIG = "preferences"


def line(row: Row) -> bytes | None:
    """`{input, preferred_output, non_preferred_output}`, one message each. None where there is no pair to prefer in."""
    if not row.rejected or row.rejected == row.expected or (messages := prompt(row)) is None:
        return None
    return json_line(
        {
            "input": {"messages": messages, "tools": [], "parallel_tool_calls": True},
            "preferred_output": [answer(row.expected)],
            "non_preferred_output": [answer(row.rejected)],
        }
    )
