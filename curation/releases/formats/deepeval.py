"""`deepeval.jsonl`: goldens for DeepEval, `EvaluationDataset.add_goldens_from_jsonl_file`.

DeepEval (version 4.3.1 was read and run) treats `[DEEPEVAL:IMAGE:…]` and `[DEEPEVAL:PDF:…]` in any text as a file or
address to load, so these markers are split. Contexts are lists: DeepEval would split a string at a separator that the
text may contain.
"""

import re
from collections.abc import Mapping
from typing import Any

import orjson

from curation.releases.formats.encoding import JOINER, each_text, json_line, marker_joiner, marker_splitter
from curation.releases.formats.format import Format, Row
from curation.releases.formats.tools import arguments_text, result_text, right_steps, turns_text

inert = marker_splitter(re.compile(r"\[(?=DEEPEVAL:)", re.IGNORECASE), "[")
whole = marker_joiner(re.compile(rf"(\[){JOINER}(?=DEEPEVAL:)", re.IGNORECASE))


def line(row: Row) -> bytes | None:
    """`{input, expected_output, context, name, expected_tools, additional_metadata}`; every row fits.

    A golden has one turn: earlier ones are in `additional_metadata.messages`. `context` holds the sources' texts.
    """
    metadata = {
        "id": row.id,
        "kind": row.kind,
        "rejected": row.rejected,
        "accepted": list(row.accepted),
        "also_rejected": list(row.also_rejected),
        "tier": row.tier,
        "messages": turns_text(row.context),
        "sources": row.sources,
        "tags": row.tags,
        "provenance": row.provenance,
    }
    return json_line(
        {
            "input": inert(row.question),
            "expected_output": inert(row.expected),
            "context": texts(row.sources),
            "name": row.id,
            "expected_tools": [expected_tool(step) for step in right_steps(row.steps, row.fix)],
            "additional_metadata": each_text(metadata, inert),
        }
    )


def expected_tool(step: Mapping[str, Any]) -> dict[str, Any]:
    """A step as DeepEval's ToolCall."""
    given = step.get("arguments")
    named = given if isinstance(given, dict) else orjson.loads(arguments_text(given))
    return {
        "name": inert(step["name"]),
        "input_parameters": each_text(named, inert),
        "output": inert(result_text(step)) or None,
    }


def texts(sources: list[dict[str, Any]]) -> list[str]:
    return [inert(source["text"]) for source in sources if source.get("text")]


FORMAT = Format(
    "deepeval.jsonl",
    "evaluation",
    record="case",
    line=line,
    shape={
        "input": "string",
        "expected_output": "string",
        "context": ["string"],
        "name": "string",
        "expected_tools": [{"name": "string", "input_parameters": "object", "output": "string?"}],
        "additional_metadata": "object",
    },
)
