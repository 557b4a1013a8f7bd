"""The pages that a transaction changes are known from the log, whatever others do to the log meanwhile."""

import os
import random
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest
from django.db import connection, transaction

from privacy.db import changed_pages, engine
from privacy.db.changed_pages import ChangedPages

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("DATABASE_URL" in os.environ, reason="about SQLite's log"),
]
TABLES = 40


def run(statement: str) -> None:
    """Run a statement on this thread's connection."""
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.fixture
def tables() -> Iterator[dict[int, int]]:
    """Tables of one row and so of one page each; the number of that page."""
    with transaction.atomic():
        for number in range(TABLES):
            run(f"CREATE TABLE one_{number} (id INTEGER PRIMARY KEY, value INTEGER)")
            run(f"INSERT INTO one_{number} VALUES (1, 0)")  # noqa: S608 - our own names
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, rootpage FROM sqlite_master WHERE type = 'table'")
        rows = dict(cursor.fetchall())
    yield {number: rows[f"one_{number}"] for number in range(TABLES)}
    for number in range(TABLES):
        run(f"DROP TABLE one_{number}")


def write(number: int) -> None:
    run(f"UPDATE one_{number} SET value = value + 1")  # noqa: S608 - our own names


def test_the_pages_of_a_transaction_are_known(tables: dict[int, int]) -> None:
    write(1)
    changed = ChangedPages()
    with changed.transaction():
        write(2)
        write(3)
    assert {tables[2], tables[3]} <= changed.numbers and tables[1] not in changed.numbers


def test_nothing_is_known_of_a_transaction_that_failed(tables: dict[int, int]) -> None:
    changed = ChangedPages()
    with suppress(ZeroDivisionError), changed.transaction():
        write(2)
        1 / 0  # noqa: B018
    assert tables[2] not in changed.numbers
    with changed.transaction():
        write(3)
    assert tables[3] in changed.numbers


@pytest.mark.parametrize("before", ["", "PASSIVE", "TRUNCATE"])
@pytest.mark.parametrize("after", ["PASSIVE", "RESTART", "TRUNCATE"])
def test_what_others_do_right_after_the_commit_loses_nothing(
    before: str, after: str, tables: dict[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    real, other = changed_pages.read_log, sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
    other.execute("PRAGMA busy_timeout = 0")

    def late(place: changed_pages.Place) -> tuple[changed_pages.Place, set[int]]:
        if not connection.in_atomic_block:
            for _ in range(5):
                other.execute(f"PRAGMA wal_checkpoint({after})")
                other.execute("UPDATE one_0 SET value = value + 1")
        return real(place)

    monkeypatch.setattr(changed_pages, "read_log", late)
    changed = ChangedPages()
    for number in range(1, 10):
        if before:
            engine.pragma(f"wal_checkpoint({before})")
        with changed.transaction():
            write(number)
    other.close()
    assert {tables[number] for number in range(1, 10)} <= changed.numbers


def test_no_page_is_missed_while_others_write_and_empty_the_log(tables: dict[int, int]) -> None:
    """Others commit, copy the log to the file and truncate it, so that it begins again many times."""
    over, restarts, dice = threading.Event(), set[bytes](), random.Random(1)

    def others() -> None:
        mine = random.Random(2)
        engine.pragma("wal_autocheckpoint = 1")
        while not over.is_set():
            write(mine.randrange(TABLES // 2))
            step = mine.random()
            if step < 0.3:
                engine.pragma(f"wal_checkpoint({'TRUNCATE' if step < 0.1 else 'PASSIVE'})")
        connection.close()

    threads = [threading.Thread(target=others) for _ in range(2)]
    for thread in threads:
        thread.start()
    turns = 0
    try:
        end = time.monotonic() + 3
        while time.monotonic() < end:
            changed, mine = ChangedPages(), set[int]()
            for _ in range(3):
                with changed.transaction():
                    for number in dice.sample(range(TABLES // 2, TABLES), 3):
                        write(number)
                        mine.add(tables[number])
                restarts.add(changed._place[0] if changed._place else b"")
                turns += 1
            assert mine <= changed.numbers
    finally:
        over.set()
        for thread in threads:
            thread.join()
    assert turns > 20 and len(restarts) > 5


def test_the_log_does_not_grow_with_the_number_of_transactions(tables: dict[int, int]) -> None:
    engine.empty_log()
    changed = ChangedPages()
    for turn in range(700):
        with changed.transaction():
            for number in range(8):
                write((turn + number) % TABLES)
    log = f"{connection.settings_dict['NAME']}-wal"
    assert os.path.getsize(log) < 3_000 * 4_096 and set(tables.values()) <= changed.numbers


def test_it_does_not_hold_up_who_empties_the_log(tables: dict[int, int]) -> None:
    over, slowest = threading.Event(), [0.0]

    def empties() -> None:
        while not over.is_set():
            begun = time.monotonic()
            engine.pragma("wal_checkpoint(TRUNCATE)")
            slowest[0] = max(slowest[0], time.monotonic() - begun)
        connection.close()

    thread = threading.Thread(target=empties)
    thread.start()
    changed = ChangedPages()
    for turn in range(100):
        with changed.transaction():
            write(turn % TABLES)
    over.set()
    thread.join()
    assert slowest[0] < 10
