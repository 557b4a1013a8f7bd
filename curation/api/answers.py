"""The response bodies of the reading and gate calls, for OpenAPI. The views build exactly these."""

from datetime import datetime
from typing import Any, TypedDict


class InteractionShown(TypedDict):
    """An interaction with its signals, its decision and the reason for it."""

    id: str
    question: str
    answer: str
    context: list[dict[str, Any]]
    sources: list[dict[str, Any]]
    steps: list[dict[str, Any]]
    session: str | None
    tags: list[str]
    metadata: dict[str, Any]
    agent: dict[str, str | None]
    occurred_at: datetime
    received_at: datetime
    redactions: dict[str, int]
    signals: list[dict[str, Any]]
    decision: dict[str, Any] | None


class InteractionPage(TypedDict):
    """A page of interactions; `next` is the cursor of the following one, null on the last."""

    results: list[InteractionShown]
    next: str | None


class ReleaseShown(TypedDict):
    """A release with its manifest."""

    id: str
    dataset: str
    version: str
    state: str
    published_at: datetime | None
    manifest: dict[str, Any]


class ReleaseList(TypedDict):
    """Releases, newest first."""

    results: list[ReleaseShown]


class Listed(TypedDict):
    """A list of records."""

    results: list[dict[str, Any]]


class GateRunShown(TypedDict):
    """A gate run with its verdict and every case."""

    id: str
    url: str
    release: str
    candidate: dict[str, str]
    baseline: str | None
    verdict: str
    passed: bool
    reasons: list[dict[str, Any]]
    counts: dict[str, Any]
    cases: list[dict[str, Any]]
    created_at: datetime


class AgentVersionShown(TypedDict):
    """A version of the agent, with the release it was trained on and its gate runs."""

    id: str
    name: str
    version: str
    model: str
    trained_on: str | None
    depth: int
    state: str
    decision: dict[str, Any] | None
    tries: int
    gate_runs: list[dict[str, Any]]
    created_at: datetime
