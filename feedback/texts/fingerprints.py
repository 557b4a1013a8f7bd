"""Digests of texts. Questions that differ only in case, space or punctuation have the same fingerprint."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Final

from privacy.redaction import PLACEHOLDER

# Python's \w leaves out vowel signs of Indic, Thai, Hebrew, Arabic and similar scripts, without which different words
# look the same.
MARKS: Final = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0900-\u0963\u0966-\u0df3"
    "\u0e31-\u0e3a\u0e47-\u0e4e\u0eb1-\u0ecd\u102b-\u1049\u1056-\u109d\u17b4-\u17d3"
)
# Signs that change the meaning count as words: 5+3 is not 5-3, C++ is not C#.
SIGNS: Final = "+<>=*/%#^&|~$["
NEGATIVE: Final = re.compile(r"-\d")
SIGN: Final = "\0"
PLAIN: Final = {
    code: SIGN if chr(code) in SIGNS else chr(code).lower() if chr(code).isalnum() or code == ord("_") else " "
    for code in range(128)
}
WORDS: Final = re.compile(rf"[\w{MARKS}]+|[+<>=*/%#^&|~$€£¥]|-(?=\d)")


def normalise(text: str) -> str:
    """Lower-case words with single spaces; a placeholder counts by its type, not by its number."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    if "[" in text:
        text = PLACEHOLDER.sub(r" \1_ ", text)
    if text.isascii():  # the same result as below, at a fifth of the cost
        plain = text.translate(PLAIN)
        if SIGN not in plain and not ("-" in text and NEGATIVE.search(text)):
            return " ".join(plain.split())
    return " ".join(WORDS.findall(text.casefold()))


def fingerprint(question: str, context: Iterable[Mapping[str, str]] = ()) -> bytes:
    """16 bytes of BLAKE2b over the normalised question and the turns before it."""
    turns = "\x1e".join(normalise(turn["content"]) for turn in context)
    return hashlib.blake2b(f"{turns}\x1f{normalise(question)}".encode(), digest_size=16).digest()


def text_digest(text: str) -> int:
    """64 bits of BLAKE2b over the text, signed, for a column of the database."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big", signed=True)
