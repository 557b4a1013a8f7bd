"""Statements that read or write many rows at once, where one model instance per row would cost more than the work on
it.

Values are in the form that the drivers take (`stamp` for times) and columns are table columns; nothing here redacts.
Curation writes only its own data this way: keys, codes, figures and sentences without captured text. Captured text is
only read here, and was redacted when it was stored. New text goes through the models (`bulk_create`), whose fields
refuse anything unredacted.
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
from psycopg.pq import TransactionStatus
from psycopg.types.json import Jsonb

KEYS = 5_000  # in one IN (…): SQLite takes 32,766 values
FETCH = 2_000
Values: TypeAlias = Sequence[Any] | Mapping[str, Any]
NAME = re.compile(r"\{(\w+)\}")


@functools.cache
def vendor() -> str:
    """`sqlite` or `postgresql`. Cached: it does not change while a process runs, and asking the connection each time is
    slow.
    """
    return str(connection.vendor)


def moment(value: Any) -> datetime:
    """A time from either driver, with its zone."""
    found = datetime.fromisoformat(value) if isinstance(value, str) else value
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def at(column: str) -> str:
    """A time column for a SELECT, in the form that `moment` takes.

    On SQLite it is text with its zone, which Python parses faster than the driver's converter does.
    """
    return f"{column} || '+00:00'" if vendor() == "sqlite" else column


def stamp(value: datetime) -> Any:
    """A time in the form that either driver takes."""
    return stamped(value)


@functools.lru_cache(maxsize=64)  # rows of one write share most of their times
def stamped(value: datetime | None) -> Any:
    """The same, cached; also for no time."""
    return connection.ops.adapt_datetimefield_value(value)


def parsed(value: Any) -> Any:
    """A JSON column's value; both drivers return its text."""
    return orjson.loads(value) if isinstance(value, str) else value


def quoted(model: type[models.Model]) -> str:
    """The model's table, as SQL names it."""
    return connection.ops.quote_name(model._meta.db_table)


def join_each(model: type[models.Model], alias: str, wanted: str) -> str:
    """A join with the rows of a model that `wanted` finds for each row before it: `WHERE … ORDER BY … LIMIT …`, over `n`.

    PostgreSQL would compare all rows of the table with `IN (…)` for each row before it, and SQLite has no LATERAL.
    """
    if vendor() == "postgresql":
        return f"JOIN LATERAL (SELECT n.* FROM {quoted(model)} n {wanted}) {alias} ON TRUE"  # noqa: S608
    return f"JOIN {quoted(model)} {alias} ON {alias}.id IN (SELECT n.id FROM {quoted(model)} n {wanted})"  # noqa: S608


def execute(statement: str, values: Sequence[Any] = ()) -> int:
    """Run a statement that returns no rows; return how many rows it changed."""
    return _run(connections[DEFAULT_DB_ALIAS], statement, values)[1]


def select(statement: str, values: Sequence[Any] = ()) -> list[Any]:
    """All rows that a statement returns."""
    return _run(connections[DEFAULT_DB_ALIAS], statement, values)[0]


def _run(database: Any, statement: str, values: Values) -> tuple[list[Any], int]:
    """The rows that a statement returns, and how many it changed.

    On SQLite it calls the driver directly unless statements are being watched: Django's cursor searches for
    placeholders each time, which cost a pair of calls a tenth more processor time.
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
    """Whether statements are being counted or logged, so that they must go through Django's cursor."""
    return bool(database.force_debug_cursor or database.execute_wrappers)


@contextmanager
def together(*, commit: bool = False) -> Iterator[None]:
    """Send the block's statements to PostgreSQL in one round trip (pipeline mode); BEGIN is sent with the first.

    With `commit` the outermost transaction ends with them. Read their rows after the block, which waits for them and
    raises their errors. Use only `send`, and what is built on it, inside: other statements need their row counts at
    once.
    """
    database = connections[DEFAULT_DB_ALIAS]
    if vendor() == "sqlite" or _is_watched(database):
        yield
        return
    database.ensure_connection()
    connected = database.connection
    begins = database.in_atomic_block and connected.info.transaction_status == TransactionStatus.IDLE
    with database.wrap_database_errors:
        if begins:
            connected.autocommit = True  # or psycopg would send BEGIN by itself, and wait for its answer
        with connected.pipeline():
            if begins:
                send("BEGIN")
            yield
            if commit:  # Django's own finds nothing left to commit
                send("COMMIT")


