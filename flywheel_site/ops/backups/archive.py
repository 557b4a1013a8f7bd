"""A backup as a file: a zip whose last member, the manifest, says what the others are and how they hash.

It gets its name only when it is whole and on disk, so that a file without a manifest is no backup.
"""

import hashlib
import os
import re
import secrets
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final

import orjson

FORMAT: Final = 1
MANIFEST: Final = "backup.json"
MEMBER = re.compile(r"(?:database\.sqlite3|tables/[a-z0-9_]+\.copy|releases/[a-z0-9_-]+/v[0-9.]+/[A-Za-z0-9_.-]+)\Z")
LEVEL = 1  # the fastest compression: the files are larger, and a backup takes less time
PIECE = 1 << 20
Progress = Callable[[int, int], None]


class NoBackup(Exception):
    """The file is no backup, or is damaged; says where."""


class Writer:
    """Writes members, and notes the size and hash of each."""

    def __init__(self, archive: zipfile.ZipFile, progress: Callable[[int], None]) -> None:
        self._archive = archive
        self._progress = progress
        self.members: dict[str, dict[str, Any]] = {}

    @contextmanager
    def open(self, name: str) -> Iterator[Any]:
        """A member to write to."""
        if not MEMBER.match(name):
            raise ValueError("no name of a member")
        with self._archive.open(name, "w", force_zip64=True) as target:
            counted = Counted(target, self._progress)
            yield counted
        self.members[name] = {"bytes": counted.size, "sha256": counted.hash.hexdigest()}


class Counted:
    """A file to write to that knows what went through it."""

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
    """A new backup at this path: a writer, and the function that takes the manifest. Left without one, or by an error,
    there is no file."""
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
            sync(path.parent)
    finally:
        aside.unlink(missing_ok=True)


def sync(folder: Path) -> None:
    """Have the folder's names on disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def opened(path: Path) -> Iterator[tuple[Mapping[str, Any], zipfile.ZipFile]]:
    """A backup's manifest and its members. Raises `NoBackup`."""
    try:
        archive = zipfile.ZipFile(path)
    except FileNotFoundError:
        raise NoBackup("There is no such file.") from None
    except (zipfile.BadZipFile, IsADirectoryError):
        raise NoBackup("This is no backup, or its end is missing.") from None
    with archive:
        try:
            document = orjson.loads(archive.read(MANIFEST))
            members = dict(document["members"])
        except (KeyError, ValueError, TypeError, zipfile.BadZipFile, zlib.error):
            raise NoBackup("This is no backup: it has no manifest.") from None
        if document.get("format") != FORMAT:
            raise NoBackup("The backup has a format that this version does not read.")
        if strange := sorted(name for name in members if not MEMBER.match(name)):
            raise NoBackup(f"The manifest names {len(strange)} members that no backup has.")
        yield document, archive


def verify(document: Mapping[str, Any], archive: zipfile.ZipFile, progress: Progress) -> None:
    """Read every member once. Raises `NoBackup` with the name of the first that is not what the manifest says."""
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
            raise NoBackup(f"{name} is not what the manifest says.")
