"""The curated record as the release cutter hands it to the formats."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Row:
    """One record of a release. All text is redacted."""

    id: str
    question: str
    context: list[dict[str, str]]
    sources: list[dict[str, str]]
    expected: str
    rejected: str | None
    kind: str
    tags: list[str]
    language: str
    why: str
    provenance: dict[str, Any]
    system: str | None = None
    reviewed: bool = False
    thumb: bool | None = None
