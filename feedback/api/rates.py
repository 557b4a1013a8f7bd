"""Parses a rate limit as an operator writes it: `1000/minute`, `600/min`, `10/s`."""

import re
from functools import lru_cache

RATE = re.compile(r"([0-9]{1,12}) ?(?:/|per) ?([a-z]+)", re.IGNORECASE)
SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}
SHORT = {"s": "second", "sec": "second", "m": "minute", "min": "minute", "h": "hour", "hr": "hour", "d": "day"}


@lru_cache(maxsize=16)
def parse(rate: str) -> tuple[int, int]:
    """How many requests, in how many seconds. Raises `ValueError`."""
    match = RATE.fullmatch(rate.strip())
    if match is None or not int(match[1]):
        raise ValueError("not a rate")
    unit = match[2].lower()
    name = SHORT.get(unit) or SHORT.get(unit.removesuffix("s")) or unit.removesuffix("s")
    if name not in SECONDS:
        raise ValueError("not a unit of time")
    return int(match[1]), SECONDS[name]
