"""Opens and closes review tasks. An interaction has at most one open task, for as long as it needs a human decision."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from curation.decisions import reasons
from curation.decisions.derive import Weighed
from curation.decisions.judging import Judged
from curation.decisions.posterior import Standing, Verdict
from curation.decisions.reasons import HELD, LEAST_SURE, REASONS, of
from curation.decisions.rules import USUAL, Outcome, review_weight
from curation.evidence.pooling import Standings
from curation.evidence.records import Decided, Finding
from curation.filters.filters import HOLD
from curation.models import AuditItem, CurationPolicy, Opinion, ReviewTask, TaskState
from curation.review.settings import ReviewSettings
from curation.selection.holdout import place
from feedback.models import Project
from privacy.db import bulk
from privacy.subjects import digests

BATCH = 500
FOR_A_PERSON = (Outcome.AMBIGUOUS, Outcome.CONFLICTING)
ASKED_OF_RECORDS = frozenset({*HELD, *of(reasons.Kind.GATE, reasons.Kind.CHECK)})
"""Reasons that concern a record, held or in use, rather than the agent's answer."""
AUDIT = "audit"
Kind = ReviewTask.Kind
ASIDE = (Kind.SECOND, Kind.CALIBRATION)
ANY = REASONS[AUDIT]
COLUMNS = tuple(
    "interaction_id project_id subject_id reason detail kind state priority settles revision created_at resolution "
    "correction note".split()
)


class Task(NamedTuple):
    """A question about a label: why it is asked, as a code and in words, the revision that it is about, and how many
    conversations its verdict decides.
    """

    interaction: int
    subject: int
    reason: str
    detail: str
    priority: int
    revision: int
    settles: int = 1


def ask_about_votes(project: Project, judged: Sequence[Judged], known: Standings) -> None:
    """Open a task where votes decide nothing, one for each question and claim, since its verdict settles all
    conversations with that answer (`known` says how many). Close tasks that later votes made unnecessary.
    """
    unclear = {one.read.key: one for one in judged if one.ruling.outcome in FOR_A_PERSON}
    settle([one.read.key for one in judged if one.read.key not in unclear and one.read.before is not None])
    tasks = ReviewTask.objects.filter(state=TaskState.OPEN, interaction__in=list(unclear)).exclude(kind__in=ASIDE)
    asked = {task.interaction_id: task for task in tasks}
    waiting = asked_elsewhere(project, unclear.values(), known)
    waiting |= {(one.question, one.claim) for one in unclear.values() if one.read.key in asked}
    fresh = []
    for key, one in unclear.items():
        read, ruling = one.read, one.ruling
        priority, task = round(USUAL * review_weight(read.votes)), asked.get(key)
        settles = conversations(known, one.question, one.claim)
        if task is None:
            if not one.readings or (one.question, one.claim) not in waiting:
                waiting.add((one.question, one.claim))
                fresh.append(
                    Task(key, read.subject, ruling.reason.value, ruling.detail, priority, read.revision, settles)
                )
        elif task.kind != Kind.ADJUDICATION:  # otherwise reviewers differ: their curator is also told of the votes
            task.reason, task.detail, task.revision = ruling.reason, ruling.detail[:200], read.revision
            task.priority, task.settles = priority, settles
    make_way([one.interaction for one in fresh])
    put(project, fresh)
    ReviewTask.objects.bulk_update(asked.values(), ["reason", "detail", "priority", "settles", "revision"])


def asked_elsewhere(project: Project, unclear: Iterable[Judged], known: Standings) -> set[tuple[bytes, int]]:
    """The doubtful questions and claims that already have an open task. Each task is updated with what it now settles."""
    doubted = {question for question, claims in known.items() if any(map(is_doubted, claims.values()))}
    rows = Opinion.objects.filter(
        project=project,
        question__in=doubted | {one.question for one in unclear},
        interaction__review_tasks__state=TaskState.OPEN,
        interaction__review_tasks__kind=Kind.LABEL,
    ).exclude(interaction__review_tasks__reason__in=[AUDIT, *ASKED_OF_RECORDS])
    tasks = ("question", "claim", "interaction__review_tasks", "interaction__review_tasks__settles")
    waiting, changed = set[tuple[bytes, int]](), defaultdict[int, list[int]](list)
    for question, claim, task, settles in rows.values_list(*tasks).distinct():
        waiting.add((bytes(question), claim))
        if (now := conversations(known, bytes(question), claim)) != settles:
            changed[now].append(task)
    for now, keys in changed.items():
        ReviewTask.objects.filter(pk__in=keys).update(settles=now)
    return waiting


def is_doubted(one: Standing) -> bool:
    """Whether a person has to judge a claim."""
    return one.verdict == Verdict.DOUBT


def conversations(known: Standings, question: bytes, claim: int) -> int:
    """How many conversations a verdict on this claim decides."""
    found = known.get(question, {}).get(claim)
    return max(found.conversations, 1) if found is not None else 1


def hold(project: Project, looked_at: Sequence[Decided], found: Mapping[int, Finding | None]) -> int:
    """Ask about held records, and withdraw the question where nothing is held any more; return how many are asked.

    A task open for another reason (a doubt about the label, the audit) stays: the same person looks at both. Records
    that reviewers dispute already have a task.
    """
    held = {key: one for key, one in found.items() if one is not None and one.code in HOLD and one.stage != DISPUTE}
    subjects = {row.interaction: row.subject for row in looked_at}
    withdraw(row.interaction for row in looked_at if not row.is_new and row.interaction not in held)
    return ask(project, {key: (subjects[key], one) for key, one in held.items()})


