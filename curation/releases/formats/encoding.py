"""The JSON of release files: one record a line, whatever is in the text.

JSON can escape any character without changing the value. We escape those that break lines in readers that split on more
than LF, control a terminal, or reverse text in an editor: C1 controls (NEL and CSI among them), U+2028 and U+2029, and
the bidirectional controls. orjson itself escapes the C0 controls, including NUL. Markers in a text that some tool would
act on are split by an invisible character.
"""

import re
from collections.abc import Callable
from typing import Any

import orjson

# The bytes that they begin with: searching for those costs a fraction of running a pattern.
_UNSAFE = {
    b"\xc2": re.compile(rb"\xc2[\x80-\x9f]"),
    b"\xe2\x80": re.compile(rb"\xe2\x80[\x8e\x8f\xa8-\xae]"),
    b"\xe2\x81": re.compile(rb"\xe2\x81[\xa6-\xa9]"),
    b"\xd8\x9c": re.compile(rb"\xd8\x9c"),
}
MAX_INTEGER = 2**53 - 1
JOINER = "\u2060"
"""WORD JOINER: no width, no line break, and neither Python's nor JavaScript's `strip` removes it."""


def json_line(value: Any) -> bytes:
    """One line of JSON, LF only at its end; RFC 8259, UTF-8, no NaN. Reads back as the same value.

    What JSON cannot hold is replaced, never refused: half of a surrogate pair becomes U+FFFD.
    """
    try:
        line = orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE)
    except TypeError:
        line = orjson.dumps(representable(value), option=orjson.OPT_APPEND_NEWLINE)
    return line if line.isascii() else _escape(line)


def _escape(line: bytes) -> bytes:
    for start, unsafe in _UNSAFE.items():
        if start in line:
            line = unsafe.sub(as_escape, line)
    return line


def as_escape(found: re.Match[bytes]) -> bytes:
    """A character as JSON escapes it, for patterns that find one in a line."""
    return b"\\u%04x" % ord(found[0].decode())


def representable(value: Any) -> Any:
    """The value in a form that JSON can hold."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {representable(str(key)): representable(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [representable(item) for item in value]
    if isinstance(value, int) and abs(value) > MAX_INTEGER:
        return str(value)
    return value


def each_text(value: Any, change: Callable[[str], str]) -> Any:
    """The value with every string in its lists and objects changed; keys stay the same."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [each_text(item, change) for item in value]
    if isinstance(value, dict):
        return {key: each_text(item, change) for key, item in value.items()}
    return value


def marker_splitter(mark: re.Pattern[str], hint: str) -> Callable[[str], str]:
    """A function that puts a joiner after each match of `mark`; it returns texts without `hint` at once."""

    def parted(text: str) -> str:
        return mark.sub(lambda found: found[0] + JOINER, text) if hint in text else text

    return parted


def marker_joiner(parted: re.Pattern[str]) -> Callable[[str], str]:
    """The reverse: a function that replaces each match of `parted` by the marker, its only group that matched."""

    def joined(text: str) -> str:
        return parted.sub(lambda found: found[found.lastindex or 0], text) if JOINER in text else text

    return joined
