"""Rows straight into the database: one call for however many, and no query set on the hot path.

Text and JSON still pass through the model's own fields, so a column of redacted text refuses any other here as well.
"""

import functools
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import orjson
from django.db import DEFAULT_DB_ALIAS, connection, connections, models

from privacy.db.fields import as_json
from privacy.db.instances import loaded

ROWS_A_CALL = 100  # PostgreSQL takes them as one document
Row = TypeVar("Row", bound=models.Model)
# Columns whose values a driver takes as they are.
AS_THEY_ARE = (
    models.BinaryField, models.BooleanField, models.CharField, models.FloatField, models.ForeignKey, models.IntegerField,
)  # fmt: skip


def insert(rows: Sequence[models.Model]) -> None:
    """Insert the rows, all of one model, and set their keys. Call in a transaction."""
    for start in range(0, len(rows), ROWS_A_CALL):
        _insert(rows[start : start + ROWS_A_CALL])


def _insert(rows: Sequence[models.Model]) -> None:
    database = own()
    insertion = _insertion(type(rows[0]), database.vendor)
    written = [insertion.written(row, database) for row in rows]
    for row, key in zip(rows, insertion.keys(written, database), strict=True):
        row.pk, row._state.adding = key, False


@dataclass(frozen=True, slots=True)
class Insertion:
    """How rows of one model are written."""

    names: list[str]
    one: str  # the statement for one row
    many: str  # on PostgreSQL: for the rows of one document
    columns: Callable[[models.Model], tuple[Any, ...]]
    steps: list[tuple[int, Callable[[Any, Any], Any]]]  # by place, what prepares a value that is not taken as it is

    def keys(self, written: Sequence[Sequence[Any]], database: Any) -> Iterable[int]:
        """Insert these rows; the keys that they got, in order.

        SQLite has one writer, and its keys go up by one: the last says them all. To return them it would keep each row
        aside, and take half as long again.
        """
        if database.vendor == "sqlite":
            run_each(self.one, written, database)
            [(last,)] = run("SELECT last_insert_rowid()", [], database)
            return range(last - len(written) + 1, last + 1)
        if len(written) == 1:
            statement, values = self.one, written[0]
        else:
            statement, values = self.many, [self.document(written)]
        return [key for (key,) in run(f'{statement} RETURNING "id"', values, database)]

    def written(self, row: models.Model, database: Any) -> list[Any]:
        """The values of a row, as the driver takes them."""
        values = list(self.columns(row))
        for place, step in self.steps:
            if values[place] is not None:
                values[place] = step(values[place], database)
        return values

    def document(self, written: Iterable[Sequence[Any]]) -> str:
        """Rows as one parameter: psycopg looks for the place of each of a thousand others in Python."""
        records = [dict(zip(self.names, row, strict=True)) for row in written]
        return orjson.dumps(records, default=_plain, option=orjson.OPT_NON_STR_KEYS).decode()


def _plain(value: Any) -> Any:
    return f"\\x{value.hex()}" if isinstance(value, bytes) else value.obj  # the latter: JSON in psycopg's wrapper


@functools.cache
def _insertion(model: type[models.Model], vendor: str) -> Insertion:
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    names = [str(field.column) for field in fields]
    quoted = [f'"{name}"' for name in names]
    begin, many = f'INSERT INTO "{model._meta.db_table}" ({", ".join(quoted)})', ""
    one = f"{begin} VALUES ({', '.join(['%s'] * len(names))})"
    if vendor == "postgresql":  # as text, so that what is too long for its column is refused and not cut
        kinds = ["text" if isinstance(field, models.CharField) else field.db_type(connection) for field in fields]
        typed = ", ".join(f"{name} {kind}" for name, kind in zip(quoted, kinds, strict=True))
        many = f"{begin} SELECT {', '.join(quoted)} FROM json_to_recordset(%s::json) AS r({typed})"  # noqa: S608
    steps = [(place, _preparing(field)) for place, field in enumerate(fields) if not isinstance(field, AS_THEY_ARE)]
    columns = operator.attrgetter(*(field.attname for field in fields))
    return Insertion(names, one, many, columns, steps)


def _preparing(field: Any) -> Callable[[Any, Any], Any]:
    if isinstance(field, models.DateTimeField):
        return lambda value, database: _moment(value, database.vendor)
    if type(field) is models.JSONField:
        return as_json
    # Values, never expressions: `get_db_prep_save` would look for those first.
    prepared: Callable[[Any, Any], Any] = field.get_db_prep_value
    return prepared


