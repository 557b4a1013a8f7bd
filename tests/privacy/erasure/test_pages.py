"""The bytes of SQLite's pages that hold no row: deleted text is found there, and the text of rows is not."""

import random
import re
import sqlite3
from pathlib import Path

import pytest

from privacy.erasure import byte_scan, pages
from privacy.erasure.byte_scan import Finder, Marker

MARKER = Marker(b"k" * 32, b"s" * 16)
ROW = re.compile(rb"row(\d{5})\.")


def filled(path: Path, size: int, overwrite: str) -> set[int]:
    """A table and an index with rows of all lengths, and some of them deleted; returns which."""
    dice = random.Random(size)
    with sqlite3.connect(path) as database:
        database.execute(f"PRAGMA page_size = {size}")
        database.execute(f"PRAGMA secure_delete = {overwrite}")
        database.execute("CREATE TABLE rows (id INTEGER PRIMARY KEY, text TEXT, rest BLOB)")
        database.execute("CREATE INDEX of_text ON rows (text)")
        for key in range(1_000):
            length = dice.choice([1, 5, 50, 200, 1_000, 5_000])
            text = f"row{key:05d}.{'x' * min(length, 900)}"
            database.execute("INSERT INTO rows VALUES (?, ?, ?)", (key, text, b"y" * length))
        gone = set(dice.sample(range(1_000), 150))
        database.executemany("DELETE FROM rows WHERE id = ?", [(key,) for key in gone])
    database.close()
    return gone


def unused(path: Path) -> bytes:
    """All bytes of the file that hold no row."""
    with path.open("rb") as file:
        return b"".join(part for _, part in pages.unused(file, [[1, 10**9]], 0))


@pytest.mark.parametrize("size", [512, 1024, 4096, 65_536])
def test_what_deleted_rows_left_is_found_wherever_it_is(size: int, tmp_path: Path) -> None:
    gone = filled(tmp_path / "file", size, "OFF")
    anywhere = set(map(int, ROW.findall((tmp_path / "file").read_bytes()))) & gone
    assert len(anywhere) > 100 and anywhere <= set(map(int, ROW.findall(unused(tmp_path / "file"))))


@pytest.mark.parametrize("size", [4096, 65_536])
def test_the_rows_themselves_are_not_among_it(size: int, tmp_path: Path) -> None:
    """SQLite leaves a copy of a row now and then where it has moved rows to another page."""
    filled(tmp_path / "file", size, "ON")
    assert len(ROW.findall((tmp_path / "file").read_bytes())) > 1_000
    assert len(ROW.findall(unused(tmp_path / "file"))) <= 3


def test_only_the_given_pages_are_read(tmp_path: Path) -> None:
    file = tmp_path / "file"
    text = "Where does the blue tram stop on working days?"
    with sqlite3.connect(file) as database:
        database.execute("PRAGMA secure_delete = OFF")
        database.execute("CREATE TABLE rows (text TEXT)")
        database.execute("INSERT INTO rows VALUES (?)", (f"1 {text}",))
        database.execute("DELETE FROM rows")
    database.close()
    finder = Finder(frozenset(byte_scan.fingerprints(text, MARKER)), MARKER)
    there, elsewhere = ({str(file): [[number, number]]} for number in (2, 1))
    assert byte_scan.scan([str(file)], finder, only=there).hits
    done = byte_scan.scan([str(file)], finder, only=elsewhere)
    assert not done.hits and done.bytes == 4096


def test_reading_pages_goes_on_where_a_step_ended(tmp_path: Path) -> None:
    gone = filled(tmp_path / "file", 4096, "OFF")
    only = {str(tmp_path / "file"): [[1, 3], [7, 7], [9, 40]]}
    finder = Finder(frozenset(byte_scan.fingerprints("Nobody has ever asked about this.", MARKER)), MARKER)
    place: tuple[str, int] | None = (str(tmp_path / "file"), 0)
    read = steps = 0
    while place:
        done = byte_scan.scan([place[0]], finder, place[1], seconds=0, only=only)
        place, read, steps = done.next, read + done.bytes, steps + 1
    assert gone and read == 36 * 4096 and steps >= 36


def test_pages_are_kept_as_ranges() -> None:
    assert pages.ranges({9, 1, 2, 3, 5}) == [[1, 3], [5, 5], [9, 9]] and pages.ranges(set()) == []
