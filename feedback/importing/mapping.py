"""Takes our fields from a log of another shape (`--map FIELD=PATH`), and reads times as logs write them: ISO 8601 and
its variants, mail and browser formats, and epochs in any unit. Pure.
"""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from email.utils import parsedate_to_datetime
from typing import Any

from feedback.capture.payloads import PayloadError
from feedback.importing.formats.conversations import USER
from feedback.importing.formats.trace_texts import answer_text, data, input_messages
from feedback.importing.formats.traces import source_of

NO_ZONE = "The time has no time zone. Name it: --zone Europe/Berlin, or --zone UTC"
AMBIGUOUS = (
    "It is unclear which is the day and which the month. Say how times are written: --time-format '%m/%d/%Y %H:%M'"
)
NO_TIME = "Expected a time, such as 2026-01-31T12:00:00Z, or seconds since 1970."
NOT_THIS = "The time does not match --time-format."
FIRST, LAST = datetime(1990, 1, 1, tzinfo=UTC).timestamp(), datetime(2100, 1, 1, tzinfo=UTC).timestamp()
UNITS = (1, 1_000, 1_000_000, 1_000_000_000)
EPOCH = re.compile(r"\d{9,19}(?:\.\d+)?")
COMPACT = re.compile(r"\d{8}(?:\d{6})?")
SLASHED = re.compile(r"(\d{4})/(\d{1,2})/(\d{1,2})(.*)", re.DOTALL)
DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4}),?(.*)", re.DOTALL)
AMERICAN = re.compile(r"\d{1,2}/\d{1,2}/\d{2,4}\b")
BROWSER = re.compile(r"\w{3} (\w{3} \d{1,2} \d{4} \d{2}:\d{2}:\d{2}) GMT([+-]\d{4})(?: \(.*\))?")
WORD_ZONE = re.compile(r"\s*(?:UTC|GMT|Z)\Z", re.I)
SHORT = re.compile(r"(\d{4}-\d{1,2}-\d{1,2})[T ]+(\d{1,2}:\d{2}.*)")
SHORT_OFFSET = re.compile(r"([+-]\d{2})\Z")


