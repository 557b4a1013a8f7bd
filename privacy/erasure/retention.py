"""Retention: removes expired rows the way an erasure does, and rewrites tables that still hold deleted rows.

PostgreSQL keeps deleted rows in its pages until they are rewritten, once a night, and only after an erasure. Each table
with personal data is copied without them: by pg_repack where the database has that extension, while others read and
write; otherwise by VACUUM FULL, which locks them out of the table meanwhile. The planner's samples of people's words are
dropped and not taken again. The last steps close the current segment of the write-ahead log and ask for a checkpoint,
which removes older segments (with `wal_recycle=off`; recycled segments would keep their old bytes until overwritten).
"""

import contextlib
import os
import shutil
import subprocess
import time

from django.db import connection, transaction
from django.db.utils import OperationalError, ProgrammingError
from django.utils import timezone
from psycopg.errors import LockNotAvailable

from privacy.db import engine
from privacy.db.bulk import execute, select
from privacy.erasure import erasure
from privacy.erasure.tables import free_text, personal_models
from privacy.models import Erasure

STATISTICS = "pg_catalog.pg_statistic"
CLOSE_LOG = ("SELECT pg_switch_wal()", "CHECKPOINT")
PATIENCE = 60.0  # seconds; a transaction open for longer postpones the rewrite to the next night
LOCK_WAIT = "5s"
REPACK_EXTENSION = "SELECT 1 FROM pg_extension WHERE extname = 'pg_repack'"
UNFINISHED = "SELECT 1 FROM pg_tables WHERE schemaname = 'repack' LIMIT 1"
# Our connection's parameters, as pg_repack reads them.
LIBPQ = {
    "host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "dbname": "PGDATABASE", "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT", "sslcert": "PGSSLCERT", "sslkey": "PGSSLKEY",
}  # fmt: skip
# VACUUM copies rows that a transaction may still see: one that reads this database, one that writes to any database
# (every snapshot counts those), or a standby. Transaction numbers wrap around; their ages do not.
STILL_SEEN = """
    SELECT max(age(held)) >= age(%s::xid) FROM (
        SELECT pg_snapshot_xmin(pg_current_snapshot())::xid AS held
        UNION ALL SELECT backend_xmin FROM pg_stat_activity
            WHERE (datname = current_database() OR datname IS NULL) AND pid <> pg_backend_pid()
        UNION ALL SELECT xmin FROM pg_replication_slots
    ) AS holders
"""


def rewrite(*, patience: float = PATIENCE) -> list[str]:
    """Rewrite the tables if an erasure waits for it; return their names. SQLite has already overwritten the rows.

    Returns nothing, to try again next time, if a transaction that may see deleted rows is still open after `patience`
    seconds, or if one holds a table for longer than `LOCK_WAIT` while others queue behind us.
    """
    if engine.one_writer():
        return []
    waiting = list(Erasure.objects.filter(overwritten_at__isnull=True, settled_at__isnull=False).values_list("pk"))
    if not waiting:
        return []
    tables = {model._meta.db_table: free_text(model) for model in personal_models()}
    if not unseen(patience):
        return []
    try:
        done = rewrite_tables(tables, patience)
    except OperationalError as error:
        if not isinstance(error.__cause__, LockNotAvailable):
            raise
        done = False
    if not done:
        return []
    Erasure.objects.filter(pk__in=[pk for (pk,) in waiting]).update(overwritten_at=timezone.now())
    return sorted(tables)


def rewrite_tables(tables: dict[str, list[str]], patience: float) -> bool:
    """Drop the planner's samples of these columns, by table, copy each table, and close the log; see `rewrite`."""
    execute("SELECT set_config('lock_timeout', %s, false)", [LOCK_WAIT])
    try:
        remove_unfinished()
        for table, columns in sorted(tables.items()):
            if columns:
                execute(without_samples(table, columns))
        if not unseen(patience):  # the samples too
            return False
        for table in sorted(tables):
            copy(table)
        execute(f"VACUUM FULL {STATISTICS}")  # needs the database's owner; skipped for others
    finally:
        execute("RESET lock_timeout")
    for statement in CLOSE_LOG:
        # Both need special rights; without them, the server does both later by itself.
        with contextlib.suppress(ProgrammingError):
            execute(statement)
    return True


