"""Takes our fields from where a log of another shape has them (`--map FIELD=PATH`)."""

import json
from collections.abc import Mapping
from typing import Any

from feedback.importing.formats.conversations import USER
from feedback.importing.formats.trace_texts import answered, asked, data
from feedback.importing.formats.traces import source_of

NAMES = ("user", "id", "session")  # texts of ours that logs often write as numbers
WRAPPED = ("choices", "messages", "role", "generations")
INNER = ("agent", "metadata")  # objects of ours, of which a part can be mapped: agent.model=model


def mapped(line: Any, fields: Mapping[str, str], ours: tuple[str, ...]) -> Any:
    """The line with our fields taken from where this log has them; what is neither ours nor mapped is left out."""
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
    """A value in the shape that the field has: a text, a list of sources, an object."""
    if name == "question" and (not isinstance(value, str) or _is_response(value)):
        return _asked(value)
    if name == "answer" and (not isinstance(value, str) or _is_response(value)):
        return {name: answered(value) or (str(value) if isinstance(value, (int, float)) else "")}
    if name in NAMES:
        return {name: str(value)}
    if name == "agent" and isinstance(value, str):
        return {name: {"name": value[:200]}}
    if name == "tags":
        value = data(value)
        each = value if isinstance(value, list) else [part.strip() for part in str(value).split(",")]
        return {name: [str(tag) for tag in each if tag]}
    if name == "context":
        return {name: [{"role": each.role, "content": each.text} for each in asked(value) if each.role]}
    if name == "sources":
        value = data(value)
        given = value if isinstance(value, list) else [value]
        return {name: [source for each in given if (source := source_of(each))]}
    if name == "metadata" and not isinstance(value, dict):
        return {name: {"value": value}}
    return {name: value}


def _is_response(text: str) -> bool:
    """Whether a text is a message or a response of a model's API; any other JSON may be what was said."""
    value = data(text)
    value = value[0] if isinstance(value, list) and value else value
    return isinstance(value, dict) and any(name in value for name in WRAPPED)


def _asked(value: Any) -> dict[str, Any]:
    """The question in a list of messages or an object, with the turns before it."""
    if isinstance(value, (int, float)):
        return {"question": json.dumps(value)}
    messages = [message for message in asked(value) if message.text]
    last = next((place for place in reversed(range(len(messages))) if messages[place].role == USER), None)
    if last is None:
        return {}
    before = [{"role": each.role, "content": each.text} for each in messages[:last] if each.role]
    return {"question": messages[last].text, **({"context": before} if before else {})}


def value_at(value: Any, path: str) -> Any:
    """The value at the path `a.b.0`, or under exactly that name; None if there is none. JSON within a text is read."""
    value = data(value)
    if isinstance(value, dict) and path in value:
        return value[path]
    step, _, rest = path.partition(".")
    if isinstance(value, list) and step.lstrip("-").isdecimal():
        inner = value[int(step)] if -len(value) <= int(step) < len(value) else None
    else:
        inner = value.get(step) if isinstance(value, dict) else None
    return value_at(inner, rest) if rest else inner
