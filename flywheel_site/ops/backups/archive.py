"""A backup as a file: a zip whose last member, the manifest, lists the others with their hashes.

The file gets its name only once it is complete and on disk, and a file without a manifest is not a backup. `save`
writes one while the installation runs: the database at one moment, and the releases that it names.
"""

import hashlib
import os
import re
import secrets
import shutil
import tempfile
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Final

import orjson
from django.conf import settings
from django.utils import timezone

from curation.models import Release, ReleaseState
from flywheel_site.ops import upgrade
from flywheel_site.ops.backups import state
from privacy.db import condition, disk_space, snapshots
from privacy.erasure import tombstones
from privacy.models import MasterKey
from privacy.subjects import master_keys

FORMAT: Final = 1
MANIFEST: Final = "backup.json"
MEMBER = re.compile(r"(?:database\.sqlite3|tables/[a-z0-9_]+\.copy|releases/[a-z0-9_-]+/v[0-9.]+/[A-Za-z0-9_.-]+)\Z")
LEVEL = 1  # the fastest compression: larger files, but a shorter backup
PIECE = 1 << 20
Progress = Callable[[int, int], None]


class NoBackup(Exception):
    """The file is not a backup, or is damaged; the message says where."""


class Writer:
    """Writes members, and records the size and hash of each."""

    def __init__(self, archive: zipfile.ZipFile, progress: Callable[[int], None]) -> None:
        self._archive = archive
        self._progress = progress
        self.members: dict[str, dict[str, Any]] = {}

    @contextmanager
    def open(self, name: str) -> Iterator[Any]:
        """A member to write to."""
        if not MEMBER.match(name):
            raise ValueError("not the name of a member")
        with self._archive.open(name, "w", force_zip64=True) as target:
            counted = HashingWriter(target, self._progress)
            yield counted
        self.members[name] = {"bytes": counted.size, "sha256": counted.hash.hexdigest()}


class HashingWriter:
    """A file to write to that counts and hashes what is written."""

    def __init__(self, target: IO[bytes], progress: Callable[[int], None]) -> None:
        self._target, self._progress = target, progress
        self.size, self.hash = 0, hashlib.sha256()

    def write(self, data: bytes) -> None:
        self._target.write(data)
        self.hash.update(data)
        self.size += len(data)
        self._progress(len(data))


