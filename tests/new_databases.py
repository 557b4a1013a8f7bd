"""The migrated database of a run of tests: one process migrates it, the others copy its file.

To migrate a new SQLite database takes a process five seconds, to copy one a moment. `DATABASE_OF_TESTS` names the folder of
that file: the first process of a run sets it, and its workers inherit it. Programs that a test starts on a `var/` of their
own are given a copy as well, where the test is not about a new database.
"""

import fcntl
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

FOLDER = "DATABASE_OF_TESTS"
KEPT = "migrated.sqlite3"


@contextmanager
def migrated(name: Path, folder: Path) -> Iterator[tuple[bool, Callable[[], None]]]:
    """Whether the database is a copy of the migrated one, and what makes it that for the others once it is migrated.

    While it is not there, one process at a time is in this context: the others wait for it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / KEPT
    with (folder / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        is_there = kept.exists()
        if is_there:
            fcntl.flock(lock, fcntl.LOCK_UN)
            shutil.copyfile(kept, name)

        def keep() -> None:
            if not is_there:
                copy(name, kept)
                fcntl.flock(lock, fcntl.LOCK_UN)

        yield is_there, keep


def give(var: Path) -> None:
    """Put the migrated database into a new `var/`. Where the run has none yet, the program migrates one itself."""
    kept = Path(os.environ.get(FOLDER, "")) / KEPT
    if kept.is_file():
        var.mkdir(exist_ok=True)
        shutil.copyfile(kept, var / "flywheel.sqlite3")


def copy(name: Path, kept: Path) -> None:
    """Copy a database that may be open, with what its log still holds; it is whole or not there."""
    part = kept.with_name(f"{kept.name}.{os.getpid()}")
    with closing(sqlite3.connect(name)) as source, closing(sqlite3.connect(part)) as target:
        source.backup(target)
    part.replace(kept)
