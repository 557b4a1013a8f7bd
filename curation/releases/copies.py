"""The copy of the releases in a bucket: exactly what the database says is published, complete. `sync` compares the
bucket's own listing with the database and copies the difference. It can be called at any time, also after a crash,
since it keeps no record of copies that could be wrong. Withdrawn files are deleted first, in every version that the
bucket keeps. A release's manifest is uploaded last and deleted first, so that a reader who finds one finds all files
that it lists.

One process at a time copies a dataset: a file lock under `FLYWHEEL_VAR` ends with its process. Otherwise an upload
that began before an erasure could end after it.
"""

import contextlib
import fcntl
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from curation.models import Dataset, Release, ReleaseState
from curation.releases.files import folder
from curation.releases.folders import LATEST

EXTRA = "Releases in a bucket need boto3, which is not installed: pip install boto3"
AT_ONCE = 1_000  # as many as S3 deletes in one call
NO_VERSIONS = frozenset({"NotImplemented", "MethodNotAllowed", "501"})  # errors of stores without versioning


class ExtraMissing(RuntimeError):
    """An optional library is not installed; the message says how to install it."""


class StoreFailed(RuntimeError):
    """The store cannot be reached, or refused; the message has the operation and the store's code, never content."""


@dataclass(frozen=True, slots=True)
class ObjectVersion:
    """One version of an object: its key below the prefix, its size in bytes, and whether readers see it."""

    key: str
    version: str | None
    size: int
    current: bool


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket, and the prefix for everything written to it ("" or ending in a slash)."""

    client: Any
    name: str
    prefix: str

    def object_versions(self, under: str) -> Iterator[ObjectVersion]:
        """Every version of every object below `under`, including deletion markers, which have no size."""
        try:
            yield from self._versions(under)
        except self.client.exceptions.ClientError as error:
            if error.response["Error"]["Code"] not in NO_VERSIONS:
                raise
            yield from self._objects(under)

    def _versions(self, under: str) -> Iterator[ObjectVersion]:
        for page in self._pages("list_object_versions", under):
            for row in page.get("Versions", ()):
                yield ObjectVersion(self._own(row["Key"]), row.get("VersionId"), row["Size"], row["IsLatest"])
            for row in page.get("DeleteMarkers", ()):
                yield ObjectVersion(self._own(row["Key"]), row.get("VersionId"), 0, False)

    def _objects(self, under: str) -> Iterator[ObjectVersion]:
        for page in self._pages("list_objects_v2", under):
            for row in page.get("Contents", ()):
                yield ObjectVersion(self._own(row["Key"]), None, row["Size"], True)

    def _pages(self, call: str, under: str) -> Iterator[dict[str, Any]]:
        yield from self.client.get_paginator(call).paginate(Bucket=self.name, Prefix=self.prefix + under)

    def _own(self, key: str) -> str:
        return key.removeprefix(self.prefix)

    def put(self, key: str, path: Path) -> None:
        """Upload a file. The store checks its bytes, and shows it only when it is complete."""
        extra = {"ChecksumAlgorithm": "SHA256"}
        self.client.upload_file(str(path), self.name, self.prefix + key, ExtraArgs=extra)

    def write(self, key: str, content: bytes) -> None:
        self.client.put_object(Bucket=self.name, Key=self.prefix + key, Body=content, ChecksumAlgorithm="SHA256")

    def remove(self, versions: Iterable[ObjectVersion]) -> int:
        """Delete these versions in the given order; return how many. Raises `StoreFailed` if the store keeps one."""
        rest, removed = iter(versions), 0
        while some := list(islice(rest, AT_ONCE)):
            objects = [
                {"Key": self.prefix + one.key, **({"VersionId": one.version} if one.version else {})} for one in some
            ]
            response = self.client.delete_objects(Bucket=self.name, Delete={"Objects": objects, "Quiet": True})
            if refused := response.get("Errors", []):
                codes = ", ".join(sorted({str(row.get("Code")) for row in refused}))
                raise StoreFailed(f"DeleteObjects: {codes} for {len(refused)} objects")
            removed += len(some)
        return removed

    def drop_unfinished(self, under: str) -> int:
        """Delete the parts of unfinished uploads below `under`; returns how many uploads. Call it only while nobody
        else is uploading.
        """
        dropped = 0
        for page in self._pages("list_multipart_uploads", under):
            for row in page.get("Uploads", ()):
                self.client.abort_multipart_upload(Bucket=self.name, Key=row["Key"], UploadId=row["UploadId"])
                dropped += 1
        return dropped


@contextlib.contextmanager
def failures() -> Iterator[None]:
    """Turn what boto3 raises into `StoreFailed`."""
    errors, transfer = import_module("botocore.exceptions"), import_module("boto3.exceptions")
    try:
        yield
    except errors.ClientError as error:
        raise StoreFailed(f"{error.operation_name}: {error.response['Error']['Code']}") from error
    except (errors.BotoCoreError, transfer.Boto3Error) as error:
        raise StoreFailed(type(error).__name__) from error


def installed() -> bool:
    return find_spec("boto3") is not None


def address(url: str) -> tuple[str, str]:
    """(bucket, prefix) of `s3://bucket/prefix`. Raises `ValueError` for another address, `ExtraMissing` without boto3."""
    parts = urlsplit(url)
    if parts.scheme != "s3" or not parts.netloc:
        raise ValueError("Write it as s3://bucket/prefix.")
    if not installed():
        raise ExtraMissing(EXTRA)
    prefix = parts.path.strip("/")
    return parts.netloc, f"{prefix}/" if prefix else ""


def bucket_at(url: str) -> Bucket:
    """The bucket at an address; raises as `address` does."""
    name, prefix = address(url)
    return Bucket(import_module("boto3").client("s3"), name, prefix)


ROUNDS = 5
WORK = "copy"
MANIFEST = "manifest.json"
DESCRIBING = ("README.md", "SHA256SUMS", MANIFEST)
Progress = Callable[[int, int], None]
logger = logging.getLogger(__name__)


class CopyInProgress(Exception):
    """Another process is copying this dataset, and may not have finished."""


@dataclass(slots=True)
class Synced:
    """The result: objects written, versions of objects removed, and how many are in place."""

    put: int = 0
    removed: int = 0
    there: int = 0


def is_configured() -> bool:
    """Whether this installation also keeps its releases in a bucket."""
    return bool(settings.RELEASES_S3)


def sync(dataset: Dataset, progress: Progress | None = None) -> Synced:
    """Make the bucket match the database for one dataset; does nothing without a bucket. Raises `CopyInProgress` while another
    process copies it, and `StoreFailed` if the store cannot be reached or does not delete.
    """
    done = Synced()
    if not is_configured():
        return done
    bucket = bucket_at(settings.RELEASES_S3)
    with locked(dataset), failures():
        bucket.drop_unfinished(f"{dataset.name}/")
        for _ in range(ROUNDS):  # for releases published or withdrawn meanwhile
            if compare(dataset, bucket, done, progress):
                return done
    raise CopyInProgress("releases keep changing while they are copied")


def try_sync(dataset: Dataset) -> None:
    """Like `sync`, but a failure is only logged: the next sweep tries again."""
    try:
        sync(dataset)
    except CopyInProgress:
        logger.info("another process copies %s", dataset.name)
    except StoreFailed as error:
        logger.warning("the copy of %s in the bucket is delayed: %s", dataset.name, error)


def compare(dataset: Dataset, bucket: Bucket, done: Synced, progress: Progress | None) -> bool:
    """Compare once and copy the difference; returns whether there was none."""
    versions = list(bucket.object_versions(f"{dataset.name}/"))
    rows = list(dataset.releases.filter(state=ReleaseState.PUBLISHED).order_by("number", "recut"))
    files = {file.key: file for release in rows for file in files_of(dataset, release)}
    link = f"{dataset.name}/{LATEST}"
    stays = {*files, link} if rows else set(files)
    extra = [version for version in versions if not (version.current and version.key in stays)]
    done.removed += bucket.remove(sorted(extra, key=lambda version: (not version.key.endswith(MANIFEST), version.key)))
    there = {version.key: version.size for version in versions if version.current}
    missing = [file for file in files.values() if not file.is_in(there) and file.path.is_file()]
    for number, file in enumerate(missing, start=1):
        with contextlib.suppress(FileNotFoundError):  # withdrawn meanwhile: the next round sees that
            bucket.put(file.key, file.path)
            done.put += 1
        if progress:
            progress(number, len(missing))
    if rows and (missing or link not in there):
        bucket.write(link, f"{rows[-1].version}\n".encode())
    done.there = len(files)
    return not (extra or missing)


@dataclass(frozen=True, slots=True)
class File:
    """A file of a release: its key in the bucket, its path on disk and, if the manifest has it, its size in bytes."""

    key: str
    path: Path
    size: int | None

    def is_in(self, there: Mapping[str, int]) -> bool:
        """Whether the bucket has it. A version's files never change, so comparing name and size is enough."""
        return self.key in there and self.size in (None, there[self.key])


def files_of(dataset: Dataset, release: Release) -> list[File]:
    """The files of a release by its manifest, the manifest itself last. Listed from the database, because losing the
    disk must not empty the bucket.
    """
    place = folder(release)
    sizes: dict[str, int | None] = {str(entry["name"]): entry["bytes"] for entry in release.manifest["files"]}
    sizes |= dict.fromkeys(DESCRIBING)
    return [File(f"{dataset.name}/{release.version}/{name}", place / name, size) for name, size in sizes.items()]


@contextlib.contextmanager
def locked(dataset: Dataset) -> Iterator[None]:
    """Hold the lock of a dataset's copy. Raises `CopyInProgress` at once if another process holds it."""
    place = settings.VAR / "locks"
    place.mkdir(parents=True, exist_ok=True)
    with (place / f"copy-{dataset.name}").open("wb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CopyInProgress("another process is copying it") from None
        yield
