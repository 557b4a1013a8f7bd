"""`preferences.jsonl`: pairs for preference tuning in OpenAI's shape, which Together and Azure take too."""

from curation.releases.formats.conversations import answer, prompt
from curation.releases.formats.encoding import json_line
from curation.releases.formats.format import Format, Row
from curation.releases.formats.shapes import MESSAGES


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


FORMAT = Format(
    "preferences.jsonl",
    "training",
    record="pair",
    line=line,
    shape={
        "input": {"messages": MESSAGES, "tools": ["null"], "parallel_tool_calls": "boolean"},
        "preferred_output": MESSAGES,
        "non_preferred_output": MESSAGES,
    },
    answered=("preferred_output", "non_preferred_output"),
    always=True,
    table=True,
)
