"""How each kind of database is spoken to, wherever it is."""

import warnings
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

ENGINES = ("django.db.backends.sqlite3", "django.db.backends.postgresql")
EXPECTED = "DATABASE_URL is not understood. Expected sqlite:////FOLDER/FILE or postgres://USER:PASSWORD@HOST:PORT/NAME"


def parsed(url: str) -> dict[str, Any]:
    """The database that a URL names. Raises `ImproperlyConfigured`, without the URL: it may hold a password."""
    try:
        with warnings.catch_warnings(action="ignore"):  # it warns of what is refused below
            found: dict[str, Any] = dict(environ.Env.db_url_config(url))
    except (ValueError, KeyError, ImproperlyConfigured):
        raise ImproperlyConfigured(EXPECTED) from None
    if found.get("ENGINE") not in ENGINES or not found.get("NAME"):
        raise ImproperlyConfigured(EXPECTED)
    return found


def settled(engine: str, *, pool: int) -> dict[str, Any]:
    """What Django is told of a database beside its place; `pool` connections to PostgreSQL at most."""
    if not engine.endswith("sqlite3"):
        return {"OPTIONS": {"pool": {"min_size": 1, "max_size": pool, "timeout": 10}}}
    # FULL: a 201 is on disk. secure_delete and the checkpoint after an erasure: what is erased is overwritten.
    options = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        "cached_statements": 40,  # each of a dozen threads has its own, and those of a batch are large
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;"
        "PRAGMA temp_store=MEMORY; PRAGMA cache_size=-2000; PRAGMA journal_size_limit=67108864;",
    }
    return {"OPTIONS": options, "CONN_MAX_AGE": None}
