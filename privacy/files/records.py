"""Reads an operator's files of records: one reader for every import.

It reads JSON Lines, a JSON array, a JSON document with the list under a known name, YAML, CSV with any separator and,
with extras, xlsx and Parquet; `decoding` unpacks gzip and turns other encodings into UTF-8. A byte order mark, CRLF and
blank lines do not matter. A bad line becomes a `Record` with its number, field and problem, and reading continues;
nothing is quoted from the file except plain field names. JSON Lines, arrays and CSV are streamed, however large.
"""

import mmap
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

import yaml

from privacy.files.csv_rows import Line, Row, Unusable, csv_rows
from privacy.files.decoding import (
    TABLES,
    DuplicateField,
    Undecodable,
    Unreadable,
    decode,
    line_end,
    opened,
    parquet_rows,
    sheet_rows,
    why_not_json,
)

MAX_RECORD = 4 * 1_048_576
RELEASED_AT_ONCE = 32 * 1_048_576  # pages of the file already read
TOO_LONG = "It is longer than {longest} bytes."
NOT_YAML = "This is not valid YAML."
BOM = b"\xef\xbb\xbf"
ARCHIVE, PARQUET = b"PK\x03\x04", b"PAR1"
TEXTS = ("", ".txt", ".log", ".dat")
TOKENS = re.compile(
    rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[\[\]{},]', re.DOTALL
)  # a string is one token, including its contents
NOT_BLANK = re.compile(rb"\S")
LIST_FOLLOWS = re.compile(rb"\s*:\s*\[")
YAML_ITEM = re.compile(rb"^(?=- )", re.MULTILINE)
Progress: TypeAlias = Callable[[int, int], None]
Bytes: TypeAlias = "mmap.mmap | bytes"
Span: TypeAlias = tuple[int, int, int]


class UnreadableFile(ValueError):
    """No record of the file can be used. The message says why and quotes nothing from it."""


@dataclass(frozen=True, slots=True)
class Record:
    """A record, or its problem and the field. `number` is the line, or the item's position in a list, from 1."""

    number: int
    value: Any = None
    field: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file is read.

    `structured` columns of a table hold JSON if they begin like it. `lists` are names under which a document has its
    records. `delimiter` separates cells. `longest` is the most bytes a record may have.
    """

    structured: Collection[str] = ()
    lists: Collection[str] = ()
    delimiter: str = ""
    longest: int = MAX_RECORD


def read(
    path: Path,
    *,
    structured: Collection[str] = (),
    lists: Collection[str] = (),
    encoding: str = "",
    delimiter: str = "",
    longest: int = MAX_RECORD,
    progress: Progress | None = None,
) -> Iterator[Record]:
    """The records of a file. Raises `UnreadableFile`, always before the first record. See `Layout`.

    Without an `encoding`, it is that of the byte order mark, else UTF-8, or Windows-1252 for a table that is not UTF-8.
    `progress` is called with bytes.
    """
    layout = Layout(structured, lists, delimiter, longest)
    some = False
    with _open(path, encoding) as (file, suffix), _mapped(file) as data:
        released = 0
        for position, record in _records(file, data, suffix, layout):
            some = True
            yield record
            if progress:
                progress(position, len(data))
            if position - released > RELEASED_AT_ONCE:
                released = _release(data, released, position)
    if not some:
        raise UnreadableFile("The file holds no records.")


def from_lines(lines: Iterable[bytes]) -> Iterator[Record]:
    """The records of JSON Lines in memory."""
    for number, line in enumerate(lines, 1):
        raw = line.removeprefix(BOM).strip() if number == 1 else line.strip()
        if raw:
            yield from_json(number, raw)


def from_json(number: int, raw: bytes, longest: int = MAX_RECORD) -> Record:
    if len(raw) > longest:
        return Record(number, problem=TOO_LONG.format(longest=longest))
    try:
        return Record(number, decode(raw))
    except DuplicateField as error:
        return Record(number, field=str(error), problem="The field appears twice.")
    except RecursionError:
        return Record(number, problem="It is nested too deeply.")
    except ValueError as error:
        return Record(number, problem=why_not_json(raw, error))


@contextmanager
def _open(path: Path, encoding: str) -> Iterator[tuple[BinaryIO, str]]:
    """The file in UTF-8, and its suffix."""
    try:
        with opened(path, encoding) as found:
            yield found
    except IsADirectoryError:
        raise UnreadableFile("This is a folder, not a file.") from None
    except FileNotFoundError:
        raise UnreadableFile("There is no such file.") from None
    except (Undecodable, Unreadable) as error:
        raise UnreadableFile(str(error)) from None
    except OSError as error:
        raise UnreadableFile(f"The file cannot be opened ({type(error).__name__}).") from None


@contextmanager
def _mapped(file: BinaryIO) -> Iterator[Bytes]:
    """The bytes of a file, without reading them all at once."""
    try:
        data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (ValueError, OSError):  # an empty file cannot be mapped
        yield file.read()
        return
    with data:
        yield data


def _release(data: Bytes, begin: int, end: int) -> int:
    """Release pages that were read, which would count as this process's memory; return where the rest begins."""
    if not isinstance(data, mmap.mmap) or not hasattr(mmap, "MADV_DONTNEED"):
        return end
    begin, end = (place - place % mmap.PAGESIZE for place in (begin, end))
    data.madvise(mmap.MADV_DONTNEED, begin, end - begin)
    return end


