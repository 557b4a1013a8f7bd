"""When to try again, and after how long. Pure: it reads no clock and never sleeps."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

# The server, or something in front of it, says "not now"; what was sent is not at fault.
TRY_LATER = frozenset({408, 425, 429, 502, 503, 504})


def is_retryable(status: int) -> bool:
    """Whether the same request may succeed later."""
    return status in TRY_LATER or status >= 500


@dataclass(frozen=True, slots=True)
class Backoff:
    """Exponential backoff with full jitter (Brooker, "Exponential Backoff and Jitter", AWS 2015), in
    seconds.
    """

    base: float = 0.25
    cap: float = 30.0

    def delay(self, attempt: int, *, uniform: Callable[[float, float], float] = random.uniform) -> float:
        """How long to wait after failure number ``attempt``, counted from 1."""
        # The exponent is bounded because 2.0 ** 1024 overflows after a long outage.
        return uniform(0.0, min(self.cap, self.base * 2.0 ** min(attempt, 32)))


def retry_after(header: str | None, *, now: datetime | None = None, longest: float = 300.0) -> float | None:
    """Seconds that a ``Retry-After`` header asks for, in either of its forms; None if it is not usable.

    Limited to ``longest``, so that one absurd header cannot silence a product for a day.
    """
    if not header:
        return None
    text = header.strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:9]), longest)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    seconds = (moment - (now or datetime.now(UTC))).total_seconds()
    return min(max(seconds, 0.0), longest)
