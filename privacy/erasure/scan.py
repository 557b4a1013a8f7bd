"""The byte scan that an erasure must pass: nothing of the person's text in the database, files, broker or logs.

Three looks. Every file under `var/`, and SQLite's own with its log, where deleted rows may linger. The rows, by SQL,
every column of every table (`privacy/erasure/row_scan.py`). Redis, where it is the broker. A sentence that other people's rows
hold as well (the agent says it to everybody) proves nothing and is left out; how many there were is part of the result.

A look at a large installation takes longer than a lease: `look` goes on for a while and says where it came to.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings

from privacy.db import engine
from privacy.erasure import row_scan
from privacy.erasure.byte_scan import Finder, Marker, fingerprints, unpacked
from privacy.erasure.row_scan import free_text, personal_models
from privacy.models import PrivacyRequest, Subject
from privacy.subjects.digests import key

MOST = 50_000  # fingerprints of one person: enough to find each of their texts many times over
STEP = 60.0  # seconds of looking after which the place is noted


def marker_of(request: PrivacyRequest) -> Marker:
    """How this request's fingerprints are made."""
    return Marker(key("fingerprint"), request.id.bytes)


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


def look(request: PrivacyRequest) -> bool:
    """Go on with the scan for about a `STEP`; whether it is done. `request.progress` says how far it is."""
    wanted, progress = unpacked(bytes(request.fingerprints)), request.progress
    end = time.monotonic() + STEP
    if not wanted:
        return True
    marker = marker_of(request)
    if not progress.get("files_read"):
        read_files(progress, wanted, marker)
        if not progress.get("files_read"):
            return False
    # SQLite's rows are in its file: only what was found there must be told apart. (The beginning of a value is not seen
    # in the file, where anything may stand before it.)
    asked = found_in_files(progress) if engine.one_writer() else wanted
    return row_scan.read(progress, asked, wanted, marker, end)


def verdict(request: PrivacyRequest) -> dict[str, Any]:
    """What a scan that is done has read and found; `clean` is whether nothing is left. Redis is read here."""
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
    """All fingerprints that the files hold."""
    return frozenset(bytes.fromhex(digest) for found in progress.get("hits", {}).values() for digest in found)


def read_files(progress: dict[str, Any], wanted: frozenset[bytes], marker: Marker) -> None:
    """Go on with the files, in a process of its own. They are read in the order of their names, so that a step finds
    the place where the one before ended; in what is new since, there is nothing of the person any more.
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
    """Look at the queues and the cache, where Redis keeps them."""
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
    """Everything that is kept under a key of Redis."""
    kind = bytes(client.type(name))
    if kind == b"string":
        return [bytes(client.get(name) or b"")]
    if kind == b"hash":
        return [bytes(part) for pair in client.hgetall(name).items() for part in pair]
    ranges = {b"list": client.lrange, b"zset": client.zrange}
    values = ranges[kind](name, 0, -1) if kind in ranges else client.smembers(name) if kind == b"set" else []
    return [bytes(value) for value in values]