def _records(file: BinaryIO, data: Bytes, suffix: str, layout: Layout) -> Iterator[tuple[int, Record]]:
    """(position in the file, record)"""
    start = len(BOM) if data[: len(BOM)] == BOM else 0
    if data[: len(ARCHIVE)] == ARCHIVE:
        yield from _rows(sheet_rows(file, layout.structured), len(data))
    elif data[: len(PARQUET)] == PARQUET:
        yield from _rows(parquet_rows(file), len(data))
    elif suffix in TABLES or (suffix in TEXTS and not _begins_like_json(data, start)):
        yield from _csv(data, start, layout)
    elif suffix in (".yaml", ".yml"):
        for number, record in enumerate(_yaml(data[start:], layout.lists), 1):
            yield min(number, len(data)), record
    else:
        yield from _json(data, start, suffix, layout)


def _rows(rows: Iterable[Row], size: int) -> Iterator[tuple[int, Record]]:
    """Rows of a file whose bytes do not show how far reading has come."""
    for row in rows:
        yield min(row.end, size), Record(row.number, row.value, row.column, row.problem)


def _begins_like_json(data: Bytes, start: int) -> bool:
    first = next(_lines_with_text(data, start, MAX_RECORD), None)
    return first is None or data[first[1] : first[1] + 4_096].lstrip()[:1] in (b"{", b"[")


def _csv(data: Bytes, start: int, layout: Layout) -> Iterator[tuple[int, Record]]:
    # With a larger limit, each open quote could read megabytes again.
    longest = min(layout.longest, MAX_RECORD)
    found: Iterator[Line] = (
        (number, end, data[begin:end] if end - begin <= longest else None) for number, begin, end in lines(data, start)
    )
    try:
        for row in csv_rows(found, layout.structured, longest, layout.delimiter):
            yield row.end, Record(row.number, row.value, row.column, row.problem)
    except Unusable as error:
        raise UnreadableFile(str(error)) from None


def _json(data: Bytes, start: int, suffix: str, layout: Layout) -> Iterator[tuple[int, Record]]:
    heads = _heads(data, start, layout.longest)
    if not heads:
        return
    # A line longer than a record cannot be one; its beginning shows what it is.
    first, *second = (
        data[begin : end if end - begin <= layout.longest + 2 else begin + 1].strip() for _, begin, end in heads
    )
    whole, alone = _is_json(first), not second
    closed = data[max(0, len(data) - 64) :].rstrip().endswith(b"]")
    if first[:1] == b"[" and (alone or not whole) and (closed or alone or not _is_json(second[0])):
        opening = data.find(b"[", heads[0][1])
        yield from _array(data, opening, layout.longest)
        return
    if first[:1] == b"{" and suffix not in (".jsonl", ".ndjson") and (alone or not whole):
        if len(data) - start <= layout.longest and _is_json(text := data[start:]):
            for number, item in enumerate(_items(decode(text), layout.lists), 1):
                yield len(data), Record(number, item)
            return
        if len(data) - start > layout.longest and (opening := _list_within(data, heads[0][1], layout.lists)):
            yield from _array(data, opening, layout.longest, within=True)
            return
    for number, begin, end in _lines_with_text(data, start, layout.longest):
        raw = data[begin:end].strip() if end - begin <= layout.longest + 2 else bytes(layout.longest + 1)
        yield end, from_json(number, raw, layout.longest)


