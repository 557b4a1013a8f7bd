"""Reads a span's attribute: text, or JSON written into a text. Pure.

For a long time attributes could only be texts, so instrumentations write messages into them as JSON. Attribute limits
then cut it, and some write NaN, Python's repr, or JSON within JSON. Broken data must not become somebody's words, and
words that happen to begin with a bracket must not be lost:

- Data is read where that is certain: JSON (with NaN, with raw control characters), JSON encoded again up to three
  times, and a Python literal that is whole.
- An attribute that its convention fills with data (`data`) is refused when it begins with a bracket and cannot be read,
  unless it is a sentence after a short label (`[urgent] Where …`).
- An attribute that may be plain text (`text_or_data`) is refused only when it is data that was cut off, or begins as a
  message does (`[{"role": …`) and cannot be read. Everything else is text: `{name} asks …`, `[1, 2] is a list`, `{ x =
  1; }`, and complete JSON that is not a message, such as an agent's answer in JSON.
"""

import json
import re
from typing import Any

from feedback.capture.payloads import PayloadError
from feedback.texts.literals import ESCAPED, LENIENT, unwritten

MESSAGE_KEYS = {"role", "parts", "content", "messages"}
PARTS = tuple(
    "text input_text output_text refusal thinking reasoning image image_url input_image file audio input_audio "
    "document blob uri tool_use tool_call tool_call_response tool_result".split()
)
BEDROCK = ("text", "toolUse", "toolResult", "reasoningContent")  # the only field of a part, and its type
BODY = frozenset(("inputText", "max_gen_len", "max_tokens_to_sample", "inputTextTokenCount"))
LABELLED = re.compile(r"\s*(?:\[[^\[\]{}\"'():=,]{1,40}\]|\{\{?[^\[\]{}\"'():=,]{1,40}\}\}?).*\w", re.DOTALL)
BRACKET = re.compile(r"\s*[\[{]")
ENCODED_AGAIN = re.compile(r"\s*\"\s*[\[{]\s*+[\[{]?\s*+\\+\"")
MESSAGE = re.compile(r"[\s\[{]*[\[{]\s*\\*[\"'](?:role|content|parts|type|text|messages?)\\*[\"']\s*:")
PYTHON = re.compile(r"\s*[\[{]\s*+[\[{]?\s*+'[^'\n]{1,64}'\s*:")
MARK = re.compile(r"\s*(?:\.{3}|…)?\s*(?:[\[(<]{0,3}truncated[\])>]{0,3}\.{0,3})?\Z", re.IGNORECASE)  # of a cut
BEGUN = re.compile(
    r"-|\.|[eE][+-]?|tr?u?|fa?l?s?|nu?l?|Na?|-?In?f?i?n?i?t?|Tr?u?|Fa?l?s?|No?n?"
)  # of a number, of a name


def data(value: Any, name: str) -> Any:
    """The value of an attribute that holds data, parsed if it is a text. Raises `PayloadError` for broken data."""
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
    if isinstance(found, dict) and not BODY.isdisjoint(found):
        raise PayloadError("", "unknown_shape", f"{name} holds the body of a model's API, not messages")
    if found is not None:
        return found if is_spoken(found) else value
    if ENCODED_AGAIN.match(value) or is_cut(value) or (MESSAGE.match(value) and not goes_on(value)):
        raise broken(name)
    return value


def broken(name: str) -> PayloadError:
    """The refusal of an attribute. `name` comes from a convention, never from a caller."""
    return PayloadError("", "broken_json", f"{name} holds JSON that is cut off or malformed")


def is_spoken(found: Any) -> bool:
    """Whether data holds messages or their parts; empty data is not words either."""
    if isinstance(found, dict):
        if len(found) == 1 and next(iter(found)) in BEDROCK:
            return True
        return not found or found.get("type") in PARTS or not MESSAGE_KEYS.isdisjoint(found)
    return all(isinstance(item, dict) and bool(item) and is_spoken(item) for item in found)


def is_cut(text: str) -> bool:
    """Whether a text is the beginning of data, up to its end or a mark there: what a limit leaves."""
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
    """Where the text's first bracket closes, or None; brackets within quotes do not count."""
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
