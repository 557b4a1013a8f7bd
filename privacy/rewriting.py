"""PostgreSQL keeps deleted rows in its pages until they are rewritten: this rewrites them, once a night.

VACUUM FULL copies a table without its dead rows and holds an exclusive lock meanwhile; only tables that hold personal
data are rewritten, and only after an erasure. Samples of people's words, which the planner keeps, are dropped and not
taken again. The last steps close the present segment of the write-ahead log and ask for a checkpoint, after which the
older ones are removed (`wal_recycle=off`: recycled, they would keep their old bytes until they are written over).
"""

import contextlib
from datetime import datetime

from django.db import connection
from django.db.utils import ProgrammingError
from django.utils import timezone

from privacy.models import Erasure
from privacy.rowscans import free_text, personal_models

STATISTICS = "pg_catalog.pg_statistic"
CLOSE_LOG = ("SELECT pg_switch_wal()", "CHECKPOINT")
# What a transaction may still see, VACUUM copies. Only of one's own database, and of clients.
OLDEST = (
    "SELECT min(xact_start) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
    "AND backend_type = 'client backend'"
)


def rewrite(*, always: bool = False) -> list[str]:
    """Rewrite the tables if an erasure waits for it (or `always`); their names. SQLite overwrote them at once.

    An erasure that is younger than a transaction which is still open waits for the next time.
    """
    if connection.vendor != "postgresql":
        return []
    rows = Erasure.objects.filter(overwritten_at__isnull=True, settled_at__lt=oldest_transaction())
    waiting = [pk for (pk,) in rows.values_list("pk")]
    if not waiting and not always:
        return []
    tables = {model._meta.db_table: free_text(model) for model in personal_models()}
    with connection.cursor() as cursor:
        for table, columns in sorted(tables.items()):
            if columns:
                cursor.execute(without_samples(table, columns))
            cursor.execute(f"VACUUM (FULL, ANALYZE) {connection.ops.quote_name(table)}")
        cursor.execute(f"VACUUM FULL {STATISTICS}")  # the owner of the database may; for others it is left out
        for statement in CLOSE_LOG:
            # They need rights of their own; without them, the server does both by itself, by and by.
            with contextlib.suppress(ProgrammingError):
                cursor.execute(statement)
    Erasure.objects.filter(pk__in=waiting).update(overwritten_at=timezone.now())
    return sorted(tables)


def without_samples(table: str, columns: list[str]) -> str:
    """The statement after which the planner has no samples of these columns and takes none.

    ANALYZE leaves those of an empty table as they were, and only a superuser may delete them; a change of the type, here
    to the same, drops them and copies nothing.
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
    with connection.cursor() as cursor:
        cursor.execute(statement, [table])
        return dict(cursor.fetchall())


def oldest_transaction() -> datetime:
    """When the oldest transaction began that may still see what was deleted since; now, where there is none."""
    with connection.cursor() as cursor:
        cursor.execute(OLDEST)
        oldest: datetime | None = cursor.fetchone()[0]
    return oldest or timezone.now()
