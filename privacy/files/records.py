"""Files of records that an operator brings: one reader with one habit for every import.

It reads JSON Lines, a JSON array, a JSON document that has the list under a known name, YAML, and CSV (comma, semicolon
or tab). A byte order mark, CRLF and blank lines do not matter. A bad line becomes a `Record` with its number, field and
problem, and the lines after it go on; nothing is quoted from the file but plain names of fields.
"""

import json
import mmap
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, TypeAlias

import yaml

from privacy.files.csv_rows import Line, Unusable, csv_rows, plain_name

MAX_RECORD = 4 * 1_048_576
MAX_DOCUMENT = 64 * 1_048_576
TOO_LONG = f"It is longer than {MAX_RECORD} bytes."
NOT_JSON = "This is no valid UTF-8 JSON."
NOT_YAML = "This is no valid YAML."
BOM = b"\xef\xbb\xbf"
OTHER_FORMATS = {
    b"\xff\xfe": "UTF-16: save it as UTF-8",
    b"\xfe\xff": "UTF-16: save it as UTF-8",
    b"\x1f\x8b": "compressed: unpack it first",
    b"PK\x03\x04": "an archive or a spreadsheet: save it as CSV in UTF-8",
    b"PAR1": "Parquet: save it as JSON Lines",
}
TOKENS = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[\]{},]', re.DOTALL)  # a string is one token, with what is in it
YAML_ITEM = re.compile(rb"^(?=- )", re.MULTILINE)
Progress: TypeAlias = Callable[[int, int], None]
Bytes: TypeAlias = "mmap.mmap | bytes"
Span: TypeAlias = tuple[int, int, int]


class UnreadableFile(ValueError):
    """No record of the file can be used. Says why, and quotes nothing of it."""


class Twice(ValueError):
    """An object names a field twice."""


@dataclass(frozen=True, slots=True)
class Record:
    """A record, or the problem with it and its field. `number`: of its line, or of the item in a list, from 1."""

    number: int
    value: Any = None
    field: str = ""
    problem: str = ""


def read(
    path: Path, *, structured: Collection[str] = (), lists: Collection[str] = (), progress: Progress | None = None
) -> Iterator[Record]:
    """The records of a file. Raises `UnreadableFile`, always before the first record.

    `structured` columns of a CSV hold JSON where they begin like it; `lists` are names under which a document has its
    records. `progress` is told of bytes.
    """
    with _mapped(path) as data:
        for magic, words in OTHER_FORMATS.items():
            if data[: len(magic)] == magic:
                raise UnreadableFile(f"The file is {words}.")
        start = len(BOM) if data[: len(BOM)] == BOM else 0
        some = False
        for position, record in _records(data, start, path.suffix.lower(), structured, lists):
            some = True
            yield record
            if progress:
                progress(position, len(data))
        if not some:
            raise UnreadableFile("The file holds no records.")


def from_lines(lines: Iterable[bytes]) -> Iterator[Record]:
    """The records of JSON Lines that are in memory."""
    for number, line in enumerate(lines, 1):
        raw = line.removeprefix(BOM).strip() if number == 1 else line.strip()
        if raw:
            yield from_json(number, raw)


def from_json(number: int, raw: bytes) -> Record:
    """One record out of its JSON."""
    if len(raw) > MAX_RECORD:
        return Record(number, problem=TOO_LONG)
    try:
        return Record(number, decode(raw))
    except Twice as error:
        return Record(number, field=str(error), problem="The field is there twice.")
    except RecursionError:
        return Record(number, problem="It is nested too deep.")
    except ValueError:
        return Record(number, problem=NOT_JSON)


def decode(raw: bytes) -> Any:
    """JSON as the standard has it: no NaN, and no field twice. Raises `ValueError`."""
    return json.loads(raw.decode(), object_pairs_hook=_each_once, parse_constant=_refuse_constant)


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise Twice(next(plain_name(name, "a field") for name in names if names.count(name) > 1))
    return found


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


@contextmanager
def _mapped(path: Path) -> Iterator[Bytes]:
    """The bytes of a file, without reading them all at once."""
    try:
        file = path.open("rb")
    except IsADirectoryError:
        raise UnreadableFile("This is a folder, not a file.") from None
    except FileNotFoundError:
        raise UnreadableFile("There is no such file.") from None
    except OSError as error:
        raise UnreadableFile(f"The file cannot be opened ({type(error).__name__}).") from None
    with file:
        try:
            data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except (ValueError, OSError):  # it is empty, or a pipe
            yield file.read()
            return
        with data:
            yield data


