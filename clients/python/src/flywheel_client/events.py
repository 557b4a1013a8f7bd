"""Events as the wire has them.

An event is encoded once: every retry sends the same bytes under the same id.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, NotRequired, Required, TypedDict

from .errors import InvalidEvent
from .ids import uuid7

Signal = Literal[
    "thumbs_up", "thumbs_down", "edit", "rating", "retry", "copy", "accept", "abandon", "follow_up"
]


class InteractionFields(TypedDict, total=False):
    """What ``interaction`` and ``record`` take.

    ``context``: the earlier turns, ``{"role", "content"}`` each. ``sources``: what the agent read, ``{"id",
    "title", "url", "text"}``. ``agent``: ``{"name", "version", "model", "prompt"}``. ``consent``:
    ``capture``, ``evaluation`` and ``training``, each granted or denied.
    """

    question: Required[str]
    answer: Required[str]
    subject: str | None
    session: str | None
    id: str | None
    context: Sequence[Mapping[str, Any]] | None
    sources: Sequence[Mapping[str, Any]] | None
    agent: Mapping[str, str] | None
    consent: Mapping[str, bool] | None
    tags: Sequence[str] | None
    metadata: Mapping[str, Any] | None
    occurred_at: datetime | str | None


class FeedbackFields(TypedDict):
    """What ``feedback`` takes beside the interaction and the signal."""

    id: NotRequired[str | None]
    correction: NotRequired[str | None]
    comment: NotRequired[str | None]
    score: NotRequired[float | None]
    subject: NotRequired[str | None]
    occurred_at: NotRequired[datetime | str | None]


@dataclass(frozen=True, slots=True)
class Event:
    """One encoded event. ``payload`` is a JSON object in UTF-8, the body of its own endpoint."""

    kind: Literal["interaction", "feedback"]
    id: str
    payload: bytes

    @property
    def batch_item(self) -> bytes:
        """The same object as an item of ``POST /batch``."""
        return b'{"type":"' + self.kind.encode() + b'",' + self.payload[1:]


def interaction_event(fields: InteractionFields) -> Event:
    """Encode an interaction. Raises ``InvalidEvent`` where it cannot be sent."""
    _require_text(fields, "question")
    _require_text(fields, "answer")
    body = _stamped(dict(fields))
    return Event("interaction", body["id"], encode(body))


def feedback_event(interaction: str, signal: Signal, fields: FeedbackFields) -> Event:
    """Encode a signal on an interaction. Raises ``InvalidEvent`` where it cannot be sent."""
    if not isinstance(interaction, str) or not interaction:
        raise InvalidEvent("feedback names no interaction")
    body = _stamped({"interaction": interaction, "signal": signal, **fields})
    return Event("feedback", body["id"], encode(body))


def encode(value: object) -> bytes:
    """JSON in UTF-8.

    Lone surrogates, which no JSON reader takes, become ``?`` rather than losing the event.
    """
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except (TypeError, ValueError, RecursionError) as error:
        # `from None`: the original message may quote the value.
        raise InvalidEvent(f"an event holds something that is no JSON ({type(error).__name__})") from None
    return text.encode("utf-8", "replace")


def _require_text(fields: InteractionFields, name: Literal["question", "answer"]) -> None:
    if not isinstance(fields.get(name), str):
        raise InvalidEvent(f"an interaction's {name} must be text")


def _stamped(fields: dict[str, Any]) -> dict[str, Any]:
    """Without what is absent, with an id and a time.

    The time is added only where the id is ours: a caller that replays its own id must get the same body, or
    the server would call it a conflict.
    """
    body = {name: value for name, value in fields.items() if value is not None}
    if "id" not in body:
        body["id"] = uuid7()
        body.setdefault("occurred_at", datetime.now(UTC))
    elif not isinstance(body["id"], str):
        raise InvalidEvent("an id must be text")
    occurred_at = body.get("occurred_at")
    if isinstance(occurred_at, datetime):
        aware = occurred_at if occurred_at.tzinfo else occurred_at.astimezone()
        body["occurred_at"] = aware.isoformat()
    return body
