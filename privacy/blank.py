"""Whether a text says anything: something of it can be seen, and it is more than marks and markup."""

import html
import unicodedata
from typing import Final

import re2

TAG: Final = re2.compile(r"(?s)<!--.*?(?:-->|$)|</?[A-Za-z][^<>]*>|<[!?][^<>]*>")
LINK: Final = re2.compile(r"!?\[([^\[\]]*)\]\([^()]*\)")  # its words are read, its address is not
CODE: Final = re2.compile(r"`([^`\n]+)`")  # what stands there is meant as it is written
MARKS: Final = frozenset(">`~|")  # symbols by their kind; its other marks are punctuation, which says nothing anyway
UNSEEN: Final = frozenset("\u115f\u1160\u3164\uffa0\u2800\ufffc\ufffd\U0001d159")
"""Letters and symbols of Unicode that show nothing: Hangul fillers, the blank Braille pattern, stand-ins, a null note."""


def says_something(text: str) -> bool:
    """Whether a reader sees a letter, a digit or a sign of meaning in the text; without markup, and however short it is.

    White space, zero-width and other invisible characters, punctuation, tags and Markdown's own marks say nothing.
    """
    if any(map(is_seen, "".join(CODE.findall(text)))):
        return True
    bare = html.unescape(LINK.sub(r"\1", TAG.sub("", text)))
    return any(is_seen(sign) and sign not in MARKS for sign in bare)


def is_seen(sign: str) -> bool:
    """Whether one character can be seen and means something: a letter, a number or a symbol."""
    return sign not in UNSEEN and unicodedata.category(sign)[0] in "LNS"
