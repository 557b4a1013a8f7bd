"""`langfuse.jsonl`: dataset items for Langfuse, `create_dataset_item(dataset_name=…, …)` or `POST /dataset-items`.

The reader chooses the name of the Langfuse dataset, so it is not here. Langfuse upserts by `id`. It treats a string
`@@@langfuseMedia:…@@@` as a file that it holds, and uploads one that begins like a base64 data URI: both markers are
split.
"""

import re

from curation.releases.formats.encoding import JOINER, each_text, json_line, marker_joiner, marker_splitter
from curation.releases.formats.format import Format, Row
from curation.releases.formats.shapes import SOURCES, STEPS, TEXTS
from curation.releases.formats.tools import right_steps, steps_text, turns_text

MARK = re.compile(r"@@@(?=langfuseMedia:)|\Adata(?=:)", re.IGNORECASE)
inert = marker_splitter(MARK, ":")
whole = marker_joiner(re.compile(f"(@@@){JOINER}(?=langfuseMedia:)|\\A(data){JOINER}(?=:)", re.IGNORECASE))


def line(row: Row) -> bytes | None:
    """`{id, input, expectedOutput, metadata, status}`; every row fits."""
    return json_line(
        {
            "id": row.id,
            "input": {
                "question": inert(row.question),
                "context": each_text(turns_text(row.context), inert),
                "sources": each_text(row.sources, inert),
            },
            "expectedOutput": {
                "answer": inert(row.expected),
                **({"steps": each_text(steps_text(right_steps(row.steps, row.fix)), inert)} if row.steps else {}),
            },
            "metadata": {
                "kind": row.kind,
                "rejected": each_text(row.rejected, inert),
                "accepted": each_text(list(row.accepted), inert),
                "also_rejected": each_text(list(row.also_rejected), inert),
                "tier": row.tier,
                "tags": each_text(row.tags, inert),
                "provenance": each_text(row.provenance, inert),
            },
            "status": "ACTIVE",
        }
    )


FORMAT = Format(
    "langfuse.jsonl",
    "evaluation",
    record="case",
    line=line,
    shape={
        "id": "string",
        "input": {"question": "string", "context": TEXTS, "sources": SOURCES},
        "expectedOutput": {"answer": "string", "steps?": STEPS},
        "metadata": "object",
        "status": ("ACTIVE", "ARCHIVED"),
    },
)
