"""Parquet next to the JSON Lines files: `eval_cases.jsonl` also as `eval_cases.parquet`, and so on.

A column with objects of any shape, such as `tools`, is JSON in a string, which TRL reads. It is made from finished
lines, so a recut makes it again from what is left. It needs `pyarrow`, which is an extra.
"""

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from types import ModuleType
from typing import Any, BinaryIO

import orjson

from curation.releases.formats.shapes import Shape, has_objects
from curation.releases.formats.tools import data_text

BATCH = 5_000
SUFFIX = ".parquet"
ARROW = {
    "string": "string",
    "time": "string",
    "boolean": "bool",
    "null": "null",
    "integer": "int64",
    "object": "string",
}
EXTRA = "Parquet files need pyarrow, which is not installed: pip install pyarrow"


class ExtraMissing(RuntimeError):
    """An optional library is not installed; the message says how to install it."""


def installed() -> bool:
    """Whether Parquet files can be written."""
    return find_spec("pyarrow") is not None


def convert(lines: Path, target: Path, columns: dict[str, Shape]) -> int:
    """Write a finished JSON Lines file of a release as Parquet, and return its rows. The same lines, the same bytes.

    Raises `ExtraMissing` without pyarrow. Holds a batch in memory.
    """
    pa, pq = _pyarrow()
    schema = pa.schema(
        [
            (name.removesuffix("?"), pa.string() if has_objects(shape) else _arrow(pa, shape))
            for name, shape in columns.items()
        ]
    )
    free = [name.removesuffix("?") for name, shape in columns.items() if has_objects(shape)]
    rows = 0
    with lines.open("rb") as source, pq.ParquetWriter(target, schema, compression="zstd") as writer:
        for batch in _batches(source):
            for row in batch:
                row.update({name: data_text(row[name]) for name in free if name in row})
            writer.write_table(pa.Table.from_pylist(batch, schema=schema))
            rows += len(batch)
    return rows


def _pyarrow() -> tuple[ModuleType, ModuleType]:
    try:
        return import_module("pyarrow"), import_module("pyarrow.parquet")
    except ImportError:
        raise ExtraMissing(EXTRA) from None


def _batches(source: BinaryIO) -> Iterator[list[Any]]:
    while batch := [orjson.loads(line) for line in islice(source, BATCH)]:
        yield batch


def _arrow(pa: Any, shape: Shape) -> Any:
    if isinstance(shape, dict):
        return pa.struct([(name.removesuffix("?"), _arrow(pa, inner)) for name, inner in shape.items()])
    if isinstance(shape, list):
        return pa.list_(_arrow(pa, shape[0]))
    return pa.type_for_alias("string" if isinstance(shape, tuple) else ARROW[shape.removesuffix("?")])
