"""Django's Redis cache, with a client that is kept: Django makes a new one at every touch, which takes longer than the
touch."""

from functools import cached_property
from typing import Any

from django.core.cache.backends.redis import RedisCache, RedisCacheClient


class KeptClient(RedisCacheClient):
    """Keeps its client."""

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        """The client for the server that is written to: counts are read where they are kept."""
        return self._kept

    @cached_property
    def _kept(self) -> Any:
        return super().get_client(write=True)


class RateCache(RedisCache):
    """The cache in which callers are counted."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = KeptClient
