"""Reads the tables for fingerprints: every column that can hold text, in key order, in steps.

A text that is found in other people's rows, or in what operators wrote, proves nothing. Anywhere else it is residue.
"""

import json
import time
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection, models

from privacy.db import bulk
from privacy.db.fields import RedactedJSONField, RedactedTextField
from privacy.erasure.byte_scan import Finder, Marker
from privacy.erasure.erasure import holders
from privacy.models import PrivacyRequest, Subject

TEXT = (models.CharField, models.TextField, models.JSONField, models.BinaryField)
FREE_TEXT = (RedactedTextField, RedactedJSONField)
ROWS = 2_000
OWN_WORK = {"fingerprints", "for_audit", "progress"}  # what the scan itself keeps in a request
FIRST, LAST = -1, 2**63 - 1  # keys before and after all others
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
    progress: dict[str, Any],
    asked: frozenset[bytes],
    wanted: frozenset[bytes],
    marker: Marker,
    end: float,
    *,
    of_person: bool = False,
) -> bool:
    """Continue with the tables until this moment; return whether all were read.

    Tables that belong to nobody come first, and are searched for everything `wanted`. Personal tables are searched for
    the `asked` fingerprints and for those found in the tables before, until each has been found in other people's text.
    A scan of one person leaves out the tables that grow with the conversations and hold no text. It first reads the
    records in the released files, then the newest rows: other people's text is most likely there.
    """
    mine = {model._meta.label for model in personal_models()}
    operator = {name for module in holders() for name in getattr(module, "OPERATOR_TEXT", [])}
    left_out = {label for module in holders() for label in module.GROWING} if of_person else set()
    tables = sorted(
        (model for model in apps.get_models(include_auto_created=True) if model._meta.label not in left_out),
        key=lambda model: (model._meta.label in mine, model._meta.label),
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
            if of_person and not told_apart(progress, in_people.wanted):
                read_behind_files(progress, in_people)
        finder = in_people if personal and in_people else elsewhere
        if personal and told_apart(progress, finder.wanted):
            break
        for reached, values in pages(model, after, newest_first=personal and of_person):
            note(progress, model, values, finder, personal, operator)
            progress["after"] = reached
            if reached is not None and time.monotonic() > end:
                return False
            if personal and told_apart(progress, finder.wanted):
                break
        progress["after"] = None
    return True


def read_behind_files(progress: dict[str, Any], finder: Finder) -> None:
    """Note which fingerprints found in files are in the text of other people whose records those files hold."""
    if progress.get("behind"):
        return
    files = [Path(settings.VAR, name) for name in progress.get("hits", {})]
    shared = set(progress.get("shared", []))
    for module in holders():
        for rows in module.rows_behind(files):
            found = rows.values_list(*free_text(rows.model)).iterator(chunk_size=ROWS)
            texts = (text for row in found for text in strings(list(row)))
            while some := list(islice(texts, ROWS)):
                plain = "\0 ".join(["", *some, *(json.dumps(text)[1:-1] for text in some)])
                shared.update(digest.hex() for digest in finder.find(plain.encode("utf-8", "surrogatepass")))
    progress["shared"], progress["behind"] = sorted(shared), True


def strings(value: Any) -> Iterator[str]:
    """Every string in a JSON value, keys too."""
    if isinstance(value, str):
        yield str(value)
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield str(name)
            yield from strings(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from strings(inner)


def left(keys: dict[str, list[int]], subject: int | None) -> dict[str, int]:
    """How many rows are left that a person had, by table: those with these keys, by model, and all of this subject."""
    found: Counter[str] = Counter()
    for label, numbers in keys.items():
        model = apps.get_model(label)
        for start in range(0, len(numbers), ROWS):
            rows = model._base_manager.filter(pk__in=numbers[start : start + ROWS])
            found[model._meta.db_table] += rows.count()
    for model in personal_models() if subject is not None else ():
        for column in model._meta.concrete_fields:
            if column.related_model is Subject:
                found[model._meta.db_table] += model._base_manager.filter(**{column.attname: subject}).count()
    return {table: number for table, number in found.items() if number}


def told_apart(progress: dict[str, Any], asked: frozenset[bytes]) -> bool:
    """Whether every fingerprint asked for also occurs in other people's text, so that nothing is left to search for."""
    return asked <= frozenset(map(bytes.fromhex, progress.get("shared", [])))


def in_columns(progress: dict[str, Any]) -> frozenset[bytes]:
    """All fingerprints found where nobody's text belongs."""
    columns: dict[str, list[str]] = progress.get("columns", {})
    return frozenset(bytes.fromhex(digest) for found in columns.values() for digest in found)


def note(
    progress: dict[str, Any], model: Model, values: dict[str, bytes], finder: Finder, personal: bool, operator: set[str]
) -> None:
    """Search some rows, column by column. Text in a personal row's free-text column belongs to that person, who is not
    erased.
    """
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


def pages(
    model: Model, after: int | None, *, newest_first: bool = False
) -> Iterator[tuple[int | None, dict[str, bytes]]]:
    """The rows of a table in batches: the last key (None at the end), and the bytes of each column that can hold text.

    Read as the database stores it, not through the model.
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
    further, order, start = ("<", "DESC", LAST) if newest_first else (">", "ASC", FIRST)
    statement = f"SELECT {chosen} FROM {table} WHERE {key} {further} %s ORDER BY {key} {order} LIMIT {ROWS}"  # noqa: S608
    reached: int | None = start if after is None else after
    while reached is not None:
        rows = bulk.select(statement, [reached])
        reached = rows[-1][0] if len(rows) == ROWS else None
        if rows:
            yield reached, joined(columns, rows)


def own_work(column: Any) -> bool:
    """Whether this is where the scan keeps its own fingerprints."""
    return column.model is PrivacyRequest and column.name in OWN_WORK


def counted(model: Model) -> bool:
    """Whether the table's keys are numbers, so that it can be read in pages."""
    column: Any = model._meta.pk
    while column.remote_field:
        column = column.target_field
    return isinstance(column, models.IntegerField)


def joined(columns: list[Any], rows: list[Any]) -> dict[str, bytes]:
    """A row's column values joined, so that no window spans two values and each value begins a word."""
    return {
        column.name: b"\0 ".join([b"", *(as_bytes(row[place]) for row in rows)])
        for place, column in enumerate(columns, start=1)
    }


def as_bytes(value: Any) -> bytes:
    if isinstance(value, bytes | memoryview):
        return bytes(value)
    if value is None:
        return b""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text.encode("utf-8", "surrogatepass")
