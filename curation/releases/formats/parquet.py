"""Parquet copies of the JSON Lines files: `eval_cases.jsonl` also as `eval_cases.parquet`, and so on.

Made from finished lines, so that a recut rebuilds it from the remaining ones. It needs `pyarrow`, which is an extra.
"""

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from types import ModuleType
from typing import Any, BinaryIO

import orjson

from curation.releases.formats.shapes import TABLES, Shape

BATCH = 5_000
SUFFIX = ".parquet"
ARROW = {"string": "string", "time": "string", "boolean": "bool", "null": "null"}
EXTRA = "Parquet files need pyarrow, which is not installed: pip install pyarrow"


class ExtraMissing(RuntimeError):
    """A library that is an extra is not installed; the message says how to get it."""


def installed() -> bool:
    """Whether Parquet files can be written."""
    return find_spec("pyarrow") is not None


def convert(lines: Path, target: Path) -> int:
    """Write a finished JSON Lines file of a release as Parquet, and return its rows. The same lines, the same bytes.

    Raises `ExtraMissing` without pyarrow, `KeyError` for a file that has no Parquet form. Holds a batch in memory.
    """
    pa, pq = _pyarrow()
    schema = pa.schema([(name, _arrow(pa, shape)) for name, shape in TABLES[lines.name].items()])
    rows = 0
    with lines.open("rb") as source, pq.ParquetWriter(target, schema, compression="zstd") as writer:
        for batch in _batches(source):
            writer.write_table(pa.Table.from_pylist(batch, schema=schema))
            rows += len(batch)
    return rows


def targets(folder: Path) -> list[tuple[Path, Path]]:
    """The lines of a release folder that have a Parquet form, each with the file to write."""
    return [(folder / name, (folder / name).with_suffix(SUFFIX)) for name in TABLES if (folder / name).is_file()]


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
