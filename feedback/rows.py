"""Rows straight into the database: one statement for however many, and no query set on the hot path.

The values still pass through the model's own fields, so a column of redacted text refuses any other here as well.
"""

import functools
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from django.db import connection, connections, models

ROWS_A_STATEMENT = 100  # a statement is kept, compiled, by each connection: of a thousand rows it takes megabytes
Row = TypeVar("Row", bound=models.Model)


def insert(rows: Sequence[models.Model]) -> None:
    """Insert the rows, all of one model, and set their keys."""
    for start in range(0, len(rows), ROWS_A_STATEMENT):
        _insert(rows[start : start + ROWS_A_STATEMENT])


def _insert(rows: Sequence[models.Model]) -> None:
    fields, begin, line = _insertion(type(rows[0]))
    database = _database()
    values = [prepared(getattr(row, name), database) for row in rows for name, prepared in fields]
    with database.cursor() as cursor:
        cursor.execute(f'{begin} {", ".join([line] * len(rows))} RETURNING "id"', values)
        for row, (key,) in zip(rows, cursor.fetchall(), strict=True):
            row.pk, row._state.adding = key, False


@functools.cache
def _insertion(model: type[models.Model]) -> tuple[list[tuple[str, Any]], str, str]:
    """Its attributes with what prepares each for the driver, the statement up to the rows, and a row of it."""
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    prepared = [(field.attname, field.get_db_prep_save) for field in fields]
    return prepared, f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES', f"({', '.join(['%s'] * len(fields))})"


def select(model: type[Row], columns: tuple[str, ...], where: str, values: Sequence[Any]) -> list[Row]:
    """Instances of the model with just these columns; `where` may end in an order and a lock."""
    database = _database()
    begin, attributes, converters = _selection(model, columns, database.vendor)
    with database.cursor() as cursor:
        cursor.execute(f"{begin} WHERE {where}", values)
        found = cursor.fetchall()
    rows = []
    for line in found:
        read = list(line)
        for place, step in converters:
            read[place] = step(read[place], None, database)
        rows.append(model.from_db(database.alias, attributes, read))
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


def _database() -> Any:
    """The connection itself: its stand-in looks it up at every touch."""
    return connections[connection.alias]


def several(values: Sequence[Any]) -> str:
    """As many placeholders as there are values; NULL, which nothing equals, for none."""
    return ", ".join(["%s"] * len(values)) or "NULL"


def execute(statement: str, values: Sequence[Any]) -> None:
    """Run a statement over `{several}` values, where there are any."""
    if values:
        with _database().cursor() as cursor:
            cursor.execute(statement.format(several=several(values)), values)


def update_each(model: type[models.Model], column: str, values: Mapping[int, Any]) -> None:
    """Set one column of each of these rows, by key, to a value of its own."""
    field, database = _field(model, column), _database()
    prepared = [(field.get_db_prep_save(value, database), key) for key, value in values.items()]
    with database.cursor() as cursor:
        cursor.executemany(f'UPDATE "{model._meta.db_table}" SET "{column}" = %s WHERE "id" = %s', prepared)  # noqa: S608


@functools.cache
def _field(model: type[models.Model], column: str) -> Any:
    return next(field for field in model._meta.concrete_fields if field.column == column)
