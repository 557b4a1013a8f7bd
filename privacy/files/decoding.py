"""Turns files in other encodings and formats into UTF-8 or rows: gzip, UTF-16, UTF-32, Windows-1252 in tables, or a
named encoding; spreadsheets and Parquet through optional libraries. Text goes through a nameless temporary file, so a
file of any size can be read and nothing of it stays behind. A record is read as standard JSON; if it is none, the message
says where, and what to do where that is known.
"""

import codecs
import gzip
import json
import re
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Collection, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import date, datetime, time
from decimal import Decimal
from importlib import import_module
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

from privacy.files.csv_rows import BadRow, Row, column_name, plain_name, structure

XLSX_EXTRA = (
    "The file is a spreadsheet or an archive. To read a spreadsheet, run pip install openpyxl, or save it as CSV."
)
PARQUET_EXTRA = "The file is Parquet. To read it, run pip install pyarrow, or save it as JSON Lines."
NO_SHEET = (
    "The file looks like an archive or a spreadsheet but cannot be read as a spreadsheet. Unpack it, or save it as CSV."
)
NO_PARQUET = "The file looks like Parquet but cannot be read as Parquet."
WIDE = 1_000  # columns
NumberedCells: TypeAlias = tuple[int, tuple[Any, ...]]


class Unreadable(ValueError):
    """The file cannot be used. The message says why."""


def sheet_rows(file: BinaryIO, structured: Collection[str]) -> Iterator[Row]:
    """The rows of the first sheet that has any, below its header. Raises `Unreadable`."""
    try:
        openpyxl = import_module("openpyxl")
    except ImportError:
        raise Unreadable(XLSX_EXTRA) from None
    try:
        book = openpyxl.load_workbook(file, read_only=True, data_only=True)
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, openpyxl.utils.exceptions.InvalidFileException):
        raise Unreadable(NO_SHEET) from None
    with closing(book):
        for sheet in book.worksheets:
            rows: Iterator[NumberedCells] = enumerate(sheet.iter_rows(values_only=True, max_col=WIDE), 1)
            if head := next((cells for _, cells in rows if any(map(_is_filled, cells))), None):
                head, rows = _headed(head, rows)
                yield from _below(_names(head), rows, structured)
                return


def _is_filled(cell: Any) -> bool:
    return cell is not None and cell != ""


def _headed(cells: tuple[Any, ...], rows: Iterator[NumberedCells]) -> tuple[tuple[Any, ...], Iterator[NumberedCells]]:
    """The row with the columns' names, and the rows below it. Above it may be titles, of the sheet or of groups of
    columns: merged cells, in which a row has at most half of the names that the row below it has.
    """
    for number, below in rows:
        names = list(filter(_is_filled, below))
        if names and (2 * sum(map(_is_filled, cells)) > len(names) or not all(isinstance(name, str) for name in names)):
            return cells, chain([(number, below)], rows)
        cells = below if names else cells
    return cells, iter(())


def _names(cells: tuple[Any, ...]) -> list[str]:
    names = ["" if cell is None else str(cell).strip() for cell in cells]
    twice = [name for place, name in enumerate(names) if name and name in names[:place]]
    if twice:
        raise Unreadable(f"{column_name(twice, 1)}: The header has this column twice; only one can be used.")
    return names


def _below(names: list[str], rows: Iterator[NumberedCells], structured: Collection[str]) -> Iterator[Row]:
    for number, cells in rows:
        value: dict[str, Any] = {}
        try:
            for place, cell in enumerate(cells, 1):
                if cell is None or cell == "":
                    continue
                name = names[place - 1] if place <= len(names) else ""
                if not name and place == 1:  # a data frame's index
                    continue
                if not name:
                    raise BadRow("The header has no name for this column.", place)
                is_data = isinstance(cell, str) and name in structured and cell[:1] in ("[", "{")
                value[name] = structure(cell, place) if is_data else as_json(cell)
        except BadRow as error:
            yield Row(number, number, column=column_name(names, error.place), problem=str(error))
        else:
            if value:
                yield Row(number, number, value)


def parquet_rows(file: BinaryIO) -> Iterator[Row]:
    """The rows of a Parquet file. Raises `Unreadable`."""
    try:
        parquet, errors = import_module("pyarrow.parquet"), import_module("pyarrow").ArrowException
    except ImportError:
        raise Unreadable(PARQUET_EXTRA) from None
    number = 0
    try:
        for batch in parquet.ParquetFile(file).iter_batches(batch_size=500):
            for value in batch.to_pylist():
                number += 1
                yield Row(number, number, as_json({name: item for name, item in value.items() if item is not None}))
    except errors:
        raise Unreadable(NO_PARQUET) from None


