"""What differs between SQLite and PostgreSQL: only this package checks which of them is in use.

SQLite has one writer at a time, whose transactions take the lock when they begin; PostgreSQL locks rows. Everything
here acts on this thread's connection.
"""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from django.db import connection, connections, models

from privacy.db.bulk import execute, quoted, select, vendor

Rows = TypeVar("Rows", bound="models.QuerySet[Any]")
# For a batch, which touches many of SQLite's pages twice; its log is copied back between batches, not within one.
BATCH_PRAGMAS = {"cache_size": -32_000, "wal_autocheckpoint": 0}
PAUSES = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0)  # seconds to wait for a reader that holds on to the log
GROWN = 1.2  # times as many pages as at the last ANALYZE; below it, the planner's own scaling by pages serves
DURABLE = ("fsync", "full_page_writes", "synchronous_commit")


def name() -> str:
    """`sqlite` or `postgresql`."""
    return vendor()


def one_writer() -> bool:
    """Whether only one transaction at a time can write, as in SQLite."""
    return vendor() == "sqlite"


def unlocked(rows: Rows, **of: Any) -> Rows:
    """Lock these rows, skipping any that another transaction has locked. SQLite needs no row locks."""
    return rows if one_writer() else rows.select_for_update(skip_locked=True, **of)


def json_text(value: Any) -> str:
    """A value as the text of a JSON column, which is ASCII on SQLite."""
    return json.dumps(value, ensure_ascii=one_writer())


def in_turn(what: str, key: int) -> None:
    """Wait until no other transaction holds this turn. Call first in a transaction, which keeps the turn to its end."""
    if not one_writer():
        select("SELECT pg_advisory_xact_lock(hashtext(%s), %s)", [what, key])


def data_version() -> int:
    """On SQLite, a number that changes when another connection commits; else 0."""
    return int(pragma("data_version") or 0) if one_writer() else 0


def analyze(*tables: type[models.Model]) -> None:
    """Update PostgreSQL's statistics of tables that have grown, before a statement that reads whole tables.

    If a table was empty at the last ANALYZE, the planner assumes a single row however many were loaded since, and may
    read it once per row instead of once. Only keys are sampled; a table that is being vacuumed is skipped. ANALYZE takes
    seconds on a large table, so it is left out for tables that grew little. SQLite's planner does not count rows.
    """
    if not one_writer() and (grown := [model for model in tables if has_grown(model)]):
        keys = [(quoted(model), connection.ops.quote_name(str(model._meta.pk.column))) for model in grown]
        execute(f"ANALYZE (SKIP_LOCKED) {', '.join(f'{table} ({key})' for table, key in keys)}")


def has_grown(model: type[models.Model]) -> bool:
    """Whether this table of PostgreSQL has over a fifth more pages than at the last VACUUM or ANALYZE."""
    size = "SELECT pg_relation_size(oid) / current_setting('block_size')::int, relpages FROM pg_class WHERE oid = %s::regclass"
    [(now, then)] = select(size, [quoted(model)])
    return bool(now > GROWN * max(then, 0))


def pragma(setting: str) -> int | None:
    """Read or set one of SQLite's settings on this connection; return its value, if it has one."""
    rows = select(f"PRAGMA {setting}")
    return rows[0][0] if rows else None


def overwrites() -> bool:
    """Whether SQLite overwrites what this connection deletes."""
    return one_writer() and pragma("secure_delete") == 1


@contextmanager
def set_for_batches() -> Iterator[None]:
    """Set `BATCH_PRAGMAS` on SQLite for the block, which must call `checkpoint` between transactions."""
    usual = {name: pragma(name) for name in BATCH_PRAGMAS} if one_writer() else {}
    for name in usual:
        pragma(f"{name} = {BATCH_PRAGMAS[name]}")
    try:
        yield
    finally:
        for name, value in usual.items():
            pragma(f"{name} = {value}")


def checkpoint() -> None:
    """Copy SQLite's write-ahead log into its file without waiting for readers.

    Between transactions nobody waits for it; as part of a commit it would hold the lock twice as long.
    """
    if one_writer() and not connection.in_atomic_block:
        pragma("wal_checkpoint(PASSIVE)")


def empty_log() -> bool:
    """Copy SQLite's write-ahead log, which may hold erased text, into its file and truncate it; return whether that
    worked.

    A reader in the middle of a long statement prevents it. True on PostgreSQL, which has VACUUM.
    """
    for pause in PAUSES if one_writer() else ():
        if not pragma("wal_checkpoint(TRUNCATE)"):
            return True
        time.sleep(pause)
    return not one_writer()


def files() -> list[Path]:
    """The database's files: SQLite's, with its log. Empty for PostgreSQL, whose files are on a server."""
    database = Path(str(connection.settings_dict["NAME"]))
    return sorted(database.parent.glob(f"{database.name}*")) if one_writer() else []


def not_durable() -> list[str]:
    """Which settings let PostgreSQL answer before a commit is on disk. On SQLite our own settings rule that out."""
    if one_writer():
        return []
    names = select("SELECT name FROM pg_settings WHERE setting = 'off' AND name = ANY(%s)", [list(DURABLE)])
    return sorted(name for (name,) in names)


def disconnect() -> None:
    """Close every connection, and PostgreSQL's pool with its threads, before a process forks or the files are closed."""
    connections.close_all()
    for each in connections.all(initialized_only=True):
        getattr(each, "close_pool", lambda: None)()
