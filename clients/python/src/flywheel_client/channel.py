"""Background delivery: an outbox, the thread that empties it, and its connection."""

from __future__ import annotations

import encodings.idna  # noqa: F401  (see `Channel.__init__`)
import threading
from collections.abc import Callable
from dataclasses import dataclass

import httpx

from . import processes
from .delivery import Advice, Delivery, deliver
from .events import Event
from .outbox import Outbox, Outcome, Stats, WhenFull
from .retries import Backoff
from .transport import logger

# How often a batch that the server fails on (500) is tried before it is halved. A single event gets more
# time, about a minute, because a lasting failure is more likely the server's fault than the event's.
TRIES_OF_A_BATCH = 3
TRIES_OF_AN_EVENT = 9
FAILS = "the server fails on it"


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of background delivery: counts, bytes and seconds."""

    batch_size: int = 100
    batch_bytes: int = 1_000_000
    flush_interval: float = 1.0
    max_queue: int = 10_000
    max_queue_bytes: int = 64_000_000
    when_full: WhenFull = "drop_oldest"
    exit_timeout: float = 5.0

    def __post_init__(self) -> None:
        if not 1 <= self.batch_size <= 1000:
            raise ValueError("batch_size must be between 1 and 1,000")
        if min(self.max_queue, self.batch_bytes, self.max_queue_bytes) < 1:
            raise ValueError("max_queue, batch_bytes and max_queue_bytes must be at least 1")
        if min(self.flush_interval, self.exit_timeout) < 0:
            raise ValueError("flush_interval and exit_timeout must not be negative")
        if self.when_full not in {"drop_oldest", "refuse"}:
            raise ValueError("when_full must be drop_oldest or refuse")


class Channel:
    """Takes events at once, delivers them later. None of its methods raises because of the server."""

    def __init__(self, url: str, connect: Callable[[], httpx.Client], limits: Limits) -> None:
        self._url = url
        self._connect = connect
        self._limits = limits
        self._backoff = Backoff()
        self._outbox = Outbox(
            max_items=limits.max_queue, max_bytes=limits.max_queue_bytes, when_full=limits.when_full
        )
        # Connecting imports modules late. If the process forked during such an import in the thread, the
        # child would have them half imported for good; so they are imported here, before the thread runs.
        connect().close()
        self._begin()
        processes.register(self)

    def _begin(self) -> None:
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        self._batch_size = self._limits.batch_size
        self._failures = 0

    def restart_in_child(self) -> None:
        """In a forked child: start empty. The parent still holds what was queued, and sends it."""
        self._outbox.reset()
        self._begin()

    def offer(self, event: Event) -> bool:
        """Queue an event; False if there was no room for it."""
        room = self._outbox.offer(event)
        self._start()
        return room

    def book(self, outcome: Outcome) -> None:
        """Book events that never queued."""
        self._outbox.book(outcome)

    def book_cut(self) -> None:
        """Count a stream that was stopped."""
        self._outbox.book_cut()

    def stats(self) -> Stats:
        """The current counts."""
        return self._outbox.stats()

    def drain(self, timeout: float) -> bool:
        """Deliver what is queued now. False if ``timeout`` seconds were not enough."""
        return self._outbox.drain(timeout)

    def finish(self, timeout: float | None = None) -> None:
        """Deliver what is pending within ``timeout`` seconds, count the rest as dropped, and end."""
        self._outbox.drain(self._limits.exit_timeout if timeout is None else timeout)
        before = self._outbox.stats().dropped
        self._outbox.give_up()
        if lost := self._outbox.stats().dropped - before:
            logger.warning("%d events dropped: not delivered before the end", lost)
        processes.forget(self)

    def _start(self) -> None:
        with self._starting:
            if self._thread is not None and self._thread.is_alive():
                return
            thread = threading.Thread(target=self._run, name="flywheel-client", daemon=True)
            try:
                thread.start()
            except RuntimeError:
                # No threads or memory, or the interpreter is ending. The events stay queued and counted.
                logger.warning("the sending thread could not start")
                return
            self._thread = thread
            processes.watch(self)

    def _run(self) -> None:
        with self._connect() as http:
            while batch := self._outbox.take(
                max_items=self._batch_size,
                max_bytes=self._limits.batch_bytes,
                max_wait=self._limits.flush_interval,
            ):
                try:
                    delivery = deliver(http, self._url, batch)
                except Exception as error:
                    # No expected error raises here; an unexpected one must neither end the thread nor lose
                    # the count.
                    logger.error("%d events failed: %s", len(batch), type(error).__name__)
                    delivery = Delivery(Outcome(again=tuple(batch)), Advice.SUSPECT)
                self._conclude(batch, delivery)

    def _conclude(self, batch: list[Event], delivery: Delivery) -> None:
        """Book the outcome, then slow down or cut smaller as advised."""
        outcome = delivery.outcome
        if delivery.advice is Advice.GO_ON:
            self._failures = 0
            self._batch_size = min(self._limits.batch_size, self._batch_size * 2)
            self._outbox.settle(outcome)
            return
        self._failures += 1
        tries = TRIES_OF_AN_EVENT if len(batch) == 1 else TRIES_OF_A_BATCH
        hopeless = delivery.advice is Advice.SUSPECT and self._failures >= tries
        if delivery.advice is Advice.SPLIT or hopeless:
            self._failures = 0
            if len(batch) == 1:
                logger.error("1 event refused: the server fails on it")
                outcome = Outcome(refused=1, reasons=(FAILS,))
            else:
                self._batch_size = max(1, len(batch) // 2)
        self._outbox.settle(outcome)
        if outcome.again and delivery.advice is not Advice.SPLIT:
            wait = self._backoff.delay(self._failures or 1) if delivery.wait is None else delivery.wait
            self._outbox.pause(wait, firm=delivery.wait is not None)
