"""One user turn as a block of code."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import ContextVar, Token
from datetime import UTC, datetime
from typing import Any, Protocol, Self, Unpack, cast

from .decorating import now_current
from .errors import InvalidEvent
from .events import FeedbackFields, InteractionFields, Signal
from .ids import uuid7

_running: ContextVar[Turn | None] = ContextVar("flywheel_turn", default=None)


def running_turn() -> Turn | None:
    """The turn whose block is running in this context; None outside of one."""
    return _running.get()


class Sink(Protocol):
    """What a turn needs from its client."""

    def interaction(self, **fields: Unpack[InteractionFields]) -> str: ...

    def feedback(self, interaction: str, signal: Signal, **fields: Unpack[FeedbackFields]) -> str: ...


class Turn:
    """A running turn: set ``answer``, or add to it with ``say``, before its block ends.

    ``id`` is the interaction's id, known from the start, so that a user interface can have it with the first
    words. ``sources``, ``context``, ``tags``, ``metadata``, ``agent``, ``consent``, ``subject`` and
    ``session`` may be set or changed while it runs.
    """

    def __init__(
        self, sink: Sink, question: str, fields: Mapping[str, Any], unanswered: Callable[[Exception], None]
    ) -> None:
        self._sink, self._unanswered = sink, unanswered
        self._token: Token[Turn | None] | None = None
        self.id: str = fields.get("id") or uuid7()
        self.question = question
        self.answer: str | None = fields.get("answer")
        self.said_by_model: str | None = None
        """The answer set by a wrapped SDK, which a later model call may replace."""
        self.subject: str | None = fields.get("subject")
        self.session: str | None = fields.get("session")
        self.consent: Mapping[str, bool] | None = fields.get("consent")
        self.context: list[Mapping[str, Any]] = list(fields.get("context") or ())
        self.sources: list[Mapping[str, Any]] = list(fields.get("sources") or ())
        self.tags: list[str] = list(fields.get("tags") or ())
        self.metadata: dict[str, Any] = dict(fields.get("metadata") or {})
        self.agent: dict[str, str] = dict(fields.get("agent") or {})
        self.occurred_at = fields.get("occurred_at") or datetime.now(UTC)

    def say(self, text: str) -> None:
        """Add a piece of a streamed answer."""
        self.answer = (self.answer or "") + text

    def feedback(self, signal: Signal, **fields: Unpack[FeedbackFields]) -> str:
        """Queue one signal on this turn's answer."""
        return self._sink.feedback(self.id, signal, **fields)

    def __enter__(self) -> Self:
        self._token = _running.set(self)
        now_current(self.id)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: object
    ) -> None:
        if self._token is not None:
            _running.reset(self._token)
            self._token = None
        if kind is not None:
            self.metadata.setdefault("cut", "failed" if issubclass(kind, Exception) else "cancelled")
        if self.answer:
            self._sink.interaction(**self._fields())
        elif kind is None:
            # A turn that failed before it said anything has no answer to store.
            self._unanswered(InvalidEvent("the turn ended without an answer"))

    async def __aenter__(self) -> Self:
        return self.__enter__()

    async def __aexit__(self, *raised: Any) -> None:
        self.__exit__(*raised)

    def _fields(self) -> InteractionFields:
        made = {
            "id": self.id,
            "question": self.question,
            "answer": self.answer,
            "subject": self.subject,
            "session": self.session,
            "consent": self.consent,
            "context": self.context or None,
            "sources": self.sources or None,
            "tags": self.tags or None,
            "metadata": self.metadata or None,
            "agent": self.agent or None,
            "occurred_at": self.occurred_at,
        }
        return cast(InteractionFields, made)
