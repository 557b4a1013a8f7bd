"""Reads rows into model instances and inserts them without query sets: the hot path of capture.

Instances are made as Django makes them, and text passes through the fields, which refuse unredacted text.
"""

import functools
import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, connections, models

from privacy.db.bulk import Values, quoted, records, recordset, send, several, stamped, vendor
from privacy.db.fields import as_json

ROWS = 100  # in one INSERT
# Columns whose values need no conversion for either driver.
AS_THEY_ARE = (
    models.BinaryField,
    models.BooleanField,
    models.CharField,
    models.FloatField,
    models.ForeignKey,
    models.IntegerField,
)
Row = TypeVar("Row", bound=models.Model)


def load(model: type[Row], columns: Sequence[str], where: str, values: Values) -> list[Row]:
    """Model instances with just these columns; `where` may end in an order and a lock."""
    return ask(model, columns, where, values)()


def ask(model: type[Row], columns: Sequence[str], where: str, values: Values) -> Callable[[], list[Row]]:
    """Like `load`, but sent now; calling the result returns the rows.

    Building a query set takes longer than the statement, and a write makes six: query sets cost a pair of calls a third
    more processor time.
    """
    database = connections[DEFAULT_DB_ALIAS]
    begin, attributes, steps = _loading(model, tuple(columns))
    received = send(f"{begin} WHERE {where}", values)

    def rows() -> list[Row]:
        found = []
        for line in received():
            read = list(line)
            for place, step in steps:
                read[place] = step(read[place], None, database)
            found.append(model.from_db(DEFAULT_DB_ALIAS, attributes, read))
        return found

    return rows


@functools.cache
def _loading(model: type[models.Model], columns: tuple[str, ...]) -> tuple[str, list[str], list[tuple[int, Any]]]:
    """The statement up to its condition, the attributes that it fills, and the converters of the driver's values by
    position.
    """
    fields = [field for field in model._meta.concrete_fields if field.column in columns]
    names = ", ".join(f'"{field.column}"' for field in fields)
    steps = [
        (place, step)
        for place, field in enumerate(fields)
        for step in (
            *connection.ops.get_db_converters(field.get_col(model._meta.db_table)),
            *field.get_db_converters(connection),
        )
    ]
    return f"SELECT {names} FROM {quoted(model)}", [field.attname for field in fields], steps  # noqa: S608 - our own names


def reserve(numbers: Mapping[type[models.Model], int]) -> Callable[[], dict[type[models.Model], Iterator[int]]]:
    """Reserve keys for this many new rows of each model. Call in the transaction that inserts them: on SQLite only the
    writer of the moment knows the next key.

    With keys, rows can refer to each other before they are inserted.
    """
    wanted = {model._meta.db_table: number for model, number in numbers.items() if number}
    if not wanted:
        return lambda: {model: iter(()) for model in numbers}
    if vendor() == "postgresql":
        each = "SELECT %s::text, nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s::int)"
        values = [value for table, number in wanted.items() for value in (table, table, number)]
        received = send(" UNION ALL ".join([each] * len(wanted)), values)
    else:
        received = send(f"SELECT name, seq FROM sqlite_sequence WHERE name IN ({several(list(wanted))})", list(wanted))  # noqa: S608

    def keys() -> dict[type[models.Model], Iterator[int]]:
        found: dict[str, list[int]] = {}
        for table, key in received():
            found.setdefault(table, []).append(key)
        if vendor() != "postgresql":
            last = {table: found.get(table, [0])[0] for table in wanted}
            found = {table: list(range(last[table] + 1, last[table] + 1 + wanted[table])) for table in wanted}
        return {model: iter(found.get(model._meta.db_table, ())) for model in numbers}

    return keys


def insert(rows: Sequence[models.Model]) -> None:
    """Insert these rows, all of one model, through the fields of their columns.

    Either all or none of them have keys, from `reserve`. `bulk_create` prepares and compiles each call again, which
    cost a pair of calls a quarter more processor time.
    """
    if not rows:
        return
    database = connections[DEFAULT_DB_ALIAS]
    for start in range(0, len(rows), ROWS):
        some = rows[start : start + ROWS]
        statement, fields, steps = _insertion(type(some[0]), len(some), some[0].pk is not None)
        read = operator.attrgetter(*(field.attname for field in fields))
        lines = [list(read(row)) for row in some]
        for line in lines:
            for place, step in steps:
                line[place] = step(line[place], database)
        if vendor() == "postgresql":
            values: list[Any] = [records([field.column for field in fields], lines)]
        else:
            values = [value for line in lines for value in line]
        send(statement, values)
        for row in some:
            row._state.adding = False


@functools.lru_cache(maxsize=64)
def _insertion(model: type[models.Model], number: int, keyed: bool) -> tuple[str, list[Any], list[tuple[int, Any]]]:
    """The statement that inserts this many rows, the fields whose values it takes, and the converters of values by
    position.
    """
    fields = [field for field in model._meta.concrete_fields if keyed or not field.primary_key]
    columns = [str(field.column) for field in fields]
    steps = [(place, _step(field)) for place, field in enumerate(fields) if not isinstance(field, AS_THEY_ARE)]
    begin = f"INSERT INTO {quoted(model)} ({', '.join(map(connection.ops.quote_name, columns))})"
    if vendor() == "postgresql":
        source, values = recordset(model, columns)
        return f"{begin} SELECT {values} FROM {source}", fields, steps  # noqa: S608 - our own names
    lines = ", ".join([f"({several(columns)})"] * number)
    return f"{begin} VALUES {lines}", fields, steps


def _step(field: Any) -> Callable[[Any, Any], Any]:
    if isinstance(field, models.DateTimeField):
        return lambda value, database: stamped(value)
    prepared: Callable[[Any, Any], Any] = as_json if type(field) is models.JSONField else field.get_db_prep_value
    return prepared