def as_json(value: Any) -> Any:
    """The value in JSON's form: a time in ISO format, a whole number without a fraction."""
    if isinstance(value, dict):
        return {str(name): as_json(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [as_json(item) for item in value]
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if isinstance(value, Decimal):
        value = float(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    return value


CHUNK = 1_048_576
GZIP = b"\x1f\x8b"
WEB_PAGE = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype\b|html\b|table\b|meta\b|\?xml\b)", re.IGNORECASE)
OLD_SHEET, ARCHIVE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04"
MARKS = (  # UTF-32 first: its byte order mark begins like that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
TABLES = (".csv", ".tsv", ".tab", ".psv")
WINDOWS = "cp1252"
# Bytes that are letters, quotes, dashes or symbols of western text in Windows-1252. Any other byte means that a line is
# damaged UTF-8, which must be reported and not read as another encoding.
WESTERN = re.compile(rb"[\x00-\x7f\x80\x82\x84\x85\x8a\x8c\x8e\x91-\x97\x99\x9a\x9c\x9e\x9f-\xd6\xd8-\xf6\xf8-\xfe]*")
UTF8 = ("utf-8", "utf-8-sig", "ascii")


class Undecodable(ValueError):
    """The file is not in the encoding that it declares or that was named. The message says why."""


@contextmanager
def opened(path: Path, encoding: str = "") -> Iterator[tuple[BinaryIO, str]]:
    """The file's text in UTF-8, and its suffix without `.gz`. Raises `OSError` and `Undecodable`."""
    with ExitStack() as stack:
        file: BinaryIO = stack.enter_context(path.open("rb"))
        suffixes = [suffix.lower() for suffix in path.suffixes]
        if not file.seekable():
            file = _copied(file, stack.enter_context(tempfile.TemporaryFile()))
        for _ in range(2):  # some tools compress what is compressed
            if file.read(len(GZIP)) == GZIP:
                file = _unpacked(file, stack.enter_context(tempfile.TemporaryFile()))
            file.seek(0)
        suffix = next((each for each in reversed(suffixes) if each not in (".gz", ".gzip")), "")
        file.seek(0)
        is_archive = _is_archive(file)
        file.seek(0)
        found = "utf-8" if is_archive else _encoding(file, suffix, encoding)
        file.seek(0)
        if found not in UTF8:
            file = _in_utf8(file, stack.enter_context(tempfile.TemporaryFile()), found, strict=bool(encoding))
        yield file, suffix


def line_end(data: Any, start: int, limit: int) -> bytes:
    """What ends the lines of a file: a carriage return alone on old Macs and in Excel's "CSV (Macintosh)"."""
    feed = data.find(b"\n", start, limit)
    first = data.find(b"\r", start, limit if feed < 0 else feed)
    if first < 0 or (feed > 0 and not data[first:feed].strip(b"\r")):
        return b"\n"
    return b"\n" if data[start:first].count(b'"') % 2 else b"\r"


def _is_archive(file: BinaryIO) -> bool:
    """Whether the file is a spreadsheet, or looks like a damaged one. Raises `Undecodable` for others that hold no text."""
    head = file.read(len(OLD_SHEET))
    if head == OLD_SHEET:
        raise Undecodable("This is an old Office file (.xls): save it as .xlsx or CSV.")
    if WEB_PAGE.match(head + file.read(200)):
        raise Undecodable(
            "This is a web page or XML, whatever its name says: open it in a spreadsheet, save it as CSV."
        )
    if not head.startswith(ARCHIVE):
        return False
    try:
        with zipfile.ZipFile(file) as packed:
            names = packed.namelist()
    except zipfile.BadZipFile:
        return True
    if not any(name.startswith("xl/") for name in names):
        raise Undecodable("This is a zip archive: unpack it and import the files in it.")
    return True


def _copied(source: BinaryIO, target: BinaryIO) -> BinaryIO:
    shutil.copyfileobj(source, target, CHUNK)
    target.seek(0)
    return target


def _unpacked(file: BinaryIO, target: BinaryIO) -> BinaryIO:
    file.seek(0)
    try:
        with gzip.GzipFile(fileobj=file) as packed:
            shutil.copyfileobj(packed, target, CHUNK)
    except (OSError, EOFError, zlib.error):
        raise Undecodable("The file is compressed (gzip) but damaged or cut off.") from None
    target.seek(0)
    return target


def _encoding(file: BinaryIO, suffix: str, named: str) -> str:
    """The encoding's name: the given one, that of a byte order mark, else what the bytes look like."""
    if named:
        try:
            return codecs.lookup(named).name
        except LookupError:
            raise Undecodable(
                "This encoding is unknown. Examples: utf-8, utf-16, cp1252, shift_jis, gb18030."
            ) from None
    head = file.read(4_096)
    for mark, name in MARKS:
        if head.startswith(mark):
            return name
    # In UTF-16 without a mark, half the bytes of a header or of JSON punctuation are zero.
    if len(head) > 3 and head.count(0) * 3 > len(head):
        return "utf-16-le" if head[1:2] == b"\x00" else "utf-16-be"
    file.seek(0)
    return WINDOWS if suffix in TABLES and _is_windows(file) else "utf-8"


def _is_windows(file: BinaryIO) -> bool:
    """Whether there are lines with non-ASCII letters, and none of them is UTF-8."""
    western = utf8 = 0
    for line in iter(lambda: file.readline(CHUNK), b""):
        if line.isascii():
            continue
        try:
            line.decode()
            utf8 += 1
        except UnicodeDecodeError as error:
            if error.reason == "unexpected end of data" and len(line) == CHUNK:
                continue  # a character cut by the limit
            if not WESTERN.fullmatch(line):
                return False
            western += 1
    return western > utf8


def _in_utf8(file: BinaryIO, target: BinaryIO, encoding: str, *, strict: bool) -> BinaryIO:
    decoder = codecs.getincrementaldecoder(encoding)("replace" if encoding == WINDOWS and not strict else "strict")
    try:
        for chunk in iter(lambda: file.read(CHUNK), b""):
            target.write(decoder.decode(chunk).encode())
        target.write(decoder.decode(b"", final=True).encode())
    except (UnicodeDecodeError, UnicodeEncodeError):
        raise Undecodable(f"The file is not {encoding} throughout.") from None
    except AttributeError:
        raise Undecodable("This encoding is not for text.") from None
    target.seek(0)
    return target


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
