"""The cache of the rate limits on Redis."""

import os

import pytest
from django.core.cache import caches

from feedback.api.throttling import RateCache


def test_one_client_serves_every_touch() -> None:
    cache = RateCache("redis://127.0.0.1:1", {})
    kept = cache._cache.get_client("a")
    assert cache._cache.get_client("b", write=True) is kept


@pytest.mark.skipif("REDIS_URL" not in os.environ, reason="needs Redis: give REDIS_URL, or run `make test`")
def test_it_is_the_cache_that_counts_on_redis() -> None:
    cache = caches["default"]
    assert isinstance(cache, RateCache)
    cache.set("counted", 1, 30)
    assert cache.incr("counted") == 2 and cache.get("counted") == 2
    with pytest.raises(ValueError, match="not found"):
        cache.incr("nobody-counted-this")
