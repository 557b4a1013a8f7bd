"""The primary key of a table with at most one row for each row of another table."""

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper


class RowKey(models.OneToOneField[Any, Any]):
    """A primary key that is the other row's key.

    SQLite stores a table in key order only if the type is exactly `integer`. With `bigint` every table gets a separate
    index of its keys, and every look-up by key or by another index searches twice.
    """

    def db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        """`integer` on SQLite, else the type of the other key."""
        return "integer" if connection.vendor == "sqlite" else super().db_type(connection)
