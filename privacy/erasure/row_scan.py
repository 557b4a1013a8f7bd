"""Scans rows for fingerprints of erased text, other people's rows included.

A table at a time, from the first key on, and what was reached is noted: a table of many millions is read in many steps.
"""

import json
import time
from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.apps import apps
from django.db import connection, models

from privacy.db import bulk
from privacy.db.fields import RedactedJSONField, RedactedTextField
from privacy.erasure.byte_scan import Finder, Marker
from privacy.erasure.erasure import holders
from privacy.models import PrivacyRequest

TEXT = (models.CharField, models.TextField, models.JSONField, models.BinaryField)
FREE_TEXT = (RedactedTextField, RedactedJSONField)
ROWS = 2_000
OWN_WORK = {"fingerprints", "progress"}  # of a request: what the scan itself keeps
Model = type[models.Model]


def personal_models() -> Iterator[Model]:
    """The models whose rows belong to a person."""
    for module in holders():
        for label in module.MODELS:
            yield apps.get_model(label)


def free_text(model: Model) -> list[str]:
    """The columns of a personal model that hold people's words."""
    return [column.attname for column in model._meta.concrete_fields if isinstance(column, FREE_TEXT)]


def read(
    progress: dict[str, Any], asked: frozenset[bytes], wanted: frozenset[bytes], marker: Marker, end: float
) -> bool:
    """Go on with the tables until that moment; whether all were read.

    The tables that belong to nobody are small, come first and are searched for all that is `wanted`. Personal ones are
    searched for what is `asked`, and what was found in the others, until all of it has been seen in somebody's words.
    """
    mine = {model._meta.label for model in personal_models()}
    operator = {name for module in holders() for name in getattr(module, "OPERATOR_TEXT", [])}
    tables = sorted(
        apps.get_models(include_auto_created=True), key=lambda model: (model._meta.label in mine, model._meta.label)
    )
    elsewhere, in_people = Finder(wanted, marker), None
    names = [model._meta.label for model in tables]
    begin = names.index(progress["table"]) if progress.get("table") in names else 0
    for model in tables[begin:]:
        personal = model._meta.label in mine
        after = progress.get("after") if model._meta.label == progress.get("table") else None
        progress["table"] = model._meta.label
        if personal and in_people is None:
            in_people = Finder(asked | in_columns(progress), marker)
        finder = in_people if personal and in_people else elsewhere
        for reached, values in pages(model, after):
            if personal and told_apart(progress, finder.wanted):
                break
            note(progress, model, values, finder, personal, operator)
            progress["after"] = reached
            if reached is not None and time.monotonic() > end:
                return False
        progress["after"] = None
    return True


def told_apart(progress: dict[str, Any], asked: frozenset[bytes]) -> bool:
    """Whether all that is asked for has been found in other people's words: then nothing is left to look for."""
    return asked <= frozenset(map(bytes.fromhex, progress.get("shared", [])))


def in_columns(progress: dict[str, Any]) -> frozenset[bytes]:
    """All fingerprints that were found where no person's words belong."""
    columns: dict[str, list[str]] = progress.get("columns", {})
    return frozenset(bytes.fromhex(digest) for found in columns.values() for digest in found)


def note(
    progress: dict[str, Any], model: Model, values: dict[str, bytes], finder: Finder, personal: bool, operator: set[str]
) -> None:
    """Look at some rows, column by column. Words in a personal row's free text are that person's, who is not erased."""
    for name, data in values.items():
        found = {digest.hex() for digest in finder.find(data)}
        if not found:
            continue
        column: Any = model._meta.get_field(name)
        if (personal and isinstance(column, FREE_TEXT)) or f"{model._meta.label}.{name}" in operator:
            progress["shared"] = sorted({*progress.get("shared", []), *found})
        else:
            columns: dict[str, list[str]] = progress.setdefault("columns", {})
            place = f"{model._meta.db_table}.{column.column}"
            columns[place] = sorted({*columns.get(place, []), *found})


def pages(model: Model, after: int | None) -> Iterator[tuple[int | None, dict[str, bytes]]]:
    """The rows of a table, some at a time: the key that was reached (None: there are no more), and the bytes of each
    column that can hold text. Read as the database keeps it, without the model's own reading.
    """
    columns = [column for column in model._meta.concrete_fields if isinstance(column, TEXT) and not own_work(column)]
    if not columns:
        return
    quote = connection.ops.quote_name
    key, table = quote(str(model._meta.pk.column)), quote(model._meta.db_table)
    chosen = ", ".join([key, *(quote(str(column.column)) for column in columns)])
    if not counted(model):
        streamed = bulk.stream(f"SELECT {chosen} FROM {table}")  # noqa: S608 - our own names
        while rows := list(islice(streamed, ROWS)):
            yield None, joined(columns, rows)
        return
    statement = f"SELECT {chosen} FROM {table} WHERE {key} > %s ORDER BY {key} LIMIT {ROWS}"  # noqa: S608
    reached: int | None = -1 if after is None else after
    while reached is not None:
        rows = bulk.select(statement, [reached])
        reached = rows[-1][0] if len(rows) == ROWS else None
        if rows:
            yield reached, joined(columns, rows)


def own_work(column: Any) -> bool:
    """Whether the scan itself keeps its fingerprints there."""
    return column.model is PrivacyRequest and column.name in OWN_WORK


def counted(model: Model) -> bool:
    """Whether the keys of the table are numbers, by which it can be read in pages."""
    column: Any = model._meta.pk
    while column.remote_field:
        column = column.target_field
    return isinstance(column, models.IntegerField)


def joined(columns: list[Any], rows: list[Any]) -> dict[str, bytes]:
    """The values of each column in a row, so that no window reaches from one into the next, and each begins a word."""
    return {
        column.name: b"\0 ".join([b"", *(as_bytes(row[place]) for row in rows)])
        for place, column in enumerate(columns, start=1)
    }


def as_bytes(value: Any) -> bytes:
    """A value of a column as bytes."""
    if isinstance(value, bytes | memoryview):
        return bytes(value)
    if value is None:
        return b""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text.encode("utf-8", "surrogatepass")
