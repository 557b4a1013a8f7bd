"""`sft.jsonl`: supervised fine-tuning, as OpenAI, Together, TRL and others take it."""

from curation.releases.formats.conversations import answer, prompt
from curation.releases.formats.encoding import json_line
from curation.releases.formats.format import Format, Row
from curation.releases.formats.shapes import MESSAGES


def line(row: Row) -> bytes | None:
    """`{messages}`, the assistant's last. None where an earlier turn has a role that training does not know."""
    messages = prompt(row)
    if messages is None:
        return None
    messages.append(answer(row.expected))
    return json_line({"messages": messages})


FORMAT = Format(
    "sft.jsonl",
    "training",
    record="example",
    line=line,
    shape={"messages": MESSAGES},
    answered=("messages",),
    always=True,
    table=True,
)
