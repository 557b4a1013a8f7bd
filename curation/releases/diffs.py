"""The difference between two releases: records added, removed or changed, by file. Reads the files."""

from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

import orjson

from curation.models import Release
from curation.releases.files import folder

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Change:
    """One eval case that was added, removed or changed: its id, and its texts before and after."""

    record: str
    kind: str
    before: dict[str, Any]
    after: dict[str, Any]


@dataclass(frozen=True, slots=True)
class FileDiff:
    """How many of a file's records were added, removed and changed."""

    name: str
    added: int
    removed: int
    changed: int
    same: int


@dataclass(frozen=True, slots=True)
class ReleaseDiff:
    """The difference from an earlier release; `cases` has the first of each kind, in order of id."""

    earlier: Release
    files: tuple[FileDiff, ...]
    cases: tuple[Change, ...]
    more: int


def previous(release: Release) -> Release | None:
    older = release.dataset.published().filter(number__lt=release.number)
    found: Release | None = older.select_related("dataset").first()
    return found


def diff(release: Release, earlier: Release) -> ReleaseDiff:
    """Compare two releases by their lineage, and the eval cases in full."""
    new, old = lineage(release), lineage(earlier)
    files = tuple(file_diff(name, old.get(name, {}), new.get(name, {})) for name in sorted({*new, *old}))
    cases = case_changes(lines(earlier, "eval_cases.jsonl"), lines(release, "eval_cases.jsonl"))
    return ReleaseDiff(earlier, files, tuple(cases[:SHOWN]), max(0, len(cases) - SHOWN))


def file_diff(name: str, old: dict[str, str], new: dict[str, str]) -> FileDiff:
    both = old.keys() & new.keys()
    changed = sum(old[key] != new[key] for key in both)
    return FileDiff(name, len(new.keys() - both), len(old.keys() - both), changed, len(both) - changed)


def case_changes(old: dict[str, dict[str, Any]], new: dict[str, dict[str, Any]]) -> list[Change]:
    removed = [Change(key, "removed", old[key], {}) for key in sorted(old.keys() - new.keys())]
    changed = [
        Change(key, "changed", old[key], new[key])
        for key in sorted(old.keys() & new.keys())
        if differs(old[key], new[key])
    ]
    added = [Change(key, "added", {}, new[key]) for key in sorted(new.keys() - old.keys())]
    return removed + changed + added


def differs(old: dict[str, Any], new: dict[str, Any]) -> bool:
    """Whether a reader would see a difference; the time of the decision does not count."""
    return any(old.get(name) != new.get(name) for name in ("question", "expected", "rejected", "kind"))


def lineage(release: Release) -> dict[str, dict[str, str]]:
    """The hash of every record by file and id; a file's lines are in the order of the lineage."""
    ids: dict[str, list[str]] = {}
    for line in read(folder(release) / "lineage.jsonl"):
        ids.setdefault(line["file"], []).append(str(line["record"]))
    return {name: hashes(folder(release) / name, records) for name, records in ids.items()}


def hashes(path: Path, records: list[str]) -> dict[str, str]:
    if not path.is_file():
        return {}
    with path.open("rb") as file:
        return {record: blake2b(line, digest_size=16).hexdigest() for record, line in zip(records, file, strict=False)}


def lines(release: Release, name: str) -> dict[str, dict[str, Any]]:
    return {str(line["id"]): line for line in read(folder(release) / name)}


def read(path: Path) -> list[dict[str, Any]]:
    """The lines of a file; none if it was deleted, as a replaced release's files are."""
    if not path.is_file():
        return []
    with path.open("rb") as file:
        return [orjson.loads(line) for line in file]
