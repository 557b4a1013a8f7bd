"""CSV rows, each read by itself: a row that does not fit the header is reported as bad, never cut or joined to another.

An unclosed quote would swallow the rows that follow. Its row is bad, and reading continues with the very next line, so
that other people's rows are imported.
"""

import csv
import json
import re
from collections import deque
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

OPEN_QUOTE = 'A quote (") is opened here and not closed, or text follows its end. Double each quote inside a text.'
TOO_MANY = "The row has {cells} cells, the header {columns} columns. Put quotes around a text with a {sign} in it."
TOO_FEW = "The row has {cells} cells, the header {columns} columns; this is the first column without a cell."
NO_NAME = "The header has no name for this column."
NOT_JSON = "The cell begins like JSON but is not valid."
SIGNS = {
    ",": "comma",
    ";": "semicolon",
    "\t": "tab",
    "|": "bar",
    "^": "caret",
    "~": "tilde",
    "\x1f": "separator",
    "\x01": "separator",
}
NAMED_SIGN = re.compile(r"sep=(.)\r?\Z")  # spreadsheets write this first line
QUOTED = re.compile(r'"[^"]*"')
FEW = 3  # with fewer columns, lines of prose are easily mistaken for rows
PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,39}")
Line: TypeAlias = "tuple[int, int, bytes | None]"


class Unusable(ValueError):
    """No row can be read with this header."""


class BadRow(ValueError):
    """The row cannot be read; `place` is the column, from 1, if known."""

    def __init__(self, words: str, place: int = 0) -> None:
        super().__init__(words)
        self.place = place


class DuplicateColumn(BadRow):
    """The header has a column twice, and a row's two cells differ."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row by its line number, or its problem and the column that has it. `end` is where it ends in the file."""

    number: int
    end: int
    value: Any = None
    column: str = ""
    problem: str = ""


class Lines:
    """(number, end, bytes) of each line; lines can be put back. The bytes of a line that is too long are None."""

    def __init__(self, found: Iterable[Line]) -> None:
        self.found, self.back = iter(found), deque[Line]()

    def __iter__(self) -> "Lines":
        return self

    def __next__(self) -> Line:
        return self.back.popleft() if self.back else next(self.found)


def csv_rows(found: Iterable[Line], structured: Collection[str], longest: int, delimiter: str = "") -> Iterator[Row]:
    """The rows below the header, as objects without their empty cells. Raises `Unusable`. A header that comes again, as
    where files were joined, is no row.

    A `structured` column is read as JSON if its cell begins like JSON. `longest` is the most bytes a row may have.
    Without a `delimiter`, it is the most frequent separator in the header, outside quotes.
    """
    csv.field_size_limit(longest + 1)
    lines = Lines(found)
    head, sign, header = _header(lines, longest, delimiter)
    some = False
    while True:
        taken: list[Line] = []
        try:
            cells = _fitting(_cells(lines, taken, sign, longest), taken, header, sign)
            value = _object(header, cells, structured) if [cell.strip() for cell in cells] != header else None
        except StopIteration:
            return
        except BadRow as error:
            if isinstance(error, DuplicateColumn) and not some:
                raise Unusable(f"line {head}: {column_name(header, error.place)}: {error}") from None
            lines.back.extendleft(reversed(taken[1:]))
            yield Row(taken[0][0], taken[0][1], column=column_name(header, error.place), problem=str(error))
        else:
            if value:
                some = True
                yield Row(taken[0][0], taken[-1][1], value)


def _header(lines: Lines, longest: int, sign: str) -> tuple[int, str, list[str]]:
    """The header's line, the separator, and the names of the columns."""
    for line in lines:
        if line[2] is None or not line[2].strip():
            continue
        text = line[2].decode(errors="replace")
        if named := NAMED_SIGN.fullmatch(text):
            sign = sign or named[1]
            continue
        sign = sign or max(SIGNS, key=QUOTED.sub("", text).count)  # a comma if the header has no separator
        lines.back.append(line)
        try:
            names = [name.strip() for name in _cells(lines, [], sign, longest)]
        except BadRow as error:
            raise Unusable(f"line {line[0]}: The header cannot be read. {error}") from None
        return line[0], sign, names
    raise Unusable("The file holds no records.")


