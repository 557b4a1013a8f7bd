"""The byte scan that an erasure must pass: none of the person's text is in the database, files, broker or logs.

It searches every file under `var/`, and SQLite's file with its log, where deleted rows may linger; by SQL, the tables;
and Redis, if it is the broker. A sentence that is also in other people's rows (the agent says it to everybody) proves
nothing and is left out; the result counts these. `look` runs for a while and notes how far it got.

While all there is can be read in about a minute, all of it is read for each request. A larger installation is read for
one person where their text can be: the rows that they had, by key; the tables that belong to nobody; the files written
since they came; of SQLite's file, what is no row in the pages that changed while they were erased. The rest is read by
the audit, for many people at once (`privacy/requests/audit.py`), which searches for fingerprints of its own: theirs
have the same salt for all.
"""

import json
import os
import stat
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from privacy.db import condition, engine
from privacy.erasure import tables
from privacy.erasure.byte_scan import Finder, Marker, fingerprints, unpacked
from privacy.erasure.pages import ranges
from privacy.erasure.tables import free_text, personal_models, strings
from privacy.models import PrivacyRequest, Subject
from privacy.subjects.digests import key

EVERYTHING, PERSON = "everything", "person"  # what a scan has read, in the words of the receipt
AT_ONCE = 1 << 30  # bytes that are read for each request: about a minute
CLOCKS = timedelta(days=1)  # more than the clock of the files may differ from that of the rows
MANY_PAGES = 250_000  # a gigabyte; if an erasure changed more, the whole file is read
MOST = 50_000  # fingerprints for one person: enough to find each of their texts many times over
STEP = 60.0  # seconds of scanning between notes of the place


def marker_of(request: PrivacyRequest) -> Marker:
    """How this request's fingerprints are made."""
    return Marker(key("fingerprint"), request.id.bytes)


def for_audit() -> Marker:
    """How the fingerprints for the audit are made, which is one search for many people."""
    return Marker(key("audit"), b"")


def texts_of(subject: Subject, keys: dict[str, list[int]] | None = None) -> Iterator[str]:
    """Every text of the person, from every table that holds any; `keys` gets the keys of the rows, by model."""
    for model in personal_models():
        columns = free_text(model)
        if columns:
            rows = model._default_manager.filter(subject=subject).values_list("pk", *columns)
            for pk, *row in rows.iterator(chunk_size=500):
                if keys is not None:
                    keys[model._meta.label].append(pk)
                for value in row:
                    yield from strings(value)


@dataclass(frozen=True, slots=True)
class Collected:
    """What the scans search for, packed: for the request and for the audit; how many texts gave any; and where the
    person's text can be.
    """

    fingerprints: bytes
    for_audit: bytes
    counts: dict[str, int]
    person: dict[str, Any]


def collect(request: PrivacyRequest, subject: Subject) -> Collected:
    """Read the person's texts. Call before they are erased."""
    found, also, long, short = set[bytes](), set[bytes](), 0, 0
    keys: dict[str, list[int]] = defaultdict(list)
    for text in texts_of(subject, keys):
        own = fingerprints(text, marker_of(request)) if text else set()
        long, short = long + bool(own), short + (not own and bool(text))
        if len(found) < MOST:
            found |= own
            also |= fingerprints(text, for_audit())
    gone = subject.pk if request.kind == PrivacyRequest.Kind.ERASURE else None
    person = {"since": (subject.created_at - CLOCKS).timestamp(), "keys": dict(keys), "subject": gone}
    counts = {"texts": long, "texts_too_short": short}
    return Collected(b"".join(sorted(found)), b"".join(sorted(also)), counts, person)


def with_pages(progress: dict[str, Any], pages: set[int]) -> dict[str, Any]:
    """The progress, with the pages that changed while the person's rows were removed.

    Without them, as after a crash in between, all of SQLite's file is read; so it is where none is known to have
    changed, and where deleted rows are not overwritten.
    """
    known = 0 < len(pages) <= MANY_PAGES and engine.overwrites()
    person = progress["person"] | ({"pages": ranges(pages)} if known else {})
    return progress | {"person": person}


def basis(progress: dict[str, Any]) -> dict[str, Any]:
    """What a new scan of the same request begins with."""
    return {"person": progress["person"]} if "person" in progress else {}


def scope_of(progress: dict[str, Any]) -> str:
    """What is to be read: everything, if that takes a minute or it is not known where the person's text can be."""
    person = progress.get("person")
    if person is None or (engine.one_writer() and "pages" not in person):
        return EVERYTHING
    return EVERYTHING if size() <= AT_ONCE else PERSON


def size() -> int:
    """The bytes of the database and of all files, about."""
    database = set(map(str, engine.files()))
    return condition.size() + sum(length(path) for path in paths() if path not in database)


def look(request: PrivacyRequest) -> bool:
    """Continue the scan for about one `STEP`; return whether it is done. `request.progress` says how far it is."""
    progress, wanted = request.progress, unpacked(bytes(request.fingerprints))
    if "scope" not in progress:
        progress["scope"] = scope_of(progress)
        if progress["scope"] == PERSON:
            progress["left"] = tables.left(progress["person"]["keys"], progress["person"]["subject"])
    return not wanted or search(progress, wanted, marker_of(request))


