"""`dpo.jsonl`: preference pairs for TRL's DPOTrainer, conversational."""

from curation.releases.formats.conversations import answer, prompt
from curation.releases.formats.encoding import json_line
from curation.releases.formats.format import Format, Row
from curation.releases.formats.shapes import MESSAGES


def line(row: Row) -> bytes | None:
    """`{prompt, chosen, rejected}`, each a list of messages. None where there is no pair to prefer in."""
    if not row.rejected or row.rejected == row.expected or (messages := prompt(row)) is None:
        return None
    return json_line({"prompt": messages, "chosen": [answer(row.expected)], "rejected": [answer(row.rejected)]})


FORMAT = Format(
    "dpo.jsonl",
    "training",
    record="pair",
    line=line,
    shape={"prompt": MESSAGES, "chosen": MESSAGES, "rejected": MESSAGES},
    answered=("chosen", "rejected"),
    table=True,
)
