"""The byte scan that an erasure must pass: nothing of the person's text in the database, files, broker or logs.

Three looks. The rows, by SQL, every column of every table. The bytes of SQLite's file and its log, where deleted rows
may linger. Every file under `var/`, and Redis where it is the broker. A sentence that other people's rows hold as well
(the agent says it to everybody) proves nothing and is left out; how many there were is part of the result.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import redis
from django.apps import apps
from django.conf import settings
from django.db import connection, models

from privacy.bytescan import Marker, fingerprints, found_in, unpacked
from privacy.digests import key
from privacy.erasure import holders
from privacy.fields import RedactedJSONField, RedactedTextField
from privacy.models import PrivacyRequest, Subject

MOST = 50_000  # fingerprints kept of one person: enough to find any text of theirs many times over
TEXT = (models.CharField, models.TextField, models.JSONField, models.BinaryField)
FREE_TEXT = (RedactedTextField, RedactedJSONField)


@dataclass
class Rows:
    """What the look at the rows found: fingerprints that others share, and columns that hold what they must not."""

    shared: set[bytes] = field(default_factory=set)
    residue: dict[str, set[bytes]] = field(default_factory=dict)


def marker_of(request: PrivacyRequest) -> Marker:
    """How this request's fingerprints are made."""
    return Marker(key("fingerprint"), request.id.bytes)


def personal_models() -> Iterator[type[models.Model]]:
    """The models whose rows belong to a person."""
    for module in holders():
        for label in module.MODELS:
            yield apps.get_model(label)


def free_text(model: type[models.Model]) -> list[str]:
    """The columns of a personal model that hold people's words."""
    return [column.attname for column in model._meta.concrete_fields if isinstance(column, FREE_TEXT)]


def texts_of(subject: Subject) -> Iterator[str]:
    """Every text of the person's, from every table that holds some."""
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
    """The fingerprints of the person's texts, packed, and how many texts gave any. Call before they are erased."""
    marker, found, long, short = marker_of(request), set[bytes](), 0, 0
    for text in texts_of(subject):
        own = fingerprints(text, marker) if text else set()
        long, short = long + bool(own), short + (not own and bool(text))
        if len(found) < MOST:
            found |= own
    return b"".join(sorted(found)), {"texts": long, "texts_too_short": short}


def look(request: PrivacyRequest) -> dict[str, Any]:
    """Scan for the request's fingerprints, and say what was read and found. `clean` is the verdict."""
    wanted, marker = unpacked(bytes(request.fingerprints)), marker_of(request)
    rows = in_rows(wanted, marker) if wanted else Rows()
    own = frozenset(wanted - rows.shared)
    files = in_files(own, marker)
    broker = in_redis(own, marker)
    hits = {name: len(found) for name, found in rows.residue.items()}
    hits |= {name: len(found) for name, found in files["hits"].items()} | broker["hits"]
    return {
        "database": connection.vendor,
        "fingerprints": len(wanted),
        "shared_with_others": len(wanted & rows.shared),
        "files": files["files"],
        "bytes": files["bytes"],
        "broker_keys": broker["keys"],
        "hits": hits,
        "clean": not hits,
    }


def in_rows(wanted: frozenset[bytes], marker: Marker) -> Rows:
    """Look at every text in every table. Words in a personal row's free text are that person's, who is not erased."""
    found = Rows()
    personal = {model._meta.label for model in personal_models()}
    operator = {name for module in holders() for name in getattr(module, "OPERATOR_TEXT", [])}
    for model in apps.get_models(include_auto_created=True):
        for name, theirs in text_columns(model, model._meta.label in personal, operator):
            hits = in_column(model, name, wanted, marker)
            if hits and theirs:
                found.shared |= hits
            elif hits:
                found.residue[f"{model._meta.db_table}.{name}"] = hits
    return found


def text_columns(model: type[models.Model], personal: bool, operator: set[str]) -> Iterator[tuple[str, bool]]:
    """The columns that can hold text, and whether what stands there is rightly there."""
    for column in model._meta.concrete_fields:
        if isinstance(column, TEXT) and (model, column.name) != (PrivacyRequest, "fingerprints"):
            theirs = personal and isinstance(column, FREE_TEXT)
            yield str(column.column), theirs or f"{model._meta.label}.{column.name}" in operator


def in_column(model: type[models.Model], column: str, wanted: frozenset[bytes], marker: Marker) -> set[bytes]:
    """Which fingerprints the column holds; read as the database keeps it, without the model's own reading."""
    quote, hits = connection.ops.quote_name, set[bytes]()
    with connection.chunked_cursor() as cursor:
        cursor.execute(f"SELECT {quote(column)} FROM {quote(model._meta.db_table)}")  # noqa: S608 - our own names
        while some := cursor.fetchmany(2_000):
            for (value,) in some:
                hits |= found_in(as_bytes(value), wanted, marker)
    return hits


def as_bytes(value: Any) -> bytes:
    """A value of a column as bytes, beginning where a word may."""
    if isinstance(value, bytes | memoryview):
        return b" " + bytes(value)
    if value is None:
        return b""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return b" " + text.encode("utf-8", "surrogatepass")


def in_files(wanted: frozenset[bytes], marker: Marker) -> dict[str, Any]:
    """Look at the files, in a process of its own. Paths are told from `var/` on."""
    asked = {
        "key": marker.key.hex(),
        "salt": marker.salt.hex(),
        "wanted": [digest.hex() for digest in wanted],
        "paths": list(dict.fromkeys(paths())),
    }
    ran = subprocess.run(
        [sys.executable, "-m", "privacy.bytescan"], input=json.dumps(asked), capture_output=True, text=True, check=True,
        cwd=Path(__file__).resolve().parent.parent,
    )  # fmt: skip
    said: dict[str, Any] = json.loads(ran.stdout)
    said["hits"] = {os.path.relpath(path, settings.VAR): found for path, found in said["hits"].items()}
    return said


def paths() -> Iterator[str]:
    """Every file that could hold a person's text: the database with its log, releases, broker, logs, exports."""
    if connection.vendor == "sqlite":
        database = Path(connection.settings_dict["NAME"])
        yield from map(str, sorted(database.parent.glob(f"{database.name}*")))
    for folder in (settings.VAR, settings.RELEASES):
        for place, inner, names in os.walk(folder):
            inner[:] = [name for name in inner if Path(place, name) != Path(settings.STATIC_ROOT)]
            yield from (path for name in sorted(names) if os.path.isfile(path := os.path.join(place, name)))


def in_redis(wanted: frozenset[bytes], marker: Marker) -> dict[str, Any]:
    """Look at the queues and the cache, where Redis keeps them."""
    if not settings.REDIS_URL:
        return {"keys": 0, "hits": {}}
    keys, hits = 0, 0
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        for name in client.scan_iter(count=500):
            keys += 1
            dumped = b" ".join([bytes(name), *values_of(client, name)])
            hits += bool(found_in(dumped, wanted, marker))
    return {"keys": keys, "hits": {"redis": hits} if hits else {}}


def values_of(client: Any, name: bytes) -> list[bytes]:
    """Everything that is kept under a key of Redis."""
    kind = bytes(client.type(name))
    if kind == b"string":
        return [bytes(client.get(name) or b"")]
    if kind == b"hash":
        return [bytes(part) for pair in client.hgetall(name).items() for part in pair]
    ranges = {b"list": client.lrange, b"zset": client.zrange}
    values = ranges[kind](name, 0, -1) if kind in ranges else client.smembers(name) if kind == b"set" else []
    return [bytes(value) for value in values]