def _cells(lines: Lines, taken: list[Line], sign: str, longest: int) -> list[str]:
    """The cells of the next row, whose lines go into `taken`. Raises `BadRow`, and `StopIteration` at the end."""

    def texts() -> Iterator[str]:
        size = 0
        for line in lines:
            if not taken and line[2] is not None and not line[2].strip():
                continue
            taken.append(line)
            size += longest + 1 if line[2] is None else len(line[2])
            if size > longest:
                raise BadRow(f"It is longer than {longest} bytes, or a quote in it is not closed.")
            yield (line[2] or b"").decode().removesuffix("\r") + "\n"

    try:
        return next(csv.reader(texts(), delimiter=sign, strict=True))
    except UnicodeDecodeError:
        raise BadRow("This is not UTF-8.") from None
    except csv.Error:
        raise BadRow(OPEN_QUOTE, _opened(taken[0][2] or b"", sign)) from None


def _opened(line: bytes, sign: str) -> int:
    """The column of the first cell on this line with an unclosed quote."""
    cell = re.compile(rf'(?:"(?:[^"]|"")*"|(?!")[^{sign}]*)(?P<more>{sign}|\Z)')
    text, place, found = line.decode(errors="replace").removesuffix("\r"), 1, None
    while (found := cell.match(text, found.end() if found else 0)) and found["more"]:
        place += 1
    return place


def _fitting(cells: list[str], taken: list[Line], header: list[str], sign: str) -> list[str]:
    """The cells, if there is one for each column and none of them has swallowed other rows."""
    if not any(cells):
        return []
    if len(taken) > 1 and len(header) >= FEW and _swallowed(taken[1:], len(header), sign):
        raise BadRow(OPEN_QUOTE, _opened(taken[0][2] or b"", sign))
    counts = {"cells": len(cells), "columns": len(header), "sign": SIGNS.get(sign, sign)}
    if len(cells) > len(header):
        raise BadRow(TOO_MANY.format(**counts), len(header))
    if len(cells) < len(header):
        raise BadRow(TOO_FEW.format(**counts), len(cells) + 1)
    return cells


def _swallowed(lines: list[Line], width: int, sign: str) -> bool:
    """Whether every further line of a row would be a row itself: then a quote far below has closed a stray one."""
    texts = [(line[2] or b"").decode() for line in lines]
    return all(len(next(csv.reader([text], delimiter=sign), [])) == width for text in texts)


def _object(header: list[str], cells: list[str], structured: Collection[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for place, (name, cell) in enumerate(zip(header, cells, strict=False), 1):
        if not cell or (place == 1 and not name):  # a data frame's index comes first, without a name
            continue
        if not name:
            raise BadRow(NO_NAME, place)
        if name in found and found[name] != cell:
            raise DuplicateColumn("The header has this column twice; only one can be used.", place)
        found[name] = structure(cell, place) if name in structured and cell[0] in "[{" else cell
    return found


def structure(cell: str, place: int) -> Any:
    """The JSON in a cell. Raises `BadRow`."""
    try:
        return json.loads(cell)
    except (ValueError, RecursionError):
        raise BadRow(NOT_JSON, place) from None


def column_name(header: list[str], place: int) -> str:
    """The name of a column for a message."""
    return plain_name(header[place - 1], f"column {place}") if 0 < place <= len(header) else ""


def plain_name(name: str, otherwise: str) -> str:
    """A field name that a message may quote. A name that is not plain may be captured text."""
    return name if PLAIN_NAME.fullmatch(name) else otherwise
