"""Downloads a release: resumable, checked against its manifest, and visible only when complete."""

from __future__ import annotations

import hashlib
import json
import os
import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from .calls import release_id
from .errors import ApiError, ChecksumMismatch, FlywheelError, Unreachable
from .retries import Backoff, is_retryable, retry_after
from .transport import Patience, call, logger, problem

TRIES = 5
BACKOFF = Backoff(base=0.2, cap=5.0)


# Files that describe the release's files, and so are not in the manifest's list.
MANIFEST, SUMS, CARD = "manifest.json", "SHA256SUMS", "README.md"
DESCRIBING = (CARD, SUMS, MANIFEST)


@dataclass(frozen=True, slots=True)
class ReleaseFile:
    """One file that a manifest promises. ``size`` is in bytes, if the manifest says."""

    name: str
    sha256: str
    size: int | None = None


def files_of(manifest: Mapping[str, Any]) -> dict[str, ReleaseFile]:
    """The files of a release, as the API shows it, or of its manifest; by name.

    Raises ``FlywheelError`` if one has no name, an unsafe name or no checksum.
    """
    entries = manifest_of(manifest).get("files")
    if isinstance(entries, Mapping):
        entries = [{"name": name, **_fields(fields)} for name, fields in entries.items()]
    if not isinstance(entries, list):
        raise FlywheelError("the release's manifest lists no files")
    files = [_file(entry) for entry in entries]
    return {file.name: file for file in files}


def manifest_of(release: Mapping[str, Any]) -> Mapping[str, Any]:
    """The manifest inside a release from the API, or the manifest itself."""
    inner = release.get("manifest")
    return inner if isinstance(inner, Mapping) else release


def _fields(entry: Any) -> Mapping[str, Any]:
    return {"sha256": entry} if isinstance(entry, str) else entry


def _file(entry: Any) -> ReleaseFile:
    name = entry.get("name") or entry.get("path") or entry.get("file")
    sha256 = entry.get("sha256")
    if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,200}", name):
        raise FlywheelError("the release's manifest names a file with an unsafe name")
    if not isinstance(sha256, str) or not re.fullmatch(r"[0-9a-f]{64}", sha256):
        raise FlywheelError(f"the release's manifest has no sha256 for {name}")
    size = entry.get("bytes", entry.get("size"))
    return ReleaseFile(name, sha256, size if isinstance(size, int) else None)


def download(
    http: httpx.Client,
    api: str,
    manifest: Mapping[str, Any],
    directory: Path,
    *,
    files: Iterable[str] | None = None,
) -> Path:
    """Download a release into ``directory``, which must not exist, be empty, or already hold the same
    release.

    All its files, with the card, the checksums and the manifest that describe them; or those in ``files``,
    and the manifest. It works in a hidden directory next to it, which an interrupted download leaves for the
    next one to resume. Raises ``ChecksumMismatch``, ``ApiError``, ``Unreachable`` or ``FlywheelError``; then
    ``directory`` is untouched.
    """
    promised = files_of(manifest)
    names = [*promised, *DESCRIBING] if files is None else [*files, MANIFEST]
    wanted = [_promised(promised, name) for name in names if name not in DESCRIBING]
    describing = [name for name in DESCRIBING if name in names]
    base = f"{api}/releases/{quote(release_id(manifest), safe='')}/files"
    if directory.exists() and any(directory.iterdir()):
        _same_or_raise(directory, wanted)
        describing = [name for name in describing if not (directory / name).is_file()]
        _describe(http, base, manifest, directory, describing)
        return directory
    partial = directory.parent / f".{directory.name}.partial"
    partial.mkdir(parents=True, exist_ok=True)
    for file in wanted:
        fetch(http, f"{base}/{file.name}", file, partial)
    made = _describe(http, base, manifest, partial, describing)
    kept = {file.name for file in wanted} | made
    for leftover in partial.iterdir():
        if leftover.name not in kept:
            leftover.unlink()
    if directory.exists():
        directory.rmdir()
    partial.rename(directory)
    _sync(directory.parent)
    return directory


def _describe(
    http: httpx.Client, base: str, manifest: Mapping[str, Any], directory: Path, names: Iterable[str]
) -> set[str]:
    """Write the files that describe the release; returns their names.

    An older server may lack some of them: then the manifest is written as the API shows it, the others are
    left out, and the log says so.
    """
    made = set()
    for name in names:
        content = _small(http, f"{base}/{name}", name)
        if content is None and name == MANIFEST:
            content = json.dumps(manifest_of(manifest), indent=2, ensure_ascii=False).encode()
        if content is None:
            logger.warning("the server has no %s of this release", name)
            continue
        _check_description(name, content, files_of(manifest))
        part = directory / f"{name}.part"
        _write(part, content)
        part.replace(directory / name)
        made.add(name)
    _sync(directory)
    return made


