"""Statements that read and write many rows at once, where a model instance a row would cost more than the work on it.

Values are as the drivers take them (`stamp` for times), and columns are those of the tables: nothing here redacts. What
curation writes this way is its own: keys, codes, figures and sentences without captured text. Captured text is only
read, and was redacted when it was stored; new text goes through the models (`bulk_create`), whose fields refuse any other.
"""

import functools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from typing import Any, TypeAlias

import orjson
import psycopg
from django.db import DEFAULT_DB_ALIAS, connection, connections, models, transaction
from psycopg.types.json import Jsonb

KEYS = 5_000  # in one IN (…): SQLite takes 32,766 values
FETCH = 2_000
Values: TypeAlias = Sequence[Any] | Mapping[str, Any]
NAME = re.compile(r"\{(\w+)\}")


@functools.cache
def vendor() -> str:
    """`sqlite` or `postgresql`: which it is does not change while a process runs, and each look at the connection takes
    longer than the question is worth."""
    return str(connection.vendor)


def moment(value: Any) -> datetime:
    """A time as it comes from either driver, with its zone."""
    found = datetime.fromisoformat(value) if isinstance(value, str) else value
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def at(column: str) -> str:
    """A time in a SELECT as `moment` takes it: on SQLite as text with its zone, which Python parses faster than the
    driver's converter does.
    """
    return f"{column} || '+00:00'" if vendor() == "sqlite" else column


def stamp(value: datetime) -> Any:
    """A time as either driver takes it."""
    return stamped(value)


@functools.lru_cache(maxsize=64)  # the rows of a write share most of their times
def stamped(value: datetime | None) -> Any:
    """The same, kept, and for no time as well."""
    return connection.ops.adapt_datetimefield_value(value)


def parsed(value: Any) -> Any:
    """A JSON column's value; both drivers return its text."""
    return orjson.loads(value) if isinstance(value, str) else value


def quoted(model: type[models.Model]) -> str:
    """The model's table, as SQL names it."""
    return connection.ops.quote_name(model._meta.db_table)


def execute(statement: str, values: Sequence[Any] = ()) -> int:
    """Run a statement that gives no rows; how many rows it changed."""
    return _run(connections[DEFAULT_DB_ALIAS], statement, values)[1]


def select(statement: str, values: Sequence[Any] = ()) -> list[Any]:
    """All rows of a statement."""
    return _run(connections[DEFAULT_DB_ALIAS], statement, values)[0]


def _run(database: Any, statement: str, values: Values) -> tuple[list[Any], int]:
    """The rows that a statement gives, and the number that it changed.

    On SQLite it goes to the driver itself, unless the statements are watched. Django's cursor looks for the placeholders
    each time, and a pair of calls took a tenth more processor time with it.
    """
    if vendor() != "sqlite" or _is_watched(database):
        with database.cursor() as cursor:
            cursor.execute(statement, values)
            return list(cursor.fetchall()) if cursor.description else [], cursor.rowcount
    database.ensure_connection()
    database.validate_no_broken_transaction()
    with database.wrap_database_errors:
        cursor = database.connection.execute(_with_marks(statement), values)
        return cursor.fetchall(), cursor.rowcount


def _is_watched(database: Any) -> bool:
    """Whether somebody counts or reads the statements, and they go through Django's cursor."""
    return bool(database.force_debug_cursor or database.execute_wrappers)


@contextmanager
def together(*, commit: bool = False) -> Iterator[None]:
    """A block whose statements go to PostgreSQL in one round trip, in its pipeline mode; with `commit` the outermost
    transaction ends with them. Their rows may be read, and are waited for, after the block, where an error is raised, too.
    Only `send` and what is made of it may be used within: other statements count the rows that they changed at once.
    """
    database = connections[DEFAULT_DB_ALIAS]
    if vendor() == "sqlite" or _is_watched(database):
        yield
        return
    database.ensure_connection()
    with database.wrap_database_errors, database.connection.pipeline():
        yield
        if commit:  # Django's own finds nothing left to commit
            send("COMMIT")


def send(statement: str, values: Values = ()) -> Callable[[], list[Any]]:
    """Run a statement of a few fixed texts; the result gives its rows. PostgreSQL keeps the plan of one that comes often:
    to parse and plan it took longer than to carry it out.
    """
    database = connections[DEFAULT_DB_ALIAS]
    if vendor() == "sqlite" or _is_watched(database):
        rows = _run(database, statement, values)[0]
        return lambda: rows
    database.ensure_connection()
    database.validate_no_broken_transaction()
    cursor = psycopg.Cursor(database.connection)  # Django's puts the values into the text, which is another each time
    with database.wrap_database_errors:
        cursor.execute(statement, values)

    def received() -> list[Any]:
        with database.wrap_database_errors:
            return cursor.fetchall()

    return received


@functools.lru_cache(maxsize=256)
def _with_marks(statement: str) -> str:
    return statement.replace("%s", "?").replace("%%", "%")


def several(values: Sequence[Any]) -> str:
    """As many placeholders as there are values; NULL, which nothing equals, for none."""
    return ", ".join(["%s"] * len(values)) or "NULL"


