"""The bounded queue between the product's threads and the sending thread, and its counts. Always, under the
lock: ``offered = pending + delivered + not_consented + refused + dropped``.
"""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from .events import Event

WhenFull = Literal["drop_oldest", "refuse"]


@dataclass(frozen=True, slots=True)
class Stats:
    """Counts since the client was made (in this process: a forked child starts at zero).

    ``offered``: events passed to the client. ``pending``: queued or being sent. ``delivered``: stored by
    the server, or waiting there for their interaction. ``not_consented``: answered "not stored" for want of
    consent. ``refused``: never sendable, or turned down by the server. ``dropped``: lost to the queue's
    bounds or to the end of the process. ``retries``: requests sent again. ``reasons``: why events were
    refused, and how many each (``"400 too_long"``, ``"unsendable"``). ``cut``: decorated streams that were
    stopped; what they had said is among the offered.
    """

    offered: int = 0
    pending: int = 0
    delivered: int = 0
    not_consented: int = 0
    refused: int = 0
    dropped: int = 0
    retries: int = 0
    reasons: Mapping[str, int] = field(default_factory=dict, compare=False)
    cut: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one batch. Every event of it is delivered, not consented, refused or to go again.

    ``reasons``: one for each refused event.
    """

    delivered: int = 0
    not_consented: int = 0
    refused: int = 0
    again: tuple[Event, ...] = ()
    reasons: tuple[str, ...] = ()


class Outbox:
    """A queue bounded by count and by bytes, including the batch in flight."""

    def __init__(self, *, max_items: int, max_bytes: int, when_full: WhenFull) -> None:
        self._max_items = max_items
        self._max_bytes = max_bytes
        self._when_full = when_full
        self.reset()

    def reset(self) -> None:
        """Start empty, with a new lock.

        For a forked child: the parent still holds the events, and sends them.
        """
        self._changed = threading.Condition()
        self._waiting: deque[Event] = deque()
        self._waiting_bytes = 0
        self._flying = self._flying_bytes = 0
        self._entered = self._left = 0
        self._oldest_at = 0.0
        self._hurries = 0
        self._nudges = 0
        self._closing = False
        self._offered = self._delivered = self._not_consented = 0
        self._refused = self._dropped = self._retries = self._cut = 0
        self._reasons: Counter[str] = Counter()

    def offer(self, event: Event) -> bool:
        """Queue an event. False if there was no room; events that gave way count as dropped."""
        size = len(event.payload)
        with self._changed:
            self._offered += 1
            while not self._fits(size):
                if self._when_full == "refuse" or not self._waiting or size > self._max_bytes:
                    self._dropped += 1
                    return False
                self._waiting_bytes -= len(self._waiting.popleft().payload)
                self._left += 1
                self._dropped += 1
            if not self._waiting:
                self._oldest_at = time.monotonic()
            self._waiting.append(event)
            self._waiting_bytes += size
            self._entered += 1
            self._changed.notify_all()
            return True

    def book(self, outcome: Outcome) -> None:
        """Book events that never queued: unsendable ones, and those of a direct call."""
        with self._changed:
            self._offered += outcome.delivered + outcome.not_consented + outcome.refused
            self._count(outcome)

    def book_cut(self) -> None:
        """Count a stream that was stopped."""
        with self._changed:
            self._cut += 1

    def take(self, *, max_items: int, max_bytes: int, max_wait: float) -> list[Event] | None:
        """Wait for a batch: full, older than ``max_wait`` seconds, or hurried. None if closed and empty."""
        with self._changed:
            while not self._is_due(max_items, max_bytes, max_wait):
                if self._closing and not self._waiting:
                    return None
                self._changed.wait(self._until_due(max_wait))
            batch = [self._waiting.popleft()]
            size = len(batch[0].payload)
            while self._waiting and len(batch) < max_items:
                following = len(self._waiting[0].payload)
                if size + following > max_bytes:
                    break
                batch.append(self._waiting.popleft())
                size += following
            self._waiting_bytes -= size
            self._flying, self._flying_bytes = len(batch), size
            self._oldest_at = time.monotonic()
            return batch

    def settle(self, outcome: Outcome) -> None:
        """Count a batch's outcome; events to be sent again return to the front, in order."""
        with self._changed:
            if (
                self._flying
            ):  # Otherwise the batch was already counted as dropped while its request still ran.
                self._count(outcome)
                self._left += self._flying - len(outcome.again)
                self._retries += 1 if outcome.again else 0
                self._waiting.extendleft(reversed(outcome.again))
                self._waiting_bytes += sum(len(event.payload) for event in outcome.again)
                self._flying = self._flying_bytes = 0
            self._changed.notify_all()

    def pause(self, seconds: float, *, firm: bool) -> None:
        """Wait between tries. A flush or close ends the wait early, once, unless the server asked for it
        (``firm``).
        """
        until = time.monotonic() + seconds
        with self._changed:
            nudges = self._nudges
            while (left := until - time.monotonic()) > 0:
                if self._closing and not self._waiting:
                    return
                if not firm and self._nudges != nudges:
                    return
                self._changed.wait(left)

    def drain(self, timeout: float) -> bool:
        """Hurry the sender and wait up to ``timeout`` seconds for what is queued now. True if sent."""
        until = time.monotonic() + timeout
        with self._changed:
            last = self._entered
            self._hurries += 1
            self._nudges += 1
            self._changed.notify_all()
            try:
                while self._left < last:
                    left = until - time.monotonic()
                    if left <= 0:
                        return False
                    self._changed.wait(left)
                return True
            finally:
                self._hurries -= 1

    def give_up(self) -> None:
        """Close: count whatever is pending as dropped, and let the sender end."""
        with self._changed:
            self._closing = True
            self._dropped += self._pending()
            self._waiting.clear()
            self._left = self._entered
            self._waiting_bytes = self._flying = self._flying_bytes = 0
            self._changed.notify_all()

    def stats(self) -> Stats:
        """The counts of this moment."""
        with self._changed:
            return Stats(
                offered=self._offered,
                pending=self._pending(),
                delivered=self._delivered,
                not_consented=self._not_consented,
                refused=self._refused,
                dropped=self._dropped,
                retries=self._retries,
                reasons=dict(self._reasons),
                cut=self._cut,
            )

    def _count(self, outcome: Outcome) -> None:
        self._delivered += outcome.delivered
        self._not_consented += outcome.not_consented
        self._refused += outcome.refused
        self._reasons.update(outcome.reasons)

    def _pending(self) -> int:
        return self._entered - self._left

    def _fits(self, size: int) -> bool:
        held = self._waiting_bytes + self._flying_bytes + size
        return not self._closing and self._pending() < self._max_items and held <= self._max_bytes

    def _is_due(self, max_items: int, max_bytes: int, max_wait: float) -> bool:
        if not self._waiting:
            return False
        full = len(self._waiting) >= max_items or self._waiting_bytes >= max_bytes
        return full or self._hurries > 0 or time.monotonic() - self._oldest_at >= max_wait

    def _until_due(self, max_wait: float) -> float | None:
        if not self._waiting:
            return None
        return max(0.0, self._oldest_at + max_wait - time.monotonic())
