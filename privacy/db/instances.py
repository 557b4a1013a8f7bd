"""Model instances for the hot path, made as unpickling makes them: in a tenth of the constructor's time, and equal."""

import functools
from collections.abc import Mapping
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, models
from django.db.models.base import ModelState

Row = TypeVar("Row", bound=models.Model)


def unsaved(model: type[Row], **columns: Any) -> Row:
    """A new instance; a key may be given as the row it points to. Columns that are left out get their constant default:
    one whose default is made anew for each row must be given. Raises `TypeError`."""
    made = model.__new__(model)
    made._state = ModelState()
    for name in _keys(model):
        if name in columns:
            row = made._state.fields_cache[name] = columns.pop(name)
            columns[f"{name}_id"] = None if row is None else row.pk
    made.__dict__.update(_defaults(model))
    made.__dict__.update(columns)
    if len(made.__dict__) != 1 + len(model._meta.concrete_fields):  # its state, and every column
        raise TypeError(f"{model._meta.label}: a column is missing, or not one of its own")
    return made


def loaded(model: type[Row], columns: Mapping[str, Any]) -> Row:
    """An instance of what the database holds, with just these columns."""
    made = model.__new__(model)
    made._state = ModelState()
    made._state.adding, made._state.db = False, DEFAULT_DB_ALIAS
    made.__dict__.update(columns)
    return made


@functools.cache
def _defaults(model: type[models.Model]) -> dict[str, Any]:
    fields = model._meta.concrete_fields
    return {
        field.attname: field.get_default() for field in fields if not (field.has_default() and callable(field.default))
    }


@functools.cache
def _keys(model: type[models.Model]) -> tuple[str, ...]:
    return tuple(field.name for field in model._meta.concrete_fields if isinstance(field, models.ForeignKey))
