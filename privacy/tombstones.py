"""The list of what was erased, kept beside the database as well: a database that is restored is purged from it again.

The file grows by a line for each tombstone and holds keyed hashes alone. Back it up apart from the database, and newer.
"""

import os
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path

import orjson
from django.conf import settings
from django.db import transaction

from privacy import consent, erasure
from privacy.denials import denial_digest
from privacy.models import Purpose, Subject, Tombstone

CHUNK = 500
Kind = Tombstone.Kind


def file() -> Path:
    """Where the list is."""
    return Path(settings.VAR) / "tombstones.jsonl"


def append() -> int:
    """Bring the file up to the database; how many lines were added. Flushed to disk before it counts as done."""
    rows = list(Tombstone.objects.filter(exported=False).order_by("id")[:10_000])
    if not rows:
        return 0
    descriptor = os.open(file(), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(descriptor, b"".join(line(row) for row in rows))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    for row in rows:
        Tombstone.objects.filter(pk=row.pk, buried_at=row.buried_at).update(exported=True)
    return len(rows)


def line(row: Tombstone) -> bytes:
    """A tombstone as a line of the file."""
    said = {"kind": row.kind, "digest": row.digest, "reason": row.reason, "buried_at": row.buried_at}
    return orjson.dumps(said, option=orjson.OPT_APPEND_NEWLINE)


def lines(path: Path) -> Iterator[list[Tombstone]]:
    """The tombstones of a file, some at a time. A torn last line, of a crash while it was written, is left out."""
    with path.open("rb") as opened:
        while some := list(islice(opened, CHUNK)):
            yield [tombstone(raw) for raw in some if raw.endswith(b"\n")]


def tombstone(raw: bytes) -> Tombstone:
    """The tombstone of a line."""
    said = orjson.loads(raw)
    at = datetime.fromisoformat(said["buried_at"])
    return Tombstone(kind=said["kind"], digest=said["digest"], reason=said["reason"], buried_at=at, exported=True)


def replay(path: Path) -> dict[str, int]:
    """Put the file's tombstones into the database, and erase again whatever they stand for; counts by kind.

    Run it after a backup is restored, before anything is served. Doing it twice changes nothing.
    """
    counts: Counter[str] = Counter()
    for some in lines(path):
        counts["tombstones"] += len(some)
        Tombstone.objects.bulk_create(some, ignore_conflicts=True)
        counts["subjects"] += subjects_again(some)
    rows = [row for some in lines(path) for row in some if row.kind in (Kind.INTERACTION, Kind.DENIAL)]
    erased = {row.digest for row in rows if row.kind == Kind.INTERACTION and row.reason == "erased"}
    denied = {row.digest: row.buried_at for row in rows if row.kind == Kind.DENIAL}
    counts["withdrawals"] += denials_again(denied)
    for module in erasure.holders():
        for subject in module.holding(erased):
            erasure.withdraw(subject, Purpose.CAPTURE, method="replay")
            counts["withdrawals"] += 1
    erasure.settle()
    return dict(counts)


def subjects_again(some: list[Tombstone]) -> int:
    """Erase the people on the list who are there again; who came back after their erasure is somebody new."""
    buried = {row.digest: row.buried_at for row in some if row.kind == Kind.SUBJECT}
    found = [row for row in Subject.objects.filter(digest__in=buried) if row.created_at <= buried[row.digest]]
    for subject in found:
        erasure.erase(subject)
    return len(found)


def denials_again(denied: dict[str, datetime]) -> int:
    """Take back again what had been taken back, unless the ledger knows of something newer."""
    again = 0
    for subject in Subject.objects.iterator(chunk_size=CHUNK) if denied else ():
        newest = consent.newest(subject)
        for purpose in Purpose.values:
            at, said = denied.get(denial_digest(subject, purpose)), newest.get(purpose)
            if at and (said is None or (said.granted and said.recorded_at < at)):
                with transaction.atomic():
                    erasure.withdraw(subject, purpose, method="replay")
                again += 1
    return again
