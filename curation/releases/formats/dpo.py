"""`dpo.jsonl`: preference pairs for TRL's DPOTrainer, conversational."""

from curation.releases.formats.conversations import answer, correction, prompt, with_tools
from curation.releases.formats.encoding import json_line
from curation.releases.formats.format import Format, Row
from curation.releases.formats.shapes import MESSAGES, TOOLS


def line(row: Row) -> bytes | None:
    """`{prompt, chosen, rejected}`, each a list of messages, and `tools` if any of them is called. None if the row is
    not a pair. Of a corrected step, the pair is the right call and the one that was made.
    """
    if fixed := correction(row):
        before, right, made = fixed
        return json_line(with_tools({"prompt": before, "chosen": [right], "rejected": [made]}, [*before, right, made]))
    if not row.rejected or row.rejected == row.expected:
        return None
    messages = prompt(row)
    pair = {"prompt": messages, "chosen": [answer(row.expected)], "rejected": [answer(row.rejected)]}
    return json_line(with_tools(pair, messages))


FORMAT = Format(
    "dpo.jsonl",
    "training",
    record="pair",
    line=line,
    shape={"prompt": MESSAGES, "chosen": MESSAGES, "rejected": MESSAGES, "tools?": TOOLS},
    answered=("chosen", "rejected"),
    table=True,
)
