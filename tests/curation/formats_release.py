"""Writing a release folder without a database: rows in; files, manifest, card and checksums out."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from curation.releases import formats
from curation.releases.card import card
from curation.releases.formats.format import Row
from curation.releases.manifest import MARKS, FileEntry, Manifest, canonical, lineage, manifest, sha256sums

CUT = datetime(2026, 11, 23, tzinfo=UTC)


def release(folder: Path, records: Iterable[Row], optional: Sequence[str] = (), **parts: Any) -> Manifest:
    """Write a release of these records into an existing folder, and return its manifest."""
    modules = formats.chosen(list(optional))
    lines: dict[str, list[bytes]] = {name: [] for name in (*(module.file for module in modules), "lineage.jsonl")}
    for record in records:
        for module in modules:
            if (line := module.line(record)) is not None:
                lines[module.file].append(line)
                lines["lineage.jsonl"].append(lineage(module.file, record, len(lines[module.file])))
    purposes = {module.file: module.purpose for module in modules} | {"lineage.jsonl": "lineage"}
    entries = [entry(folder, name, b"".join(found), len(found), purposes[name]) for name, found in lines.items()]
    known: dict[str, Any] = {
        "dataset": "support",
        "version": "v1",
        "created_at": CUT,
        "files": entries,
        "consent": {"evaluation": "opt_in", "training": "opt_in"},
        "redaction": {"rules": 7},
    }
    document = manifest(**(known | parts))
    describe(folder, document)
    return document


def describe(folder: Path, document: Mapping[str, Any]) -> None:
    """Write what describes the files of a folder."""
    (folder / "README.md").write_text(card(document), encoding="utf-8")
    (folder / "manifest.json").write_bytes(canonical(document))
    (folder / "SHA256SUMS").write_bytes(sha256sums(document["files"]))


def entry(folder: Path, name: str, data: bytes, records: int, purpose: str) -> FileEntry:
    """Write a file and describe it."""
    (folder / name).write_bytes(data)
    return {
        **({"mixed": True} if any(mark in data for mark in MARKS) else {}),  # type: ignore[typeddict-item]
        "name": name,
        "sha256": hashlib.sha256(data).hexdigest(),
        "bytes": len(data),
        "records": records,
        "purpose": purpose,  # type: ignore[typeddict-item]
    }
