"""Rows straight into the database: one statement for however many, and no query set on the hot path.

The values still pass through the model's own fields, so a column of redacted text refuses any other here as well.
"""

import functools
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from django.db import connection, connections, models

ROWS_A_STATEMENT = 1_000  # times some 25 columns stays under the 32,766 values of SQLite
Row = TypeVar("Row", bound=models.Model)


def insert(rows: Sequence[models.Model]) -> None:
    """Insert the rows, all of one model, and set their keys."""
    for start in range(0, len(rows), ROWS_A_STATEMENT):
        _insert(rows[start : start + ROWS_A_STATEMENT])


def _insert(rows: Sequence[models.Model]) -> None:
    meta = type(rows[0])._meta
    fields = [field for field in meta.concrete_fields if not field.primary_key]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    line = f"({', '.join(['%s'] * len(fields))})"
    database = connections[connection.alias]  # the thing itself: its stand-in looks it up at every touch
    values = [field.get_db_prep_save(getattr(row, field.attname), database) for row in rows for field in fields]
    statement = f'INSERT INTO "{meta.db_table}" ({columns}) VALUES {", ".join([line] * len(rows))} RETURNING "id"'  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        for row, (key,) in zip(rows, cursor.fetchall(), strict=True):
            row.pk, row._state.adding = key, False


def select(model: type[Row], columns: Sequence[str], where: str, values: Sequence[Any]) -> list[Row]:
    """Instances of the model with just these columns; `where` may end in an order and a lock."""
    table = model._meta.db_table
    fields = [field for field in model._meta.concrete_fields if field.column in columns]
    names = ", ".join(f'"{table}"."{field.column}"' for field in fields)
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT {names} FROM "{table}" WHERE {where}', values)  # noqa: S608 - our own words
        found = cursor.fetchall()
    if not found:
        return []
    converters = [(place, step) for place, field in enumerate(fields) for step in _converters(field, table)]
    attributes = [field.attname for field in fields]
    rows = []
    for line in found:
        read = list(line)
        for place, step in converters:
            read[place] = step(read[place], None, connection)
        rows.append(model.from_db(connection.alias, attributes, read))
    return rows


def several(values: Sequence[Any]) -> str:
    """As many placeholders as there are values; NULL, which nothing equals, for none."""
    return ", ".join(["%s"] * len(values)) or "NULL"


def execute(statement: str, values: Sequence[Any]) -> None:
    """Run a statement over `{several}` values, where there are any."""
    if values:
        with connection.cursor() as cursor:
            cursor.execute(statement.format(several=several(values)), values)


def update_each(model: type[models.Model], column: str, values: Mapping[int, Any]) -> None:
    """Set one column of each of these rows, by key, to a value of its own."""
    field = _field(model, column)
    prepared = [(field.get_db_prep_save(value, connection), key) for key, value in values.items()]
    with connection.cursor() as cursor:
        cursor.executemany(f'UPDATE "{model._meta.db_table}" SET "{column}" = %s WHERE "id" = %s', prepared)  # noqa: S608


@functools.cache
def _field(model: type[models.Model], column: str) -> Any:
    return next(field for field in model._meta.concrete_fields if field.column == column)


def _converters(field: Any, table: str) -> list[Any]:
    """What turns the driver's value into the field's own, as a query set would."""
    found = list(connection.ops.get_db_converters(field.get_col(table)))
    return [*found, field.from_db_value] if hasattr(field, "from_db_value") else found
