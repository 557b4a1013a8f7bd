"""Columns straight from and to the database, where a model instance a row would cost more than the work on it.

Everything written here is ours: keys, codes, figures and sentences that hold no captured text. Captured text is only
read, and was redacted when it was stored.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from datetime import UTC, datetime
from typing import Any

import orjson
from django.db import connection, models, transaction

KEYS = 5_000  # in one IN (…): SQLite takes 32,766 values
FETCH = 2_000


def moment(value: Any) -> datetime:
    """A time as it comes from either driver, with its zone."""
    found = datetime.fromisoformat(value) if isinstance(value, str) else value
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def at(column: str) -> str:
    """A time in a SELECT as `moment` takes it: on SQLite as its text with its zone, for the driver would parse it the long
    way.
    """
    return f"{column} || '+00:00'" if connection.vendor == "sqlite" else column


def stamp(value: datetime) -> Any:
    """A time as either driver takes it."""
    return connection.ops.adapt_datetimefield_value(value)


def parsed(value: Any) -> Any:
    """A JSON column's value; both drivers hand out its text."""
    return orjson.loads(value) if isinstance(value, str) else value


def quoted(model: type[models.Model]) -> str:
    """The model's table, as SQL names it."""
    return connection.ops.quote_name(model._meta.db_table)


def in_turn(what: str, key: int) -> None:
    """Wait until no other transaction is at this; call first in a transaction, which holds the turn to its end.

    SQLite has one writer, whose transactions take the lock when they begin.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s), %s)", [what, key])


def data_version() -> int:
    """A number that another connection's commit changes, on SQLite; 0 on other databases."""
    if connection.vendor != "sqlite":
        return 0
    ((version,),) = select("PRAGMA data_version")
    return int(version)


def count_anew(*tables: type[models.Model]) -> None:
    """Let PostgreSQL's planner look at how large these tables are, before a statement that reads all of one or more.

    A table that was empty when it was last looked at passes for a single row however many were loaded since, and what
    should read it once then reads it once a row. Of their values only keys are sampled; a table that is being vacuumed
    is left as it is. SQLite's planner does not count rows.
    """
    if connection.vendor == "postgresql":
        named = ", ".join(f"{quoted(model)} ({connection.ops.quote_name(key_column(model))})" for model in tables)
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE (SKIP_LOCKED) {named}")


def key_column(model: type[models.Model]) -> str:
    """The column of the model's primary key."""
    key = model._meta.pk
    assert key is not None and key.column is not None  # every model has one
    return key.column


def select(statement: str, parameters: Sequence[Any] = ()) -> list[Any]:
    """All rows of a statement."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())


def select_in(statement: str, keys: Iterable[int | bytes], before: Sequence[Any] = ()) -> Iterator[Any]:
    """The rows of a statement that ends in `IN ({keys})`, asked for some thousand keys at a time."""
    wanted = list(keys)
    on_postgres = connection.vendor == "postgresql"
    for start in range(0, len(wanted), KEYS):
        some = wanted[start : start + KEYS]
        if on_postgres:  # its driver looks for placeholders in Python: a thousand of them take longer than their rows
            yield from select(statement.format(keys=", ".join(map(literal, some))), before)
        else:
            listed, values = several(some)
            yield from select(statement.format(keys=listed), [*before, *values])


def several(keys: Sequence[int | bytes]) -> tuple[str, list[Any]]:
    """Keys as SQLite's `IN (…)` takes them, and their values. Numbers are one value, a list of JSON: as placeholders they
    would be a new statement for every number of them, and Django reads all of it.
    """
    if keys and isinstance(keys[0], int):
        return "SELECT value FROM json_each(%s)", [orjson.dumps(keys).decode()]
    return ", ".join(["%s"] * len(keys)), list(keys)


def literal(value: int | bytes) -> str:
    """A key as PostgreSQL's SQL writes it."""
    return str(int(value)) if isinstance(value, int) else f"'\\x{value.hex()}'::bytea"


def upsert(
    model: type[models.Model],
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    *,
    keep: bool = False,
    unchanged: Sequence[str] = (),
) -> None:
    """Insert the rows; one that is there takes their values, but for `unchanged`, or with `keep` stays as it is.

    The first column is the key. Values are as the driver takes them (`stamp` for times).
    """
    if not rows:
        return
    names = ", ".join(map(connection.ops.quote_name, columns))
    key, *others = (connection.ops.quote_name(column) for column in columns if column not in unchanged)
    sets = ", ".join(f"{name} = excluded.{name}" for name in others)
    end = "ON CONFLICT DO NOTHING" if keep else f"ON CONFLICT ({key}) DO UPDATE SET {sets}"
    opening = f"INSERT INTO {quoted(model)} ({names})"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            source, values = recordset(model, columns)
            cursor.execute(f"{opening} SELECT {values} FROM {source} {end}", [as_records(columns, rows)])  # noqa: S608 - ours
        else:
            line = f"({', '.join(['%s'] * len(columns))})"
            cursor.executemany(f"{opening} VALUES {line} {end}", rows)


def recordset(model: type[models.Model], columns: Sequence[str]) -> tuple[str, str]:
    """Rows out of one JSON document, `r`, and their values of these columns, for PostgreSQL: one parameter, however many
    the rows.
    """
    types = {  # a cast to varchar(16) would cut what is longer, where an assignment refuses it
        field.column: "text" if isinstance(field, models.CharField) else field.cast_db_type(connection)
        for field in model._meta.concrete_fields
    }
    names = [connection.ops.quote_name(column) for column in columns]
    shape = ", ".join(f"{name} text" for name in names)
    values = ", ".join(f"r.{name}::{types[column]}" for name, column in zip(names, columns, strict=True))
    return f"json_to_recordset(%s::json) AS r({shape})", values


def as_records(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Rows as the document that `recordset` reads."""
    records = [dict(zip(columns, row, strict=True)) for row in rows]
    return orjson.dumps(records, default=lambda value: f"\\x{bytes(value).hex()}").decode()


def update(
    model: type[models.Model],
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    *,
    also: str = "TRUE",
    parameters: Sequence[Any] = (),
) -> None:
    """Set these columns of the rows whose key is the first of them, where `also` (a condition of ours) holds as well."""
    if not rows:
        return
    table = quoted(model)
    key, *names = map(connection.ops.quote_name, columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            source, values = recordset(model, columns)
            sets = ", ".join(f"{name} = v.{name}" for name in names)
            cursor.execute(
                f"UPDATE {table} SET {sets} FROM (SELECT {values} FROM {source}) AS v({key}, {', '.join(names)}) "  # noqa: S608 - our own names
                f"WHERE {table}.{key} = v.{key} AND {also}",
                [as_records(columns, rows), *parameters],
            )
        else:
            sets = ", ".join(f"{name} = %s" for name in names)
            cursor.executemany(
                f"UPDATE {table} SET {sets} WHERE {key} = %s AND {also}",  # noqa: S608 - our own names
                [(*values, row_key, *parameters) for row_key, *values in rows],
            )


def stream(statement: str, parameters: Sequence[Any] = ()) -> Iterator[Any]:
    """The rows of a statement, some thousand at a time; on PostgreSQL from a cursor that stays on the server."""
    # PostgreSQL keeps a cursor for the length of a transaction; on SQLite one would lock every writer out.
    whole = transaction.atomic() if connection.vendor == "postgresql" else nullcontext()
    with whole, connection.chunked_cursor() as cursor:
        cursor.execute(statement, parameters)
        while rows := cursor.fetchmany(FETCH):
            yield from rows
