"""Graders for answers that are short or must be verbatim: the same text, the same words, the words somewhere
in it.
"""

from __future__ import annotations

import unicodedata

from curation.graders.grades import CaseView, text_of
from curation.graders.normalisation import normalised, tokens

ROOM = 40
"""Tokens that an answer may wrap around what it should contain. Beyond that it lists possibilities instead of
answering.
"""


def exact(answer: str, expected: str, case: CaseView, /) -> float:
    """1.0 for the same characters (canonical Unicode, space around them aside), else 0.0."""
    return float(
        unicodedata.normalize("NFC", answer).strip() == unicodedata.normalize("NFC", expected).strip()
    )


def same_words(answer: str, expected: str, case: CaseView, /) -> float:
    """1.0 for the same words, whatever the case, punctuation and layout, else 0.0."""
    return float(normalised(answer) == normalised(expected))


def contains(answer: str, expected: str, case: CaseView, /) -> float:
    """1.0 where the expected words stand together in a short answer that does not give the rejected answer as
    well.
    """
    wanted, given = tokens(expected), tokens(answer)
    if not wanted or len(given) > len(wanted) + ROOM or not _within(wanted, given):
        return 0.0
    return 0.0 if _hedges(given, wanted, tokens(text_of(case, "rejected"))) else 1.0


def _hedges(given: list[str], wanted: list[str], refused: list[str]) -> bool:
    """Say whether the answer holds the rejected words beside the expected ones (not as a part of them)."""
    if not refused or _within(refused, wanted):
        return False
    return _within(refused, given)


def _within(part: list[str], whole: list[str]) -> bool:
    """Say whether `part` is a run of `whole`. Joined with a mark that no token holds, so that "ice" is not in
    "price".
    """
    mark = "\x1f"
    return mark + mark.join(part) + mark in mark + mark.join(whole) + mark
