"""What a grader is and what it hands back. Nothing here knows a particular grader."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

MAX_ANSWER = 100_000
"""Longest text that is graded, in code points: a longer answer is an error, not a slow pass."""

CaseView = Mapping[str, object]
"""What a grader may know of a case apart from the expected answer: `question`, `rejected`, `accepted`,
`also_rejected`, `language`, `kind`, `tags`.
"""


class GraderError(Exception):
    """The grader could not grade. The message names the cause and never quotes captured text."""


class ModelError(GraderError):
    """The model that grades gave no usable answer, now; another time it may."""


class Grader(Protocol):
    """Says how well `answer` serves where `expected` is right: 0.0 (not at all) to 1.0 (fully)."""

    def __call__(self, answer: str, expected: str, case: CaseView, /) -> float: ...


@dataclass(frozen=True)
class Grade:
    """One graded answer: `score` in 0…1, whether it reaches the threshold, and why in words free of captured
    text.
    """

    score: float
    passed: bool
    reason: str
    grader: str


def checked(score: object, name: str) -> float:
    """Return `score` as a float in 0…1, rounded to six places so that two machines agree; raise GraderError
    otherwise.
    """
    if isinstance(score, bool) or not isinstance(score, int | float):
        raise GraderError(f"{name}: the score is not a number")
    if not math.isfinite(score) or not 0.0 <= score <= 1.0:
        raise GraderError(f"{name}: the score is not a number from 0 to 1")
    return round(float(score), 6)


def text_of(case: CaseView, key: str) -> str:
    value = case.get(key)
    return value if isinstance(value, str) else ""


def accepted_of(case: CaseView) -> tuple[str, ...]:
    """Return the other right answers of the case."""
    value = case.get("accepted")
    return tuple(one for one in value if isinstance(one, str)) if isinstance(value, list | tuple) else ()
