"""The windows in which long text is read: they overlap, and none begins in the middle of what the one before cut in two.

Reading stays linear: a window that begins further back reaches at least as far beyond what it reads again.
"""

import re
from collections.abc import Iterable
from typing import Final

from privacy.redaction.hits import Hit

WINDOW: Final = 8_192  # characters that are read at once
OVERLAP: Final = 1_024  # the context that neighbouring windows share
LONGEST: Final = 16_384  # what is longer and cut in two is not read again: what was found of it goes on to its end
REST: Final = 65_536
BETWEEN: Final = 2  # what may stand between two parts of a hit, such as two cookies
INTRODUCED: Final = 128  # characters before a token that say what it is: `Authorization: Bearer`
BREAK: Final = re.compile(r"\s\S*\Z")
# What tokens, and assignments of them, are made of: neither white space nor quotes, brackets and commas.
RUN: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_.~+/=%:?&#@!$*;"
ON: Final = re.compile(rf"[{re.escape(RUN)}]{{0,{REST}}}+")


def first(text: str) -> tuple[int, int]:
    """The first window of a text."""
    return 0, cut(text, WINDOW + OVERLAP)


def following(text: str, end: int, hits: Iterable[Hit]) -> tuple[int, int]:
    """The window after one that ended at `end`, with `hits` as places in the text."""
    begins = [hit.start for hit in hits if hit.end >= end - BETWEEN]
    if text[end] in RUN:
        before = text[max(0, end - LONGEST) : end]
        begins.append(end - len(before) + len(before.rstrip(RUN)))
    earliest = min((begin for begin in begins if end - begin < LONGEST), default=end)
    begin = blank_before(text, max(0, min(end - OVERLAP, earliest - INTRODUCED)))
    return begin, cut(text, max(begin + WINDOW + OVERLAP, end + (end - begin)))


def whole(text: str, end: int, hit: Hit) -> Hit:
    """A hit of a window that ended at `end`; one that is cut there and too long to be read again goes on as far as a token does."""
    if hit.end < end - BETWEEN or end - hit.start < LONGEST:
        return hit
    rest = ON.match(text, hit.end)
    return hit.at(hit.start, rest.end()) if rest else hit


def cut(text: str, end: int) -> int:
    """Where a window may end that should end here: at white space a little before, where there is any."""
    if end >= len(text):
        return len(text)
    blank = BREAK.search(text, end - 128, end)
    return blank.start() if blank else end


def blank_before(text: str, begin: int) -> int:
    """Where a window may begin that should begin here."""
    blank = BREAK.search(text, max(0, begin - 128), begin)
    return blank.start() if blank else begin
