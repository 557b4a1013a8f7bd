"""Standard JSON, and why a text is not: the place, and what to do where that is known. Pure; nothing is quoted."""

import json
import re
from typing import Any

from privacy.files.csv_rows import plain_name

NOT_UTF8 = "This is not valid UTF-8 at byte {place}. Save the file as UTF-8, or name its encoding."
NOT_JSON = "This is not valid JSON at character {place}{remedy}."
NO_CONSTANT = ": NaN and Infinity are not JSON. Write null"
CONSTANT = re.compile(r'"(?:[^"\\]|\\.)*+"|(NaN|-?Infinity)', re.DOTALL)
REMEDIES = (  # what follows the place where JSON ends, and what to do
    (re.compile(r"\s*(?:data|event|id|retry):"), ": this is a line of an event stream. Export whole conversations"),
    (re.compile(r"\s*'"), ": names and texts need double quotes"),
    (re.compile(r"\s*(?:None|True|False)\b"), ": JSON writes null, true and false"),
    (re.compile(r"\s*(?://|/\*|#)"), ": JSON has no comments. Delete them"),
)


class DuplicateField(ValueError):
    """An object has a field twice."""


def decode(raw: bytes) -> Any:
    """Standard JSON: no NaN, and no field twice. Raises `ValueError`."""
    return json.loads(raw.decode(), object_pairs_hook=_each_once, parse_constant=_refuse_constant)


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise DuplicateField(next(plain_name(name, "a field") for name in names if names.count(name) > 1))
    return found


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def why_not_json(raw: bytes, error: ValueError) -> str:
    """Where a record stops being JSON, and what to do where that is known."""
    if isinstance(error, UnicodeDecodeError):
        return NOT_UTF8.format(place=error.start + 1)
    text = raw.decode()
    if not isinstance(error, json.JSONDecodeError):  # `_refuse_constant`
        found = next((token for token in CONSTANT.finditer(text) if token[1]), None)
        return NOT_JSON.format(place=found.start() + 1 if found else 1, remedy=NO_CONSTANT)
    before = text[: error.pos].rstrip()
    if text[error.pos :].lstrip()[:1] in ("]", "}") and before.endswith(","):
        return NOT_JSON.format(place=len(before), remedy=": delete this comma")
    remedy = next((words for sign, words in REMEDIES if sign.match(text, error.pos)), "")
    if not remedy and error.msg == "Extra data":
        remedy = ": the record ends here, and more text follows"
    elif not remedy and error.pos >= len(text.rstrip()):
        remedy = ": the record ends too early. It was cut off, or goes on in the next line"
    return NOT_JSON.format(place=error.pos + 1, remedy=remedy)
