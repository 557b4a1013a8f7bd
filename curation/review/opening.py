"""Whom to ask what: a task is open exactly while a person's word is needed, one to an interaction."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from curation.evidence.records import Decided, Finding
from curation.models import AuditItem, ReviewTask, TaskState
from feedback.models import Project
from privacy.db import columns

BATCH = 500
HELD = {
    "sensitive_topic": "It touches a sensitive topic. May it be used?",
    "prompt_injection": "Its text may try to instruct a reader or a judge. Is it harmless?",
    "classifier": "The project's own classifier stopped it. May it be used?",
    "answers_differ": "Another answer to the same question was confirmed too. Is this one right?",
    "contradicts_review": "Somebody corrected what a reviewer had decided. Is the correction right?",
    "pushed_phrase": "Few people bring the same phrase often. Is the answer right?",
    "spread_phrase": "Many people wrote a phrase that no source has. Is the answer right?",
    "rare_words": "It names what hardly anybody else wrote. Might that tell who asked?",
    "unknown_names": "The answer names what no source and no approved record knows. Is it right?",
    "quorum": "Too few people have voted on it. Is the answer right?",
}
"""The reasons for which a record that has a label is held until a person has looked, as a reviewer reads them."""
ASKED_OF_RECORDS = frozenset({*HELD, "not_discriminating", "judge_divided"})
"""The reasons that are about a record which has a label; the last two are the gate's."""
PRIORITY = {"prompt_injection": 30, "sensitive_topic": 20, "contradicts_review": 25}
PLAIN = 10
AUDIT = "audit"
Kind = ReviewTask.Kind
ASIDE = (Kind.SECOND, Kind.CALIBRATION)
ANY = "It was drawn at random. Judge the answer by itself."
COLUMNS = (
    "interaction_id", "project_id", "subject_id", "reason", "detail", "kind", "state", "priority", "revision",
    "created_at", "resolution", "correction", "note",
)  # fmt: skip


class Task(NamedTuple):
    """A question about a label that is to be opened: why, in a code and in words, and the revision that it is about."""

    interaction: int
    subject: int
    reason: str
    detail: str
    priority: int
    revision: int


def hold(project: Project, looked_at: Sequence[Decided], held: Mapping[int, Finding]) -> int:
    """Ask about the records that are held, and take back the question where nothing holds any more; how many are asked.

    A task that is open for another reason (a doubt about the label, the audit) stays: it is the same person's look.
    """
    subjects = {row.interaction: row.subject for row in looked_at}
    withdraw(row.interaction for row in looked_at if not row.is_new and row.interaction not in held)
    return ask(project, {key: (subjects[key], found) for key, found in held.items()})


def ask(project: Project, held: Mapping[int, tuple[int, Finding]]) -> int:
    """Open a task for each of these interactions (its subject, and why) that has none open; how many."""
    keys = list(held)
    opened = 0
    for start in range(0, len(keys), BATCH):
        some = keys[start : start + BATCH]
        with transaction.atomic():  # by itself, each row would be flushed to disk
            make_way(some)
            there = ReviewTask.objects.filter(interaction__in=some, state=TaskState.OPEN)
            asked = set(there.values_list("interaction_id", flat=True))
            tasks = [task(key, *held[key]) for key in some if key not in asked]
            put(project, tasks)
        opened += len(tasks)
    return opened


def put(project: Project, tasks: Iterable[Task]) -> None:
    """Open these tasks; where one is open for the interaction already, it stays as it is."""
    now = columns.stamp(timezone.now())
    rows = [
        (one.interaction, project.pk, one.subject, one.reason, one.detail[:200], str(Kind.LABEL), str(TaskState.OPEN),
         one.priority, one.revision, now, "", "", "")
        for one in tasks
    ]  # fmt: skip
    columns.upsert(ReviewTask, COLUMNS, rows, keep=True)


def make_way(interactions: Sequence[int]) -> None:
    """Close the second looks and calibrations of these interactions: a question that decides a label goes before."""
    tasks = ReviewTask.objects.filter(interaction__in=interactions, state=TaskState.OPEN, kind__in=ASIDE)
    tasks.update(state=TaskState.CANCELLED, claimed_by=None, claimed_until=None)


def disputed(interactions: Sequence[int], *, second_waits: bool) -> dict[int, Finding]:
    """What keeps these records from being used: reviewers differ, or, where the policy says so, a second look is due."""
    kinds = [Kind.ADJUDICATION, Kind.SECOND] if second_waits else [Kind.ADJUDICATION]
    rows = ReviewTask.objects.filter(interaction__in=interactions, state=TaskState.OPEN, kind__in=kinds)
    return {key: DISPUTES[kind] for key, kind in rows.values_list("interaction_id", "kind")}


DISPUTES = {
    Kind.ADJUDICATION.value: Finding("review", "reviewers_differ", "Two reviewers differ; a curator decides."),
    Kind.SECOND.value: Finding("review", "second_review", "A second reviewer has yet to look."),
}


def task(interaction: int, subject: int, found: Finding) -> Task:
    """A new task about a record that is held."""
    words = f"{HELD.get(found.code, ANY)} {found.detail}".rstrip()
    return Task(interaction, subject, found.code, words, PRIORITY.get(found.code, PLAIN), 0)


def withdraw(interactions: Iterable[int]) -> None:
    """Close the tasks that were opened because a record was held, where it is held no longer. What was drawn into the
    audit is judged all the same.
    """
    keys = list(interactions)
    for start in range(0, len(keys), BATCH):
        tasks = ReviewTask.objects.filter(
            interaction__in=keys[start : start + BATCH], state=TaskState.OPEN, reason__in=HELD, kind=Kind.LABEL
        )
        tasks.filter(interaction__in=AuditItem.objects.values("pk")).update(reason=AUDIT, detail=ANY, priority=PLAIN)
        tasks.update(state=TaskState.CANCELLED, claimed_by=None, claimed_until=None)


def settle(interactions: Sequence[int]) -> None:
    """Close the tasks about labels that the signals have settled since. Those of the audit stay."""
    for start in range(0, len(interactions), BATCH):
        some = interactions[start : start + BATCH]
        tasks = ReviewTask.objects.filter(interaction__in=some, state=TaskState.OPEN)
        tasks = (
            tasks.exclude(kind=Kind.ADJUDICATION)
            .exclude(reason__in=[AUDIT, *HELD], kind=Kind.LABEL)
            .exclude(interaction__in=AuditItem.objects.values("pk"))
        )
        tasks.update(state=TaskState.CANCELLED, claimed_by=None, claimed_until=None)
