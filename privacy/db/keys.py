"""The key of a table that has at most one row for each row of another."""

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper


class RowKey(models.OneToOneField[Any, Any]):
    """A primary key that is the other row's key.

    SQLite stores a table by its key only where its type is `integer` to the letter. With `bigint`, which is the same to
    it else, every table has an index of its keys beside it, and every look-up by key or by another index searches twice.
    """

    def db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        """`integer` on SQLite, else the type of the other key."""
        return "integer" if connection.vendor == "sqlite" else super().db_type(connection)