@contextmanager
def new(path: Path, progress: Progress, total: int) -> Iterator[tuple[Writer, Callable[[dict[str, Any]], None]]]:
    """A new backup at this path: a writer, and the function that takes the manifest. On an error, or without a
    manifest, no file is left.
    """
    aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    documents: list[dict[str, Any]] = []
    done = 0

    def news(size: int) -> None:
        nonlocal done
        done += size
        progress(done, max(done, total))

    try:
        with open(os.open(aside, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL) as archive:
                writer = Writer(archive, news)
                yield writer, documents.append
                for document in documents:
                    archive.writestr(MANIFEST, orjson.dumps({"format": FORMAT, **document, "members": writer.members}))
            file.flush()
            os.fsync(file.fileno())
        if documents:
            aside.replace(path)
            disk_space.sync_folder(path.parent)
    finally:
        aside.unlink(missing_ok=True)


@contextmanager
def opened(path: Path) -> Iterator[tuple[Mapping[str, Any], zipfile.ZipFile]]:
    """A backup's manifest and its members. Raises `NoBackup`."""
    try:
        archive = zipfile.ZipFile(path)
    except FileNotFoundError:
        raise NoBackup("There is no file at this path.") from None
    except (zipfile.BadZipFile, IsADirectoryError):
        raise NoBackup("This is not a backup, or its end is missing.") from None
    with archive:
        try:
            document = orjson.loads(archive.read(MANIFEST))
            members = dict(document["members"])
        except (KeyError, ValueError, TypeError, zipfile.BadZipFile, zlib.error):
            raise NoBackup("This is not a backup: it has no manifest.") from None
        if document.get("format") != FORMAT:
            raise NoBackup("The backup has a format that this version cannot read.")
        if strange := sorted(name for name in members if not MEMBER.match(name)):
            raise NoBackup(f"The manifest names {len(strange)} members that do not belong in a backup.")
        yield document, archive


def verify(document: Mapping[str, Any], archive: zipfile.ZipFile, progress: Progress) -> None:
    """Read every member once. Raises `NoBackup` with the name of the first that differs from the manifest."""
    total, done = sum(entry["bytes"] for entry in document["members"].values()), 0
    for name, entry in document["members"].items():
        found = hashlib.sha256()
        try:
            with archive.open(name) as source:
                while piece := source.read(PIECE):
                    found.update(piece)
                    done += len(piece)
                    progress(done, total)
        except (KeyError, zipfile.BadZipFile, zlib.error, EOFError, OSError):
            raise NoBackup(f"{name} is missing or damaged.") from None
        if found.hexdigest() != entry["sha256"]:
            raise NoBackup(f"{name} differs from the manifest.")


NAME = "flywheel-{:%Y%m%dT%H%M%SZ}.zip"
SAVED = "flywheel-*.zip"
ASIDE = ".flywheel-"
LEFTOVERS, LEFT_FOR = f"{ASIDE}*", 86_400.0  # seconds; no backup takes longer
TRIES = 3
LEFT_OUT = {
    "FLYWHEEL_MASTER_KEY": "without it, nobody in the backup can be found, shown or erased",
    "SECRET_KEY": "a new one ends every session; nothing else is lost",
    "passwords in DATABASE_URL, REDIS_URL, JUDGE_KEY and the bucket's variables": "they belong to the environment",
}
OLDER = (
    "The database was made before 0.1.0, and no backup of it could be restored. Stop the server and copy FLYWHEEL_VAR; "
    "on PostgreSQL run pg_dump too. Then run manage.py upgrade."
)


class CannotSave(Exception):
    """No backup was made; the message says why."""


class ReleaseChanged(Exception):
    """A release was cut again while its files were read: the backup starts over."""


def save(target: Path, progress: Progress, *, keep: int = 0) -> dict[str, Any]:
    """Write a backup into this folder, or to this file; return what it is, for people and scripts.

    With `keep`, only that many of the folder's newest backups stay. Raises `CannotSave`; then there is no new file.
    """
    began, now = time.monotonic(), timezone.now()
    if upgrade.is_needed():
        raise CannotSave(OLDER)
    path = chosen(target, now)
    clear_leftovers(path.parent)
    try:
        document = written(path, now, progress)
    except OSError as error:
        if disk_space.is_full(error):
            raise CannotSave("There is not enough disk space for the backup.") from error
        raise CannotSave(f"The backup cannot be written: {error.strerror or type(error).__name__}.") from error
    size, seconds = path.stat().st_size, time.monotonic() - began
    try:
        state.note(now, size, seconds)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise CannotSave(f"{path.name} is complete, but it could not be noted under FLYWHEEL_VAR: {why}.") from error
    removed = forget(path, keep) if keep else []
    return {
        "file": str(path),
        "made_at": now.isoformat(),
        "bytes": size,
        "seconds": round(seconds, 1),
        "rows": sum(document["rows"].values()),
        "releases": len(document["releases"]),
        "removed": removed,
        "keys_left_out": LEFT_OUT,
    }


def chosen(target: Path, now: datetime) -> Path:
    """The file to write. Never below FLYWHEEL_VAR: an erasure searches that, and would find the person in the backup."""
    path = target.absolute()
    path = path / NAME.format(now) if path.is_dir() else path
    if path.resolve().is_relative_to(Path(settings.VAR).resolve()):
        raise CannotSave(
            "Keep backups outside FLYWHEEL_VAR: every erasure searches it, and would find the person there."
        )
    if not path.parent.is_dir():
        raise CannotSave("The folder for the backup does not exist.")
    if path.exists():
        raise CannotSave("There is already a file with this name.")
    return path


def clear_leftovers(folder: Path) -> None:
    """Remove what a backup killed more than a day ago has left here: it holds people's words."""
    for left in folder.glob(LEFTOVERS):
        if left.stat().st_mtime < time.time() - LEFT_FOR:
            shutil.rmtree(left) if left.is_dir() else left.unlink()


def written(path: Path, now: datetime, progress: Progress) -> dict[str, Any]:
    """Write the file; return its manifest. Starts over if a release moved meanwhile."""
    for _ in range(TRIES):
        with suppress(ReleaseChanged):
            return write(path, now, progress)
    raise CannotSave("Releases kept changing during the backup. Try again later.")


def write(path: Path, now: datetime, progress: Progress) -> dict[str, Any]:
    """One try. Raises `ReleaseChanged`."""
    total = condition.size()
    with (
        tempfile.TemporaryDirectory(prefix=ASIDE, dir=path.parent) as made,
        new(path, progress, total) as (writer, complete),
    ):
        with snapshots.moment(Path(made)) as moment:
            releases = list(published(moment.using))
            keys = MasterKey.objects.using(moment.using).filter(retired_at__isnull=True)
            document = {
                "made_at": now.isoformat(),
                "engine": moment.engine,
                "migrations": moment.migrations,
                "tables": moment.tables,
                "rows": moment.rows,
                "releases": releases,
                "master_keys": sorted(keys.values_list("fingerprint", flat=True)) or [master_keys.fingerprint()],
            }
            snapshots.write(moment, Path(made), writer.open)
        for name in releases:
            add_release(writer, name)
        complete(document)
    return document


def published(using: str) -> Iterator[str]:
    """`dataset/version` of each release whose files exist."""
    rows = Release.objects.using(using).filter(state__in=[ReleaseState.PUBLISHED, ReleaseState.STALE])
    for row in rows.select_related("dataset").only("number", "recut", "dataset__name").order_by("pk"):
        yield f"{row.dataset.name}/{row.version}"


def add_release(writer: Writer, name: str) -> None:
    """Add the files of a release. Raises `ReleaseChanged` if they have changed since the moment."""
    folder = Path(settings.RELEASES) / name
    try:
        for file in sorted(folder.iterdir()):
            with file.open("rb") as source, writer.open(f"releases/{name}/{file.name}") as target:
                snapshots.copy(source, target)
    except FileNotFoundError:
        raise ReleaseChanged from None
    if not folder.exists():
        raise ReleaseChanged


def forget(newest: Path, keep: int) -> list[str]:
    """Remove the oldest backups next to this one; return their names. A backup outlives an erasure for as long as it is
    kept.
    """
    saved = sorted(newest.parent.glob(SAVED), key=lambda path: path.stat().st_mtime)
    old = [path for path in saved[:-keep] if path != newest]
    for path in old:
        path.unlink(missing_ok=True)
    return [path.name for path in old]


def save_tombstones(target: Path) -> dict[str, Any]:
    """Copy the tombstone list, brought up to date, to this folder or file. Raises `CannotSave`."""
    path = target.absolute()
    path = path / tombstones.file().name if path.is_dir() else path
    if path.resolve().is_relative_to(Path(settings.VAR).resolve()):
        raise CannotSave("Keep the copy outside FLYWHEEL_VAR.")
    while tombstones.append():
        pass
    aside = path.with_name(f".{path.name}.part")
    try:
        data = tombstones.file().read_bytes() if tombstones.file().exists() else b""
        aside.unlink(missing_ok=True)
        disk_space.append(aside, data)
        aside.replace(path)
        disk_space.sync_folder(path.parent)
    except OSError as error:
        raise CannotSave(f"The list cannot be written: {error.strerror or type(error).__name__}.") from error
    return {"file": str(path), "tombstones": data.count(b"\n")}
