"""What a format is, and the curated record that it writes. Each module next to this one declares its `FORMAT`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from curation.releases.formats.shapes import Shape, fault, talk_fault

Message = dict[str, Any]
Kind = Literal["golden", "regression", "sampled"]


class Row(NamedTuple):
    """One record of a release. Every text in it is redacted, and none of it is trusted.

    `fix` is what a person said that one of the `steps` should have been (`tools.corrected`).
    `expected` is the right answer, `accepted` others that are right too, `rejected` the one that it replaced, where
    there was one, and `also_rejected` others that were corrected. `tier` is the evidence for the right answer,
    `depends_on` what else it depends on, `as_of` when it was last found right. `provenance` is `{"interaction",
    "agent", "decided_by", "decided_at", "evidence"}`. `thumb` is the current vote on the agent's own answer;
    `reviewed` says that a person confirmed the decision. `system` is the dataset's system prompt, for training only.
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
    tier: str = "single"
    accepted: Sequence[str] = ()
    also_rejected: Sequence[str] = ()
    depends_on: Sequence[str] = ()
    as_of: str | None = None
    valid_until: str | None = None
    steps: Sequence[dict[str, Any]] = ()
    fix: Mapping[str, Any] = {}


class CannotHold(ValueError):
    """A format cannot hold a record that it should; the message says why and quotes nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class Format:
    """A file of one line a record, `file` its name.

    `purpose` is the consent that its records need, `record` the kind of record that it is made of. `line` writes a
    record as one line, LF at its end, None if the record is of another kind, and raises `CannotHold` for one that should be
    there; `shape` is what such a line holds,
    by which releases are verified. `answered` are lists of messages whose last must be the assistant's, for the trainer
    to have something to learn. Every release has the `always` ones. A `table` is also a config of the dataset card, and
    has a Parquet form.
    """

    file: str
    purpose: Literal["evaluation", "training"]
    record: Literal["case", "example", "pair"]
    line: Callable[[Row], bytes | None]
    shape: dict[str, Shape]
    answered: tuple[str, ...] = ()
    always: bool = False
    table: bool = False

    @property
    def name(self) -> str:
        """The name by which a dataset chooses it."""
        return self.file.partition(".")[0]

    def fault(self, value: Any) -> str | None:
        """What is wrong with a parsed line, or None. It names fields, never their contents."""
        if wrong := fault(value, self.shape, "the line"):
            return wrong
        for field in self.answered:
            if not value[field] or value[field][-1]["role"] != "assistant":
                return f"{field} does not end with the assistant"
        # What is to be learnt may be a call, which has no result yet.
        return talk_fault({**value, **{name: value[name][:-1] for name in self.answered}}) if self.answered else None
