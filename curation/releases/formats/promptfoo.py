"""`promptfoo.yaml`: a list of promptfoo test cases, one a line, named by `tests: file://promptfoo.yaml`.

promptfoo (version 0.123 was read and run) does all of this to strings anywhere in a test: loads what begins with
`file://`, running it if it is code; loads a module for `package:`; renders `{{ }}`, `{% %}` and `{# #}` as Nunjucks
with the environment in reach, once or twice by the path that the string takes; and passes a prompt that is JSON, or
YAML that begins with `- role:`, to the model as the whole chat. Because the number of renderings varies, no template
escape is right in all of them. So the markers themselves are split by an invisible WORD JOINER (U+2060): `inert` adds
them and `restored` removes them.

Each line is a JSON object after `- `, which every YAML 1.2 reader reads the same: quoted strings cannot contain tags,
anchors or aliases.
"""

import re
from typing import Any

from curation.releases.formats.conversations import spoken
from curation.releases.formats.encoding import JOINER, as_escape, each_text, json_line
from curation.releases.formats.format import Format, Row
from curation.releases.formats.shapes import SOURCES, SPOKEN

OVERLAP = 0.5

# Where a joiner goes. Each pattern allows joiners already in the marker, so that one is always added and `restored`
# always removes one.
_MARK = re.compile("\\{(?=\u2060*(?:[{%#]|\\Z))|#(?=\u2060*(?:\\}|\\Z))|file:(?=\u2060*//)", re.IGNORECASE)
_PARTED = re.compile(
    "(\\{)\u2060(?=\u2060*(?:[{%#]|\\Z))|(#)\u2060(?=\u2060*(?:\\}|\\Z))|(file:)\u2060(?=\u2060*//)", re.IGNORECASE
)
# Beginnings of a text that promptfoo would load, or read as JSON or YAML.
_LEADING = re.compile(
    '\u2060*\\s*(?:[{\\["]|-\\s+role:|package:|-?[\\d.]+(?:e[-+]?\\d+)?\\s*\\Z|(?:true|false|null)\\s*\\Z)',
    re.IGNORECASE,
)
# Characters that JSON allows unescaped and YAML does not.
_NOT_YAML = re.compile(rb"\x7f|\xef\xbf[\xbe\xbf]")


def line(row: Row) -> bytes | None:
    """`- {description, vars, assert, options, metadata}`; every row fits.

    The assertions use no model and send nothing anywhere: the answer must share half of its words with the expected
    one, and must not be the rejected one. `vars.messages` is the whole conversation, for `{{ messages | dump }}`,
    without tool calls: a marker split in their arguments would break them. How many turns and steps that leaves out
    is in `metadata.without`.
    """
    expected = inert(row.expected)
    checks: list[dict[str, Any]] = [{"type": "rouge-n", "value": expected, "threshold": OVERLAP}]
    checks += [{"type": "not-equals", "value": inert(text)} for text in (row.rejected, *row.also_rejected) if text]
    question = inert(row.question)
    case = {
        "description": f"{row.kind} {row.id}",
        "vars": {
            "question": question,
            "expected": expected,
            "rejected": inert(row.rejected or ""),
            "messages": [*each_text(spoken(row.context), inert), {"role": "user", "content": question}],
            "sources": each_text(row.sources, inert),
        },
        "assert": checks,
        "options": {"disableVarExpansion": True},
        "metadata": {
            "id": row.id,
            "kind": row.kind,
            "tier": row.tier,
            "accepted": each_text(list(row.accepted), inert),
            "tags": each_text(row.tags, inert),
            **without(row),
            **each_text(row.provenance, inert),
        },
    }
    written = json_line(case)
    if b"\x7f" in written or b"\xef\xbf" in written:
        written = _NOT_YAML.sub(as_escape, written)
    return b"- " + written


def without(row: Row) -> dict[str, str]:
    """What the test case leaves out, in words; empty if nothing."""
    turns, steps = len(row.context) - len(spoken(row.context)), len(row.steps)
    return {"without": f"{turns} turns of tools, {steps} steps"} if turns or steps else {}


def inert(text: str) -> str:
    """The text with every marker split that promptfoo acts on."""
    if "{" in text or "#" in text or "//" in text:
        text = _MARK.sub(_join, text)
    # Most texts begin with a letter that no leading marker begins with.
    if text[:1].isalpha() and text[0] not in "PpTtFfNn":
        return text
    return JOINER + text if _LEADING.match(text) else text


def restored(text: str) -> str:
    """The text that was given to `inert`."""
    if text.startswith(JOINER) and _LEADING.match(text[1:]):
        text = text[1:]
    return _PARTED.sub(lambda found: found[1] or found[2] or found[3], text)


def _join(found: re.Match[str]) -> str:
    return found[0] + JOINER


FORMAT = Format(
    "promptfoo.yaml",
    "evaluation",
    record="case",
    line=line,
    shape={
        "description": "string",
        "vars": {
            "question": "string",
            "expected": "string",
            "rejected": "string",
            "messages": SPOKEN,
            "sources": SOURCES,
        },
        "assert": [{"type": ("rouge-n", "not-equals"), "value": "string", "threshold?": "number"}],
        "options": {"disableVarExpansion": "boolean"},
        "metadata": "object",
    },
)
