"""Reads a span's attribute: text, or JSON that was written into a text. Pure.

Attributes were long only texts, so instrumentations write messages into them as JSON; an attribute limit then cuts it,
and some write NaN, Python's repr, or JSON within JSON. Broken data must not become somebody's words, and words that
happen to begin with a bracket must not be lost:

- Data is read where that is certain: JSON (with NaN, with raw control characters), JSON encoded again up to three
  times, and a Python literal that is whole.
- An attribute that its convention fills with data (`data`) is refused when it begins with a bracket and cannot be read,
  unless it is a sentence after a short label (`[urgent] Where …`).
- An attribute that may be plain text (`text_or_data`) is refused only when it is data that was cut off, or begins as a
  message does (`[{"role": …`) and cannot be read. All else is text: `{name} asks …`, `[1, 2] is a list`, `{ x = 1; }`,
  and whole JSON that is no message, such as an agent's answer in JSON.
"""

import ast
import json
import re
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from feedback.capture.payloads import PayloadError

MAX_ENCODED = 3  # times that JSON is within JSON
MAX_LITERAL, MAX_LITERAL_DEPTH = 100_000, 32  # characters, brackets
T = TypeVar("T")
MESSAGE_KEYS = {"role", "parts", "content", "messages"}
PARTS = tuple(
    "text input_text output_text refusal thinking reasoning image image_url input_image file audio input_audio "
    "document blob uri tool_use tool_call tool_call_response tool_result".split()
)
BEDROCK = ("text", "toolUse", "toolResult", "reasoningContent")  # the only field of a part, and its type
LABELLED = re.compile(r"\s*(?:\[[^\[\]{}\"'():=,]{1,40}\]|\{\{?[^\[\]{}\"'():=,]{1,40}\}\}?).*\w", re.DOTALL)
BRACKET = re.compile(r"\s*[\[{]")
ESCAPED = re.compile(r"\s*[\[{]\s*+[\[{]?\s*+\\+\"")
ENCODED_AGAIN = re.compile(r"\s*\"\s*[\[{]\s*+[\[{]?\s*+\\+\"")
MESSAGE = re.compile(r"[\s\[{]*[\[{]\s*\\*[\"'](?:role|content|parts|type|text|messages?)\\*[\"']\s*:")
PYTHON = re.compile(r"\s*[\[{]\s*+[\[{]?\s*+'[^'\n]{1,64}'\s*:")
MARK = re.compile(r"\s*(?:\.{3}|…)?\s*(?:[\[(<]{0,3}truncated[\])>]{0,3}\.{0,3})?\Z", re.IGNORECASE)  # of a cut
BEGUN = re.compile(
    r"-|\.|[eE][+-]?|tr?u?|fa?l?s?|nu?l?|Na?|-?In?f?i?n?i?t?|Tr?u?|Fa?l?s?|No?n?"
)  # of a number, of a name
TOKEN = re.compile(
    r"""(?P<space>\s+)|(?P<opens>[\[{(])|(?P<closes>[\]})])|(?P<between>[,:])"""
    r"""|(?P<text>'(?:[^'\\\n]|\\(?:[\\'"nrt]|x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8}))*+'"""
    r"""|"(?:[^"\\\n]|\\(?:[\\'"nrt]|x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8}))*+")"""
    r"""|(?P<other>-?\d{1,19}(?:\.\d{1,20})?(?:e[+-]?\d{1,3})?|True|False|None)"""
)
LENIENT = json.JSONDecoder(strict=False, parse_constant=lambda name: None)


def data(value: Any, name: str) -> Any:
    """The value of an attribute that holds data, read where it is a text. Raises `PayloadError` for broken data."""
    if not isinstance(value, str):
        return value
    found = unwritten(value)
    if found is not None:
        return found
    if ENCODED_AGAIN.match(value) or (BRACKET.match(value) and not LABELLED.match(value)):
        raise broken(name)
    return value


