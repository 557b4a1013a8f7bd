"""What comes with a conversation besides its text: media, tool calls and their results. Read from columns as stored."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from privacy.db import bulk
from privacy.redaction.numbering import PLACEHOLDER


def is_cut(metadata: str) -> bool:
    """Whether a client said that its stream ended before the answer did."""
    return metadata != "{}" and "cut" in bulk.parsed(metadata)


def has_media(metadata: str, context: str) -> bool:
    """Whether the question, or a turn before it, came with a picture, a recording or a file."""
    if '"media"' in metadata and bulk.parsed(metadata).get("media"):
        return True
    return '"media"' in context and any(turn.get("media") for turn in bulk.parsed(context))


def steps_text(steps: str, fix: str | None = None) -> str:
    """What tools were asked and gave back, and what a person said that they should have been asked, as text for the
    filters; most answers have no steps."""
    return "" if steps == "[]" else "\n".join(texts([bulk.parsed(steps), bulk.parsed(fix or "{}")]))


def texts(value: Any) -> Iterator[str]:
    """The texts in a structure."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from texts(part)


def own_salt(interaction: int, text: str, sources: Iterable[Mapping[str, Any]]) -> bytes:
    """What keeps apart what texts of different conversations say, where they hide a value: the conversation's key. Empty where
    nothing is hidden, or only what a cited source tells everybody, such as the number of a hotline.
    """
    hidden = set(PLACEHOLDER.findall(text)) if "[" in text else set()
    if not hidden or hidden <= {
        mark for source in sources for mark in PLACEHOLDER.findall(str(source.get("text") or ""))
    }:
        return b""
    return interaction.to_bytes(8, "big")
