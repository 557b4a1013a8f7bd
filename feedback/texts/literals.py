"""Reads data written in a text: JSON, possibly encoded several times, and Python literals. Pure."""

import ast
import json
import re
from typing import Any

import msgspec

MAX_ENCODED = 3  # levels of JSON within JSON
MAX_LITERAL, MAX_LITERAL_DEPTH = 100_000, 32  # characters, brackets
ESCAPED = re.compile(r"\s*[\[{]\s*+[\[{]?\s*+\\+\"")
TOKEN = re.compile(
    r"""(?P<space>\s+)|(?P<opens>[\[{(])|(?P<closes>[\]})])|(?P<between>[,:])"""
    r"""|(?P<text>'(?:[^'\\\n]|\\(?:[\\'"nrt]|x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8}))*+'"""
    r"""|"(?:[^"\\\n]|\\(?:[\\'"nrt]|x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8}))*+")"""
    r"""|(?P<other>-?\d{1,19}(?:\.\d{1,20})?(?:e[+-]?\d{1,3})?|True|False|None)"""
)
SURROGATES = dict.fromkeys([0, *range(0xD800, 0xE000)])  # no database holds these
HIDDEN = re.compile(r"\\[uUx]")  # how data in a text can hold them, though the text does not
LENIENT = json.JSONDecoder(strict=False, parse_constant=lambda name: None)


def unwritten(text: str, encoded: int = 0) -> Any:
    """The list or object that a text contains, with `storable` texts; None if none can be read with certainty."""
    text = text.strip("\ufeff \t\r\n")
    if text[:1] not in ("[", "{", '"') or encoded > MAX_ENCODED:
        return None
    found = from_json(text)
    if found is None and ESCAPED.match(text):
        found = from_json(f'"{text}"')
    if found is None and text[0] != '"':
        found = from_python(text)
    if isinstance(found, str):
        return unwritten(found, encoded + 1)
    if not isinstance(found, list | dict):
        return None
    return cleaned(found) if HIDDEN.search(text) else found


def from_json(text: str) -> Any:
    """The JSON in a text, NaN and raw control characters allowed; None if there is none."""
    try:
        return msgspec.json.decode(text)
    except (ValueError, RecursionError):
        return from_lenient_json(text)


def from_lenient_json(text: str) -> Any:
    """The same, with a slower reader that allows more."""
    try:
        found, end = LENIENT.raw_decode(text)
    except (ValueError, RecursionError):
        return None
    return found if end == len(text) else None


def from_python(text: str) -> Any:
    """The Python literal in a text, such as `[{'role': 'user'}]`; None if it is not one, or too long or deep."""
    if len(text) > MAX_LITERAL or not is_literal(text):
        return None
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return None


def is_literal(text: str) -> bool:
    """Whether it consists only of brackets, texts as `repr` writes them, numbers and names of constants, within bounds.

    Adjacent texts, which Python would join, do not count.
    """
    at = depth = 0
    last = ""
    while at < len(text):
        token = TOKEN.match(text, at)
        if token is None or (token.lastgroup == last == "text"):
            return False
        depth += (token.lastgroup == "opens") - (token.lastgroup == "closes")
        if depth > MAX_LITERAL_DEPTH:
            return False
        at, last = token.end(), last if token.lastgroup == "space" else str(token.lastgroup)
    return True


def unquoted(text: str) -> str | None:
    """The text in JSON that is a single text."""
    try:
        found = json.loads(text, strict=False)
    except ValueError:
        return None
    return storable(found) if isinstance(found, str) else None


def cleaned(value: Any) -> Any:
    """The data with every text in it made `storable`."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, list):
        return [cleaned(item) for item in value]
    return {cleaned(key): cleaned(item) for key, item in value.items()} if isinstance(value, dict) else value


def storable(text: str) -> str:
    """The text without characters that no database stores: its sender cannot be asked to send it again in better
    shape.
    """
    return text.translate(SURROGATES) if "\x00" in text or not text.isascii() else text
