"""`sft.jsonl`: supervised fine-tuning, in the form that OpenAI, Together, TRL and others accept."""

from curation.releases.formats.conversations import answer, prompt, with_tools
from curation.releases.formats.encoding import json_line
from curation.releases.formats.format import Format, Row
from curation.releases.formats.shapes import MESSAGES, TOOLS


def line(row: Row) -> bytes | None:
    """`{messages}`, the assistant's last; `tools` if it calls any. Raises `NoPlace`.

    Calls before a corrected answer have `weight` 0: nobody said that they were right.
    """
    messages = prompt(row)
    if row.steps and row.rejected is not None:
        for message in messages[len(messages) - 2 * len(row.steps) :: 2]:
            message["weight"] = 0
    messages.append(answer(row.expected))
    return json_line(with_tools({"messages": messages}, messages))


FORMAT = Format(
    "sft.jsonl",
    "training",
    record="example",
    line=line,
    shape={"messages": MESSAGES, "tools?": TOOLS},
    answered=("messages",),
    always=True,
    table=True,
)
