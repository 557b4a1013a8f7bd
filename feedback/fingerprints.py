"""The exact fingerprint of a question: two that differ in case, space or punctuation alone are the same question."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping

WORDS = re.compile(r"\[([A-Z][A-Z_]*)_\d+\]|\w+")


def normalise(text: str) -> str:
    """Lower-case words with single spaces; a placeholder counts by its type, not by its number."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return " ".join(match[1] or match[0].casefold() for match in WORDS.finditer(text))


def fingerprint(question: str, context: Iterable[Mapping[str, str]] = ()) -> bytes:
    """16 bytes of BLAKE2b over the normalised question and the turns before it."""
    turns = "\x1e".join(normalise(turn["content"]) for turn in context)
    return hashlib.blake2b(f"{turns}\x1f{normalise(question)}".encode(), digest_size=16).digest()
