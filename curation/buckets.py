"""A bucket of S3, or of what speaks like it: listed with every version in it, written whole, and really emptied.

A deleted object of a bucket that keeps versions is still there. So everything is listed and removed by its version, and
the parts of uploads that were never finished go as well. It needs `boto3`, which is an extra, and takes the credentials,
the region and the address of another store than Amazon's from boto3's own variables.
"""

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

EXTRA = "Releases in a bucket need boto3, which is not installed: pip install boto3"
AT_ONCE = 1_000  # as many as S3 deletes in one call
NO_VERSIONS = frozenset({"NotImplemented", "MethodNotAllowed", "501"})  # what stores answer that keep none


class ExtraMissing(RuntimeError):
    """A library that is an extra is not installed; the message says how to get it."""


class StoreFailed(RuntimeError):
    """The store cannot be reached, or refused; says what was asked and the store's code, never any content."""


@dataclass(frozen=True, slots=True)
class Thing:
    """One version of one object: its key below the prefix, its size in bytes, and whether a reader sees it."""

    key: str
    version: str | None
    size: int
    current: bool


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket, and the prefix in it under which all that is written here lies ("" or ending in a slash)."""

    client: Any
    name: str
    prefix: str

    def things(self, under: str) -> Iterator[Thing]:
        """Every version of every object below `under`; the marks of deletion too, with no size."""
        try:
            yield from self._versions(under)
        except self.client.exceptions.ClientError as error:
            if error.response["Error"]["Code"] not in NO_VERSIONS:
                raise
            yield from self._objects(under)

    def _versions(self, under: str) -> Iterator[Thing]:
        for page in self._pages("list_object_versions", under):
            for row in page.get("Versions", ()):
                yield Thing(self._own(row["Key"]), row.get("VersionId"), row["Size"], row["IsLatest"])
            for row in page.get("DeleteMarkers", ()):
                yield Thing(self._own(row["Key"]), row.get("VersionId"), 0, False)

    def _objects(self, under: str) -> Iterator[Thing]:
        for page in self._pages("list_objects_v2", under):
            for row in page.get("Contents", ()):
                yield Thing(self._own(row["Key"]), None, row["Size"], True)

    def _pages(self, call: str, under: str) -> Iterator[dict[str, Any]]:
        yield from self.client.get_paginator(call).paginate(Bucket=self.name, Prefix=self.prefix + under)

    def _own(self, key: str) -> str:
        return key.removeprefix(self.prefix)

    def put(self, key: str, path: Path) -> None:
        """Upload a file; it is there whole or not at all, and the store has checked its bytes."""
        extra = {"ChecksumAlgorithm": "SHA256"}
        self.client.upload_file(str(path), self.name, self.prefix + key, ExtraArgs=extra)

    def write(self, key: str, content: bytes) -> None:
        """Write a small object."""
        self.client.put_object(Bucket=self.name, Key=self.prefix + key, Body=content, ChecksumAlgorithm="SHA256")

    def remove(self, things: Iterable[Thing]) -> int:
        """Delete these versions in the order given; how many. Raises `StoreFailed` where the store keeps one."""
        rest, removed = iter(things), 0
        while some := list(islice(rest, AT_ONCE)):
            objects = [
                {"Key": self.prefix + one.key, **({"VersionId": one.version} if one.version else {})} for one in some
            ]
            said = self.client.delete_objects(Bucket=self.name, Delete={"Objects": objects, "Quiet": True})
            if refused := said.get("Errors", []):
                codes = ", ".join(sorted({str(row.get("Code")) for row in refused}))
                raise StoreFailed(f"DeleteObjects: {codes} for {len(refused)} objects")
            removed += len(some)
        return removed

    def drop_unfinished(self, under: str) -> int:
        """Delete the parts of uploads that were begun below `under` and never finished; how many uploads. Call it only
        where nobody else is uploading."""
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
    """Whether buckets can be written to."""
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


def at(url: str) -> Bucket:
    """The bucket at an address; raises as `address` does."""
    name, prefix = address(url)
    return Bucket(import_module("boto3").client("s3"), name, prefix)
