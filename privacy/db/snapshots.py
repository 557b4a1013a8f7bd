"""A snapshot of the whole database, written while others write, and loaded into an empty database.

On SQLite the online backup gives a file. On PostgreSQL the tables are copied by COPY out of one database snapshot: this
needs no other program, whatever the server's version, and the migrations that the snapshot names make the tables.
"""

import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from django.apps import apps
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

from privacy.db import engine
from privacy.db.bulk import execute, select

ALIAS = "snapshot"
FILE = "database.sqlite3"
TABLE = "tables/{}.copy"
# Not copied: migrations define the tables, and sessions end with the backup.
LEFT_OUT = frozenset({"django_migrations", "django_session"})
PIECE = 1 << 20
Opener = Callable[[str], AbstractContextManager[Any]]


class CannotLoad(Exception):
    """The database cannot load the snapshot; the message says why."""


@dataclass
class Moment:
    """What a snapshot holds: the kind of database, its migrations, the columns of each table, the row count of each
    model.
    """

    engine: str
    migrations: list[list[str]]
    tables: dict[str, list[str]] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    using: str = DEFAULT_DB_ALIAS


@contextmanager
def moment(aside: Path) -> Iterator[Moment]:
    """Freeze one moment of the database, to be read under the alias `using` until the context closes. `aside` is a
    folder for SQLite's copy.
    """
    with copied(aside / FILE) if engine.one_writer() else one_moment() as using:
        migrations = sorted(MigrationRecorder(connections[using]).applied_migrations())
        held_still = Moment(engine.name(), [list(each) for each in migrations], using=using)
        held_still.rows = counts(using)
        if not engine.one_writer():
            held_still.tables = {name: columns(name) for name in tables()}
        yield held_still


@contextmanager
def copied(file: Path) -> Iterator[str]:
    """SQLite: copy the database in one step, while writers go on, and open the copy."""
    source = sqlite3.connect(str(connection.settings_dict["NAME"]))
    target = sqlite3.connect(file)
    try:
        file.chmod(0o600)
        source.backup(target)
    finally:
        target.close()
        source.close()
    opened = connections.create_connection(DEFAULT_DB_ALIAS)
    opened.settings_dict = {**opened.settings_dict, "NAME": str(file)}
    connections[ALIAS] = opened
    try:
        yield ALIAS
    finally:
        opened.close()
        del connections[ALIAS]


@contextmanager
def one_moment() -> Iterator[str]:
    """PostgreSQL: a transaction that sees one moment."""
    with transaction.atomic():
        execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield DEFAULT_DB_ALIAS


def counts(using: str = DEFAULT_DB_ALIAS) -> dict[str, int]:
    """The row counts of every table that has a model and belongs to a snapshot, by table name."""
    with connections[using].cursor() as cursor:
        there = set(connections[using].introspection.table_names(cursor))
    models = {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}
    kept = sorted(there & models.keys() - LEFT_OUT)
    return {name: models[name]._base_manager.using(using).count() for name in kept}


def tables() -> list[str]:
    """Our tables that belong to a snapshot."""
    return sorted(set(connection.introspection.django_table_names(only_existing=True)) - LEFT_OUT)


def columns(table: str) -> list[str]:
    """The table's columns, without those that the server computes."""
    statement = (
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped "
        "AND attgenerated = '' ORDER BY attnum"
    )
    return [name for (name,) in select(statement, [table])]


def write(held_still: Moment, aside: Path, opened: Opener) -> None:
    """Write the snapshot into the files that `opened` gives by name. Call it while the moment is held."""
    if held_still.engine == "sqlite":
        connections[held_still.using].close()  # closing merges its log into the file
        with (aside / FILE).open("rb") as source, opened(FILE) as target:
            copy(source, target)
        return
    for table, names in held_still.tables.items():
        statement = f"COPY {listed(table, names)} TO STDOUT"
        with opened(TABLE.format(table)) as target, connection.cursor() as cursor, cursor.copy(statement) as rows:
            for piece in rows:
                target.write(piece)


