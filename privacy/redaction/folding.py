"""Text as detectors read it: without invisible characters, with plain digits, dashes and spaces, and with look-alike
letters replaced. Folding is only for finding. Every folded character knows its origin, so that the text is replaced as
it was written.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple

INVISIBLE: Final = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff9-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
VISIBLE_RUN: Final = re.compile(f"[^{INVISIBLE}]+")
HAS_INVISIBLE: Final = re.compile(f"[{INVISIBLE}]")
ASCII: Final = bytes(range(128))
FEW: Final = 16  # up to this many different characters, replacing one after another is quicker than a table

# Unicode Technical Standard 39 knows thousands of confusables; these are the letters that a keyboard has.
HOMOGLYPHS: Final = str.maketrans(
    "аеорсухіјѕһԁԛԝѵкмтвнгАВЕКМНОРСТХУІЈЅαοερικυνντχΑΒΕΖΗΙΚΜΝΟΡΤΥΧıɡℓ",
    "aeopcyxijshdqwvkmtbhrABEKMHOPCTXYIJSaoepikuvvtxABEZHIKMNOPTYXigl",
)
HOMOGLYPH_CLASS: Final = "".join(map(chr, HOMOGLYPHS))
LOOK_ALIKES: Final = frozenset(HOMOGLYPH_CLASS)
MIXED: Final = re.compile(rf"(?<!\S)[^\s{HOMOGLYPH_CLASS}]*+[{HOMOGLYPH_CLASS}]\S*+")
DOTLESS: Final = "ı"  # a letter of Turkish; in an address, or beside the letters of another script, it is in disguise
DISGUISED: Final = re.compile(rf"[{HOMOGLYPH_CLASS.replace(DOTLESS, '')}@\d]")
LATIN_NEAR: Final = re.compile(r"[A-Za-z@]")

PUNCTUATION: Final = {
    **dict.fromkeys(map(ord, "‐‑‒–—―−﹘﹣"), "-"),
    **dict.fromkeys(map(ord, "’‘‛′´"), "'"),
    **dict.fromkeys(map(ord, "“”„‟″«»"), '"'),
    **dict.fromkeys(map(ord, "。｡﹒․"), "."),
    ord("﹫"): "@",
}


class Folded(NamedTuple):
    """Folded text. `origin[i]` is the place in the written text of folded character i; None where they are the same.

    `apart`: every character was folded by itself, so that a part of the text folds to the same part of this one.
    """

    text: str
    origin: Sequence[int] | None
    apart: bool

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The written stretch of a folded one, invisible characters inside it included."""
        if self.origin is None:
            return start, end
        return self.origin[start], self.origin[end - 1] + 1


class _Table(dict[int, str]):
    """A translation table that is filled when a character first occurs. Unicode limits its size."""

    def __missing__(self, code: int) -> str:
        made = self[code] = plain(chr(code))
        return made


@lru_cache(maxsize=1)
def _table() -> _Table:
    return _Table({code: chr(code) for code in range(128)})


def plain(character: str) -> str:
    """The one plain character that stands for another: a digit, a dash, a space, an ASCII letter; else itself."""
    code = ord(character)
    if code < 128:
        return character
    if 0xD800 <= code <= 0xDFFF:
        return "\ufffd"  # half of a surrogate pair is no text, and nothing that encodes takes it
    if code in PUNCTUATION:
        return PUNCTUATION[code]
    digit = unicodedata.decimal(character, None)
    if digit is not None:
        return str(digit)
    category = unicodedata.category(character)
    if category == "Zs":
        return " "
    if category in {"Zl", "Zp"}:
        return "\n"
    folded = unicodedata.normalize("NFKC", character)
    return folded if len(folded) == 1 and folded.isascii() else character


def fold(text: str) -> Folded:
    """The text as detectors read it: one character for each, without the invisible ones."""
    if text.isascii():
        return Folded(text, None, True)
    others = set(text.encode("utf-8", "surrogatepass").translate(None, ASCII).decode("utf-8", "surrogatepass"))
    origin: Sequence[int] | None = None
    if HAS_INVISIBLE.search("".join(others)):
        runs = [match.span() for match in VISIBLE_RUN.finditer(text)]
        origin = [place for start, end in runs for place in range(start, end)]
        text = "".join(text[start:end] for start, end in runs)
    table = _table()
    if len(others) > FEW:
        text = text.translate(table)
    else:
        for character in others:
            text = text.replace(character, table[ord(character)])
    mixed = not LOOK_ALIKES.isdisjoint(others)
    if mixed:
        text = MIXED.sub(_unmask, text)
    return Folded(text, origin, origin is None and not mixed)


def _unmask(match: re.Match[str]) -> str:
    """A word that mixes scripts is a disguised Latin word; a word entirely in another script stays as it is."""
    word = match.group()
    if not LATIN_NEAR.search(word) or (DOTLESS in word and not DISGUISED.search(word)):
        return word
    return word.translate(HOMOGLYPHS)


def lowered(text: str) -> str:
    """Lower case, one character for one, so that offsets hold."""
    low = text.lower()
    if len(low) == len(text):
        return low
    return "".join(one if len(one) == 1 else character for character in text for one in (character.lower(),))
