"""The plain records that the curation stages pass along: no database, no framework, nothing that changes."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any, Literal, NamedTuple

Author = Literal["human", "agent"]


class Finding(NamedTuple):
    """Why a stage would keep a record out: `code` for machines, `detail` for people, `figure` to compare with
    a setting.

    `detail` never holds captured text. `figure` is in the unit that the detail names, None where nothing is
    measured.
    """

    stage: str
    code: str
    detail: str
    figure: float | None = None


class Candidate(NamedTuple):
    """One decided interaction on its way to a release: what it would teach, and everything a stage asks about
    it.

    All text is redacted. `context` holds (role, content) in order. `expected` is the answer that the record
    would teach, `rejected` the one that it replaced. `authored` says whose words `expected` is, `depth` how
    many generations of model output lie behind them (0: a person wrote it). `language` is an ISO 639-1 code
    or "und". `voters` are the subjects whose votes decided. `is_cut` says that the agent's answer is a stream that
    ended early, `has_media` that the talk hangs on a picture, a recording or a file; `steps_text` is what tools were asked and
    gave back.
    """

    interaction: int
    subject: int
    project: int
    question: str
    context: tuple[tuple[str, str], ...]
    answer: str
    expected: str
    rejected: str | None
    sources_text: str
    tags: tuple[str, ...]
    language: str
    agent_version: str
    authored: Author
    depth: int
    occurred_at: datetime
    fingerprint: bytes
    voters: tuple[int, ...]
    is_cut: bool = False
    has_media: bool = False
    steps_text: str = ""


class Decided(NamedTuple):
    """One decision with all that is made of it, as the database holds it: text redacted, `context` its turns.

    `answer` is the agent's. `expected` is the right one, None where the decision leaves it open. `author` is the subject
    who wrote the correction (`correction` its signal), None where nobody did or a reviewer did. `fingerprint` is the key of the
    question, `wording` that of the question to the letter. `is_new` says that the
    interaction had no decision before, so that nothing can be derived from it yet, `is_drawn` that the audit drew it.
    """

    interaction: int
    subject: int
    question: str
    context: Sequence[Mapping[str, str]]
    answer: str
    expected: str | None
    corrected: bool
    reviewed: bool
    correction: int | None
    author: int | None
    sources: Sequence[Mapping[str, Any]]
    tags: tuple[str, ...]
    language: str
    agent: tuple[str, str]
    occurred_at: datetime
    fingerprint: bytes
    wording: bytes = b""
    voters: tuple[int, ...] = ()
    is_new: bool = False
    is_cut: bool = False
    has_media: bool = False
    steps_text: str = ""
    is_drawn: bool = False

    @property
    def is_sampled(self) -> bool:
        """Whether chance alone chose it: a reviewer decided what the audit drew, and nobody's vote stands."""
        return self.is_drawn and self.reviewed and not self.voters


def named(settings: type[Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as arguments for a dataclass of settings, without those that it had once (`RETIRED`), which stored
    policies still carry. Raises `ValueError` naming those that it does not have.
    """
    known = {item.name for item in fields(settings) if item.init}
    given = {name: value for name, value in values.items() if name not in getattr(settings, "RETIRED", ())}
    if unknown := sorted(set(given) - known):
        raise ValueError(f"unknown settings: {', '.join(unknown)}")
    return given


class Findings(Mapping[int, Finding]):
    """Why records are left out, by their keys. `records` are those keys in order; of each, `codes` has 0 for nothing, or
    which of `found` it is, counted from 1.
    """

    def __init__(self, records: Sequence[int], codes: Sequence[int], found: Sequence[Finding]) -> None:
        self.records, self.codes, self.found = records, codes, found

    def __getitem__(self, key: int) -> Finding:
        place = place_of(key, self.records)
        if place is not None and (code := self.codes[place]):
            return self.found[code - 1]
        raise KeyError(key)

    def __iter__(self) -> Iterator[int]:
        return (key for key, code in zip(self.records, self.codes, strict=True) if code)

    def __len__(self) -> int:
        return len(self.codes) - self.codes.count(0)


def place_of(key: int, records: Sequence[int]) -> int | None:
    """Where a key is among these, which are in order."""
    place = bisect_left(records, key)
    return place if place < len(records) and records[place] == key else None