@functools.lru_cache(maxsize=64)  # the rows of a write have most of their times in common
def _moment(value: datetime, vendor: str) -> Any:
    """A time as the driver of this connection takes it."""
    return connection.ops.adapt_datetimefield_value(value)


def select(model: type[Row], columns: tuple[str, ...], where: str, values: Sequence[Any]) -> list[Row]:
    """Instances of the model with just these columns; `where` may end in an order and a lock."""
    database = own()
    begin, attributes, converters = _selection(model, columns, database.vendor)
    rows = []
    for line in run(f"{begin} WHERE {where}", values, database):
        read = list(line)
        for place, step in converters:
            read[place] = step(read[place], None, database)
        rows.append(loaded(model, dict(zip(attributes, read, strict=True))))
    return rows


@functools.cache
def _selection(
    model: type[models.Model], columns: tuple[str, ...], vendor: str
) -> tuple[str, list[str], list[tuple[int, Any]]]:
    """The statement up to its condition, the attributes that it fills, and by place what turns the driver's values into
    the fields' own, as a query set would."""
    table = model._meta.db_table
    fields = [field for field in model._meta.concrete_fields if field.column in columns]
    names = ", ".join(f'"{table}"."{field.column}"' for field in fields)
    steps = [(place, step) for place, field in enumerate(fields) for step in _converters(field, table)]
    return f'SELECT {names} FROM "{table}"', [field.attname for field in fields], steps  # noqa: S608 - our own words


def _converters(field: Any, table: str) -> list[Any]:
    found = list(connection.ops.get_db_converters(field.get_col(table)))
    return [*found, field.from_db_value] if hasattr(field, "from_db_value") else found


def own() -> Any:
    """This thread's connection itself: its stand-in looks it up at every touch. Kept for longer it could be another's: where
    an event loop runs, Django keeps one for each task.
    """
    return connections[DEFAULT_DB_ALIAS]


def run(statement: str, values: Sequence[Any], database: Any = None) -> list[tuple[Any, ...]]:
    """What a statement gives, as the driver reads it.

    On SQLite it goes to the driver itself, unless somebody watches the statements: Django's cursor looks for the
    placeholders anew each time and took longer than most statements.
    """
    database = database or own()
    if not _is_direct(database):
        with database.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchall() if cursor.description else []
    with database.wrap_database_errors:
        found: list[tuple[Any, ...]] = database.connection.execute(_with_marks(statement), values).fetchall()
        return found


def run_each(statement: str, lines: Sequence[Sequence[Any]], database: Any) -> None:
    """Run a statement once for each of these lines of values, in the same way."""
    if not _is_direct(database):
        with database.cursor() as cursor:
            cursor.executemany(statement, lines)
        return
    with database.wrap_database_errors:
        database.connection.executemany(_with_marks(statement), lines)


def _is_direct(database: Any) -> bool:
    """Whether a statement may go to the driver itself; then the connection is open."""
    if database.vendor != "sqlite" or database.force_debug_cursor or database.execute_wrappers:
        return False
    database.ensure_connection()
    database.validate_no_broken_transaction()
    return True


@functools.lru_cache(maxsize=256)
def _with_marks(statement: str) -> str:
    """The statement with the placeholders that SQLite knows."""
    return statement.replace("%s", "?")


def several(values: Sequence[Any]) -> str:
    """As many placeholders as there are values; NULL, which nothing equals, for none."""
    return ", ".join(["%s"] * len(values)) or "NULL"


def execute(statement: str, values: Sequence[Any]) -> None:
    """Run a statement over `{several}` values, where there are any."""
    if values:
        run(statement.format(several=several(values)), values)


def update_each(model: type[models.Model], column: str, values: Mapping[int, Any]) -> None:
    """Set one column of each of these rows, by key, to a value of its own."""
    field, database = _field(model, column), own()
    prepared = [(field.get_db_prep_save(value, database), key) for key, value in values.items()]
    run_each(f'UPDATE "{model._meta.db_table}" SET "{column}" = %s WHERE "id" = %s', prepared, database)  # noqa: S608


@functools.cache
def _field(model: type[models.Model], column: str) -> Any:
    return next(field for field in model._meta.concrete_fields if field.column == column)
