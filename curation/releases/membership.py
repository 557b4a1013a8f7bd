"""The members of a release, and how two releases differ.

Members are chosen in one statement, with consent checked again, and stored so that an erasure finds the files. The
difference is records added, removed or changed, by file; it reads the files.
"""

from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

import orjson
from django.db import connection
from django.db.models import BooleanField, Case, F, Q, QuerySet, Value, When

from curation.decisions.rules import Outcome
from curation.models import Decision, Derived, EvalCase, Example, PreferencePair, Question, Release, ReleaseMember
from curation.releases.files import folder
from feedback.models import Interaction, Signal
from privacy.consent import ledger
from privacy.db import bulk
from privacy.models import ConsentEntry, Purpose, Subject

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


ACTIVE = Derived.Status.ACTIVE
ALL = Q(pk__isnull=False)
READ = (Decision, EvalCase, Example, PreferencePair, Question, Interaction, Signal, Subject, ConsentEntry)


def choose(release: Release) -> int:
    """Insert every interaction whose records belong in the release, and return how many. One INSERT … SELECT."""
    rows = chosen(release).values_list(
        Value(release.pk), "pk", "subject_id", "for_evaluation", "for_training", "other_author"
    )
    return insert(["release_id", "interaction_id", "subject_id", "evaluation", "training", "author_id"], rows)


def chosen(release: Release, *, is_selected: bool = True) -> QuerySet[Decision]:
    """Decisions with a record in use and current consent to its purpose. Without `is_selected`, those too that no
    selection has read yet: before a release is cut, that is what it would begin with.
    """
    project = release.dataset.project
    author = Case(When(~Q(correction__subject=F("subject")), then=F("correction__subject")), default=None)
    evaluation, training = (
        side & has_consent(purpose, project.consents_by_default(purpose)) for purpose, side in sides(release)
    )
    return (
        Decision.objects.filter(
            project=project,
            outcome__in=[Outcome.CONFIRMED, Outcome.CORRECTED],
            subject__restricted_at__isnull=True,
            interaction__scan_due=False,
        )
        .exclude(is_held("evalcase") | is_held("example") | is_held("preferencepair"))
        .annotate(
            for_evaluation=flag(in_use("evalcase", is_selected) & evaluation),
            for_training=flag((in_use("example", is_selected) | in_use("preferencepair", is_selected)) & training),
            other_author=author,
        )
        .filter(Q(for_evaluation=True) | Q(for_training=True))
        .order_by("pk")
    )


def in_use(kind: str, is_selected: bool) -> Q:
    """A record in use, that a selection has kept since it was derived."""
    return Q(**{f"{kind}__status": ACTIVE, **({f"{kind}__selected": True} if is_selected else {})})


def is_held(kind: str) -> Q:
    """A held record: it keeps every record of its decision out of the release."""
    return Q(**{f"{kind}__status": Derived.Status.HELD})


def sides(release: Release) -> list[tuple[str, Q]]:
    """For each purpose, the clusters that may serve it: all, or those on its side of the hold-out share."""
    held_out = release.dataset.holdout
    if not held_out:
        return [(Purpose.EVALUATION, ALL), (Purpose.TRAINING, ALL)]
    below = Q(interaction__asked__place__lt=held_out)
    return [(Purpose.EVALUATION, below), (Purpose.TRAINING, Q(interaction__asked__place__gte=held_out))]


def has_consent(purpose: str, default: bool) -> Q:
    """The asker and the author of the correction both consent to the purpose."""
    theirs = ledger.agrees(purpose, subject="correction__subject_id", default=default)
    return ledger.agrees(purpose, default=default) & (Q(correction__isnull=True) | theirs)


def flag(condition: Q) -> Case:
    """A condition as a column that is true or false, never null."""
    return Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())


def insert(columns: list[str], rows: QuerySet[Any, Any]) -> int:
    """`INSERT INTO … SELECT`: the rows never leave the database. Django has no such call."""
    sql, parameters = rows.query.sql_with_params()
    names = ", ".join(connection.ops.quote_name(name) for name in columns)
    return bulk.execute(f"INSERT INTO {bulk.quoted(ReleaseMember)} ({names}) {sql}", parameters)


def carry_over(old: Release, new: Release) -> int:
    """Copy the remaining members of a release to its recut."""
    members = ReleaseMember.objects.filter(release=old).order_by("interaction")
    rows = members.values_list(Value(new.pk), "interaction_id", "subject_id", "evaluation", "training", "author_id")
    return insert(["release_id", "interaction_id", "subject_id", "evaluation", "training", "author_id"], rows)