def moment(value: Any, zone: tzinfo | None = None, layout: str = "") -> datetime:
    """The time that a value states. Raises `PayloadError`; `zone` is for a time without one, `layout` is a strptime
    format.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float, str, datetime)):
        raise PayloadError("/ts", "invalid_time", NO_TIME)
    found = _read(value, layout)
    if found is None:
        raise PayloadError("/ts", "invalid_time", NOT_THIS if layout else NO_TIME)
    if found.tzinfo is None:
        if zone is None:
            raise PayloadError("/ts", "no_zone", NO_ZONE)
        found = found.replace(tzinfo=zone)
    try:
        return found.astimezone(UTC)
    except (OverflowError, ValueError):
        raise PayloadError("/ts", "invalid_time", NO_TIME) from None


def _read(value: Any, layout: str) -> datetime | None:
    if isinstance(value, datetime):
        return value
    text = str(value).strip()
    if layout:
        try:
            return datetime.strptime(text, layout)
        except ValueError:
            return None
    if not isinstance(value, str) or EPOCH.fullmatch(text):
        found = _epoch(value if not isinstance(value, str) else text)
        if found is not None or not COMPACT.fullmatch(text):
            return found
    return _written(text)


def _epoch(value: Any) -> datetime | None:
    number = float(value)
    for unit in UNITS:
        if FIRST <= number / unit < LAST:
            seconds = int(value) / unit if isinstance(value, int) or "." not in str(value) else number / unit
            return datetime.fromtimestamp(seconds, UTC)
    return None


def _written(text: str) -> datetime | None:
    if AMERICAN.match(text):
        raise PayloadError("/ts", "invalid_time", AMBIGUOUS)
    if COMPACT.fullmatch(text):
        text = f"{text[:8]}T{text[8:] or '000000'}"
    if found := BROWSER.fullmatch(text):
        return datetime.strptime(f"{found[1]} {found[2]}", "%b %d %Y %H:%M:%S %z")
    if found := SLASHED.fullmatch(text):
        text = f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}{found[4]}"
    elif found := DOTTED.fullmatch(text):
        text = f"{found[3]}-{int(found[2]):02}-{int(found[1]):02}{found[4]}"
    if text[:1].isalpha():
        try:
            return parsedate_to_datetime(text)
        except (ValueError, TypeError, IndexError):
            return None
    text = WORD_ZONE.sub("+00:00", text)
    if found := SHORT.fullmatch(text):
        year, month, day = found[1].split("-")
        hour, colon, rest = found[2].partition(":")
        text = f"{year}-{int(month):02}-{int(day):02}T{int(hour):02}{colon}{rest.replace(' ', '')}"
    for spelled in (text, SHORT_OFFSET.sub(r"\1:00", text)):
        try:
            return datetime.fromisoformat(spelled)
        except ValueError:
            continue
    return None


NAMES = ("user", "id", "session")  # text fields of ours that logs often write as numbers
WRAPPED = ("choices", "messages", "role", "generations")
INNER = ("agent", "metadata")  # object fields of ours that can be mapped in part: agent.model=model


def mapped(line: Any, fields: Mapping[str, str], ours: tuple[str, ...]) -> Any:
    """The line with our fields taken from where this log has them; fields that are neither ours nor mapped are left
    out.
    """
    if not isinstance(line, dict):
        return line
    taken = {name.partition(".")[0] for name in fields}
    found: dict[str, Any] = {name: line[name] for name in ours if name in line and name not in taken}
    for name, path in fields.items():
        value = value_at(line, path)
        if value is None:
            continue
        outer, _, inner = name.partition(".")
        if inner:
            found.setdefault(outer, {})[inner] = value if outer == "metadata" else str(value)
        else:
            found |= _as_ours(name, value)
    return found


def _as_ours(name: str, value: Any) -> dict[str, Any]:
    """A value in the shape that the field needs: a text, a list of sources, an object."""
    if name == "question" and (not isinstance(value, str) or _is_response(value)):
        return _asked(value)
    if name == "answer" and (not isinstance(value, str) or _is_response(value)):
        return {name: answer_text(value) or (str(value) if isinstance(value, (int, float)) else "")}
    if name in NAMES:
        return {name: str(value)}
    if name == "agent" and isinstance(value, str):
        return {name: {"name": value[:200]}}
    if name == "tags":
        value = data(value)
        each = value if isinstance(value, list) else [part.strip() for part in str(value).split(",")]
        return {name: [str(tag) for tag in each if tag]}
    if name == "context":
        return {name: [{"role": each.role, "content": each.text} for each in input_messages(value) if each.role]}
    if name == "sources":
        value = data(value)
        given = value if isinstance(value, list) else [value]
        return {name: [source for each in given if (source := source_of(each))]}
    if name == "metadata" and not isinstance(value, dict):
        return {name: {"value": value}}
    return {name: value}


def _is_response(text: str) -> bool:
    """Whether a text is a message or response of a model's API; other JSON may be what somebody said."""
    value = data(text)
    value = value[0] if isinstance(value, list) and value else value
    return isinstance(value, dict) and any(name in value for name in WRAPPED)


def _asked(value: Any) -> dict[str, Any]:
    """The question in a list of messages or an object, with the turns before it."""
    if isinstance(value, (int, float)):
        return {"question": json.dumps(value)}
    messages = [message for message in input_messages(value) if message.text]
    last = next((place for place in reversed(range(len(messages))) if messages[place].role == USER), None)
    if last is None:
        return {}
    before = [{"role": each.role, "content": each.text} for each in messages[:last] if each.role]
    return {"question": messages[last].text, **({"context": before} if before else {})}


def value_at(value: Any, path: str) -> Any:
    """The value at the path `a.b.0`, or under exactly that name; None if there is none. Reads JSON within a text."""
    value = data(value)
    if isinstance(value, dict) and path in value:
        return value[path]
    step, _, rest = path.partition(".")
    if isinstance(value, list) and step.lstrip("-").isdecimal():
        inner = value[int(step)] if -len(value) <= int(step) < len(value) else None
    else:
        inner = value.get(step) if isinstance(value, dict) else None
    return value_at(inner, rest) if rest else inner
