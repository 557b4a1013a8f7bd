"""One process of a run migrates the database, the others copy it."""

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

from tests.new_databases import migrated


def fill(name: Path, made: list[Path], folder: Path) -> None:
    """What a process does: migrate where nothing is there yet."""
    with migrated(name, folder) as (is_there, keep):
        if not is_there:
            made.append(name)
            with closing(sqlite3.connect(name)) as database:
                database.execute("PRAGMA journal_mode = wal")
                database.executescript("CREATE TABLE kept AS SELECT 1 AS one")
                keep()  # with the connection open, as Django's is
        keep()


def test_of_several_at_once_one_migrates_and_all_have_the_database(tmp_path: Path) -> None:
    made: list[Path] = []
    names = [tmp_path / f"{number}.sqlite3" for number in range(4)]
    threads = [threading.Thread(target=fill, args=(name, made, tmp_path / "shared")) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1
    for name in names:
        with closing(sqlite3.connect(name)) as database:
            assert database.execute("SELECT one FROM kept").fetchall() == [(1,)]
