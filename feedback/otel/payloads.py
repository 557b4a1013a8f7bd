"""Turns as the write path takes them. Pure."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from feedback.capture.payloads import TurnIn, convert
from feedback.models import Interaction
from feedback.otel.turns import StoredTurn

LABEL = 200
FIRST = 946_684_800 * 10**9  # the year 2000: a time given in seconds or milliseconds lies before it
LAST = 4_102_444_800 * 10**9  # the year 2100


def turn_in(told: StoredTurn, id: str, placeholders: Mapping[str, list[str]]) -> TurnIn:
    """The turn as `POST /interactions` would take it. Raises `PayloadError`."""
    body = {
        "id": id,
        "question": told.question,
        "answer": told.answer,
        "context": told.context,
        "sources": told.sources,
        "steps": told.steps,
        "subject": told.person.subject,
        "session": told.person.session[:LABEL],
        "agent": told.agent,
        "consent": told.person.consent,
        "occurred_at": moment(told.start),
        "tags": told.tags,
        "metadata": {"media": told.media} if told.media else None,
    }
    payload = convert({name: value for name, value in body.items() if value}, TurnIn)
    payload.numbering = dict(placeholders)
    return payload


def moment(nanoseconds: int) -> str | None:
    """A span's time; None for a time that no clock can have shown."""
    return datetime.fromtimestamp(nanoseconds / 10**9, UTC).isoformat() if FIRST < nanoseconds < LAST else None


def changed(payload: TurnIn, row: Interaction) -> bool:
    """Whether the turn differs from what is stored of it."""
    said = msgspec.to_builtins(payload)
    stored: dict[str, Any] = {
        "question": row.question,
        "answer": row.answer,
        "context": row.context,
        "sources": row.sources,
        "steps": row.steps,
        "session": row.session,
        "tags": row.tags,
    }
    for name in ("context", "sources", "steps", "tags"):
        said[name] = [stated(item) for item in said[name] or []]
    agent = {name: value for name, value in (said["agent"] or {}).items() if value}
    kept = {"name": row.agent_name, "version": row.agent_version, "model": row.agent_model, "prompt": row.agent_prompt}
    if agent != {name: value for name, value in kept.items() if value}:
        return True
    return any((said[name] or None) != (value or None) for name, value in stored.items())


def stated(item: Any) -> Any:
    """A structure without its empty fields."""
    return {name: value for name, value in item.items() if value is not None} if isinstance(item, dict) else item