def send(statement: str, values: Values = ()) -> Callable[[], list[Any]]:
    """Run one of a few fixed statements; the result gives its rows.

    PostgreSQL keeps the plan of a frequent statement: parsing and planning took longer than running it.
    """
    database = connections[DEFAULT_DB_ALIAS]
    if vendor() == "sqlite" or _is_watched(database):
        rows = _run(database, statement, values)[0]
        return lambda: rows
    database.ensure_connection()
    database.validate_no_broken_transaction()
    cursor = psycopg.Cursor(
        database.connection
    )  # Django's cursor puts the values into the text, so that it differs each time
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
    """A placeholder for each value; NULL, which nothing equals, if there are none."""
    return ", ".join(["%s"] * len(values)) or "NULL"


def bound(template: str, **given: Any) -> tuple[str, Values]:
    """A statement and its parameters, which the template names as `{name}`.

    A parameter that is a list is a condition: `id {keys}` means that the id is among the keys.
    """
    if vendor() == "postgresql":  # a list is one parameter, so the text stays the same for any length
        return _with_lists(template, tuple((name, 0) for name in given if isinstance(given[name], list)))[0], given
    lengths = tuple((name, len(given[name])) for name in given if isinstance(given[name], list))
    text, order = _with_lists(template, lengths)
    values: list[Any] = []
    for name in order:
        values += given[name] if isinstance(given[name], list) else [given[name]]
    return text, values


@functools.lru_cache(maxsize=256)
def _with_lists(template: str, lengths: tuple[tuple[str, int], ...]) -> tuple[str, list[str]]:
    """The text of a statement for lists of these lengths, and the names of its parameters in order."""
    lists = dict(lengths)

    def parameter(found: re.Match[str]) -> str:
        name = found[1]
        if vendor() == "postgresql":
            return f"= ANY(%({name})s)" if name in lists else f"%({name})s"
        return f"IN ({several(range(lists[name]))})" if name in lists else "%s"

    return NAME.sub(parameter, template), NAME.findall(template)


def select_in(statement: str, keys: Iterable[int | bytes], before: Sequence[Any] = ()) -> Iterator[Any]:
    """The rows of a statement whose last parameter is `IN ({keys})`, a few thousand keys at a time."""
    wanted = list(keys)
    for start in range(0, len(wanted), KEYS):
        listed, values = _listed(wanted[start : start + KEYS])
        yield from select(statement.format(keys=listed), [*before, *values])


def stretches(model: type[models.Model], owner: str, owners: Sequence[int], starts: range, width: int) -> list[int]:
    """The keys of these owners' rows, in order, among as many keys from each of `starts` on."""
    statement = (
        "WITH RECURSIVE stretch(first) AS (SELECT CAST(%s AS bigint) UNION ALL "  # noqa: S608 - our own names
        "SELECT first + %s FROM stretch WHERE first + %s < %s) "
        f"SELECT r.id FROM stretch CROSS JOIN {quoted(model)} r "
        f"WHERE r.{owner} IN ({several(owners)}) AND r.id >= first AND r.id < first + %s"
    )
    return sorted(
        key for (key,) in select(statement, [starts.start, starts.step, starts.step, starts.stop, *owners, width])
    )


def select_any(statements: Iterable[tuple[str, Sequence[int | bytes]]], order: str) -> list[Any]:
    """The rows of several statements that each end in `IN ({keys})`, together in this order, in one round trip."""
    texts, values = [], []
    for statement, keys in statements:
        listed, given = _listed(keys)
        texts.append(statement.format(keys=listed))
        values += given
    return select(f"{' UNION ALL '.join(texts)} ORDER BY {order}", values) if texts else []


def _listed(keys: Sequence[int | bytes]) -> tuple[str, list[Any]]:
    """The text inside `IN (…)` for these keys, and its values.

    With one placeholder per key, every number of keys would be a new statement, in which Django or psycopg search for
    placeholders. That takes longer than reading the rows.
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
    """Insert the rows. One that exists takes the new values except for `unchanged`, or stays as it is with `keep`.

    `key` names the columns that identify a row, usually the first.
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
    """Set these columns of existing rows; the first column is the key. `also` adds a condition in SQL."""
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
    if lines:
        with connection.cursor() as cursor:
            cursor.executemany(statement, lines)


def recordset(model: type[models.Model], columns: Sequence[str]) -> tuple[str, str]:
    """The rows `r` of one JSON document and their values of these columns, for PostgreSQL: one parameter for any number
    of rows.
    """
    types = {  # a cast to varchar(16) would truncate; an assignment refuses
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


def stream(statement: str, values: Sequence[Any] = ()) -> Iterator[Any]:
    """The rows of a statement, a few thousand at a time; on PostgreSQL from a server-side cursor."""
    # A PostgreSQL cursor lives as long as its transaction; on SQLite a transaction would lock out every writer.
    whole = transaction.atomic() if vendor() == "postgresql" else nullcontext()
    with whole, connection.chunked_cursor() as cursor:
        cursor.execute(statement, values)
        while rows := cursor.fetchmany(FETCH):
            yield from rows
