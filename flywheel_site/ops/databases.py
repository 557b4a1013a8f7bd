"""The connection settings of each kind of database."""

from typing import Any


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
