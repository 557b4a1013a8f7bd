"""Cuts JSON that cannot be read as a whole into its fields or items, so that each can be read for itself.

Only brackets and strings are looked at: an item may be broken within, as long as its end can be told.
"""

import json
import re
from collections.abc import Iterator

STRING = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
TOKEN = re.compile(STRING + rb'|["\[\]{},]', re.DOTALL)
FIELD = re.compile(rb"\s*+(" + STRING + rb")\s*+:(.*)\Z", re.DOTALL)
STEP = {b"[": 1, b"{": 1, b"]": -1, b"}": -1}


def fields(body: bytes) -> dict[str, bytes]:
    """The fields of an object, each value as it was written. Raises `ValueError` where their ends cannot be told."""
    found = {}
    for piece in _pieces(body, b"{}"):
        field = FIELD.match(piece)
        if field is None:
            raise ValueError("no field")
        found[str(json.loads(field[1]))] = field[2]
    return found


def items(body: bytes) -> list[bytes]:
    """The items of a list as they were written. Raises `ValueError` where their ends cannot be told."""
    return list(_pieces(body, b"[]"))


def _pieces(body: bytes, around: bytes) -> Iterator[bytes]:
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
