"""`kto.jsonl`: unpaired votes for TRL's KTOTrainer, conversational."""

from curation.releases.formats.conversations import answer, prompt, with_tools
from curation.releases.formats.encoding import json_line
from curation.releases.formats.format import Format, Row
from curation.releases.formats.shapes import MESSAGES, TOOLS


def line(row: Row) -> bytes | None:
    """`{prompt, completion, label}`: the agent's own answer and the vote on it; `tools` if the prompt calls any.

    None if nobody voted, or no person reviewed the vote: unpaired thumbs alone are too easy to stuff.
    """
    completion = row.expected if row.thumb else row.rejected
    if row.thumb is None or not row.reviewed or not completion:
        return None
    messages = prompt(row)
    vote = {"prompt": messages, "completion": [answer(completion)], "label": row.thumb}
    return json_line(with_tools(vote, messages))


FORMAT = Format(
    "kto.jsonl",
    "training",
    record="example",
    line=line,
    shape={"prompt": MESSAGES, "completion": MESSAGES, "label": "boolean", "tools?": TOOLS},
    answered=("completion",),
    table=True,
)
