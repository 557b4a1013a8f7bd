"""The files of a release: streamed from the database in one pass, hashed as they are written, flushed to disk."""

import hashlib
import os
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from django.conf import settings

from curation.decisions.posterior import Tier
from curation.models import EvalCase, Release
from curation.releases import formats, funnel, rows
from curation.releases.card import card
from curation.releases.formats import parquet
from curation.releases.formats.format import CannotHold
from curation.releases.formats.shapes import Shape, plain
from curation.releases.manifest import MARKS, canonical, lineage, manifest, sha256sums
from curation.releases.rows import Tally
from curation.runs.pace import without_gc
from privacy.db import bulk, disk_space
from privacy.models import Purpose
from privacy.redaction import RULES_VERSION

CHUNK = 500
RECORDS = {"case": rows.CASE, "example": rows.EXAMPLE, "pair": rows.PAIR}


def folder(release: Release) -> Path:
    return Path(settings.RELEASES) / release.dataset.name / release.version


class HashedFile:
    """A file that, once closed and on disk, knows its SHA-256 and its number of lines. `write` appends a line."""

    def __init__(self, path: Path) -> None:
        self.path, self.records, self.size, self.mixed = path, 0, 0, False
        self._file = path.open("wb", buffering=0)
        self._hash = hashlib.sha256()
        self._waiting = bytearray()
        self.write = self._waiting.extend

    def flush_lines(self) -> None:
        """Hash and write the buffered lines, a few hundred at a time."""
        self.records += self._waiting.count(b"\n")
        self.size += len(self._waiting)
        self.mixed = self.mixed or any(mark in self._waiting for mark in MARKS)
        self._hash.update(self._waiting)
        with memoryview(self._waiting) as rest:
            written = 0
            while written < len(rest):
                written += self._file.write(rest[written:])
        self._waiting.clear()

    def close(self) -> str:
        """Flush to disk; return the hash in hex."""
        self.flush_lines()
        os.fsync(self._file.fileno())
        self._file.close()
        return self._hash.hexdigest()


@without_gc()
def write(release: Release, aside: Path, total: int, progress: Callable[[int, int], None] | None) -> dict[str, Any]:
    """Write every file of a release into `aside`, and return its manifest.

    One statement returns the rows in interaction order, a chunk at a time: memory does not grow with the release, and
    the same rows give the same bytes.
    """
    modules = formats.chosen(release.dataset.formats)
    writers = {module: HashedFile(aside / module.file) for module in modules}
    lines = HashedFile(aside / "lineage.jsonl")
    for_kinds = [
        [(m.file, m.line, file.write) for m, file in writers.items() if RECORDS[m.record] & kinds] for kinds in range(8)
    ]
    written, tally, trace = 0, Tally(), lines.write
    left_out: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for kinds, row in rows.read(release, tally):
        for name, line_of, append in for_kinds[kinds]:
            try:
                line = line_of(row)
            except CannotHold as why:
                left_out[name][str(why)] += 1
                continue
            if line is not None:
                append(line)
                trace(lineage(name, row))
        written += 1
        if written % CHUNK == 0:
            for file in (*writers.values(), lines):
                file.flush_lines()
            if progress:
                progress(written, total)
    if progress:
        progress(written, total)
    entries = [file_entry(file, module.purpose) for module, file in writers.items()]
    return complete(
        release, aside, [*entries, file_entry(lines, "lineage")], {"interactions": written}, tally, left_out
    )


def file_entry(file: HashedFile, purpose: str) -> dict[str, Any]:
    digest = file.close()
    entry = {"name": file.path.name, "sha256": digest, "bytes": file.size, "records": file.records, "purpose": purpose}
    return {**entry, "mixed": True} if file.mixed else entry


def as_parquet(lines: Path, target: Path, columns: dict[str, Shape], entry: dict[str, Any]) -> dict[str, Any]:
    """Write the Parquet form of a finished file with this manifest entry; return its own entry."""
    records = parquet.convert(lines, target, columns if entry.get("mixed") else plain(columns))
    with target.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        os.fsync(file.fileno())
    return {
        "name": target.name,
        "sha256": digest,
        "bytes": target.stat().st_size,
        "records": records,
        "purpose": entry["purpose"],
    }


def complete(
    release: Release,
    aside: Path,
    files: list[dict[str, Any]],
    counts: dict[str, int],
    tally: Tally,
    left_out: Mapping[str, Mapping[str, int]] | None = None,
) -> dict[str, Any]:
    """Write Parquet forms, if requested, and the files that describe the rest, the manifest last; flush the folder;
    return the manifest.
    """
    if formats.PARQUET in release.dataset.formats:
        written = {entry["name"]: entry for entry in files}
        files = [*files, *(as_parquet(*table, written[table[0].name]) for table in formats.tables(aside))]
    document = manifest_of(release, files, counts, tally, left_out)
    write_small(aside / "README.md", card(document).encode())
    write_small(aside / "SHA256SUMS", sha256sums(files))
    write_small(aside / "manifest.json", canonical(document))
    disk_space.sync_folder(aside)
    return document


def manifest_of(
    release: Release,
    files: list[Any],
    counts: dict[str, int],
    tally: Tally,
    left_out: Mapping[str, Mapping[str, int]] | None = None,
) -> dict[str, Any]:
    """The release's description of itself; it holds no captured text."""
    project, policy = release.dataset.project, release.policy
    removed = counts.pop("removed", 0)
    previous = f"v{release.number}" + (f".{release.recut - 1}" if release.recut > 1 else "")
    document = manifest(
        dataset=release.dataset.name,
        version=release.version,
        created_at=release.created_at,
        files=files,
        consent={purpose: getattr(project, f"{purpose}_consent") for purpose in Purpose.values},
        redaction={"rules": RULES_VERSION, "policy": project.redaction_policy.version},
        policy={"version": policy.version, "settings": policy.settings} if policy else None,
        window=(bulk.moment(tally.first), bulk.moment(tally.last)) if tally.first and tally.last else None,
        counts={**counts, **{kind.value: tally.kinds[kind] for kind in EvalCase.Kind}},
        bias=rows.estimates(project),
        leakage=rows.leakage(release, tally),
        authorship=rows.authorship(tally),
        tiers={name.value: tally.tiers[name] for name in Tier},
        left_out=left_out,
        funnel=funnel.funnel(project) if not release.recut else None,
        supersedes={"version": previous, "reason": "erasure", "removed": removed} if release.recut else None,
    )
    return dict(document)


def digests(manifest: dict[str, Any]) -> dict[str, str]:
    """The hash of every data file: releases with the same hashes are the same."""
    return {entry["name"]: entry["sha256"] for entry in manifest.get("files", [])}


def write_small(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
