"""Rate limits: a fixed window per key, and per address for browsers, each counted in the cache."""

import contextlib
import logging
import time
from collections.abc import Mapping
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.cache import caches
from django.core.cache.backends.base import BaseCache
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from feedback.api import rates
from privacy.api.client_address import counted_address

if TYPE_CHECKING:
    from rest_framework.views import APIView

logger = logging.getLogger(__name__)
AWAY_SECONDS = 5.0
# What an unreachable cache raises. The client is slow to import, so it is imported only if Redis is configured.
AWAY: tuple[type[Exception], ...] = (import_module("redis.exceptions").RedisError,) if settings.REDIS_URL else ()
_away_until = 0.0


class WindowThrottle(BaseThrottle):
    """Counts one caller's requests in the current window; over the limit, says when the next one begins."""

    retry_after = 0.0

    def allow_request(self, request: Request, view: "APIView") -> bool:
        caller = request.auth
        if caller is None:
            return True
        if caller.grant:
            who, rate = f"address:{counted_address(request.META)}", settings.ADDRESS_RATE
        else:
            who, rate = f"key:{caller.key.pk}", settings.KEY_RATE
        return self.count(who, *rates.parse(rate))

    def count(self, who: str, limit: int, seconds: int) -> bool:
        """Whether this request is still within `limit` for a window of this many seconds."""
        window, past = divmod(time.time(), seconds)
        used = increment(f"rate:{who}:{int(window)}", seconds)
        self.retry_after = seconds - past
        return used <= limit

    def wait(self) -> float:
        return max(1.0, self.retry_after)


def count_refused(meta: Mapping[str, Any]) -> None:
    """Count a call without a valid key against its address; raise `Throttled` if there are too many.

    A valid key is never refused because of what others send from its address, which may be a proxy's.
    """
    throttle = WindowThrottle()
    if not throttle.count(f"refused:{counted_address(meta)}", *rates.parse(settings.ADDRESS_RATE)):
        raise Throttled(throttle.wait())


def increment(name: str, seconds: int, aside: str = "near") -> int:
    """Add one to a counter that lives for this many seconds, and return it.

    Each counter must survive a Redis outage: without Redis, or while it is down, each process counts by itself in the
    cache `aside`.
    """
    global _away_until
    if AWAY and time.monotonic() >= _away_until:
        try:
            return _increment(caches["default"], name, seconds)
        except AWAY:
            _away_until = time.monotonic() + AWAY_SECONDS
            logger.warning(
                "The cache does not answer; each process counts rate limits by itself for the next %s s", AWAY_SECONDS
            )
    return _increment(caches[aside], name, seconds)


def forget(name: str) -> None:
    """Reset that counter: at once in this process, and for the others unless Redis is down."""
    caches["near"].delete(name)
    try:
        caches["default"].delete(name)
    except AWAY:
        logger.warning("The cache does not answer; a counter stays until it expires")


def _increment(cache: BaseCache, name: str, seconds: int) -> int:
    for _ in range(2):
        with contextlib.suppress(ValueError):  # no request in this window yet
            return cache.incr(name)
        if cache.add(name, 1, seconds):  # False: another caller was first
            return 1
    return 1


class KeptClient(RedisCacheClient):
    """A Redis client that is created once: Django looks for the right one on each call."""

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        """The client for the primary server: counts are read where they are written."""
        return self._kept

    @cached_property
    def _kept(self) -> Any:
        return super().get_client(write=True)


class RateCache(RedisCache):
    """The cache in which callers are counted."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = KeptClient
