"""The files of a release: streamed from the database in one pass, hashed as they are written, flushed to disk."""

import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from django.conf import settings
from django.db.models import Max, Min

from curation import columns, formats, releasemeasures
from curation.formats import parquet
from curation.formats.card import card
from curation.formats.manifest import canonical, lineage, manifest, sha256sums
from curation.formats.records import Row
from curation.models import Derived, Release, ReleaseMember
from curation.rules import Outcome
from privacy.models import Purpose
from privacy.redaction import RULES_VERSION

CHUNK = 2_000
ACTIVE = Derived.Status.ACTIVE.value


class Found(NamedTuple):
    """A member of a release as the database has it: where it belongs, and what it says. JSON is its text still."""

    evaluation: bool
    training: bool
    external_id: str
    question: str
    answer: str
    context: Any
    sources: Any
    tags: Any
    agent_name: str
    agent_version: str
    corrected: str | None
    reviewed: str | None
    outcome: str
    why: str
    language: str
    decided_by: str
    decided_at: Any
    eval_status: str | None
    eval_selected: bool | None
    example_status: str | None
    example_selected: bool | None
    pair_status: str | None
    pair_selected: bool | None


COLUMNS = (
    "evaluation",
    "training",
    *(f"interaction__{name}" for name in Found._fields[2:10]),
    "interaction__decision__correction__correction",
    "interaction__decision__task__correction",
    "interaction__decision__outcome",
    "interaction__decision__detail",
    "interaction__decision__language",
    "interaction__decision__decided_by",
    "interaction__decision__decided_at",
    "interaction__decision__evalcase__status",
    "interaction__decision__evalcase__selected",
    "interaction__decision__example__status",
    "interaction__decision__example__selected",
    "interaction__decision__preferencepair__status",
    "interaction__decision__preferencepair__selected",
)


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
    modules = formats.chosen(release.dataset.formats)
    writers = {module: HashedFile(aside / module.NAME) for module in modules}
    lines = HashedFile(aside / "lineage.jsonl")
    written = 0
    for included, row in rows(release):
        for module, file in writers.items():
            if module.NAME in included and (line := module.line(row)) is not None:
                file.write(line)
                lines.write(lineage(module.NAME, row))
        written += 1
        if progress and written % CHUNK == 0:
            progress(written, total)
    if progress:
        progress(written, total)
    entries = [file_entry(file, module.PURPOSE) for module, file in writers.items()]
    return complete(release, aside, [*entries, file_entry(lines, "lineage")], {"interactions": written})


def rows(release: Release) -> Iterator[tuple[frozenset[str], Row]]:
    """Each member's record, and the files that it belongs in; the query set's statement, without its work on each value."""
    system = release.dataset.system_prompt or None
    members = ReleaseMember.objects.filter(release=release).order_by("interaction_id").values_list(*COLUMNS)
    for values in columns.stream(*members.query.sql_with_params()):
        found = Found._make(values)
        yield belongs(found), record(found, system)


EVALUATION_FILES = frozenset(
    m.NAME for m in (*formats.DEFAULT, *formats.OPTIONAL.values()) if m.PURPOSE == "evaluation"
)
PAIR_FILES = frozenset({"preferences.jsonl", "dpo.jsonl"})
TRAINING_FILES = frozenset(
    m.NAME for m in (*formats.DEFAULT, *formats.OPTIONAL.values()) if m.PURPOSE == "training"
) - PAIR_FILES  # fmt: skip


def belongs(found: Found) -> frozenset[str]:
    """The files that a record goes into: those whose kind of record is in use, and whose purpose is agreed to."""
    files: frozenset[str] = frozenset()
    if found.evaluation and found.eval_selected and found.eval_status == ACTIVE:
        files |= EVALUATION_FILES
    if found.training and found.example_selected and found.example_status == ACTIVE:
        files |= TRAINING_FILES
    if found.training and found.pair_selected and found.pair_status == ACTIVE:
        files |= PAIR_FILES
    return files


