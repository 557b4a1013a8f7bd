"""Verifies a release: its hashes, its manifest, its counts, and every line of every file."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from curation.releases.formats import FORMATS
from curation.releases.formats.parquet import SUFFIX
from curation.releases.formats.shapes import fault
from curation.releases.manifest import LINEAGE, LINEAGE_SHAPE

MANIFEST, SUMS, CARD = "manifest.json", "SHA256SUMS", "README.md"
DESCRIBING = frozenset({MANIFEST, SUMS, CARD})
REQUIRED = ("dataset", "version", "created_at", "files", "counts", "consent", "redaction")
PURPOSES = frozenset({"evaluation", "training", "lineage"})
YAML_ITEM = b"- "
CASES = "eval_cases.jsonl"
ADDED: dict[str, Any] = {
    "accepted": [],
    "also_rejected": [],
    "tier": "single",
    "depends_on": [],
    "as_of": None,
    "valid_until": None,
    "steps": [],
}
"""What a line of `eval_cases.jsonl` has since 0.1.0. One from before has none of it, and stays whole."""
_BY_FILE = {format.file: format for format in FORMATS}


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, and where: a file and a line number from 1. It never quotes the file."""

    file: str
    message: str
    line: int | None = None

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{place}: {self.message}"


def verify(folder: Path, *, most: int = 20) -> list[Problem]:
    """Every fault of a release folder, at most `most` per file; an empty list if it is intact.

    Reads each file once, a line at a time, and never follows a name out of the folder.
    """
    try:
        manifest = orjson.loads((folder / MANIFEST).read_bytes())
        entries = {entry["name"]: entry for entry in manifest["files"]}
    except FileNotFoundError:
        return [Problem(MANIFEST, "is missing")]
    except (ValueError, TypeError, KeyError):
        return [Problem(MANIFEST, "is not a manifest")]
    problems = [*_manifest_faults(manifest), *_sum_faults(folder, entries), *_stray(folder, entries)]
    for name, entry in entries.items():
        if "/" in name or name.startswith(".") or not (folder / name).is_file():
            problems.append(Problem(name, "is in the manifest but not in the folder"))
        else:
            problems += list(_first(_file_faults(folder / name, entry), most))
    return problems


def read_checked(folder: Path, name: str, manifest: Mapping[str, Any]) -> list[Any]:
    """The records of one JSON Lines file, after checking its hash against the manifest. Raises `ValueError`."""
    data = (folder / name).read_bytes()
    entry = next((entry for entry in manifest["files"] if entry["name"] == name), None)
    if entry is None or hashlib.sha256(data).hexdigest() != entry["sha256"]:
        raise ValueError(f"{name} does not match the manifest")
    return [orjson.loads(line) for line in data.split(b"\n") if line]


def _manifest_faults(manifest: Mapping[str, Any]) -> Iterator[Problem]:
    for name in REQUIRED:
        if name not in manifest:
            yield Problem(MANIFEST, f"has no {name}")
    for entry in manifest["files"]:
        if manifest.get("counts", {}).get(entry["name"], entry["records"]) != entry["records"]:
            yield Problem(MANIFEST, f"counts {entry['name']} in two ways")
        if entry.get("purpose") not in PURPOSES:
            yield Problem(MANIFEST, f"{entry['name']} has no known purpose")


def _sum_faults(folder: Path, entries: Mapping[str, Any]) -> Iterator[Problem]:
    try:
        lines = (folder / SUMS).read_text("ascii").splitlines()
        sums = {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
    except FileNotFoundError:
        yield Problem(SUMS, "is missing")
        return
    except ValueError:
        yield Problem(SUMS, "is not in the format of sha256sum")
        return
    for name, entry in entries.items():
        if sums.get(name) != entry["sha256"]:
            yield Problem(SUMS, f"{name} differs from the manifest")
    for name in sums.keys() - entries.keys():
        if name not in DESCRIBING or not (folder / name).is_file() or sums[name] != _sha256(folder / name):
            yield Problem(SUMS, f"lists {name}, which is not that file")


def _stray(folder: Path, entries: Mapping[str, Any]) -> Iterator[Problem]:
    """Files that the manifest does not list: an erasure may have missed them."""
    for path in sorted(folder.iterdir()):
        if path.name not in entries and path.name not in DESCRIBING:
            yield Problem(path.name, "is in the folder but not in the manifest")


def _file_faults(path: Path, entry: Mapping[str, Any]) -> Iterator[Problem]:
    name, digest, size, count = path.name, hashlib.sha256(), 0, 0
    if name.endswith(SUFFIX):
        if (path.stat().st_size, _sha256(path)) != (entry["bytes"], entry["sha256"]):
            yield Problem(name, "does not match the manifest")
        return
    with path.open("rb") as file:
        for count, line in enumerate(file, start=1):
            digest.update(line)
            size += len(line)
            if wrong := _line_fault(name, line):
                yield Problem(name, wrong, count)
    if (size, digest.hexdigest()) != (entry["bytes"], entry["sha256"]):
        yield Problem(name, "does not match the manifest")
    if count != entry["records"]:
        yield Problem(name, f"has {count} records where the manifest says {entry['records']}")


def _line_fault(name: str, line: bytes) -> str | None:
    if not line.endswith(b"\n"):
        return "does not end in a line feed"
    try:
        # The strict reader: no NaN, no lone surrogates, nothing after the value.
        value = orjson.loads(line.removeprefix(YAML_ITEM) if name.endswith(".yaml") else line)
    except orjson.JSONDecodeError:
        return "is not JSON"
    return line_fault(name, value)


def line_fault(name: str, value: Any) -> str | None:
    """What is wrong with a line of this file, or None. It names fields, never their contents."""
    if name == LINEAGE:
        return fault(value, LINEAGE_SHAPE, "the line")
    if name not in _BY_FILE:
        return "has a format that this version does not know"
    if name == CASES and isinstance(value, dict) and ADDED.keys().isdisjoint(value):
        value = {**value, **ADDED}
    return _BY_FILE[name].fault(value)


def _first(problems: Iterator[Problem], most: int) -> Iterator[Problem]:
    for number, problem in enumerate(problems):
        if number == most:
            yield Problem(problem.file, "has more faults, which are not listed")
            return
        yield problem


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
