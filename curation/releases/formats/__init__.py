"""The file formats of a release: three always, others by choice, each with one record a line. A format is a module here
with its `FORMAT`: the file, the consent it needs, how a line is written, and the shape that `verify_release` checks. To
add one, add such a module; nothing else lists them. With one record a line, a release can be streamed, its lineage can
name lines, and a recut can drop one without touching the rest. Parquet is not such a format: it is made from finished
lines (`parquet.convert`).
"""

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from curation.releases.formats import parquet
from curation.releases.formats.format import Format
from curation.releases.formats.shapes import Shape

RECORDS = ("case", "example", "pair")


def declared() -> list[Format]:
    """The formats that the modules of this package declare: the kinds of record in order, then by name."""
    modules = (import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__))
    found = [module.FORMAT for module in modules if hasattr(module, "FORMAT")]
    return sorted(found, key=lambda format: (RECORDS.index(format.record), format.name))


FORMATS = declared()
DEFAULT = tuple(format for format in FORMATS if format.always)
OPTIONAL = {format.name: format for format in FORMATS if not format.always}
TABLES = {format.file: format.shape for format in FORMATS if format.table}
"""Files that a dataset library loads as tables, with their columns."""
PARQUET = "parquet"
CHOICES = (*sorted(OPTIONAL), PARQUET)
"""The names that a dataset may choose besides the three files that every release has."""


def chosen(names: list[str]) -> tuple[Format, ...]:
    """The line formats of a dataset that chose these names, in a fixed order.

    Raises `ValueError` for a name that is not among `CHOICES`.
    """
    if unknown := set(names) - set(CHOICES):
        raise ValueError(f"no such format: {', '.join(sorted(unknown))}; there are {', '.join(CHOICES)}")
    return (*DEFAULT, *(OPTIONAL[name] for name in sorted(OPTIONAL) if name in names))


def check(names: list[str]) -> None:
    """Raises `ValueError` for a name that is not among `CHOICES`, or that needs a library which is not installed."""
    chosen(names)
    if PARQUET in names and not parquet.installed():
        raise ValueError(parquet.EXTRA)


def tables(folder: Path) -> list[tuple[Path, Path, dict[str, Shape]]]:
    """The files of a release folder that have a Parquet form, each with the file to write and its columns."""
    return [
        (folder / name, (folder / name).with_suffix(parquet.SUFFIX), shape)
        for name, shape in TABLES.items()
        if (folder / name).is_file()
    ]
