"""The connection settings of each kind of database."""

from typing import Any

DURABLE = ("fsync", "full_page_writes", "synchronous_commit")


def settled(database: dict[str, Any], *, pool: int) -> dict[str, Any]:
    """A database with its connection settings: at most `pool` connections to PostgreSQL. Options in the address are
    kept.
    """
    if not database["ENGINE"].endswith("sqlite3"):
        given = database.get("OPTIONS", {})
        return {**database, "OPTIONS": {**given, "pool": {"min_size": 1, "max_size": pool, "timeout": 10}}}
    # FULL: a 201 is on disk. secure_delete and the checkpoint after an erasure: what is erased is overwritten.
    options = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        "cached_statements": 40,  # each of a dozen threads has its own, and those of a batch are large
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;"
        "PRAGMA temp_store=MEMORY; PRAGMA cache_size=-2000; PRAGMA journal_size_limit=67108864;",
    }
    return {**database, "OPTIONS": options, "CONN_MAX_AGE": None}


def not_durable(connection: Any) -> list[str]:
    """Which settings of PostgreSQL let it answer before a commit is on disk; SQLite is told so above."""
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pg_settings WHERE setting = 'off' AND name = ANY(%s)", [list(DURABLE)])
        return sorted(name for (name,) in cursor.fetchall())
