"""Encodes events. Each is encoded once: every retry sends the same bytes under the same id."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, NotRequired, Required, TypedDict, get_args

from .errors import InvalidEvent
from .ids import uuid7

# What the server cannot store: characters that no database or JSON reader accepts, numbers beyond 64 bits,
# and nesting that exhausts a reader's stack.
UNSENDABLE = re.compile("[\x00\ud800-\udfff]")
MAX_DEPTH = 32
SMALLEST, LARGEST = -(2**63), 2**64 - 1
# These identify a person or a row. A changed one would identify another, so they are sent unchanged or not at
# all.
NAMES = ("id", "subject", "interaction")

Signal = Literal[
    "thumbs_up", "thumbs_down", "edit", "rating", "retry", "copy", "accept", "abandon", "follow_up"
]

SIGNALS: tuple[str, ...] = get_args(Signal)
PLAIN = re.compile(r"[a-z][a-z_-]{0,39}")


class InteractionFields(TypedDict, total=False):
    """What ``interaction`` and ``record`` take.

    ``context``: the earlier turns, each ``{"role", "content"}``. ``sources``: what the agent read, ``{"id",
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
    """What ``feedback`` takes besides the interaction and the signal."""

    id: NotRequired[str | None]
    correction: NotRequired[str | None]
    comment: NotRequired[str | None]
    score: NotRequired[float | None]
    subject: NotRequired[str | None]
    occurred_at: NotRequired[datetime | str | None]
    step: NotRequired[Mapping[str, Any] | None]


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
    """Encode an interaction. Raises ``InvalidEvent`` if it cannot be sent."""
    _require_text(fields, "question")
    _require_text(fields, "answer")
    body = _stamped(dict(fields))
    return Event("interaction", body["id"], encode(body))


def feedback_event(interaction: str, signal: Signal, fields: FeedbackFields) -> Event:
    """Encode a signal on an interaction. Raises ``InvalidEvent`` if it cannot be sent."""
    if not isinstance(interaction, str) or not interaction:
        raise InvalidEvent("feedback names no interaction")
    if signal not in SIGNALS:
        named = f": {signal}" if isinstance(signal, str) and PLAIN.fullmatch(signal) else ""
        raise InvalidEvent(f"there is no such signal{named}. There are: {', '.join(SIGNALS)}")
    if signal == "edit" and not fields.get("correction"):
        raise InvalidEvent("an edit needs a correction")
    body = _stamped({"interaction": interaction, "signal": signal, **fields})
    return Event("feedback", body["id"], encode(body))


def encode(value: object) -> bytes:
    """JSON in UTF-8 that the server can store; the only rule for what cannot be sent.

    A NUL or a lone surrogate in a text becomes ``?`` rather than losing the event. Raises ``InvalidEvent``
    for such a character in an id or a subject, a number beyond 64 bits, NaN, nesting deeper than 32 levels,
    and anything that is not JSON. The error names the field, never the value.
    """
    try:
        clean = _sendable(value)
        text = json.dumps(clean, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except (TypeError, ValueError, RecursionError) as error:
        # `from None`: the original message may quote the value.
        raise InvalidEvent(f"an event holds something that is not JSON ({type(error).__name__})") from None
    return text.encode()


def is_sendable(text: str) -> bool:
    """Whether the text can be sent unchanged."""
    return (text.isascii() and "\0" not in text) or not UNSENDABLE.search(text)


def _sendable(value: object, place: str = "", depth: int = 0) -> object:
    """The value with its texts made sendable. Raises ``InvalidEvent``, which names the top-level field."""
    if isinstance(value, str):
        if is_sendable(value):
            return value
        if depth == 1 and place in NAMES:
            raise InvalidEvent(f"{place} holds a character that cannot be sent")
        return UNSENDABLE.sub("?", value)
    if isinstance(value, int | float) and not isinstance(value, bool) and not SMALLEST <= value <= LARGEST:
        raise InvalidEvent(f"{place or 'a number'} is NaN, or does not fit into 64 bits")
    if isinstance(value, Mapping | list | tuple):
        if depth >= MAX_DEPTH:
            raise InvalidEvent(f"{place or 'a value'} is nested deeper than {MAX_DEPTH} levels")
        if isinstance(value, Mapping):
            return {
                _sendable(name, depth=depth + 1): _sendable(item, place or str(name), depth + 1)
                for name, item in value.items()
            }
        return [_sendable(item, place, depth + 1) for item in value]
    return value


def _require_text(fields: InteractionFields, name: Literal["question", "answer"]) -> None:
    if not isinstance(fields.get(name), str):
        raise InvalidEvent(f"an interaction's {name} must be text")


def _stamped(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields without absent ones, with an id and a time.

    The time is added only if the id is ours: a caller that repeats its own id must send the same body, or the
    server would call it a conflict.
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
