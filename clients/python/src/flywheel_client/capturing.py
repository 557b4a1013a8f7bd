"""What both clients share: everything that only queues, and so returns at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Unpack

import httpx

from .channel import Channel, Limits
from .decorating import Extract, Recipe, decorate
from .errors import DeliveryFailed, InvalidEvent, QueueFull
from .events import (
    Event,
    FeedbackFields,
    InteractionFields,
    Signal,
    feedback_event,
    interaction_event,
)
from .ids import uuid7
from .outbox import Outcome, Stats, WhenFull
from .transport import api_root, headers, logger, setting, trusts_environment
from .turns import Turn

# Reasons, in ``Stats.reasons``, for what was refused before it was sent.
UNSENDABLE = "unsendable"
UNANSWERED = "the turn ended without an answer"
UNREADABLE = "the call could not be read"


class Capturing:
    """Queues interactions and feedback for delivery in the background.

    ``endpoint``: the service's root, such as ``https://flywheel.example.com``, by default
    ``FLYWHEEL_ENDPOINT`` from the environment. ``key``: a key with the ``ingest`` and ``feedback`` scopes for
    what is queued, by default ``FLYWHEEL_KEY``. ``timeout``: seconds per request. ``batch_size``: events per
    request, at most 1,000. ``flush_interval``: how long, in seconds, an event may wait for others.
    ``max_queue`` and ``max_queue_bytes``: how much is held while the server is unreachable; beyond that,
    ``when_full`` drops the oldest event or refuses the new one. ``exit_timeout``: seconds that the process
    may wait for delivery at exit.

    The product is never disturbed: with ``raise_errors=False`` nothing that captures raises; what was lost
    is in ``stats()``. Only a misconfigured constructor raises (``ValueError``).
    """

    def __init__(
        self,
        endpoint: str | None = None,
        key: str | None = None,
        *,
        timeout: float = 10.0,
        batch_size: int = 100,
        flush_interval: float = 1.0,
        max_queue: int = 10_000,
        max_queue_bytes: int = 64_000_000,
        when_full: WhenFull = "drop_oldest",
        exit_timeout: float = 5.0,
        raise_errors: bool = False,
    ) -> None:
        if timeout <= 0:
            raise ValueError("timeout must be positive")
        endpoint = setting(endpoint, "FLYWHEEL_ENDPOINT", "endpoint")
        key = setting(key, "FLYWHEEL_KEY", "key")
        self._api = api_root(endpoint)
        self._headers = headers(key)
        self._timeout = timeout
        self._trust_env = trusts_environment(endpoint)
        # Created once: it is slow to create, and OpenSSL's locks are not safe in a forked child.
        self._tls = httpx.create_ssl_context()
        self._raise_errors = raise_errors
        self._told = Stats()
        limits = Limits(
            batch_size=batch_size,
            flush_interval=flush_interval,
            max_queue=max_queue,
            max_queue_bytes=max_queue_bytes,
            when_full=when_full,
            exit_timeout=exit_timeout,
        )
        self._channel = Channel(self._api + "/batch", self._connect, limits)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._api}>"

    def interaction(self, **fields: Unpack[InteractionFields]) -> str:
        """Queue a question and its answer; returns the interaction's id at once.

        The id is a UUIDv7 made here, unless ``id`` is given, so retries store it once. ``subject`` is the
        product's own user id; the server keeps only a keyed hash of it.
        """
        try:
            event = interaction_event(fields)
        except InvalidEvent as error:
            return self._unsendable(error, fields.get("id"))
        return self._queue(event)

    def feedback(self, interaction: str, signal: Signal, **fields: Unpack[FeedbackFields]) -> str:
        """Queue a signal on an interaction; returns the feedback's id at once.

        ``edit`` needs a ``correction``; its ``step`` says what a tool call should have been:
        ``{"id" or "index", "name", "arguments"}``.
        """
        try:
            event = feedback_event(interaction, signal, fields)
        except InvalidEvent as error:
            return self._unsendable(error, fields.get("id"))
        return self._queue(event)

    def capture(
        self,
        *,
        subject: str | Extract[str | None] | None = None,
        agent: Mapping[str, str] | None = None,
        question: Extract[str] | None = None,
        answer: Callable[[Any], str] | None = None,
        **fields: Any,
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Decorate an agent function so that each call is captured.

        See ``decorating.Recipe`` for the arguments.
        """
        recipe = Recipe(subject=subject, agent=agent, question=question, answer=answer, fields=fields)
        return decorate(
            recipe,
            send=lambda made: self.interaction(**made),
            failed=self._not_captured,
            cut=self._capture_cut,
        )

    def turn(self, question: str, **fields: Any) -> Turn:
        """One user turn as a block: ``with client.turn(question, subject=user) as turn: turn.answer = …``.

        Takes the fields of ``interaction``; all but ``question`` may be set while the block runs. If an error
        ends it, what was said so far is captured, and ``metadata.cut`` says so.
        """
        return Turn(self, question, fields, self._unanswered)

    def stats(self) -> Stats:
        """Counts of events and what became of them. See ``Stats``."""
        return self._channel.stats()

    def _queue(self, event: Event) -> str:
        if not self._channel.offer(event) and self._raise_errors:
            self._told = replace(self._told, dropped=self._told.dropped + 1)
            raise QueueFull("the queue is full, or the client is closed")
        return event.id

    def _unsendable(self, error: InvalidEvent, given: str | None) -> str:
        self._book_refused(UNSENDABLE)
        logger.warning("1 event refused before it was sent: %s", error)
        if self._raise_errors:
            raise error
        return given if isinstance(given, str) else uuid7()

    def _unanswered(self, error: Exception) -> None:
        """A turn ended without an answer."""
        self._book_refused(UNANSWERED)
        logger.warning("1 turn not captured: %s", error)
        if self._raise_errors:
            raise error

    def _not_captured(self, error: Exception) -> None:
        """A decorated function answered, but its call could not be read."""
        self._book_refused(UNREADABLE)
        logger.warning("1 call not captured: %s", type(error).__name__)
        if self._raise_errors:
            raise InvalidEvent(f"the call could not be captured ({type(error).__name__})") from error

    def _capture_cut(self, made: Callable[[], InteractionFields | None]) -> None:
        """A decorated stream was stopped: queue what it had said so far, if anything.

        Never raises, because the reason for the stop must reach the caller; with ``raise_errors``, `close`
        reports what was lost.
        """
        self._channel.book_cut()
        try:
            fields = made()
            event = interaction_event(fields) if fields is not None else None
        except Exception as error:
            # The product's extractors may raise anything.
            why = UNSENDABLE if isinstance(error, InvalidEvent) else UNREADABLE
            self._channel.book(Outcome(refused=1, reasons=(why,)))
            logger.warning("1 stopped stream not captured: %s", type(error).__name__)
        else:
            if event is not None:
                self._channel.offer(event)

    def _book_refused(self, reason: str) -> None:
        """Count one event as refused; with ``raise_errors`` its caller is told now, so `close` need not."""
        self._channel.book(Outcome(refused=1, reasons=(reason,)))
        if self._raise_errors:
            self._told = replace(self._told, refused=self._told.refused + 1)

    def _leave(self, kind: type[BaseException] | None) -> None:
        """The client's block ended; our errors must not hide one of its own."""
        if kind is not None:
            self._raise_errors = False

    def _check_delivery(self) -> None:
        """With ``raise_errors``, raise for losses that have not been raised yet."""
        now, before = self._channel.stats(), self._told
        self._told = now
        refused, dropped = now.refused - before.refused, now.dropped - before.dropped
        if self._raise_errors and (refused or dropped):
            raise DeliveryFailed(refused=refused, dropped=dropped, pending=now.pending)

    def _connect(self) -> httpx.Client:
        return httpx.Client(
            headers=self._headers, timeout=self._timeout, verify=self._tls, trust_env=self._trust_env
        )
