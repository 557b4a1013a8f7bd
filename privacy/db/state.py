"""Checks that the database is reachable and matches this version; says in a command's words what is wrong."""

from typing import Any

from django.db import DEFAULT_DB_ALIAS, DatabaseError, InterfaceError, connections
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from privacy.db import disk_space

APPS = ("privacy", "feedback", "curation")

FULL = "The disk is full. What was stored before is whole: free some space, and run the command again."
UNREACHABLE = "The database cannot be reached: {reason}. Check DATABASE_URL, which names {place}."
EMPTY = "The database has no tables yet. Run: manage.py migrate"
OLDER = "The database was made before 0.1.0. Run: manage.py upgrade"
BEHIND = "The database is of another version of Flywheel: {number} migrations are missing. Run: manage.py migrate"


def reason(error: Exception) -> str:
    """Why a command failed, in one line; empty if neither the disk nor the database as a whole is to blame."""
    if disk_space.is_full(error):
        return FULL
    return "" if isinstance(error, OSError) else trouble()


def trouble() -> str:
    """What is wrong with the database as a whole, in one line; empty where nothing is."""
    connection = connections.create_connection(DEFAULT_DB_ALIAS)
    # A pool would wait and retry; the first try already shows what is wrong.
    connection.settings_dict["OPTIONS"] = {**connection.settings_dict["OPTIONS"]}
    connection.settings_dict["OPTIONS"].pop("pool", None)
    try:
        connection.ensure_connection()
    except (DatabaseError, InterfaceError) as error:
        return UNREACHABLE.format(reason=first_line(error), place=place(connection.settings_dict))
    try:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if missing and not executor.loader.applied_migrations:
            return EMPTY
        if is_older(executor.loader):
            return OLDER
        return BEHIND.format(number=len(missing)) if missing else ""
    except (DatabaseError, InterfaceError) as error:
        return UNREACHABLE.format(reason=first_line(error), place=place(connection.settings_dict))
    finally:
        connection.close()


def is_older(loader: MigrationLoader) -> bool:
    """Whether the database was made by migrations from before 0.1.0, which were folded into one of each app.

    It has migrations on record that this version lacks, as the database of a newer version has; but a newer version has
    run all of this version's.
    """
    ours = {name for name in loader.disk_migrations if name[0] in APPS}
    unknown = {name for name in loader.applied_migrations if name[0] in APPS} - ours
    return bool(unknown) and not ours <= set(loader.applied_migrations)


def first_line(error: Exception) -> str:
    """The driver's message without its further lines and full stop."""
    lines = str(error).strip().splitlines()
    return (lines[0] if lines else type(error).__name__).strip().rstrip(".")


def place(settings: dict[str, Any]) -> str:
    """Where the database is, without the password."""
    name, host, port = (str(settings.get(key) or "") for key in ("NAME", "HOST", "PORT"))
    return f"{host}{f':{port}' if port else ''}/{name}" if host else name