def ask(project: Project, held: Mapping[int, tuple[int, Finding]]) -> int:
    """Open a task for each of these interactions (its subject, and why) without an open one; return how many."""
    keys = list(held)
    opened = 0
    for start in range(0, len(keys), BATCH):
        some = keys[start : start + BATCH]
        with transaction.atomic():  # one by one, each row would be flushed to disk
            make_way(some)
            there = ReviewTask.objects.filter(interaction__in=some, state=TaskState.OPEN)
            asked = set(there.values_list("interaction_id", flat=True))
            tasks = [task(key, *held[key]) for key in some if key not in asked]
            put(project, tasks)
        opened += len(tasks)
    return opened


def put(project: Project, tasks: Iterable[Task]) -> None:
    """Open these tasks; an open task for the same interaction stays unchanged."""
    now = bulk.stamp(timezone.now())
    rows = [
        (one.interaction, project.pk, one.subject, one.reason, one.detail[:200], str(Kind.LABEL), str(TaskState.OPEN),
         one.priority, one.settles, one.revision, now, "", "", "")
        for one in tasks
    ]  # fmt: skip
    bulk.upsert(ReviewTask, COLUMNS, rows, keep=True)


def make_way(interactions: Sequence[int]) -> None:
    """Close these interactions' second reviews and calibrations: a question that decides a label takes precedence."""
    tasks = ReviewTask.objects.filter(interaction__in=interactions, state=TaskState.OPEN, kind__in=ASIDE)
    tasks.update(state=TaskState.CANCELLED, claimed_by=None, claimed_until=None)


def disputed(labelled: Sequence[Weighed], policy: CurationPolicy) -> dict[int, Finding | None]:
    """What keeps each record from use: usually what a filter found. Reviewers who differ, or a pending second review if
    the policy says so, take precedence over a mere hold.
    """
    waits = ReviewSettings.of(policy.settings).second_waits
    kinds = [Kind.ADJUDICATION, Kind.SECOND] if waits else [Kind.ADJUDICATION]
    known = [one.row.interaction for one in labelled if not one.row.is_new]
    rows = ReviewTask.objects.filter(interaction__in=known, state=TaskState.OPEN, kind__in=kinds)
    disputes = {key: DISPUTES[kind] for key, kind in rows.values_list("interaction_id", "kind")}
    return {
        key: disputes.get(key, one.found) if one.found is None or one.found.code in HOLD else one.found
        for one in labelled
        for key in [one.row.interaction]
    }


DISPUTE = "review"
DISPUTES = {
    kind.value: Finding(DISPUTE, code, REASONS[code].sentence)
    for kind, code in ((Kind.ADJUDICATION, "reviewers_differ"), (Kind.SECOND, "second_review"))
}


def task(interaction: int, subject: int, found: Finding) -> Task:
    """A new task about a record that is held."""
    why = REASONS[found.code]
    return Task(interaction, subject, found.code, f"{why.sentence} {found.detail}".rstrip(), why.priority, 0)


def withdraw(interactions: Iterable[int]) -> None:
    """Close the tasks that were opened because a record was held, if it is no longer held. Audit tasks stay."""
    keys = list(interactions)
    for start in range(0, len(keys), BATCH):
        tasks = ReviewTask.objects.filter(
            interaction__in=keys[start : start + BATCH], state=TaskState.OPEN, reason__in=HELD, kind=Kind.LABEL
        )
        drawn = Exists(AuditItem.objects.filter(pk=OuterRef("interaction_id")))
        held = dict(tasks.annotate(drawn=drawn).values_list("interaction", "drawn"))
        for turn, numbers in turns(number for number, is_drawn in held.items() if is_drawn).items():
            mine = tasks.filter(interaction__in=numbers)
            mine.update(reason=AUDIT, detail=ANY.sentence, priority=turn, settles=1)
        if not all(held.values()):
            tasks.update(state=TaskState.CANCELLED, claimed_by=None, claimed_until=None)


TURNS = 19  # priorities of audit tasks: 1 to 19, around the 10 of other tasks


def turns(interactions: Iterable[int]) -> dict[int, list[int]]:
    """The priority of each audit task, drawn by a keyed hash of its interaction: if the oldest came first, the judged ones
    would describe last month.
    """
    found: defaultdict[int, list[int]] = defaultdict(list)
    key = digests.key("audit order")
    for number in interactions:
        found[1 + int(TURNS * place(number.to_bytes(8, "big"), key=key))].append(number)
    return found


def settle(interactions: Sequence[int]) -> None:
    """Close the tasks about labels that signals have settled since. Audit tasks stay."""
    for start in range(0, len(interactions), BATCH):
        some = interactions[start : start + BATCH]
        tasks = ReviewTask.objects.filter(interaction__in=some, state=TaskState.OPEN)
        tasks = (
            tasks.exclude(kind=Kind.ADJUDICATION)
            .exclude(reason__in=[AUDIT, LEAST_SURE, *HELD], kind=Kind.LABEL)
            .exclude(interaction__in=AuditItem.objects.values("pk"))
        )
        tasks.update(state=TaskState.CANCELLED, claimed_by=None, claimed_until=None)