def record(found: Found, system: str | None) -> Row:
    """A row of the database as the formats take it."""
    corrected = found.outcome == Outcome.CORRECTED.value
    agent = f"{found.agent_name} {found.agent_version}".strip()
    return Row(
        id=found.external_id,
        question=found.question,
        context=columns.parsed(found.context),
        sources=columns.parsed(found.sources),
        expected=found.reviewed or found.corrected or found.answer,
        rejected=found.answer if corrected else None,
        kind="regression" if corrected else "golden",
        tags=columns.parsed(found.tags),
        language=found.language,
        why=found.why,
        provenance={
            "interaction": found.external_id,
            "agent": agent or None,
            "decided_by": found.decided_by,
            "decided_at": columns.moment(found.decided_at).isoformat(),
        },
        system=system,
        reviewed=found.decided_by == "reviewer",
        thumb=not corrected,
    )


def file_entry(file: HashedFile, purpose: str) -> dict[str, Any]:
    """A finished file as the manifest lists it."""
    digest = file.close()
    return {"name": file.path.name, "sha256": digest, "bytes": file.size, "records": file.records, "purpose": purpose}


def tabled(lines: Path, target: Path, purpose: str) -> dict[str, Any]:
    """Write the Parquet form of a finished file; its entry in the manifest."""
    records = parquet.convert(lines, target)
    with target.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        os.fsync(file.fileno())
    return {
        "name": target.name, "sha256": digest, "bytes": target.stat().st_size, "records": records, "purpose": purpose,
    }  # fmt: skip


def complete(release: Release, aside: Path, files: list[dict[str, Any]], counts: dict[str, int]) -> dict[str, Any]:
    """Write the files' Parquet forms where they are asked for, and what describes them all, the manifest last; flush the
    folder; return the manifest."""
    if formats.PARQUET in release.dataset.formats:
        purposes = {entry["name"]: entry["purpose"] for entry in files}
        files = [*files, *(tabled(lines, target, purposes[lines.name]) for lines, target in parquet.targets(aside))]
    said = manifest_of(release, files, counts)
    write_small(aside / "README.md", card(said).encode())
    write_small(aside / "SHA256SUMS", sha256sums(files))
    write_small(aside / "manifest.json", canonical(said))
    sync_folder(aside)
    return said


def manifest_of(release: Release, files: list[Any], counts: dict[str, int]) -> dict[str, Any]:
    """What a release says of itself; it holds no captured text."""
    project, policy = release.dataset.project, release.policy
    span = ReleaseMember.objects.filter(release=release).aggregate(
        first=Min("interaction__occurred_at"), last=Max("interaction__occurred_at")
    )
    removed = counts.pop("removed", 0)
    measured = releasemeasures.measure(release)
    previous = f"v{release.number}" + (f".{release.recut - 1}" if release.recut > 1 else "")
    said = manifest(
        dataset=release.dataset.name,
        version=release.version,
        created_at=release.created_at,
        files=files,
        consent={purpose: getattr(project, f"{purpose}_consent") for purpose in Purpose.values},
        redaction={"rules": RULES_VERSION, "policy": project.redaction_policy.version},
        policy={"version": policy.version, "settings": policy.settings} if policy else None,
        window=(span["first"], span["last"]) if span["first"] else None,
        counts=counts,
        bias=measured.bias,
        leakage=measured.leakage,
        authorship=measured.authorship,
        supersedes={"version": previous, "reason": "erasure", "removed": removed} if release.recut else None,
    )
    return dict(said)


def digests(manifest: dict[str, Any]) -> dict[str, str]:
    """The hash of every data file: two releases with the same are the same."""
    return {entry["name"]: entry["sha256"] for entry in manifest.get("files", [])}


def write_small(path: Path, content: bytes) -> None:
    """Write a file and flush it to disk."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(path: Path) -> None:
    """Flush a folder's own entries to disk, so that a rename survives a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
