"""Whether a correction can stand as an answer, or only says something about one."""

import re
import unicodedata
from enum import StrEnum
from typing import Final

PLACEHOLDER: Final = re.compile(r"\[[A-Z][A-Z_]*_\d+\]")
EDGES: Final = ".,;:!?\"'`´‘’“”„«»…。，、！？؟।"


class Flaw(StrEnum):
    """Why a correction is no answer."""

    EMPTY = "empty"
    PLACEHOLDER = "placeholder"
    COMPLAINT = "complaint"
    INSTRUCTION = "instruction"
    QUESTION = "question"


def words(text: str) -> list[str]:
    """The words that make a difference: without case, spacing, and punctuation around words.

    Signs inside and between words count, for `a < 3` and `a > 3` are different answers.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return [bare for word in text.casefold().split() if (bare := word.strip(EDGES))]


def same(text: str, other: str) -> bool:
    """Whether two texts say the same, word for word."""
    return text == other or words(text) == words(other)


def flaw(text: str) -> Flaw | None:
    """Why the text is no answer; None where it may be one."""
    if not any(map(str.isalnum, text)):
        return Flaw.EMPTY
    if not any(map(str.isalnum, PLACEHOLDER.sub("", text))):
        return Flaw.PLACEHOLDER
    return None