def listed(table: str, names: list[str]) -> str:
    """The table and its columns, as COPY takes them."""
    quote = connection.ops.quote_name
    return f"{quote(table)} ({', '.join(map(quote, names))})"


def copy(source: IO[bytes], target: IO[bytes]) -> None:
    while piece := source.read(PIECE):
        target.write(piece)


def of(document: Mapping[str, Any]) -> Moment:
    """The snapshot that a manifest describes. Raises `CannotLoad`."""
    try:
        return Moment(document["engine"], document["migrations"], document["tables"], document["rows"])
    except KeyError as error:
        raise CannotLoad(f"The backup does not say its {error.args[0]}.") from None


def check(given: Moment) -> None:
    """Raise `CannotLoad` if this database or this version cannot load the snapshot."""
    if given.engine != engine.name():
        raise CannotLoad(f"The backup is of {given.engine}, and DATABASE_URL names {engine.name()}.")
    known = set(MigrationExecutor(connection).loader.disk_migrations)
    wanted = {(app, name) for app, name in given.migrations}
    if wanted - known:
        raise CannotLoad(
            "The backup was made by a newer version of Flywheel, or one before 0.1.0. Restore it with that."
        )
    if not engine.one_writer() and set(MigrationRecorder(connection).applied_migrations()) - wanted:
        raise CannotLoad("The tables of this database are newer than the backup. Restore into an empty database.")


def load(given: Moment, opened: Opener) -> None:
    """Replace what the database holds by the snapshot, then migrate to this version. Raises `CannotLoad`."""
    check(given)
    if engine.one_writer():
        place(opened)
    else:
        migrate_to(given)
        with transaction.atomic():
            fill(given, opened)
    if (found := counts()) != given.rows:
        wrong = sorted(name for name in given.rows if found.get(name) != given.rows[name])
        raise CannotLoad(f"The number of rows differs from the backup: {', '.join(wrong) or 'there are other tables'}.")
    call_command("migrate", verbosity=0)


def place(opened: Opener) -> None:
    """Move SQLite's file into place in one rename, and delete the old file's log."""
    file = Path(str(connection.settings_dict["NAME"]))
    file.parent.mkdir(parents=True, exist_ok=True)
    aside = file.with_name(f".{file.name}.restore")
    with opened(FILE) as source, aside.open("wb") as target:
        aside.chmod(0o600)
        copy(source, target)
        target.flush()
        os.fsync(target.fileno())
    engine.disconnect()
    for end in ("-wal", "-shm"):
        with suppress(FileNotFoundError):
            Path(f"{file}{end}").unlink()
    aside.replace(file)


def migrate_to(given: Moment) -> None:
    """Create the tables as they were in the snapshot."""
    executor = MigrationExecutor(connection)
    wanted = {(app, name) for app, name in given.migrations}
    after = {key: {child.key for child in executor.loader.graph.node_map[key].children} for key in wanted}
    executor.migrate([key for key in sorted(wanted) if not any(app == key[0] for app, _ in after[key] & wanted)])


def fill(given: Moment, opened: Opener) -> None:
    """Empty every table, copy the rows in, and move the key counters past them. Foreign keys are checked at the end of
    the transaction.
    """
    quote = connection.ops.quote_name
    execute(f"TRUNCATE {', '.join(map(quote, [*tables(), 'django_session']))}")
    with connection.cursor() as cursor:
        for table, names in given.tables.items():
            with opened(TABLE.format(table)) as source, cursor.copy(f"COPY {listed(table, names)} FROM STDIN") as rows:
                while piece := source.read(PIECE):
                    rows.write(piece)
        for table in given.tables:
            for counter in connection.introspection.get_sequences(cursor, table):
                highest = f"(SELECT max({quote(counter['column'])}) FROM {quote(table)})"  # noqa: S608 - our own names
                execute(f"SELECT setval(%s, coalesce({highest}, 1), {highest} IS NOT NULL)", [quote(counter["name"])])
