"""`manifest.json`, `lineage.jsonl` and `SHA256SUMS`: a release's description of itself, without captured text."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Literal, NotRequired, TypedDict

import orjson

from curation.releases.formats.encoding import json_line
from curation.releases.formats.format import Row
from curation.releases.formats.shapes import Shape

SCHEMA = 1
LINEAGE = "lineage.jsonl"
LINEAGE_SHAPE: Shape = {"file": "string", "record": "string", "interaction": "string", "line?": "integer"}
Purpose = Literal["evaluation", "training", "lineage"]


MARKS = (b'"tool_calls":[{', b'"media":[{')
"""Fields of a line with tool calls or media; within a text the quotes would be escaped."""


class FileEntry(TypedDict):
    """One file of a release. `records` are its lines, or the rows of a Parquet file, `sha256` is hexadecimal. `mixed` says
    that some records have tool calls or media, for which others have no field."""

    name: str
    sha256: str
    bytes: int
    records: int
    purpose: Purpose
    mixed: NotRequired[bool]


class Estimate(TypedDict):
    """A share between 0 and 1 with its 95 % interval, the number of records that it rests on, and the first and last day of the
    answers that it speaks of; no days where it speaks of all.
    """

    value: float
    low: float
    high: float
    n: int
    since: NotRequired[str]
    until: NotRequired[str]


class Bias(TypedDict, total=False):
    """How good the agent is by the random audit and by votes only, also by slice."""

    audit: Estimate
    thumbs: Estimate
    weighted: Estimate
    slices: list[dict[str, Any]]


class Leakage(TypedDict, total=False):
    """Records used for both testing and training: `overlap` by identity, `near` by near-duplicate cluster."""

    holdout: float
    overlap: int
    near: int


class Authorship(TypedDict, total=False):
    """The agent's own words in what it is taught: their share of the training tokens, and the deepest generation."""

    agent_share: float
    max_depth: int


class Loss(TypedDict):
    """Why conversations or records are not in a release, how many of each, and what to do."""

    stage: str
    code: str
    conversations: int
    cases: int
    examples: int
    pairs: int
    why: str
    remedy: str


class Funnel(TypedDict):
    """From all conversations to the records that could be released, with what is lost on the way.

    `review` says how many tasks wait, how many eval cases some minutes of review could add, and how many conversations
    it would decide.
    """

    conversations: int
    decided: int
    labelled: int
    questions: int
    losses: list[Loss]
    review: dict[str, int]


class Supersedes(TypedDict):
    """The version that this one replaces, why, and how many lines were removed with it."""

    version: str
    reason: NotRequired[str]
    removed: NotRequired[int]


class Manifest(TypedDict):
    """The document. docs/reference/release-files.md describes each field."""

    schema: int
    dataset: str
    version: str
    release: str
    created_at: str
    policy: dict[str, Any] | None
    window: dict[str, str | None] | None
    counts: dict[str, int]
    files: list[FileEntry]
    lineage: dict[str, Any]
    consent: dict[str, Any]
    redaction: dict[str, Any]
    bias: Bias | None
    leakage: Leakage | None
    authorship: Authorship | None
    tiers: dict[str, int]
    left_out: dict[str, dict[str, int]]
    funnel: Funnel | None
    languages: dict[str, int]
    license: str
    supersedes: Supersedes | None
    recalls: list[dict[str, Any]]
    cases_digest: str | None


def manifest(
    *,
    dataset: str,
    version: str,
    created_at: datetime,
    files: Iterable[FileEntry],
    consent: Mapping[str, Any],
    redaction: Mapping[str, Any],
    policy: Mapping[str, Any] | None = None,
    window: tuple[datetime, datetime] | None = None,
    counts: Mapping[str, int] | None = None,
    lineage: Mapping[str, Any] | None = None,
    bias: Bias | None = None,
    leakage: Leakage | None = None,
    authorship: Authorship | None = None,
    tiers: Mapping[str, int] | None = None,
    left_out: Mapping[str, Mapping[str, int]] | None = None,
    funnel: Funnel | None = None,
    languages: Mapping[str, int] | None = None,
    license: str = "other",
    supersedes: Supersedes | None = None,
    recalls: Iterable[Mapping[str, Any]] = (),
    cases_digest: str | None = None,
) -> Manifest:
    """The manifest of a release, every field present. `counts` gains the records of each file by its name.

    `left_out` counts by file and reason the records that a format had no place for. The times must carry their zone.
    Unknown values are null, never left out, so that a reader can tell.
    """
    entries = sorted(files, key=lambda entry: entry["name"])
    return {
        "schema": SCHEMA,
        "dataset": dataset,
        "version": version,
        "release": f"{dataset}:{version}",
        "created_at": created_at.isoformat(),
        "policy": dict(policy) if policy is not None else None,
        "window": {"from": window[0].isoformat(), "to": window[1].isoformat()} if window else None,
        "counts": {**(counts or {}), **{entry["name"]: entry["records"] for entry in entries}},
        "files": entries,
        "lineage": {"file": LINEAGE, **(lineage or {})},
        "consent": dict(consent),
        "redaction": dict(redaction),
        "bias": bias,
        "leakage": leakage,
        "authorship": authorship,
        "tiers": dict(tiers or {}),
        "left_out": {file: dict(sorted(why.items())) for file, why in sorted((left_out or {}).items())},
        "funnel": funnel,
        "languages": dict(languages or {}),
        "license": license,
        "supersedes": supersedes,
        "recalls": [dict(recall) for recall in recalls],
        "cases_digest": cases_digest,
    }


def canonical(document: Mapping[str, Any]) -> bytes:
    """A manifest's bytes: sorted keys, two spaces, LF at the end. Equal documents have equal bytes."""
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def lineage(file: str, row: Row, line: int | None = None) -> bytes:
    """Which interaction a record of a file came from: one line of `lineage.jsonl`. `line` counts from 1."""
    entry: dict[str, Any] = {"file": file, "record": row.id, "interaction": row.provenance["interaction"]}
    if line is not None:
        entry["line"] = line
    return json_line(entry)


def sha256sums(files: Iterable[Mapping[str, Any]]) -> bytes:
    """`SHA256SUMS` as `sha256sum --check` reads it, sorted by name."""
    ordered = sorted(files, key=lambda entry: entry["name"])
    return "".join(f"{entry['sha256']}  {entry['name']}\n" for entry in ordered).encode()
