"""A release cut again: the old files without the lines of erased people. No other byte changes, because nothing is
read from the tables, which may have changed since.
"""

import hashlib
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import orjson
from django.db.models import F

from curation.models import Release, ReleaseMember, ReleaseQuote, ReleaseState
from curation.releases import quotes
from curation.releases import rows as releases_rows
from curation.releases.files import HashedFile, complete, file_entry, folder
from curation.releases.formats import FORMATS, eval_cases, parquet
from curation.releases.formats.format import Row

CHUNK = 2_000
Dropped = list[dict[str, str]]


def write(release: Release, previous: Release, aside: Path) -> tuple[dict[str, Any], Dropped]:
    """Write the recut's files into `aside`; return its manifest and the removed records: [{file, record, sha256}]."""
    source = folder(previous)
    kinds = {e["name"]: e["purpose"] for e in previous.manifest["files"] if has_lineage(e["name"])}
    sources = {name: (source / name).open("rb") for name in kinds}
    try:
        writers = {name: HashedFile(aside / name) for name in kinds}
        lines = HashedFile(aside / "lineage.jsonl")
        dropped: Dropped = []
        formats = {module.file: module for module in FORMATS if module.record == "case"}
        for entries in chunks(source / "lineage.jsonl"):
            kept = members(release, entries)
            left = quotes.remaining_digests(release, [entry["interaction"] for _, entry in entries])
            changed: dict[str, Row] = {}
            for raw, entry in entries:
                line, name = sources[entry["file"]].readline(), entry["interaction"]
                if (name, kinds[entry["file"]]) in kept:
                    if entry["file"] == eval_cases.FORMAT.file:
                        note_changed(line, name, left.get(name, set()), changed)
                    if name in changed and entry["file"] in formats:
                        dropped.append(removed_record(entry, line))
                        line = formats[entry["file"]].line(changed[name]) or line
                    writers[entry["file"]].write(line)
                    lines.write(raw)
                else:
                    dropped.append(removed_record(entry, line))
            for file in (*writers.values(), lines):
                file.flush_lines()
    finally:
        for opened in sources.values():
            opened.close()
    files = [file_entry(file, kinds[name]) for name, file in writers.items()]
    counts = {"interactions": ReleaseMember.objects.filter(release=release).count(), "removed": len(dropped)}
    return complete(
        release, aside, [*files, file_entry(lines, "lineage")], counts, releases_rows.tallied(release)
    ), dropped


def note_changed(line: bytes, name: str, left: set[int], changed: dict[str, Row]) -> None:
    """Note a case that held texts of removed conversations, in its new form without them."""
    if (case := quotes.without_erased(orjson.loads(line), left)) is not None:
        changed[name] = eval_cases.row(case)


def has_lineage(name: str) -> bool:
    """Whether `lineage.jsonl` names the file's lines; Parquet files are rebuilt from such files."""
    return name != "lineage.jsonl" and not name.endswith(parquet.SUFFIX)


def chunks(path: Path) -> Iterator[list[tuple[bytes, dict[str, str]]]]:
    """The lines of `lineage.jsonl`, raw and parsed, in batches."""
    with path.open("rb") as file:
        while some := [(raw, orjson.loads(raw)) for raw in islice(file, CHUNK)]:
            yield some


def members(release: Release, entries: list[tuple[bytes, dict[str, str]]]) -> set[tuple[str, str]]:
    """(interaction, purpose) of these interactions that are still in the release; one query."""
    rows = ReleaseMember.objects.filter(
        release=release, interaction__external_id__in={entry["interaction"] for _, entry in entries}
    )
    kept: set[tuple[str, str]] = set()
    for name, evaluation, training in rows.values_list("interaction__external_id", "evaluation", "training"):
        kept |= {(name, purpose) for purpose, is_in in (("evaluation", evaluation), ("training", training)) if is_in}
    return kept


def removed_record(entry: dict[str, str], line: bytes) -> dict[str, str]:
    """A recall's entry for a removed line: where it was, and the hash that identifies it."""
    return {"file": entry["file"], "record": entry["record"], "sha256": hashlib.sha256(line).hexdigest()}


def mark_stale() -> int:
    """Mark the releases with re-redacted interactions stale, to be cut again; return how many."""
    changed = ReleaseMember.objects.filter(
        release__state__in=[ReleaseState.PUBLISHED, ReleaseState.STALE],
        interaction__text_changed_at__gt=F("release__published_at"),
    )
    quoted = ReleaseQuote.objects.filter(
        release__state__in=[ReleaseState.PUBLISHED, ReleaseState.STALE],
        interaction__text_changed_at__gt=F("release__published_at"),
    )
    releases = {*changed.values_list("release", flat=True), *quoted.values_list("release", flat=True)}
    if releases:
        quoted.delete()
        Release.objects.filter(pk__in=releases, state=ReleaseState.PUBLISHED).update(state=ReleaseState.STALE)
        changed.delete()
    return len(releases)