def text_or_data(value: Any, name: str) -> Any:
    """The value of an attribute that may be plain text: the messages or parts in it, or the text as it is. Raises
    `PayloadError` for broken data."""
    if not isinstance(value, str):
        return value
    found = unwritten(value)
    if found is not None:
        return found if is_spoken(found) else value
    if ENCODED_AGAIN.match(value) or is_cut(value) or (MESSAGE.match(value) and not goes_on(value)):
        raise broken(name)
    return value


def broken(name: str) -> PayloadError:
    """The refusal of an attribute. `name` is a convention's, never a caller's."""
    return PayloadError("", "broken_json", f"{name} holds JSON that is cut off or malformed")


def is_spoken(found: Any) -> bool:
    """Whether data holds messages or their parts; nothing at all is no words either."""
    if isinstance(found, dict):
        if len(found) == 1 and next(iter(found)) in BEDROCK:
            return True
        return not found or found.get("type") in PARTS or not MESSAGE_KEYS.isdisjoint(found)
    return all(isinstance(item, dict) and bool(item) and is_spoken(item) for item in found)


def first(*readings: Callable[[], list[T]]) -> list[T]:
    """The first reading that finds something. Where none does, and one met broken data, that is raised."""
    broken = None
    for reading in readings:
        try:
            if found := reading():
                return found
        except PayloadError as error:
            broken = broken or error
    if broken:
        raise broken
    return []


def unwritten(text: str, encoded: int = 0) -> Any:
    """The list or object that is written in a text, or None where there is none that can be read for certain."""
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
    return found if isinstance(found, list | dict) else None


def from_json(text: str) -> Any:
    """The JSON in a text, NaN and raw control characters allowed; None where it is none."""
    try:
        return msgspec.json.decode(text)
    except (ValueError, RecursionError):
        return from_lenient_json(text)


def from_lenient_json(text: str) -> Any:
    """The same, read by the reader that is slower and allows more."""
    try:
        found, end = LENIENT.raw_decode(text)
    except (ValueError, RecursionError):
        return None
    return found if end == len(text) else None


def from_python(text: str) -> Any:
    """The Python literal in a text, such as `[{'role': 'user'}]`; None where it is none, too long or too deep."""
    if len(text) > MAX_LITERAL or not is_literal(text):
        return None
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return None


def is_literal(text: str) -> bool:
    """Whether it is made of brackets, texts as `repr` writes them, numbers and names of constants alone, within bounds.
    Texts next to each other, which Python would join, are none."""
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


def is_cut(text: str) -> bool:
    """Whether a text is the beginning of data, up to its end or a mark there: what a limit leaves of it."""
    text = text.strip("\ufeff \t\r\n")
    text = text[:-40] + MARK.sub("", text[-40:], count=1)
    if not BRACKET.match(text):
        return False
    if PYTHON.match(text) or ESCAPED.match(text):
        return end_of(text) is None
    try:
        LENIENT.raw_decode(text)
    except json.JSONDecodeError as error:
        left = text[error.pos :].strip()
        in_escape = "escape" in error.msg and len(left) <= len("\\u0000")
        return not left or in_escape or error.msg.startswith("Unterminated") or bool(BEGUN.fullmatch(left))
    except (ValueError, RecursionError):
        return True
    return False


def goes_on(text: str) -> bool:
    """Whether words follow the data that a text begins with: then a person wrote both."""
    text = text.strip("\ufeff \t\r\n")
    end = end_of(text)
    if end is None or unwritten(text[:end]) is None:
        return False
    left = text[end:].lstrip()
    return bool(left) and left[0] not in ",:[]{}\"'"


def end_of(text: str) -> int | None:
    """Where the bracket closes that a text begins with, or None; brackets within quotes do not count."""
    depth, quote, at = 0, "", 0
    while at < len(text):
        letter = text[at]
        if letter == "\\":
            at += 1
        elif quote:
            quote = "" if letter == quote else quote
        elif letter in "\"'":
            quote = letter
        elif letter in "[{":
            depth += 1
        elif letter in "]}":
            depth -= 1
            if depth == 0:
                return at + 1
        at += 1
    return None
