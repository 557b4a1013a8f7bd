"""The tombstone list: a file next to the database with which a restored backup is purged.

The file grows by a line for each tombstone and holds only keyed hashes. Back it up separately from the database, and
more often.
"""

import codecs
import os
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path

import orjson
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction

from privacy.consent import ledger
from privacy.db import disk_space
from privacy.erasure import erasure
from privacy.erasure.denials import denial_digest
from privacy.models import Purpose, Subject, Tombstone

CHUNK = 500
MOST = 10_000  # lines added in one go
Kind = Tombstone.Kind


def file() -> Path:
    """The path of the list."""
    return Path(settings.VAR) / "tombstones.jsonl"


def append() -> int:
    """Append new tombstones to the file; return how many lines were added.

    They are on disk before they count as exported. Raises `OSError` if the disk is full: then nothing is written, and
    all of it next time.
    """
    if is_damaged() and Tombstone.objects.filter(exported=True).exists():
        Tombstone.objects.filter(exported=True).update(exported=False)
    rows = list(Tombstone.objects.filter(exported=False).order_by("id")[:MOST])
    if not rows:
        return 0
    disk_space.append(file(), b"".join(line(row) for row in rows))
    for start in range(0, len(rows), CHUNK):
        mark_exported({row.pk: row.buried_at for row in rows[start : start + CHUNK]})
    return len(rows)


def waiting_since() -> datetime | None:
    """When the oldest tombstone that is not in the file yet was made."""
    return Tombstone.objects.filter(exported=False).order_by("id").values_list("buried_at", flat=True).first()


def is_damaged() -> bool:
    """Whether the file may have lost lines: it is missing, or ends in the middle of one. Then all of it is written
    again.
    """
    path = file()
    if not path.exists():
        return True
    with path.open("rb") as opened:
        size = opened.seek(0, os.SEEK_END)
        opened.seek(max(0, size - 1))
        return size > 0 and opened.read() != b"\n"


def mark_exported(written: dict[int, datetime]) -> None:
    """Mark these as exported, except those that were renewed since."""
    with transaction.atomic():
        rows = Tombstone.objects.select_for_update().filter(pk__in=written).values_list("pk", "buried_at")
        same = [pk for pk, buried_at in rows if buried_at == written[pk]]
        Tombstone.objects.filter(pk__in=same).update(exported=True)


def line(row: Tombstone) -> bytes:
    entry = {"kind": row.kind, "digest": row.digest, "reason": row.reason, "buried_at": row.buried_at}
    return orjson.dumps(entry, option=orjson.OPT_APPEND_NEWLINE)


def lines(path: Path, torn: list[int] | None = None) -> Iterator[list[Tombstone]]:
    """The tombstones of a file, in batches. A line that is not one is skipped, and its number noted in `torn`."""
    with path.open("rb") as opened:
        numbered = enumerate(opened, start=1)
        while some := list(islice(numbered, CHUNK)):
            read = [(number, tombstone(raw)) for number, raw in some if raw.strip()]
            if torn is not None:
                torn += [number for number, row in read if row is None]
            yield [row for _, row in read if row is not None]


def tombstone(raw: bytes) -> Tombstone | None:
    """The tombstone on a line; None if the line is torn or anything else."""
    try:
        entry = orjson.loads(raw.removeprefix(codecs.BOM_UTF8))
        at = datetime.fromisoformat(entry["buried_at"])
        words = {name: entry[name] for name in ("kind", "digest", "reason")}
        row = Tombstone(**words, buried_at=at, exported=True)
        row.clean_fields()
        return row if at.tzinfo and all(isinstance(value, str) for value in words.values()) else None
    except (ValueError, KeyError, TypeError, ValidationError):
        return None


def replay(path: Path, torn: list[int] | None = None) -> dict[str, int]:
    """Insert the file's tombstones into the database, and erase again what they refer to; return counts by kind.

    Run it after a backup is restored and before anything is served. Running it twice changes nothing. `torn` gets the
    numbers of unreadable lines; the others still hold.
    """
    counts: Counter[str] = Counter(tombstones=0, subjects=0, withdrawals=0)
    for some in lines(path, torn):
        counts["tombstones"] += len(some)
        Tombstone.objects.bulk_create(some, ignore_conflicts=True)
        renew(some)
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


def renew(some: list[Tombstone]) -> None:
    """Give tombstones that the database already has the list's later time: the person was erased, or withdrew the same
    consent, again.
    """
    newest = {(row.kind, row.digest): row.buried_at for row in sorted(some, key=lambda row: row.buried_at)}
    for row in Tombstone.objects.filter(digest__in={row.digest for row in some}, kind__in=[Kind.SUBJECT, Kind.DENIAL]):
        if newest.get((row.kind, row.digest), row.buried_at) > row.buried_at:
            Tombstone.objects.filter(pk=row.pk).update(buried_at=newest[row.kind, row.digest])


def subjects_again(some: list[Tombstone]) -> int:
    """Erase again the listed people who are back through the backup; somebody who returned after their erasure is a new
    person.
    """
    buried = {row.digest: row.buried_at for row in some if row.kind == Kind.SUBJECT}
    found = [row for row in Subject.objects.filter(digest__in=buried) if row.created_at <= buried[row.digest]]
    for subject in found:
        erasure.erase(subject)
    return len(found)


def denials_again(denied: dict[str, datetime]) -> int:
    """Withdraw again what had been withdrawn, unless the ledger has something newer."""
    again = 0
    for subject in Subject.objects.iterator(chunk_size=CHUNK) if denied else ():
        newest = ledger.newest(subject)
        for purpose in Purpose.values:
            at, entry = denied.get(denial_digest(subject, purpose)), newest.get(purpose)
            if at and (entry is None or (entry.granted and entry.recorded_at < at)):
                erasure.withdraw(subject, purpose, method="replay")
                again += 1
    return again
