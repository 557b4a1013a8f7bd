"""The state of the database: size, version, clock, dead rows. Nothing here is about a person."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.db import connection

from privacy.db import engine
from privacy.db.bulk import select

OLDEST_POSTGRES = 14
MANY_DEAD = 50_000
DEAD_SHARE = 0.3
# With these values PostgreSQL writes no statements and no rows' text into its own log.
NO_TEXT_LOGGED = {
    "log_min_error_statement": ("fatal", "panic"),
    "log_error_verbosity": ("terse",),
    "log_statement": ("none", "ddl"),
    "log_min_duration_statement": ("-1",),
    "log_min_duration_sample": ("-1",),
}


@dataclass(frozen=True, slots=True)
class DeadSpace:
    """Space that deleted rows take up, in a PostgreSQL table or in SQLite's file."""

    where: str
    share: float


def size() -> int:
    """Bytes on disk."""
    if engine.one_writer():
        return sum(path.stat().st_size for path in engine.files() if path.is_file())
    [(found,)] = select("SELECT pg_database_size(current_database())")
    return int(found)


def version() -> str:
    """The server's version, or the library's."""
    if engine.one_writer():
        [(found,)] = select("SELECT sqlite_version()")
        return f"SQLite {found}"
    [(found,)] = select("SELECT current_setting('server_version')")
    return f"PostgreSQL {found}"


def too_old() -> bool:
    """Whether the server is older than the versions we test with."""
    return not engine.one_writer() and connection.pg_version < OLDEST_POSTGRES * 10_000  # type: ignore[attr-defined]


def now() -> datetime:
    """The database server's clock; SQLite's is this machine's."""
    if engine.one_writer():
        return datetime.now(UTC)
    [(found,)] = select("SELECT clock_timestamp()")
    moment: datetime = found
    return moment


def keeps_old_log() -> bool:
    """Whether PostgreSQL recycles its log segments, in which erased rows stay until they are overwritten."""
    return not engine.one_writer() and select("SELECT current_setting('wal_recycle')") == [("on",)]


def logs_text() -> list[str]:
    """The settings that let PostgreSQL write people's text into its own log, for failed, slow or all statements."""
    if engine.one_writer():
        return []
    rows = select("SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [list(NO_TEXT_LOGGED)])
    return sorted(name for name, setting in rows if setting not in NO_TEXT_LOGGED[name])


def log_size() -> int:
    """Bytes of SQLite's write-ahead log; 0 on PostgreSQL."""
    log = Path(f"{connection.settings_dict['NAME']}-wal")
    return log.stat().st_size if engine.one_writer() and log.is_file() else 0


def has_statistics() -> bool:
    """Whether somebody ran ANALYZE on SQLite. Its planner then ignores the index that separates a small project from a
    large one.
    """
    return engine.one_writer() and bool(select("SELECT name FROM sqlite_master WHERE name = 'sqlite_stat1'"))


def dead() -> list[DeadSpace]:
    """Where deleted rows take up more space than they should."""
    if engine.one_writer():
        pages, free = engine.pragma("page_count") or 0, engine.pragma("freelist_count") or 0
        share = free / pages if pages else 0.0
        return [DeadSpace("the file", share)] if share > DEAD_SHARE and free > MANY_DEAD // 10 else []
    statement = "SELECT relname, n_dead_tup, n_live_tup FROM pg_stat_user_tables WHERE n_dead_tup > %s"
    rows = [DeadSpace(name, gone / (gone + live)) for name, gone, live in select(statement, [MANY_DEAD])]
    return [row for row in rows if row.share > DEAD_SHARE]


def oldest_transaction() -> float:
    """Seconds that the oldest open transaction has run; an old one keeps deleted rows in place."""
    if engine.one_writer():
        return 0.0
    statement = (
        "SELECT coalesce(max(extract(epoch FROM clock_timestamp() - xact_start)), 0) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    [(found,)] = select(statement)
    return float(found)


def connections_used() -> float:
    """The share of PostgreSQL's connections in use; 0 on SQLite."""
    if engine.one_writer():
        return 0.0
    statement = "SELECT count(*), current_setting('max_connections')::int FROM pg_stat_activity WHERE backend_type = 'client backend'"
    [(used, most)] = select(statement)
    return float(used / most)
