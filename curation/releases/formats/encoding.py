"""JSON as every file of a release has it: one line a record, whatever is in the text.

JSON lets us write any letter as an escape without changing the value. We use that for what breaks lines in readers
that split on more than LF, steers a terminal, or turns text around in an editor: C1 controls (NEL and CSI among them),
U+2028 and U+2029, and the bidirectional controls. orjson escapes the C0 controls, NUL included, by itself.

Marks in a text that some reading tool would act on are parted by a character that shows as nothing.
"""

import re
from collections.abc import Callable
from typing import Any

import orjson

# By the bytes that they begin with: looking for those costs a fraction of what running a pattern does.
_UNSAFE = {
    b"\xc2": re.compile(rb"\xc2[\x80-\x9f]"),
    b"\xe2\x80": re.compile(rb"\xe2\x80[\x8e\x8f\xa8-\xae]"),
    b"\xe2\x81": re.compile(rb"\xe2\x81[\xa6-\xa9]"),
    b"\xd8\x9c": re.compile(rb"\xd8\x9c"),
}
MAX_INTEGER = 2**53 - 1
JOINER = "\u2060"
"""WORD JOINER: no width, no line break, and neither Python's nor JavaScript's `strip` takes it away."""


def json_line(value: Any) -> bytes:
    """One line of JSON, LF at its end and nowhere else; RFC 8259, UTF-8, no NaN. Reads back as the same value.

    What JSON cannot carry is replaced, never refused: half of a surrogate pair becomes U+FFFD.
    """
    try:
        line = orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE)
    except TypeError:
        line = orjson.dumps(representable(value), option=orjson.OPT_APPEND_NEWLINE)
    return line if line.isascii() else _escape(line)


def _escape(line: bytes) -> bytes:
    for start, unsafe in _UNSAFE.items():
        if start in line:
            line = unsafe.sub(_as_escape, line)
    return line


def _as_escape(found: re.Match[bytes]) -> bytes:
    return b"\\u%04x" % ord(found[0].decode())


def representable(value: Any) -> Any:
    """The value as JSON can carry it."""
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
    """The value with every string in its lists and objects changed; keys stay."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [each_text(item, change) for item in value]
    if isinstance(value, dict):
        return {key: each_text(item, change) for key, item in value.items()}
    return value


def parting(mark: re.Pattern[str], hint: str) -> Callable[[str], str]:
    """A function that puts a joiner after each match of `mark`; texts without `hint` it returns at once."""

    def parted(text: str) -> str:
        return mark.sub(lambda found: found[0] + JOINER, text) if hint in text else text

    return parted


def joining(parted: re.Pattern[str]) -> Callable[[str], str]:
    """The way back: a function that leaves of each match of `parted` the mark, which is its only group that matched."""

    def joined(text: str) -> str:
        return parted.sub(lambda found: found[found.lastindex or 0], text) if JOINER in text else text

    return joined