def bound(template: str, **given: Any) -> tuple[str, Values]:
    """A statement with its parameters, which have `{names}` in the template. One that is a list is a condition: `id {keys}`
    is that the id is among the keys.
    """
    if vendor() == "postgresql":  # a list is one parameter, and the text is the same for any number
        return _with_lists(template, tuple((name, 0) for name in given if isinstance(given[name], list)))[0], given
    lengths = tuple((name, len(given[name])) for name in given if isinstance(given[name], list))
    text, order = _with_lists(template, lengths)
    values: list[Any] = []
    for name in order:
        values += given[name] if isinstance(given[name], list) else [given[name]]
    return text, values


@functools.lru_cache(maxsize=256)
def _with_lists(template: str, lengths: tuple[tuple[str, int], ...]) -> tuple[str, list[str]]:
    """The text of a statement with lists of these lengths, and the names of its parameters in their order."""
    lists = dict(lengths)

    def parameter(found: re.Match[str]) -> str:
        name = found[1]
        if vendor() == "postgresql":
            return f"= ANY(%({name})s)" if name in lists else f"%({name})s"
        return f"IN ({several(range(lists[name]))})" if name in lists else "%s"

    return NAME.sub(parameter, template), NAME.findall(template)


def select_in(statement: str, keys: Iterable[int | bytes], before: Sequence[Any] = ()) -> Iterator[Any]:
    """The rows of a statement that ends in `IN ({keys})`, asked for some thousand keys at a time."""
    wanted = list(keys)
    for start in range(0, len(wanted), KEYS):
        listed, values = _listed(wanted[start : start + KEYS])
        yield from select(statement.format(keys=listed), [*before, *values])


def _listed(keys: Sequence[int | bytes]) -> tuple[str, list[Any]]:
    """The text in `IN (…)` for these keys, and its values. With a placeholder for each key, every number of keys would be a
    new statement in which Django or psycopg look for each placeholder: that takes longer than reading the rows.
    """
    if vendor() == "postgresql":
        return ", ".join(str(int(key)) if isinstance(key, int) else f"'\\x{key.hex()}'::bytea" for key in keys), []
    if isinstance(keys[0], int):
        return "SELECT value FROM json_each(%s)", [orjson.dumps(keys).decode()]
    return several(keys), list(keys)


def upsert(
    model: type[models.Model],
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    *,
    keep: bool = False,
    unchanged: Sequence[str] = (),
    key: Sequence[str] = (),
) -> None:
    """Insert the rows; one that exists takes their values, but for `unchanged`, or with `keep` stays as it is. `key` names
    the columns that tell rows apart; mostly it is the first.
    """
    names = ", ".join(map(connection.ops.quote_name, columns))
    keys = key or columns[:1]
    others = [connection.ops.quote_name(column) for column in columns if column not in (*unchanged, *keys)]
    sets = ", ".join(f"{name} = excluded.{name}" for name in others)
    unique = ", ".join(map(connection.ops.quote_name, keys))
    end = "ON CONFLICT DO NOTHING" if keep else f"ON CONFLICT ({unique}) DO UPDATE SET {sets}"
    opening = f"INSERT INTO {quoted(model)} ({names})"
    if vendor() == "postgresql":
        source, values = recordset(model, columns)
        if rows:
            send(f"{opening} SELECT {values} FROM {source} {end}", [records(columns, rows)])  # noqa: S608 - ours
    else:
        _execute_each(f"{opening} VALUES ({several(columns)}) {end}", rows)


def update(
    model: type[models.Model],
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    *,
    also: str = "TRUE",
    parameters: Sequence[Any] = (),
) -> None:
    """Set these columns of existing rows; the first column is the key. `also` is a further condition, in SQL."""
    table = quoted(model)
    key, *names = map(connection.ops.quote_name, columns)
    if vendor() == "postgresql":
        source, values = recordset(model, columns)
        sets = ", ".join(f"{name} = v.{name}" for name in names)
        statement = (
            f"UPDATE {table} SET {sets} FROM (SELECT {values} FROM {source}) AS v({key}, {', '.join(names)}) "  # noqa: S608
            f"WHERE {table}.{key} = v.{key} AND {also}"
        )
        if rows:
            send(statement, [records(columns, rows), *parameters])
    else:
        sets = ", ".join(f"{name} = %s" for name in names)
        lines = [(*values, row_key, *parameters) for row_key, *values in rows]
        _execute_each(f"UPDATE {table} SET {sets} WHERE {key} = %s AND {also}", lines)  # noqa: S608 - our own names


def _execute_each(statement: str, lines: Sequence[Sequence[Any]]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(statement, lines)


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


def records(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Rows as the document that `recordset` reads."""
    records = [dict(zip(columns, row, strict=True)) for row in rows]
    return orjson.dumps(records, default=_plain, option=orjson.OPT_NON_STR_KEYS).decode()


def _plain(value: Any) -> Any:
    return value.obj if isinstance(value, Jsonb) else f"\\x{bytes(value).hex()}"


def stream(statement: str, values: Sequence[Any] = (), fetch: int = FETCH) -> Iterator[Any]:
    """The rows of a statement, some thousand at a time; on PostgreSQL from a cursor that stays on the server."""
    # PostgreSQL keeps a cursor for the length of a transaction; on SQLite one would lock every writer out.
    whole = transaction.atomic() if vendor() == "postgresql" else nullcontext()
    with whole, connection.chunked_cursor() as cursor:
        cursor.execute(statement, values)
        while rows := cursor.fetchmany(fetch):
            yield from rows