def _small(http: httpx.Client, url: str, name: str) -> bytes | None:
    """A complete small file, checked against its ``ETag``; None if the server has none with this name."""
    try:
        headers = {"Accept-Encoding": "identity", "Accept": "*/*"}
        response = call(http, "GET", url, headers=headers, patience=Patience(TRIES))
    except ApiError as error:
        if error.status == httpx.codes.NOT_FOUND:
            return None
        raise
    promised = re.fullmatch(r'"([0-9a-f]{64})"', response.headers.get("ETag", ""))
    if promised and hashlib.sha256(response.content).hexdigest() != promised[1]:
        raise ChecksumMismatch(f"{name} differs from what the server promises")
    return response.content


def _check_description(name: str, content: bytes, promised: Mapping[str, ReleaseFile]) -> None:
    """Raise ``ChecksumMismatch`` if the manifest or the checksums describe other files."""
    digests = {file.name: file.sha256 for file in promised.values()}
    try:
        if name == MANIFEST:
            said = {file.name: file.sha256 for file in files_of(json.loads(content)).values()}
        elif name == SUMS:
            said = dict(line.split("  ", 1)[::-1] for line in content.decode().splitlines())
        else:
            return
    except (ValueError, TypeError, AttributeError):
        said = {}
    if {file: digest for file, digest in said.items() if file not in DESCRIBING} != digests:
        raise ChecksumMismatch(f"{name} does not belong to this release")


def _promised(promised: Mapping[str, ReleaseFile], name: str) -> ReleaseFile:
    if name not in promised:
        raise FlywheelError(f"the release has no file {name!r}")
    return promised[name]


def _same_or_raise(directory: Path, wanted: list[ReleaseFile]) -> None:
    for file in wanted:
        path = directory / file.name
        if not path.is_file() or sha256_of(path) != file.sha256:
            raise FlywheelError(f"{directory} is not empty and holds something other than this release")


def fetch(http: httpx.Client, url: str, file: ReleaseFile, directory: Path) -> Path:
    """Download one file to ``directory``, resuming what an interrupted try left. Raises if its checksum is
    wrong. A mismatch after resuming is retried once from the start, because the older part may be damaged.
    """
    done, part = directory / file.name, directory / f"{file.name}.part"
    if done.is_file() and sha256_of(done) == file.sha256:
        return done
    for fresh in (False, True):
        if fresh:
            part.unlink(missing_ok=True)
        _fill(http, url, file, part)
        if sha256_of(part) == file.sha256:
            part.replace(done)
            _sync(directory)
            return done
    part.unlink()
    raise ChecksumMismatch(f"{file.name} differs from what the manifest promises")


def _fill(http: httpx.Client, url: str, file: ReleaseFile, part: Path) -> None:
    """Append to ``part`` until the server has nothing more to send."""
    failures = 0
    while True:
        before = part.stat().st_size if part.exists() else 0
        if file.size is not None and before >= file.size:
            return
        try:
            wait = _receive(http, url, file, part, before)
        except httpx.TransportError as error:
            # Progress means the server is alive: only consecutive failures count.
            progressed = part.exists() and part.stat().st_size > before
            failures = 1 if progressed else failures + 1
            if failures >= TRIES:
                raise Unreachable(f"{file.name}: no answer ({type(error).__name__})") from error
            wait = BACKOFF.delay(failures)
        else:
            if wait is None:
                return
            failures += 1
            if failures >= TRIES:
                raise Unreachable(f"{file.name}: the server kept asking to wait")
        time.sleep(wait)


def _receive(http: httpx.Client, url: str, file: ReleaseFile, part: Path, offset: int) -> float | None:
    """One request for the rest of a file. Returns seconds to wait, or None if it is complete."""
    # Content codings would make a range's offsets ambiguous.
    headers = {"Accept-Encoding": "identity"}
    if offset:
        headers |= {"Range": f"bytes={offset}-", "If-Range": f'"{file.sha256}"'}
    with http.stream("GET", url, headers=headers) as response:
        if response.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
            return None  # The part is already as long as the file; its checksum decides.
        if is_retryable(response.status_code):
            asked = retry_after(response.headers.get("Retry-After"))
            return BACKOFF.delay(3) if asked is None else asked
        if not response.is_success:
            response.read()
            raise problem(response)
        resumed = response.status_code == httpx.codes.PARTIAL_CONTENT
        with part.open("ab" if resumed else "wb") as target:
            for chunk in response.iter_bytes():
                target.write(chunk)
            target.flush()
            os.fsync(target.fileno())
    return None


def sha256_of(path: Path) -> str:
    """A file's SHA-256, in hexadecimal."""
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as target:
        target.write(content)
        target.flush()
        os.fsync(target.fileno())


def _sync(directory: Path) -> None:
    """Make a rename durable. Windows cannot open a directory, and does not need this."""
    if os.name != "nt":
        descriptor = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