def search(progress: dict[str, Any], wanted: frozenset[bytes], marker: Marker) -> bool:
    """Continue to search for fingerprints for about one `STEP`; return whether all that is to be read was read."""
    end, of_person = time.monotonic() + STEP, progress.get("scope") == PERSON
    if not progress.get("files_read"):
        read_files(progress, wanted, marker)
        if not progress.get("files_read"):
            return False
    # SQLite's rows are in its file, so only fingerprints found there need checking in the rows. (The file does not show
    # where a value begins: anything may come before it.) Rows of other people are not read for one person's sake.
    asked = found_in_files(progress) if engine.one_writer() or of_person else wanted
    return tables.read(progress, asked, wanted, marker, end, of_person=of_person)


def verdict(request: PrivacyRequest) -> dict[str, Any]:
    """What a finished scan has read and found; `clean` says whether nothing is left. Redis is read here."""
    wanted, progress = unpacked(bytes(request.fingerprints)), request.progress
    found, keys = residue(progress, wanted, marker_of(request))
    hits = {name: len(digests) for name, digests in found.items()} | progress.get("left", {})
    person = progress["person"] if progress["scope"] == PERSON else {}
    pages = {"pages": sum(last - first + 1 for first, last in person["pages"])} if "pages" in person else {}
    return {
        "database": engine.name(),
        "scope": progress["scope"],
        "fingerprints": len(wanted),
        "shared_with_others": len(wanted & digests_in(progress.get("shared", []))),
        "files": progress.get("files", 0),
        "bytes": progress.get("bytes", 0),
        **pages,
        "broker_keys": keys,
        "hits": hits,
        "clean": not hits,
    }


def residue(
    progress: dict[str, Any], wanted: frozenset[bytes], marker: Marker
) -> tuple[dict[str, frozenset[bytes]], int]:
    """The fingerprints that a finished search has found, by place, without those that others' text has, too; and how
    many keys of Redis were read.
    """
    own = wanted - digests_in(progress.get("shared", []))
    keys, in_broker = in_redis(Finder(own, marker))
    places: dict[str, list[str]] = progress.get("hits", {}) | progress.get("columns", {})
    found = {name: own & digests_in(digests) for name, digests in places.items()} | {"redis": frozenset(in_broker)}
    return {name: digests for name, digests in found.items() if digests}, keys


def digests_in(listed: list[str]) -> frozenset[bytes]:
    """Fingerprints as the progress keeps them."""
    return frozenset(map(bytes.fromhex, listed))


def found_in_files(progress: dict[str, Any]) -> frozenset[bytes]:
    return digests_in([digest for found in progress.get("hits", {}).values() for digest in found])


def read_files(progress: dict[str, Any], wanted: frozenset[bytes], marker: Marker) -> None:
    """Continue with the files, in a separate process.

    Files are read in the order of their names, so that a step finds where the one before ended. Files made since hold
    no text of the person.
    """
    path, begin = progress.get("file", ["", 0])
    person = progress["person"] if progress.get("scope") == PERSON else {}
    only = {str(engine.files()[0]): person["pages"]} if "pages" in person else {}
    everything = sorted(set(paths(person.get("since", 0.0))) | only.keys())
    left = [each for each in everything if each >= path]
    begin = begin if left[:1] == [path] else 0
    asked = {
        "key": marker.key.hex(),
        "salt": marker.salt.hex(),
        "wanted": [digest.hex() for digest in wanted],
        "paths": left,
        "begin": begin,
        "seconds": STEP,
        "pages": only,
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


def paths(since: float = 0.0) -> Iterator[str]:
    """Every file, changed since this moment, that could hold a person's text: the database with its log, releases,
    broker, logs, exports.
    """
    yield from (path for path in map(str, engine.files()) if is_file(path, since))
    for folder in (settings.VAR, settings.RELEASES):
        for place, inner, names in os.walk(folder):
            inner[:] = [name for name in inner if Path(place, name) != Path(settings.STATIC_ROOT)]
            yield from (path for name in sorted(names) if is_file(path := os.path.join(place, name), since))


def is_file(path: str, since: float) -> bool:
    """Whether there is a file that was changed since. A copy may keep the time of its original, but not the time when
    the copy itself was made or renamed.
    """
    with suppress(FileNotFoundError):
        found = os.stat(path)
        return stat.S_ISREG(found.st_mode) and max(found.st_mtime, found.st_ctime) >= since
    return False


def length(path: str) -> int:
    """The file's length; 0 if it has gone."""
    with suppress(FileNotFoundError):
        return os.stat(path).st_size
    return 0


def in_redis(finder: Finder) -> tuple[int, set[bytes]]:
    """Search the queues and the cache, if Redis holds them; the number of keys, and the fingerprints found."""
    keys, found = 0, set[bytes]()
    if not settings.REDIS_URL:
        return keys, found
    import redis  # slow to import, and not every installation has one

    with redis.Redis.from_url(settings.REDIS_URL) as client:
        for name in client.scan_iter(count=500):
            keys += 1
            found |= finder.find(b" ".join([b"", bytes(name), *values_of(client, name)]))
    return keys, found


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
