"""The curated record as a release hands it to the formats, one at a time."""

from typing import Any, Literal, NamedTuple

Message = dict[str, str]
Kind = Literal["golden", "regression"]


class Row(NamedTuple):
    """One record of a release. Every text in it is redacted, and none of it is trusted.

    `expected` is the right answer, `rejected` the one that it replaced, where there was one. `provenance` is
    `{"interaction", "agent", "decided_by", "decided_at"}`. `thumb` is the vote that stands on the agent's own answer;
    `reviewed` says that a person confirmed the decision. `system` is the dataset's system prompt, for training alone.
    """

    id: str
    question: str
    context: list[Message]
    sources: list[dict[str, Any]]
    expected: str
    rejected: str | None
    kind: Kind | str
    tags: list[str]
    language: str
    why: str
    provenance: dict[str, Any]
    system: str | None = None
    reviewed: bool = False
    thumb: bool | None = None
