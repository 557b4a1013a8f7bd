"""`sft.jsonl`: supervised fine-tuning, as OpenAI, Together, TRL and others take it."""

from curation.releases.formats.conversations import answer, prompt
from curation.releases.formats.encoding import json_line
from curation.releases.formats.records import Row

NAME = "sft.jsonl"
PURPOSE = "training"
CONFIG = "sft"


def line(row: Row) -> bytes | None:
    """`{messages}`, the assistant's last. None where an earlier turn has a role that training does not know."""
    messages = prompt(row)
    if messages is None:
        return None
    messages.append(answer(row.expected))
    return json_line({"messages": messages})