def copy(table: str) -> None:
    """Copy the table without its deleted rows: online where pg_repack is installed, otherwise under an exclusive lock."""
    program = shutil.which("pg_repack")
    if program and select(REPACK_EXTENSION):
        repack(program, table)
    else:
        execute(f"VACUUM (FULL, ANALYZE) {connection.ops.quote_name(table)}")


def repack(program: str, table: str) -> None:
    """Copy the table with pg_repack, which waits for locks and never ends another's session.

    Raises `RuntimeError` if it fails, after removing what it left.
    """
    arguments = ["--no-order", "--no-superuser-check", "--no-kill-backend", f"--wait-timeout={LOCK_WAIT.rstrip('s')}"]
    before, command = file_of(table), [program, *arguments, f"--table={table}"]
    done = subprocess.run(command, env=libpq_environment(), capture_output=True, check=False)  # noqa: S603 - ours
    if done.returncode or file_of(table) == before:
        remove_unfinished()
        raise RuntimeError(f"pg_repack did not copy {table} (exit status {done.returncode}).")


def remove_unfinished() -> None:
    """Remove what a failed or killed pg_repack left: copies of people's words, and what stops the next run."""
    if select(UNFINISHED):
        execute("DROP EXTENSION pg_repack CASCADE")
        execute("CREATE EXTENSION pg_repack")


def file_of(table: str) -> int:
    """The number of the file that holds the table; another one once it was copied."""
    [(number,)] = select("SELECT pg_relation_filenode(%s::regclass)", [table])
    return int(number)


def libpq_environment() -> dict[str, str]:
    """The environment in which a program of PostgreSQL connects as we do."""
    connection.ensure_connection()
    info = connection.connection.info
    given = {LIBPQ[name]: value for name, value in info.get_parameters().items() if name in LIBPQ}
    return {**os.environ, **given, "PGPASSWORD": info.password}


def unseen(patience: float) -> bool:
    """Wait until nobody can see what was deleted before this call; False if that takes longer than `patience` seconds."""
    end = time.monotonic() + patience
    [(now,)] = select("SELECT pg_current_xact_id()::xid")
    while True:
        [(is_seen,)] = select(STILL_SEEN, [now])
        if not is_seen:
            return True
        if time.monotonic() >= end:
            return False
        time.sleep(0.1)


def without_samples(table: str, columns: list[str]) -> str:
    """The statement after which the planner has no samples of these columns and takes none.

    ANALYZE leaves an empty table's samples as they were, and only a superuser may delete them. Changing the type, here
    to the same type, drops them and copies nothing.
    """
    quote, types = connection.ops.quote_name, column_types(table)
    changes = [
        f"ALTER COLUMN {quote(name)} {change}"
        for name in columns
        for change in (f"TYPE {types[name]}", "SET STATISTICS 0")
    ]
    return f"ALTER TABLE {quote(table)} {', '.join(changes)}"


def column_types(table: str) -> dict[str, str]:
    """The type of each column, as PostgreSQL writes it."""
    statement = "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = %s::regclass"
    return dict(select(statement, [table]))


def purge(*, dry_run: bool = False) -> dict[str, int]:
    """Remove what every holder of personal data says has expired; return counts by kind.

    A dry run does the same and rolls back, since removing one row frees others. On SQLite nobody else can write
    meanwhile.
    """
    if dry_run:
        with transaction.atomic():
            counts = erasure.expire(timezone.now())
            transaction.set_rollback(True)
        return counts
    counts = erasure.expire(timezone.now())
    if any(counts.values()):
        erasure.overwrite_free_pages()
    return counts
