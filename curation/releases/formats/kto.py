"""`kto.jsonl`: unpaired votes for TRL's KTOTrainer, conversational."""

from curation.releases.formats.conversations import answer, prompt
from curation.releases.formats.encoding import json_line
from curation.releases.formats.format import Format, Row
from curation.releases.formats.shapes import MESSAGES


def line(row: Row) -> bytes | None:
    """`{prompt, completion, label}`: the agent's own answer and the vote on it.

    None where nobody voted, or no person reviewed the vote: an unpaired thumb alone is too easily stuffed.
    """
    completion = row.expected if row.thumb else row.rejected
    if row.thumb is None or not row.reviewed or not completion or (messages := prompt(row)) is None:
        return None
    return json_line({"prompt": messages, "completion": [answer(completion)], "label": row.thumb})


FORMAT = Format(
    "kto.jsonl",
    "training",
    record="example",
    line=line,
    shape={"prompt": MESSAGES, "completion": MESSAGES, "label": "boolean"},
    answered=("completion",),
    table=True,
)
