"""Records of the same question: one stands, the others point at it, and say why.

Questions are the same by fingerprint; near ones, of one cluster, only repeat each other where they have the same
answer. What is new is compared with what stands, so that a question which was asked ten thousand times costs no more
than one which was asked twice; all of it is looked at again only where something that stood has gone.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Q

from curation import reviewtasks
from curation.derive import KINDS, Touched
from curation.filters import HOLD
from curation.models import Derived, PreferencePair, Question
from curation.records import Finding
from curation.rules import Outcome
from feedback.fingerprints import normalise
from feedback.models import Project

Status = Derived.Status
STANDING = (Status.ACTIVE, Status.BALANCED, Status.GUARDED, Status.HELD)
OWN_REASONS = (
    "same_question",
    "near_question",
    "corrected_later",
    "reviewed_otherwise",
    "answers_differ",
    "contradicts_review",
)
ASKED = ("answers_differ", "contradicts_review")
BATCH = 500
RELATED = ("decision__interaction", "decision__correction", "decision__task")


def resolve(project: Project, touched: Touched | Iterable[bytes]) -> int:
    """Choose, for each of these questions, the record that stands; how many rows changed. Call in a transaction.

    A reviewer's word stands before a rule's, a correction before a confirmation, the newer before the older. A confirmed
    answer that a later correction contradicts is retired; confirmed answers that differ go to review, one at a time.
    """
    if not isinstance(touched, Touched):
        touched = Touched(changed=set(touched))
    fresh = {mark: keys for mark, keys in touched.fresh.items() if mark not in touched.changed}
    changed = 0
    for model in KINDS:
        moved = again(model, project, touched.changed) if touched.changed else []
        moved += compare(model, project, fresh) if fresh else []
        moved += nearby(model, project, touched)
        if touched.changed:
            moved += again(model, project, orphans(model, project))
        changed += len(moved)
        if model is not PreferencePair:
            ask(project, moved)
    return changed


def in_play(model: type[Derived], project: Project) -> Any:
    """The records that no filter took out."""
    rows = model.objects.filter(project=project).exclude(status=Status.FILTERED)
    return rows.exclude(status=Status.HELD, reason__in=HOLD)


def orphans(model: type[Derived], project: Project) -> set[bytes]:
    """The questions whose duplicates point at nothing any more, because what they repeated has gone."""
    rows = model.objects.filter(project=project, status=Status.DUPLICATE, canonical__isnull=True)
    return set(map(bytes, rows.values_list("fingerprint", flat=True)))


def again(model: type[Derived], project: Project, marks: Iterable[bytes]) -> list[Derived]:
    """Look at every record of these questions again; those that changed."""
    return settle(model, in_play(model, project), marks)


def compare(model: type[Derived], project: Project, fresh: dict[bytes, list[int]]) -> list[Derived]:
    """Compare new records with those that stand; the questions that have only one are passed over without reading it."""
    light = in_play(model, project).filter(Q(status__in=STANDING))
    counts: defaultdict[bytes, int] = defaultdict(int)
    marks = list(fresh)
    for start in range(0, len(marks), BATCH):
        for mark in light.filter(fingerprint__in=marks[start : start + BATCH]).values_list("fingerprint", flat=True):
            counts[bytes(mark)] += 1
    return settle(model, light, [mark for mark in marks if counts[mark] > 1])


def settle(model: type[Derived], rows: Any, marks: Iterable[bytes]) -> list[Derived]:
    """Give the records of these questions their standing, and store what changed."""
    wanted, moved = list(marks), []
    for start in range(0, len(wanted), BATCH):
        groups: dict[bytes, list[Derived]] = defaultdict(list)
        found = rows.filter(fingerprint__in=wanted[start : start + BATCH]).select_related(*RELATED)
        for row in found.order_by("pk"):
            groups[bytes(row.fingerprint)].append(row)
        moved += [row for group in groups.values() for row in settle_group(model, group)]
    store(model, moved)
    return moved


def store(model: type[Derived], rows: Sequence[Derived]) -> None:
    """Write the standing of these records."""
    fields = ["status", "reason", "detail", "figure", "canonical", "selected"]
    model.objects.bulk_update(rows, fields, batch_size=BATCH)


def settle_group(model: type[Derived], group: Sequence[Derived]) -> list[Derived]:
    """Give every record of one question its standing; those that changed."""
    first = max(group, key=rank)
    said = normalise(first.decision.expected)
    changed = []
    for row in group:
        verdict = None if row is first else standing(model, row, first, normalise(row.decision.expected) == said)
        if give(row, verdict, first):
            changed.append(row)
    return changed


def give(row: Derived, verdict: tuple[str, str, str] | None, first: Derived) -> bool:
    """Let a record stand (None), or say what keeps it out; whether that changed it. What a selection for a release said
    of a record that stands is left alone.
    """
    before = (row.status, row.reason, row.canonical_id)
    if verdict is None:
        if row.reason in OWN_REASONS:
            row.status, row.reason, row.detail, row.canonical_id = Status.ACTIVE, "", "", None
            row.figure, row.selected = None, False
    else:
        row.status, row.reason, row.detail = verdict
        row.canonical_id, row.figure, row.selected = first.pk, None, False
    return (row.status, row.reason, row.canonical_id) != before


def rank(row: Derived) -> tuple[bool, bool, float, int]:
    """Which of several records stands: the greatest."""
    decision = row.decision
    corrected = decision.outcome == Outcome.CORRECTED
    return decision.task_id is not None, corrected, decision.interaction.occurred_at.timestamp(), row.pk


def standing(model: type[Derived], row: Derived, first: Derived, same_answer: bool) -> tuple[str, str, str] | None:
    """The (status, reason, words) of a record beside the one that stands; None where both may."""
    if same_answer:
        return Status.DUPLICATE, "same_question", "The same question with the same answer stands already."
    if model is PreferencePair:
        return None
    if first.decision.task_id is not None:
        newer = rank(row)[2] > rank(first)[2]
        if row.decision.task_id is None and row.decision.outcome == Outcome.CORRECTED and newer:
            return Status.HELD, "contradicts_review", "A reviewer decided for another answer before."
        return Status.RETIRED, "reviewed_otherwise", "A reviewer decided for another answer to the same question."
    if first.decision.outcome == Outcome.CORRECTED:
        return Status.RETIRED, "corrected_later", "A correction of the same question contradicts this answer."
    return Status.HELD, "answers_differ", "Another answer to the same question was confirmed too."


def nearby(model: type[Derived], project: Project, touched: Touched) -> list[Derived]:
    """Records of near questions that have the same answer: one stands. Those whose answers differ stand beside it."""
    moved: list[Derived] = []
    for cluster in shared_clusters(project, touched):
        members = Question.objects.filter(project=project, cluster=cluster).values("pk")
        rows = in_play(model, project).filter(Q(status__in=STANDING) | Q(reason="near_question"), pk__in=members)
        answers: dict[str, list[Derived]] = defaultdict(list)
        for row in rows.exclude(reason__in=ASKED).select_related(*RELATED):
            answers[normalise(row.decision.expected)].append(row)
        for group in answers.values():
            first = max(group, key=rank)
            words = "A near question with the same answer stands already."
            for row in group:
                if give(row, None if row is first else (Status.DUPLICATE, "near_question", words), first):
                    moved.append(row)
    store(model, moved)
    return moved


def shared_clusters(project: Project, touched: Touched) -> list[int]:
    """The clusters in which one of the new questions met another."""
    keys = [key for some in touched.fresh.values() for key in some]
    found: set[int] = set()
    for start in range(0, len(keys), BATCH):
        joined = Question.objects.filter(pk__in=keys[start : start + BATCH], project=project, band_0__isnull=True)
        found.update(joined.values_list("cluster", flat=True))
    return sorted(found)


def ask(project: Project, moved: Sequence[Derived]) -> None:
    """Send the first of each question's disputed answers to a person, and take back what is disputed no longer."""
    reviewtasks.withdraw(row.pk for row in moved if row.reason not in ASKED)
    first: dict[bytes, Derived] = {}
    for row in sorted((row for row in moved if row.reason in ASKED), key=rank, reverse=True):
        first.setdefault(bytes(row.fingerprint), row)
    found = {row.pk: (row.subject_id, Finding("dedupe", row.reason, row.detail)) for row in first.values()}
    reviewtasks.ask(project, found)
