"""The files of a release: streamed from the database in one pass, hashed as they are written, flushed to disk."""

import hashlib
import os
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Max, Min

from curation import columns, formats, releasemeasures
from curation.formats import parquet
from curation.formats.card import card
from curation.formats.format import Format
from curation.formats.manifest import canonical, lineage, manifest, sha256sums
from curation.formats.records import Row
from curation.models import Decision, Derived, EvalCase, Example, PreferencePair, Release, ReleaseMember, ReviewTask
from curation.rules import Outcome
from feedback.models import Interaction, Signal
from privacy.models import Purpose
from privacy.redaction import RULES_VERSION

CHUNK = 2_000
BUFFER = 1 << 20
ACTIVE = Derived.Status.ACTIVE.value
CORRECTED = Outcome.CORRECTED.value


def folder(release: Release) -> Path:
    """Where the files of a release are."""
    return Path(settings.RELEASES) / release.dataset.name / release.version


class HashedFile:
    """A file that knows its SHA-256 and the number of its lines when it is closed, on disk."""

    def __init__(self, path: Path) -> None:
        self.path, self.records, self.size = path, 0, 0
        self._file = path.open("wb", buffering=0)
        self._hash = hashlib.sha256()
        self._waiting = bytearray()

    def write(self, line: bytes) -> None:
        """Append one line."""
        self._waiting += line
        self.records += 1
        if len(self._waiting) >= BUFFER:
            self._pass_on()

    def close(self) -> str:
        """Flush to disk; the hash in hex."""
        self._pass_on()
        os.fsync(self._file.fileno())
        self._file.close()
        return self._hash.hexdigest()

    def _pass_on(self) -> None:
        """Hash and write what has come together: once for some thousand lines, not for each."""
        self._hash.update(self._waiting)
        self.size += len(self._waiting)
        with memoryview(self._waiting) as rest:
            written = 0
            while written < len(rest):
                written += self._file.write(rest[written:])
        self._waiting.clear()


def write(release: Release, aside: Path, total: int, progress: Callable[[int, int], None] | None) -> dict[str, Any]:
    """Write every file of a release into `aside`, and return its manifest.

    The rows come in the order of their interactions from one statement, a chunk at a time: memory does not grow with
    the release, and the same rows give the same bytes.
    """
    modules = formats.chosen(release.dataset.formats)
    writers = {module: HashedFile(aside / module.NAME) for module in modules}
    lines = HashedFile(aside / "lineage.jsonl")
    for_kinds = [[(m.NAME, m.line, file) for m, file in writers.items() if kind(m) & kinds] for kinds in range(8)]
    written = 0
    for kinds, row in rows(release):
        for name, line_of, file in for_kinds[kinds]:
            if (line := line_of(row)) is not None:
                file.write(line)
                lines.write(lineage(name, row))
        written += 1
        if progress and written % CHUNK == 0:
            progress(written, total)
    if progress:
        progress(written, total)
    entries = [file_entry(file, module.PURPOSE) for module, file in writers.items()]
    return complete(release, aside, [*entries, file_entry(lines, "lineage")], {"interactions": written})


CASE, EXAMPLE, PAIR = 1, 2, 4  # the kinds of record; those that a member has in use are added up
PAIR_FILES = frozenset({"preferences.jsonl", "dpo.jsonl"})


def kind(module: Format) -> int:
    """The kind of record that a file is made of."""
    if module.PURPOSE == "evaluation":
        return CASE
    return PAIR if module.NAME in PAIR_FILES else EXAMPLE


def in_use(purpose: str, model: type[Derived], kind: int) -> str:
    """The kind, where the member serves the purpose and its record is in use, in SQL; else 0."""
    return (
        f"CASE WHEN m.{purpose} AND EXISTS (SELECT 1 FROM {columns.quoted(model)} r "  # noqa: S608 - our own names
        f"WHERE r.decision_id = m.interaction_id AND r.status = '{ACTIVE}' AND r.selected) THEN {kind} ELSE 0 END"
    )


# What COALESCE gives has no type of a column's, or SQLite's driver would have Python take each time apart.
MEMBERS = (
    f"SELECT {in_use('evaluation', EvalCase, CASE)} + {in_use('training', Example, EXAMPLE)} + "  # noqa: S608 - our own names
    f"{in_use('training', PreferencePair, PAIR)}, i.external_id, i.question, i.answer, i.context, i.sources, i.tags, "
    "i.agent_name, i.agent_version, s.correction, t.correction, d.outcome, d.detail, d.language, d.decided_by, "
    f"COALESCE(d.decided_at, NULL) FROM {columns.quoted(ReleaseMember)} m "
    f"JOIN {columns.quoted(Interaction)} i ON i.id = m.interaction_id "
    f"JOIN {columns.quoted(Decision)} d ON d.interaction_id = m.interaction_id "
    f"LEFT JOIN {columns.quoted(Signal)} s ON s.id = d.correction_id "
    f"LEFT JOIN {columns.quoted(ReviewTask)} t ON t.id = d.task_id "
    "WHERE m.release_id = %s ORDER BY m.interaction_id"
)


def rows(release: Release) -> Iterator[tuple[int, Row]]:
    """Each member's record, and the kinds that it has in use, added up."""
    system = release.dataset.system_prompt or None
    for (
        kinds, key, question, answer, context, sources, tags, name, version, written, typed, outcome, why, language,
        decided_by, decided_at,
    ) in columns.stream(MEMBERS, [release.pk]):  # fmt: skip
        corrected = outcome == CORRECTED
        provenance = {
            "interaction": key,
            "agent": f"{name} {version}".strip() or None,
            "decided_by": decided_by,
            "decided_at": time_text(decided_at),
        }
        yield kinds, Row(
            key, question, columns.parsed(context), columns.parsed(sources), typed or written or answer,
            answer if corrected else None, "regression" if corrected else "golden", columns.parsed(tags), language, why,
            provenance, system, decided_by == "reviewer", not corrected,
        )  # fmt: skip


@lru_cache(maxsize=1_000)
def time_text(value: Any) -> str:
    """A time of either driver as ISO 8601 has it; a batch of decisions has one time."""
    return columns.moment(value).isoformat()


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