def _heads(data: Bytes, start: int, longest: int) -> list[Span]:
    """The first two lines with text; if the first is longer than a record, its end is not searched for."""
    first = NOT_BLANK.search(data, start)
    if first and len(data) - first.start() > longest + 2:
        begin = first.start()
        if data.find(b"\n", begin, begin + longest + 2) < 0:
            return [(1, begin, len(data))]
    return list(islice(_lines_with_text(data, start, longest), 2))


def _list_within(data: Bytes, start: int, names: Collection[str]) -> int:
    """Where a list under one of these names begins, in a document too large to be read as a whole; 0 if there is none."""
    depth = 0
    for token in TOKENS.finditer(data, start):
        sign = token[0][:1]
        if sign == b'"':
            follows = LIST_FOLLOWS.match(data, token.end()) if depth == 1 else None
            if follows and token[0][1:-1].decode(errors="replace") in names:
                return follows.end() - 1
        else:
            depth += (sign in b"[{") - (sign in b"]}")
    return 0


def _is_json(raw: bytes) -> bool:
    try:
        decode(raw)
    except DuplicateField:
        return True
    except (ValueError, RecursionError):
        return False
    return True


def _items(value: Any, lists: Collection[str]) -> list[Any]:
    """The list of records in a document: the document itself, the list under a known name, or the single record."""
    if isinstance(value, list):
        return value
    if isinstance(value, dict):
        return next((value[name] for name in lists if isinstance(value.get(name), list)), [value])
    return [] if value is None else [value]


def lines(data: Bytes, start: int) -> Iterator[Span]:
    """(number, begin, end) of each line."""
    number, size, sign = 1, len(data), line_end(data, start, start + MAX_RECORD)
    while start < size:
        end = data.find(sign, start)
        end = size if end < 0 else end
        yield number, start, end
        number, start = number + 1, end + 1


def _lines_with_text(data: Bytes, start: int, longest: int) -> Iterator[Span]:
    for number, begin, end in lines(data, start):
        if end - begin > longest or data[begin:end].strip():
            yield number, begin, end


def _array(data: Bytes, start: int, longest: int, *, within: bool = False) -> Iterator[tuple[int, Record]]:
    """The items of a JSON array, split at its commas: a bad item leaves its neighbours whole.

    An array `within` a document has more after its end.
    """
    number, depth, begin = 1, 0, start + 1
    for token in TOKENS.finditer(data, start):
        sign, end = token[0][:1], token.end()
        depth += (sign in b"[{") - (sign in b"]}") if sign != b'"' else 0
        if depth == 0 or (depth == 1 and sign == b","):
            raw = data[begin : min(token.start(), begin + longest + 64)].strip()
            if raw or sign == b",":
                yield end, from_json(number, raw, longest)
            number, begin = number + 1, end
        if depth == 0:
            if not within and data[end : end + MAX_RECORD].strip():
                yield len(data), Record(number, problem="There is more text after the end of the list.")
            return
    if raw := data[begin : begin + longest + 64].strip():
        yield len(data), from_json(number, raw, longest)
    yield len(data), Record(number + bool(raw), problem="The list is not closed: the file was cut off.")


def _yaml(data: bytes, lists: Collection[str]) -> Iterator[Record]:
    """The items of a YAML document. If it cannot be read as a whole, a list is read item by item."""
    try:
        found = yaml.safe_load(data)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        head, *chunks = YAML_ITEM.split(data)
        if not chunks or head.strip(b" \r\n-"):
            mark = getattr(error, "problem_mark", None)
            raise UnreadableFile(f"line {mark.line + 1}: {NOT_YAML}" if mark else NOT_YAML) from None
        yield from (_yaml_item(number, chunk) for number, chunk in enumerate(chunks, 1))
    else:
        yield from (Record(number, item) for number, item in enumerate(_items(found, lists), 1))


def _yaml_item(number: int, chunk: bytes) -> Record:
    try:
        (value,) = yaml.safe_load(chunk)
    except (yaml.YAMLError, ValueError, TypeError, RecursionError):
        return Record(number, problem=NOT_YAML)
    return Record(number, value)
