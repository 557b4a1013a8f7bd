"""Rows of spreadsheets (xlsx) and of Parquet files, by libraries that are extras."""

import zipfile
from collections.abc import Collection, Iterator
from contextlib import closing
from datetime import date, datetime, time
from decimal import Decimal
from importlib import import_module
from typing import Any, BinaryIO

from privacy.files.csv_rows import BadRow, Row, column_name, structure

XLSX_EXTRA = "The file is a spreadsheet or an archive. For spreadsheets: pip install openpyxl. Or save it as CSV."
PARQUET_EXTRA = "The file is Parquet. For that: pip install pyarrow. Or save it as JSON Lines."
NO_SHEET = "The file is an archive or a spreadsheet, and cannot be read as one: save it as CSV, or unpack it."
NO_PARQUET = "The file looks like Parquet, and cannot be read as that."
WIDE = 1_000  # columns


class Unreadable(ValueError):
    """The file cannot be used. Says why."""


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
            rows = enumerate(sheet.iter_rows(values_only=True, max_col=WIDE), 1)
            for _, cells in rows:
                if any(cell is not None for cell in cells):
                    yield from _below(_names(cells), rows, structured)
                    return


def _names(cells: tuple[Any, ...]) -> list[str]:
    names = ["" if cell is None else str(cell).strip() for cell in cells]
    twice = [name for place, name in enumerate(names) if name and name in names[:place]]
    if twice:
        raise Unreadable(f"{column_name(twice, 1)}: The header has this column twice, and only one could count.")
    return names


def _below(names: list[str], rows: Iterator[tuple[int, tuple[Any, ...]]], structured: Collection[str]) -> Iterator[Row]:
    for number, cells in rows:
        value: dict[str, Any] = {}
        try:
            for place, cell in enumerate(cells, 1):
                if cell is None or cell == "":
                    continue
                name = names[place - 1] if place <= len(names) else ""
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
    """The value as JSON has it: a time in its ISO form, a whole number without a fraction."""
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
