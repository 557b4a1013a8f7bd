"""Means of seeds with their 95 % intervals."""

import math
from collections.abc import Sequence
from statistics import fmean, stdev
from typing import Final

T95: Final = (
    12.71,
    4.30,
    3.18,
    2.78,
    2.57,
    2.45,
    2.36,
    2.31,
    2.26,
    2.23,
    2.20,
    2.18,
    2.16,
    2.14,
    2.13,
    2.12,
    2.11,
    2.10,
    2.09,
)
"""Student's t for a 95 % interval, by degrees of freedom from 1."""


def cell(values: Sequence[float], *, share: bool) -> str:
    """A mean with half the width of its interval; empty where there is nothing to average."""
    values = [value for value in values if not math.isnan(value)]
    if not values:
        return ""
    mean, width = fmean(values), half_width(values)
    if share:
        return f"{mean:.1%}" + (f" ± {width * 100:.1f}" if width is not None else "")
    return f"{mean:.0f}" + (f" ± {width:.0f}" if width is not None else "")


def half_width(values: Sequence[float]) -> float | None:
    """Half the width of the 95 % interval of a mean; None for a single value."""
    if len(values) < 2:
        return None
    return T95[min(len(values) - 2, len(T95) - 1)] * stdev(values) / math.sqrt(len(values))
