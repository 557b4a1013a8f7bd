"""Tokenises text for every grader: what two people would call the same words gives the same tokens.

NFKC, case folding, punctuation and layout dropped, numbers kept whole, and scripts written without spaces
split into single characters (so that a changed word costs a word, not the whole sentence).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from privacy.redaction import PLACEHOLDER

_RECENT: Final = 128
"""Texts whose tokens are kept: calibration reads the same few over and over. Stored texts are redacted."""

# Python's \w leaves out combining marks, which would cut Hindi, Thai or Arabic words into pieces.
_MARK_BLOCKS = (range(0x300, 0x3100), range(0xA800, 0xAC00), range(0xFE20, 0xFE30))


def _marks(blocks: Iterable[range]) -> str:
    """Return the combining marks of `blocks` as a character class body."""
    points = [point for block in blocks for point in block if unicodedata.category(chr(point)).startswith("M")]
    spans: list[tuple[int, int]] = []
    for point in points:
        if spans and spans[-1][1] == point - 1:
            spans[-1] = (spans[-1][0], point)
        else:
            spans.append((point, point))
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in spans)


# Han, kana, Hangul, Thai, Lao, Myanmar, Khmer: no spaces between words, or particles glued to them.
UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
)
_MARKS = _marks(_MARK_BLOCKS)
_LETTER = rf"(?:(?![{UNSPACED}])[^\W_]|[{_MARKS}])"
_NUMBER = r"(?:(?<![\w.)\]])-)?\d+(?:[.,:/]\d+)*%?"
_SIGN = r"!=|<=|>=|[<>=+±×÷≤≥≠]|[$€£¥₹₽₩₪₺₴฿]"
TOKEN = re.compile(rf"{_NUMBER}|[{UNSPACED}][{_MARKS}]*|{_LETTER}+(?:['’_]{_LETTER}+)*|{_SIGN}")
_ASCII_TOKEN = re.compile(rf"{_NUMBER}|[a-z][a-z0-9]*(?:['_][a-z0-9]+)*|{_SIGN}", re.ASCII)
_THOUSANDS = re.compile(r"-?\d{1,3}(?:,\d{3})+(?:\.\d+)?%?")
_QUOTE = re.compile(r"^[ \t]*>+[ \t]?", re.MULTILINE)
_INVISIBLE: dict[int, None] = dict.fromkeys(
    (0xAD, 0x34F, 0x61C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180E, 0x3164, 0xFEFF, 0xFFA0, 0x2800)
)
_INVISIBLE |= dict.fromkeys((*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070)))
_INVISIBLE |= dict.fromkeys((*range(0xFE00, 0xFE10), *range(0xE0000, 0xE0080), *range(0xFFF9, 0xFFFC)))


def visible(text: str) -> str:
    """Return `text` in NFKC without characters that show nothing (zero-width, direction marks, soft
    hyphens).
    """
    if text.isascii():
        return text
    return unicodedata.normalize("NFKC", text.translate(_INVISIBLE))


def blank(text: str) -> bool:
    """Say whether nothing of `text` can be seen."""
    shown = visible(text)
    return not any(unicodedata.category(char)[0] in "LMNPS" for char in shown)


def folded(text: str) -> str:
    """Return `text` visible, case-folded, with a redaction placeholder's number left out.

    Placeholders are numbered within one interaction, so `[EMAIL_1]` here and `[EMAIL_2]` there can be the
    same address.
    """
    named = PLACEHOLDER.sub(lambda match: match[1].replace("_", ""), text)
    shown = visible(named)
    return shown.casefold() if shown.isascii() else unicodedata.normalize("NFKC", shown.casefold())


@lru_cache(maxsize=_RECENT)
def tokens(text: str) -> tuple[str, ...]:
    """Return the words, numbers, signs and (in unspaced scripts) characters of `text`, in order.

    A text of nothing but symbols (an emoji) is one token, so that it still equals only itself.
    """
    plain = _QUOTE.sub("", folded(text))
    pattern = _ASCII_TOKEN if plain.isascii() else TOKEN
    found = tuple(_spelled(token) for token in pattern.findall(plain))
    if found:
        return found
    rest = "".join(plain.split())
    return (rest,) if rest else ()


def forget() -> None:
    """Drop the texts that were read lately, so that none outlives its erasure in a worker's memory."""
    tokens.cache_clear()


def _spelled(token: str) -> str:
    """Return the one spelling of a token: ASCII digits, no thousands commas, the plain apostrophe."""
    if not token.isascii():
        token = token.replace("’", "'")
        token = "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in token)
    return token.replace(",", "") if "," in token and _THOUSANDS.fullmatch(token) else token


def normalised(text: str) -> str:
    """Return the tokens of `text` joined by single spaces: equal for texts that differ in layout only."""
    return " ".join(tokens(text))
