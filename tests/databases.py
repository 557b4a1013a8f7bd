"""Which tests `make test` runs on PostgreSQL as well as on SQLite; `make test-all` runs all that use a database on
both.

A module counts as database code if it has SQL, locks, upserts or a full-text search of its own, or asks which database
it runs on. Two files of its tests run on both: those of the folder that mirrors its package which import it and least
besides. So do the tests of workers, and of several transactions at once. All is computed from the sources, but for what
is marked `one_database`: simulations that run the same SQL as others of their file, and servers that are started to
show something else, such as what a client does, or a path below a proxy.
"""

import re
from functools import cache
from pathlib import Path

from tests.structure import SQL, VENDOR, read
from tests.test_layers import imports

ROOT = Path(__file__).resolve().parent.parent
LOCKS = re.compile(r"select_for_update|update_conflicts|ignore_conflicts|advisory|SearchVector|SearchQuery")
AT_ONCE = re.compile(r"\bThread\(|\bThreadPoolExecutor\(|\bforked\(")
PACKAGE = "privacy.db"  # every module of it is of the database
MOST = 2  # files for a module


@cache
def of_the_database(root: Path) -> set[str]:
    """The product's modules with SQL, locks or search of their own."""
    return {
        name
        for name, source in read(root).sources.items()
        if name.startswith(f"{PACKAGE}.") or any(pattern.search(source) for pattern in (SQL, VENDOR, LOCKS))
    }


def files_for(module: str, root: Path) -> list[Path]:
    """The test files of a module. What none imports is reached through the other modules of its package."""
    if own := about(module, root):
        return own
    package = module.rpartition(".")[0]
    others = {name for name in of_the_database(root) if name.rpartition(".")[0] == package}
    return sorted({path for name in others for path in about(name, root)}) or mirrored(module, root)


def about(module: str, root: Path) -> list[Path]:
    """Those of its folder that import the module, and least besides."""
    importing = [path for path in mirrored(module, root) if module in targets(path)]
    return sorted(importing, key=lambda path: len(targets(path)))[:MOST]


def mirrored(module: str, root: Path) -> list[Path]:
    """All test files of the folder that mirrors the module's package."""
    return sorted(root.joinpath("tests", *module.split(".")[:-1]).glob("test_*.py"))


@cache
def targets(path: Path) -> frozenset[str]:
    """What a test file imports."""
    return frozenset(each.target for each in imports(path.stem, path))


@cache
def on_both() -> frozenset[Path]:
    """The test files that `make test` runs on both databases."""
    of_modules = {path for module in of_the_database(ROOT) for path in files_for(module, ROOT)}
    return frozenset(of_modules | {path for path in (ROOT / "tests").rglob("test_*.py") if is_at_once(path)})


def is_at_once(path: Path) -> bool:
    """Whether the file has tests in which several transactions run at once."""
    source = path.read_text()
    return "transaction=True" in source and AT_ONCE.search(source) is not None


def has_marker(path: Path, *names: str) -> bool:
    """Whether the file of tests uses one of these markers."""
    return re.search(rf"\bmark\.({'|'.join(names)})\b", path.read_text()) is not None


def all_have_marker(path: Path, *names: str) -> bool:
    """Whether the file gives one of these markers to all of its tests."""
    given = re.search(r"^pytestmark = (\[[^\]]*\]|.*)", path.read_text(), re.MULTILINE)
    return given is not None and re.search(rf"\bmark\.({'|'.join(names)})\b", given[1]) is not None
