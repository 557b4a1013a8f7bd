"""Recognises blank texts: white space, invisible characters, or markup around nothing. A blank text is neither an
answer nor a correction. The capture API, imports, the console and curation all use this rule.
"""

import html
import re
import unicodedata

PLAIN = re.compile(r"\s*[A-Za-z0-9]")  # how most texts begin
TAG = re.compile(r"<(?![^<>]*\bsrc\s*=)[/!?]?[A-Za-z][^<>]*>")  # elements with a source show something
FENCE = re.compile(r"^[ \t]*(?:`{3,}|~{3,})[^\n`]*$", re.MULTILINE)
SPAN = re.compile(r"`([^`\n]+)`")  # code is shown as written
EMPTY_LINK = re.compile(r"\[\s*\]\([^()\s]*\)|!\[\s*\]\(\s*\)")
PICTURE = re.compile(r"!\[\s*\]\([^()\s]+\)")
QUOTE = re.compile(r"^[ \t]*+>[ \t>]*+", re.MULTILINE)
# A heading without text, an empty to-do item, a line under a heading, a separator row of a table.
LINE = re.compile(
    r"^[ \t]*+(?:#{1,6}|[-*+][ \t]++\[[ xX]?\]|={2,}+|(?!\|\|[ \t]*+$)(?=[-: \t]*+\|)[-:| \t]*+)[ \t]*+$", re.MULTILINE
)
MARKS = frozenset("*_~`\\•◦▪‣·●○■□")
# Characters that count as letters or symbols but show nothing: Hangul fillers, the empty braille cell, the object and
# replacement characters.
SHAPELESS = frozenset("\u115f\u1160\u3164\uffa0\u2800\ufffc\ufffd\U0001d159")


def is_blank(text: str) -> bool:
    """Whether the text shows nothing, as plain text, as Markdown and as HTML."""
    if PLAIN.match(text):
        return False
    if PICTURE.search(text) or any(map(_is_seen, _code(text))):
        return False
    shown = html.unescape(TAG.sub("", _without_comments(text)))
    shown = EMPTY_LINK.sub("", FENCE.sub("", "".join(filter(_has_shape, shown))))
    shown = LINE.sub("", QUOTE.sub("", shown))
    return all(char in MARKS or unicodedata.category(char) == "Pd" or char.isspace() for char in shown)


def _code(text: str) -> str:
    """The code in the text, inline or in blocks."""
    return "".join([*SPAN.findall(text), *FENCE.split(text)[1::2]])


def _is_seen(char: str) -> bool:
    return not char.isspace() and _has_shape(char)


def _has_shape(char: str) -> bool:
    return char in " \t\n" or (unicodedata.category(char)[0] in "LNPS" and char not in SHAPELESS)


def _without_comments(text: str) -> str:
    """The text without HTML comments. A regular expression would be quadratic in the number of openings."""
    first, *rest = text.split("<!--")
    return first + "".join(piece.partition("-->")[2] if "-->" in piece else piece for piece in rest)
