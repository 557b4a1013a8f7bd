"""Reads JSON bodies, and names the place of any fault.

A body that cannot be read as a whole is split into its fields and items, so that each item of a batch is checked by
itself. Only brackets and strings matter for the split: an item may be broken inside, as long as its end can be found.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from feedback.capture.payloads import PayloadError

MAX_DEPTH = 32
SURROGATE = re.compile("[\ud800-\udfff]")
STRING = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
TOKEN = re.compile(STRING + rb'|["\[\]{},]', re.DOTALL)
FIELD = re.compile(rb"\s*+(" + STRING + rb")\s*+:(.*)\Z", re.DOTALL)
STEP = {b"[": 1, b"{": 1, b"]": -1, b"}": -1}


def decode(body: bytes) -> Any:
    """The JSON of a body. Raises `PayloadError`, also for what `refuse_unstorable` refuses."""
    value = _parse(body)
    refuse_unstorable(value)
    return value


def decode_each(body: bytes, name: str) -> Any:
    """The JSON of a body whose list `name` is checked item by item.

    Items still have to pass `refuse_unstorable`; one that is not JSON becomes a `PayloadError` in its place. The rest
    of the body is treated as in `decode`.
    """
    try:
        value = msgspec.json.decode(body)
    except (RecursionError, ValueError):
        value = _read_each(body, name)
    if not isinstance(value, dict):
        refuse_unstorable(value)
    else:
        refuse_unstorable({field: given for field, given in value.items() if field != name or type(given) is not list})
    return value


def _read_each(body: bytes, name: str) -> Any:
    """The JSON of a body with a fault in it, each item of that list read separately."""
    try:
        found = _fields(body)
        items = _items(found.pop(name))
    except (KeyError, ValueError):
        return _parse(body)
    return {**{field: _parse(value) for field, value in found.items()}, name: [_read_item(item) for item in items]}


def _read_item(item: bytes) -> Any:
    try:
        return msgspec.json.decode(item)
    except (RecursionError, ValueError):
        fault = _not_json()
    try:
        value = _lenient(item)
    except PayloadError as error:
        return error
    return value if _fault(value) else fault


def _parse(body: bytes) -> Any:
    """The JSON of a body, whatever it contains. Raises `PayloadError`, which names the place if it can."""
    try:
        return msgspec.json.decode(body)
    except (RecursionError, ValueError):
        value = _lenient(body)
    raise _fault(value) or _not_json()


def _lenient(body: bytes) -> Any:
    """The body as Python's own reader accepts it, with NaN, lone surrogates and control characters, so that an error
    can name their place. Raises `PayloadError` if that fails too.
    """
    try:
        return json.loads(body.decode("utf-8", "surrogatepass"), strict=False, parse_int=_number)
    except RecursionError:
        raise _too_deep() from None
    except ValueError:
        raise _not_json() from None


def _number(digits: str) -> float:
    return (
        int(digits) if len(digits) < 25 else float(digits)
    )  # Python refuses numbers of more than a few thousand digits


def _fault(value: Any) -> "PayloadError | None":
    try:
        refuse_unstorable(value)
    except PayloadError as error:
        return error
    return None


def _not_json() -> PayloadError:
    return PayloadError("", "invalid_json", "This is not valid UTF-8 JSON.")


def _too_deep() -> PayloadError:
    return PayloadError("", "too_deep", f"Nested deeper than {MAX_DEPTH} levels.")


def refuse_unstorable(value: Any, depth: int = 0) -> None:
    """Refuse, naming the place, what a database cannot store, or not safely."""
    if isinstance(value, str):
        if "\x00" in value:
            raise PayloadError("", "nul", "The text contains a NUL character.")
        if not value.isascii() and SURROGATE.search(value):
            raise PayloadError("", "surrogate", "The text contains half of a surrogate pair.")
    elif isinstance(value, int | float) and not -(2**63) <= value < 2**64:
        raise PayloadError("", "out_of_range", "The number is not finite, or needs more than 64 bits.")
    elif isinstance(value, (list, dict)):
        if depth >= MAX_DEPTH:
            raise _too_deep()
        if isinstance(value, dict):
            refuse_unstorable("".join(value))
        for place, item in value.items() if isinstance(value, dict) else enumerate(value):
            if type(item) is str and item.isascii() and "\x00" not in item:
                continue  # the commonest case, without another call
            try:
                refuse_unstorable(item, depth + 1)
            except PayloadError as error:
                raise error.below(place) from None


def _fields(body: bytes) -> dict[str, bytes]:
    """The fields of an object, each value as written. Raises `ValueError` if their ends cannot be found."""
    found = {}
    for piece in _cut(body, b"{}"):
        field = FIELD.match(piece)
        if field is None:
            raise ValueError("no field")
        found[str(json.loads(field[1]))] = field[2]
    return found


def _items(body: bytes) -> list[bytes]:
    """The items of a list as written. Raises `ValueError` if their ends cannot be found."""
    return list(_cut(body, b"[]"))


def _cut(body: bytes, around: bytes) -> Iterator[bytes]:
    body = body.strip()
    if body[:1] != around[:1] or body[-1:] != around[1:]:
        raise ValueError("not in these brackets")
    depth, begin, end, comma = 0, 1, len(body) - 1, False
    for token in TOKEN.finditer(body):
        mark, at = token.group(), token.start()
        if mark == b'"':
            raise ValueError("a string that does not end")
        depth += STEP.get(mark, 0)
        if depth == 0 and at != end:
            raise ValueError("a bracket that closes too early")
        if at == end or (mark == b"," and depth == 1):
            piece, begin = body[begin:at], at + 1
            if piece.strip():
                yield piece
            elif mark == b"," or comma:
                raise ValueError("an item that is missing")
            comma = True
    if depth:
        raise ValueError("a bracket that is not closed")


def without_nulls(body: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if value is not None}
