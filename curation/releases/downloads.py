"""Serves a release's file over HTTP: streamed, with its SHA-256 as ETag, and with ranges to resume a download."""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from rest_framework.request import Request

from curation.models import Release, ReleaseState
from curation.releases.files import folder
from curation.releases.verify import DESCRIBING
from privacy.api.problems import Problem

BLOCK = 1 << 18
RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})\Z")
TYPES = {".jsonl": "application/x-ndjson", ".json": "application/json", ".md": "text/markdown; charset=utf-8"}
OTHER = "application/octet-stream"
MEDIA = {"application/x-ndjson": bytes, "application/json": dict[str, Any], "text/markdown": bytes, OTHER: bytes}


class FilePart(StreamingHttpResponse):
    """The bytes of a file from `start` to `stop`; `place` lets a web server that can read the file itself do so, unless it is empty."""

    def __init__(self, path: Path, start: int, stop: int, status: int) -> None:
        super().__init__(read(path, start, stop), status=status)
        self.place = (str(path), start, stop) if start < stop else None  # the server refuses an empty range


def answer(release: Release, name: str, request: Request) -> HttpResponseBase:
    """The file, a part of it, or 304.

    Only names in the manifest, and the manifest's own files, are served: no other name ever becomes a path.
    """
    listed = {str(entry["name"]): str(entry["sha256"]) for entry in release.manifest.get("files", [])}
    path = folder(release) / name
    if name not in {*listed, *DESCRIBING} or not path.is_file():
        raise Problem(410 if release.state == ReleaseState.SUPERSEDED else 404)
    size = path.stat().st_size
    etag = f'"{listed.get(name) or sha256_of(path)}"'
    if etag in request.headers.get("If-None-Match", ""):
        return HttpResponse(status=304, headers={"ETag": etag})
    start, stop, status = 0, size, 200
    wanted = request.headers.get("Range", "")
    if wanted and request.headers.get("If-Range", etag) == etag:
        start, stop, status = part(wanted, size)
    if status == 416:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    response = FilePart(path, start, stop, status)
    response["Content-Type"] = TYPES.get(path.suffix, OTHER)
    response["Content-Length"] = str(stop - start)
    response["Accept-Ranges"] = "bytes"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["ETag"] = etag
    if status == 206:
        response["Content-Range"] = f"bytes {start}-{stop - 1}/{size}"
    return response


def sha256_of(path: Path) -> str:
    """The hash of a small file that describes the others, and so is not in the manifest."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def part(wanted: str, size: int) -> tuple[int, int, int]:
    """(start, stop, status) for a Range header: 206, 416 if it is out of range, 200 if we do not support it."""
    match = RANGE.match(wanted.strip())
    if match is None or not (match[1] or match[2]):
        return 0, size, 200
    if not match[1]:
        start, stop = max(0, size - int(match[2])), size
    else:
        start, stop = int(match[1]), min(size, int(match[2]) + 1 if match[2] else size)
    return (start, stop, 206) if start < stop else (0, 0, 416)


def read(path: Path, start: int, stop: int) -> Iterator[bytes]:
    """The bytes of a file from `start` to `stop`, in blocks."""
    with path.open("rb") as file:
        file.seek(start)
        left = stop - start
        while left > 0 and (block := file.read(min(BLOCK, left))):
            left -= len(block)
            yield block
