"""The byte scan that an erasure must pass: none of the person's text is in the database, files, broker or logs.

It searches three places: every file under `var/`, and SQLite's file with its log, where deleted rows may linger; by
SQL, every column of every table in key order, so that a table of many millions is read in many steps; and Redis, if it
is the broker. A sentence that is also in other people's rows (the agent says it to everybody) proves nothing and is
left out; the result counts these. Scanning a large installation takes longer than a lease, so `look` runs for a while
and notes how far it got.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection, models

from privacy.db import bulk, engine
from privacy.db.fields import RedactedJSONField, RedactedTextField
from privacy.erasure.byte_scan import Finder, Marker, fingerprints, unpacked
from privacy.erasure.erasure import holders
from privacy.models import PrivacyRequest, Subject
from privacy.subjects.digests import key

TEXT = (models.CharField, models.TextField, models.JSONField, models.BinaryField)
FREE_TEXT = (RedactedTextField, RedactedJSONField)
ROWS = 2_000
OWN_WORK = {"fingerprints", "progress"}  # what the scan itself keeps in a request
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
    """Continue with the tables until this moment; return whether all were read.

    Tables that belong to nobody are small, come first, and are searched for everything `wanted`. Personal tables are
    searched for what is `asked` and what was found elsewhere, until all of it has been seen in other people's text.
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
    """Whether everything asked for has been found in other people's text, so that nothing is left to search for."""
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


def pages(model: Model, after: int | None) -> Iterator[tuple[int | None, dict[str, bytes]]]:
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
    statement = f"SELECT {chosen} FROM {table} WHERE {key} > %s ORDER BY {key} LIMIT {ROWS}"  # noqa: S608
    reached: int | None = -1 if after is None else after
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
    """A value of a column as bytes."""
    if isinstance(value, bytes | memoryview):
        return bytes(value)
    if value is None:
        return b""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text.encode("utf-8", "surrogatepass")


MOST = 50_000  # fingerprints for one person: enough to find each of their texts many times over
STEP = 60.0  # seconds of scanning between notes of the place


def marker_of(request: PrivacyRequest) -> Marker:
    """How this request's fingerprints are made."""
    return Marker(key("fingerprint"), request.id.bytes)


def texts_of(subject: Subject) -> Iterator[str]:
    """Every text of the person, from every table that holds any."""
    for model in personal_models():
        columns = free_text(model)
        if columns:
            for row in model._default_manager.filter(subject=subject).values_list(*columns).iterator(chunk_size=500):
                for value in row:
                    yield from strings(value)


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


def collect(request: PrivacyRequest, subject: Subject) -> tuple[bytes, dict[str, int]]:
    """The packed fingerprints of the person's texts, and how many texts gave any. Call before they are erased."""
    marker, found, long, short = marker_of(request), set[bytes](), 0, 0
    for text in texts_of(subject):
        own = fingerprints(text, marker) if text else set()
        long, short = long + bool(own), short + (not own and bool(text))
        if len(found) < MOST:
            found |= own
    return b"".join(sorted(found)), {"texts": long, "texts_too_short": short}


def look(request: PrivacyRequest) -> bool:
    """Continue the scan for about one `STEP`; return whether it is done. `request.progress` says how far it is."""
    wanted, progress = unpacked(bytes(request.fingerprints)), request.progress
    end = time.monotonic() + STEP
    if not wanted:
        return True
    marker = marker_of(request)
    if not progress.get("files_read"):
        read_files(progress, wanted, marker)
        if not progress.get("files_read"):
            return False
    # SQLite's rows are in its file, so only fingerprints found there need checking in the rows. (The file does not show
    # where a value begins: anything may come before it.)
    asked = found_in_files(progress) if engine.one_writer() else wanted
    return read(progress, asked, wanted, marker, end)


