"""`dpo.jsonl`: preference pairs for TRL's DPOTrainer, conversational."""

from curation.releases.formats.conversations import answer, prompt
from curation.releases.formats.encoding import json_line
from curation.releases.formats.records import Row

NAME = "dpo.jsonl"
PURPOSE = "training"
CONFIG = "dpo"


def line(row: Row) -> bytes | None:
    """`{prompt, chosen, rejected}`, each a list of messages. None where there is no pair to prefer in."""
    if not row.rejected or row.rejected == row.expected or (messages := prompt(row)) is None:
        return None
    return json_line({"prompt": messages, "chosen": [answer(row.expected)], "rejected": [answer(row.rejected)]})
