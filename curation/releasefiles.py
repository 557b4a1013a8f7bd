"""The files of a release: streamed from the database in one pass, hashed as they are written, flushed to disk."""

import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.db.models import F

from curation import formats
from curation.formats.card import card
from curation.formats.manifest import canonical, lineage, sha256sums
from curation.formats.records import Row
from curation.models import Derived, Release, ReleaseMember
from curation.rules import Outcome
from privacy.models import Purpose

CHUNK = 2_000
ACTIVE = Derived.Status.ACTIVE
COLUMNS = {
    "external_id": F("interaction__external_id"),
    "question": F("interaction__question"),
    "answer": F("interaction__answer"),
    "context": F("interaction__context"),
    "sources": F("interaction__sources"),
    "tags": F("interaction__tags"),
    "agent_name": F("interaction__agent_name"),
    "agent_version": F("interaction__agent_version"),
    "corrected": F("interaction__decision__correction__correction"),
    "reviewed": F("interaction__decision__task__correction"),
    "outcome": F("interaction__decision__outcome"),
    "why": F("interaction__decision__detail"),
    "language": F("interaction__decision__language"),
    "decided_by": F("interaction__decision__decided_by"),
    "decided_at": F("interaction__decision__decided_at"),
    "eval_status": F("interaction__decision__evalcase__status"),
    "eval_kind": F("interaction__decision__evalcase__kind"),
    "example_status": F("interaction__decision__example__status"),
    "pair_status": F("interaction__decision__preferencepair__status"),
}


def folder(release: Release) -> Path:
    """Where the files of a release are."""
    return Path(settings.RELEASES) / release.dataset.name / release.version


class HashedFile:
    """A file that knows its SHA-256 and the number of its lines when it is closed, on disk."""

    def __init__(self, path: Path) -> None:
        self.path, self.records, self.size = path, 0, 0
        self._file: BinaryIO = path.open("wb", buffering=1 << 20)
        self._hash = hashlib.sha256()

    def write(self, line: bytes) -> None:
        """Append one line."""
        self._file.write(line)
        self._hash.update(line)
        self.records += 1
        self.size += len(line)

    def close(self) -> str:
        """Flush to disk; the hash in hex."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        return self._hash.hexdigest()


def write(release: Release, aside: Path, total: int, progress: Callable[[int, int], None] | None) -> dict[str, Any]:
    """Write every file of a release into `aside`, and return its manifest.

    The rows come in the order of their interactions from one statement, a chunk at a time: memory does not grow with
    the release, and the same rows give the same bytes.
    """
    modules = (*formats.DEFAULT, *(formats.OPTIONAL[name] for name in release.dataset.formats))
    writers = {module: HashedFile(aside / module.NAME) for module in modules}
    lines = HashedFile(aside / "lineage.jsonl")
    written = 0
    for flags, row in rows(release):
        for module, file in writers.items():
            if flags[module.PURPOSE] and belongs(module.NAME, flags) and (line := module.line(row)) is not None:
                file.write(line)
                lines.write(lineage(module.NAME, row))
        written += 1
        if progress and written % CHUNK == 0:
            progress(written, total)
    if progress:
        progress(written, total)
    entries = [entry(file, module.PURPOSE) for module, file in writers.items()]
    return finish(release, aside, [*entries, entry(lines, "lineage")], written)
