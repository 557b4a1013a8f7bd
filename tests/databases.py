"""Which tests `make test` runs on PostgreSQL as well as on SQLite; `make test-all` runs all that use a database on both.

A module is of the database where it has SQL, locks, upserts or a full-text search of its own, or asks which database
it is. The tests that import it and lie in the folder that mirrors its package run on both; where none imports it, all
of that folder do. So do the tests of workers. It is computed from the sources: nothing is to be listed.
"""

import re
from functools import cache
from pathlib import Path

from tests.structure import SQL, VENDOR, read
from tests.test_layers import imports

ROOT = Path(__file__).resolve().parent.parent
LOCKS = re.compile(r"select_for_update|update_conflicts|ignore_conflicts|advisory|SearchVector|SearchQuery")
PACKAGE = "privacy.db"  # every module of it is of the database


def of_the_database(root: Path) -> set[str]:
    """The product's modules with SQL, locks or search of their own."""
    return {
        name
        for name, source in read(root).sources.items()
        if name.startswith(f"{PACKAGE}.") or any(pattern.search(source) for pattern in (SQL, VENDOR, LOCKS))
    }


def files_for(module: str, root: Path) -> list[Path]:
    """The test files of a module: those in its mirrored folder that import it, else the whole folder."""
    folder = root.joinpath("tests", *module.split(".")[:-1])
    files = sorted(folder.glob("test_*.py"))
    return [path for path in files if module in targets(path)] or files


@cache
def targets(path: Path) -> frozenset[str]:
    """What a test file imports."""
    return frozenset(each.target for each in imports(path.stem, path))


@cache
def on_both() -> frozenset[Path]:
    """The test files that `make test` runs on both databases."""
    return frozenset(path for module in of_the_database(ROOT) for path in files_for(module, ROOT))


def has_marker(path: Path, *names: str) -> bool:
    """Whether the file of tests uses one of these markers."""
    return re.search(rf"\bmark\.({'|'.join(names)})\b", path.read_text()) is not None