def _records(
    data: Bytes, start: int, suffix: str, structured: Collection[str], lists: Collection[str]
) -> Iterator[tuple[int, Record]]:
    """(position in the file, record)"""
    if suffix in (".csv", ".tsv"):
        yield from _csv(data, start, structured)
    elif suffix in (".yaml", ".yml"):
        for number, record in enumerate(_yaml(data[start:], lists), 1):
            yield min(number, len(data)), record
    else:
        yield from _json(data, start, suffix, lists)


def _csv(data: Bytes, start: int, structured: Collection[str]) -> Iterator[tuple[int, Record]]:
    found: Iterator[Line] = (
        (number, end, data[begin:end] if end - begin <= MAX_RECORD else None)
        for number, begin, end in lines(data, start)
    )
    try:
        for row in csv_rows(found, structured, MAX_RECORD):
            yield row.end, Record(row.number, row.value, row.column, row.problem)
    except Unusable as error:
        raise UnreadableFile(str(error)) from None


def _json(data: Bytes, start: int, suffix: str, lists: Collection[str]) -> Iterator[tuple[int, Record]]:
    """JSON in whichever of its layouts."""
    heads = list(islice(_lines_with_text(data, start), 2))
    if not heads:
        return
    first, *second = (data[begin:end].strip() for _, begin, end in heads)
    whole, alone = _is_json(first), not second
    closed = data[max(0, len(data) - 64) :].rstrip().endswith(b"]")
    if first[:1] == b"[" and (alone or not whole) and (closed or alone or not _is_json(second[0])):
        yield from _array(data, heads[0][1])
        return
    may_be_document = first[:1] == b"{" and suffix not in (".jsonl", ".ndjson") and len(data) <= MAX_DOCUMENT
    if may_be_document and (alone or not whole) and _is_json(text := data[start:]):
        for number, item in enumerate(_items(decode(text), lists), 1):
            yield len(data), Record(number, item)
        return
    for number, begin, end in _lines_with_text(data, start):
        raw = data[begin:end].strip() if end - begin <= MAX_RECORD + 2 else bytes(MAX_RECORD + 1)
        yield end, from_json(number, raw)


def _is_json(raw: bytes) -> bool:
    try:
        decode(raw)
    except Twice:
        return True
    except (ValueError, RecursionError):
        return False
    return True


def _items(value: Any, lists: Collection[str]) -> list[Any]:
    """The list of records in a document: itself, what it has under a known name, or the one record that it is."""
    if isinstance(value, list):
        return value
    if isinstance(value, dict):
        return next((value[name] for name in lists if isinstance(value.get(name), list)), [value])
    return [] if value is None else [value]


def lines(data: Bytes, start: int) -> Iterator[Span]:
    """(number, begin, end) of each line."""
    number, size = 1, len(data)
    while start < size:
        end = data.find(b"\n", start)
        end = size if end < 0 else end
        yield number, start, end
        number, start = number + 1, end + 1


def _lines_with_text(data: Bytes, start: int) -> Iterator[Span]:
    for number, begin, end in lines(data, start):
        if end - begin > MAX_RECORD or data[begin:end].strip():
            yield number, begin, end


def _array(data: Bytes, start: int) -> Iterator[tuple[int, Record]]:
    """The items of a JSON array, cut apart at its commas: one that is bad leaves its neighbours whole."""
    number, depth, begin = 1, 0, start + 1
    for token in TOKENS.finditer(data, start):
        sign, end = token[0][:1], token.end()
        depth += (sign in b"[{") - (sign in b"]}") if sign != b'"' else 0
        if depth == 0 or (depth == 1 and sign == b","):
            raw = data[begin : token.start()].strip()
            if raw or sign == b",":
                yield end, from_json(number, raw)
            number, begin = number + 1, end
        if depth == 0:
            if data[end:].strip():
                yield len(data), Record(number, problem="There is more behind the end of the list.")
            return
    if raw := data[begin:].strip():
        yield len(data), from_json(number, raw)
    yield len(data), Record(number + bool(raw), problem="The list is not closed: the file was cut off.")


def _yaml(data: bytes, lists: Collection[str]) -> Iterator[Record]:
    """The items of a YAML document. Where it cannot be read as a whole, a list is read item by item."""
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
