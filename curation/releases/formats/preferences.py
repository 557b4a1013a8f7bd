"""`preferences.jsonl`: pairs for preference tuning in OpenAI's shape, which Together and Azure accept too."""

from curation.releases.formats.conversations import answer, prompt, tools
from curation.releases.formats.encoding import json_line
from curation.releases.formats.format import CannotHold, Format, Row
from curation.releases.formats.shapes import MESSAGES, TOOLS
from curation.releases.formats.tools import corrected

A_CALL = "a corrected step: its pair is two calls, and these pairs have only text; it is in `dpo.jsonl`"


def line(row: Row) -> bytes | None:
    """`{input, preferred_output, non_preferred_output}`, one message each. None if the row is not a pair.

    Calls before the answer are part of the input, since both answers follow them.
    """
    if not row.rejected or row.rejected == row.expected:
        return None
    if corrected(row.steps, row.fix):
        raise CannotHold(A_CALL)
    messages = prompt(row)
    return json_line(
        {
            "input": {"messages": messages, "tools": tools(messages), "parallel_tool_calls": True},
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
        "input": {"messages": MESSAGES, "tools": TOOLS, "parallel_tool_calls": "boolean"},
        "preferred_output": MESSAGES,
        "non_preferred_output": MESSAGES,
    },
    answered=("preferred_output", "non_preferred_output"),
    always=True,
    table=True,
)
