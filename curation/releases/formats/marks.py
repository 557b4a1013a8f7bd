"""Splits marks that a reading tool would act on with an invisible character."""

import re
from collections.abc import Callable
from typing import Any

JOINER = "\u2060"
"""WORD JOINER: no width, no line break, and neither Python's nor JavaScript's `strip` takes it away."""


def each_text(value: Any, change: Callable[[str], str]) -> Any:
    """The value with every string in its lists and objects changed; keys stay."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [each_text(item, change) for item in value]
    if isinstance(value, dict):
        return {key: each_text(item, change) for key, item in value.items()}
    return value


def parting(mark: re.Pattern[str], hint: str) -> Callable[[str], str]:
    """A function that puts a joiner after each match of `mark`; texts without `hint` it returns at once."""

    def parted(text: str) -> str:
        return mark.sub(lambda found: found[0] + JOINER, text) if hint in text else text

    return parted


def joining(parted: re.Pattern[str]) -> Callable[[str], str]:
    """The way back: a function that leaves of each match of `parted` the mark, which is its only group that matched."""

    def joined(text: str) -> str:
        return parted.sub(lambda found: found[found.lastindex or 0], text) if JOINER in text else text

    return joined