def verdict(request: PrivacyRequest) -> dict[str, Any]:
    """What a finished scan has read and found; `clean` says whether nothing is left. Redis is read here."""
    wanted, marker, progress = unpacked(bytes(request.fingerprints)), marker_of(request), request.progress
    shared = frozenset(map(bytes.fromhex, progress.get("shared", [])))
    own = wanted - shared
    broker = in_redis(Finder(own, marker))
    places: dict[str, list[str]] = progress.get("hits", {}) | progress.get("columns", {})
    hits = {name: len(left) for name, found in places.items() if (left := own.intersection(map(bytes.fromhex, found)))}
    hits |= broker["hits"]
    return {
        "database": engine.name(),
        "fingerprints": len(wanted),
        "shared_with_others": len(wanted & shared),
        "files": progress.get("files", 0),
        "bytes": progress.get("bytes", 0),
        "broker_keys": broker["keys"],
        "hits": hits,
        "clean": not hits,
    }


def found_in_files(progress: dict[str, Any]) -> frozenset[bytes]:
    """All fingerprints found in files."""
    return frozenset(bytes.fromhex(digest) for found in progress.get("hits", {}).values() for digest in found)


def read_files(progress: dict[str, Any], wanted: frozenset[bytes], marker: Marker) -> None:
    """Continue with the files, in a separate process.

    Files are read in the order of their names, so that a step finds where the one before ended. Files made since hold
    no text of the person.
    """
    path, begin = progress.get("file", ["", 0])
    everything = sorted(set(paths()))
    left = [each for each in everything if each >= path]
    begin = begin if left[:1] == [path] else 0
    asked = {
        "key": marker.key.hex(),
        "salt": marker.salt.hex(),
        "wanted": [digest.hex() for digest in wanted],
        "paths": left,
        "begin": begin,
        "seconds": STEP,
    }
    ran = subprocess.run(
        [sys.executable, "-m", "privacy.erasure.byte_scan"],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).resolve().parents[2],
    )
    report: dict[str, Any] = json.loads(ran.stdout)
    hits: dict[str, list[str]] = progress.setdefault("hits", {})
    for name, found in report["hits"].items():
        inside = os.path.relpath(name, settings.VAR)
        hits[inside] = sorted({*hits.get(inside, []), *found})
    progress["files"] = progress.get("files", 0) + report["files"]
    progress["bytes"] = progress.get("bytes", 0) + report["bytes"]
    progress["file"], progress["files_read"] = report["next"], report["next"] is None


def paths() -> Iterator[str]:
    """Every file that could hold a person's text: the database with its log, releases, broker, logs, exports."""
    yield from map(str, engine.files())
    for folder in (settings.VAR, settings.RELEASES):
        for place, inner, names in os.walk(folder):
            inner[:] = [name for name in inner if Path(place, name) != Path(settings.STATIC_ROOT)]
            yield from (path for name in sorted(names) if os.path.isfile(path := os.path.join(place, name)))


def in_redis(finder: Finder) -> dict[str, Any]:
    """Search the queues and the cache, if Redis holds them."""
    if not settings.REDIS_URL:
        return {"keys": 0, "hits": {}}
    keys, hits = 0, 0
    import redis  # slow to import, and not every installation has one

    with redis.Redis.from_url(settings.REDIS_URL) as client:
        for name in client.scan_iter(count=500):
            keys += 1
            hits += bool(finder.find(b" ".join([b"", bytes(name), *values_of(client, name)])))
    return {"keys": keys, "hits": {"redis": hits} if hits else {}}


def values_of(client: Any, name: bytes) -> list[bytes]:
    """Everything stored under a key of Redis."""
    kind = bytes(client.type(name))
    if kind == b"string":
        return [bytes(client.get(name) or b"")]
    if kind == b"hash":
        return [bytes(part) for pair in client.hgetall(name).items() for part in pair]
    ranges = {b"list": client.lrange, b"zset": client.zrange}
    values = ranges[kind](name, 0, -1) if kind in ranges else client.smembers(name) if kind == b"set" else []
    return [bytes(value) for value in values]
