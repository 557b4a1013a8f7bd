"""`inspect.jsonl`: samples for Inspect's `json_dataset`.

Never `files`, `setup` or `sandbox`: those name what Inspect copies and runs. Contents are plain strings, which it does
not resolve; lists of content parts it would.
"""

from curation.releases.formats.conversations import prompt
from curation.releases.formats.encoding import json_line
from curation.releases.formats.format import Format, Row
from curation.releases.formats.shapes import MESSAGES


def line(row: Row) -> bytes | None:
    """`{id, input, target, metadata}`. None where an earlier turn has a role that Inspect does not know."""
    messages = prompt(row, system=False)
    if messages is None:
        return None
    metadata = {
        "kind": row.kind,
        "rejected": row.rejected,
        "accepted": list(row.accepted),
        "also_rejected": list(row.also_rejected),
        "tier": row.tier,
        "sources": row.sources,
        "tags": row.tags,
        "provenance": row.provenance,
    }
    return json_line({"id": row.id, "input": messages, "target": [row.expected, *row.accepted], "metadata": metadata})


FORMAT = Format(
    "inspect.jsonl",
    "evaluation",
    record="case",
    line=line,
    shape={"id": "string", "input": MESSAGES, "target": ["string"], "metadata": "object"},
)
