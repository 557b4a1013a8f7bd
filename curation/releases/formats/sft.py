"""`sft.jsonl`: supervised fine-tuning, in the form that OpenAI, Together, TRL and others accept."""

from curation.releases.formats.conversations import answer, correction, prompt, with_tools
from curation.releases.formats.encoding import json_line
from curation.releases.formats.format import Format, Row
from curation.releases.formats.shapes import MESSAGES, TOOLS


def line(row: Row) -> bytes | None:
    """`{messages}`, the assistant's last; `tools` if it calls any. Raises `CannotHold`.

    Calls before a corrected answer have `weight` 0: nobody said that they were right. With a corrected step the
    conversation ends with the right call: nobody knows what it would have found, and so what the answer follows from.
    """
    fixed = correction(row)
    messages, last = fixed[:2] if fixed else (prompt(row), answer(row.expected))
    if row.steps and row.rejected is not None:
        asked = max(place for place, message in enumerate(messages) if message["role"] == "user")
        for message in messages[asked + 1 :: 2]:
            message["weight"] = 0
    messages.append(last)
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
