"""The incremental pull: interactions whose signals changed become decisions, review tasks and derived records.

`curate` is the one function that beat, the command, the console's button and the tests call. It asks the database what
is pending, so nothing is lost when a message is; it works in short transactions, each of which leaves a whole state, so
a killed run goes on where it was; and run again with nothing new it does nothing.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from curation import columns, derive, duplicates, policies, reviewtasks
from curation.decided import LABELLED
from curation.language import guess
from curation.models import CurationPolicy, Decision, ReviewTask, Run
from curation.pace import Pace, roomy, uncollected
from curation.records import Decided
from curation.rules import Outcome, Reason, Ruling, Vote, decide, review_weight, standing
from feedback.models import Interaction, Project, Signal
from privacy.models import Subject

DECIDED = (Outcome.CONFIRMED, Outcome.CORRECTED)
FOR_A_PERSON = (Outcome.AMBIGUOUS, Outcome.CONFLICTING)
DECISION = (
    "interaction_id", "project_id", "subject_id", "run_id", "policy_version", "revision", "outcome", "reason", "detail",
    "language", "correction_id", "task_id", "decided_by", "decided_at",
)  # fmt: skip


def curate(project: Project, *, progress: Callable[[int, int], None] | None = None) -> Run | None:
    """Decide everything that is pending; the run, or None where nothing was.

    Whoever calls this while another process does joins its run, and they share the work. `progress` is called with
    (read, total) after each batch. A run that is cancelled stops after its batch.
    """
    run = begin_or_join(project)
    if run is None:
        return None
    with roomy():
        take_batches(run, progress)
    done = Run.objects.filter(pk=run.pk).exclude(state=Run.State.CANCELLED)
    done.update(state=Run.State.DONE, finished_at=timezone.now())
    run.refresh_from_db()
    return run


def take_batches(run: Run, progress: Callable[[int, int], None] | None) -> None:
    """Curate batch after batch until nothing is left, or somebody cancels the run."""
    pace, after, last = Pace(), 0, -1
    while after != last:
        last, started = after, time.monotonic()
        with uncollected():
            after = curate_batch(run, after, pace.batch)
        pace.took(time.monotonic() - started)
        run.refresh_from_db(fields=["state", "read"])
        if run.state == Run.State.CANCELLED:
            break
        if progress:
            progress(run.read, run.total)


def begin_or_join(project: Project) -> Run | None:
    """The run that is under way, by the policy in force, or a new one; None where nothing is pending."""
    pending = Interaction.objects.filter(project=project).pending()
    if not pending.exists():
        return None
    with transaction.atomic():
        columns.in_turn("run", project.pk)
        waiting = pending.count()
        if not waiting:  # another process did it all meanwhile
            return None
        policy = policies.current(project)
        run = Run.objects.filter(project=project, state=Run.State.RUNNING, policy=policy).order_by("-pk").first()
        if run is None:
            return Run.objects.create(project=project, policy=policy, total=waiting)
        run.total = run.read + waiting
        run.save(update_fields=["total"])
        return run


class Before(NamedTuple):
    """The decision that stood: whether and when a reviewer made it."""

    outcome: str
    reason: str
    detail: str
    task: int | None
    resolved_at: datetime | None
    correction: str


class Read(NamedTuple):
    """One interaction as a batch reads it: its votes, what stood before, and after a review when the newest vote came."""

    key: int
    subject: int
    question: str
    answer: str
    context: Sequence[Mapping[str, str]]
    sources: Sequence[Mapping[str, Any]]
    tags: tuple[str, ...]
    agent: tuple[str, str]
    occurred_at: datetime
    fingerprint: bytes
    revision: int
    votes: tuple[Vote, ...]
    heard_at: datetime | None
    before: Before | None


def curate_batch(run: Run, after: int, most: int) -> int:
    """Decide at most so many pending interactions with a key above `after`, in one transaction.

    What hangs on a record alone is worked out and written at once; for what hangs on the records beside it, workers on
    one project take turns: what two wrote at once could not be seen to repeat each other, and both would stand. Before its
    turn a worker writes only rows that no other's turn touches, so that neither waits for the other.
    Returns the last key, `after` where nothing was left. A signal that arrives meanwhile raises the interaction's
    revision, and it stays pending for the next run.
    """
    policy = run.policy
    with transaction.atomic():
        reads = read_batch(run.project, after, most)
        if not reads:
            return after
        rulings = {read.key: rule(read) for read in reads}
        languages = {read.key: guess(read.question) for read in reads}
        record(reads, rulings, languages, run, policy)
        Interaction.objects.read((read.key, read.revision) for read in reads)
        weighed = derive.weigh([decided(read, rulings[read.key], languages[read.key]) for read in reads], policy)
        columns.in_turn("curate", run.project_id)
        ask_people(run.project, reads, rulings)
        duplicates.resolve(run.project, derive.derive(weighed, policy))
        note(run, Counter(ruling.outcome.value for ruling in rulings.values()))
    return reads[-1].key


def note(run: Run, counts: Counter[str]) -> None:
    """Add a batch to the figures of its run, whoever else does. Call in turn."""
    (before,) = Run.objects.filter(pk=run.pk).values_list("counts", flat=True)
    told = dict(Counter(before) + counts)
    Run.objects.filter(pk=run.pk).update(read=F("read") + counts.total(), counts=told, alive_at=timezone.now())


def read_batch(project: Project, after: int, most: int) -> list[Read]:
    """The next pending interactions with all that deciding takes; a constant number of statements."""
    lock = " FOR NO KEY UPDATE OF i SKIP LOCKED" if connection.features.has_select_for_update_skip_locked else ""
    pending = columns.select(
        "SELECT i.id, i.subject_id, i.question, i.answer, i.context, i.sources, i.tags, i.agent_name, "  # noqa: S608
        f"i.agent_version, {columns.at('i.occurred_at')}, i.fingerprint, i.revision "
        f"FROM {columns.quoted(Interaction)} i JOIN {columns.quoted(Subject)} p ON p.id = i.subject_id "
        "WHERE i.project_id = %s AND i.id > %s AND i.pending AND NOT i.scan_due AND p.restricted_at IS NULL "
        f"ORDER BY i.id LIMIT {most}{lock}",
        [project.pk, after],
    )
    keys = [row[0] for row in pending]
    before = decisions_before(keys)
    votes, heard = votes_on(keys, {key for key, decision in before.items() if decision.task is not None})
    return [
        Read(
            key, subject, question, answer, columns.parsed(context), columns.parsed(sources),
            tuple(columns.parsed(tags)), (name, version), columns.moment(at), bytes(mark), revision,
            tuple(votes.get(key, ())), heard.get(key), before.get(key),
        )
        for key, subject, question, answer, context, sources, tags, name, version, at, mark, revision in pending
    ]  # fmt: skip


def votes_on(keys: Sequence[int], reviewed: Set[int]) -> tuple[dict[int, list[Vote]], dict[int, datetime]]:
    """The signals that stand on these interactions, oldest first; of those that a person reviewed, when the newest came."""
    statement = (
        f"SELECT g.interaction_id, g.id, g.subject_id, g.kind, g.correction, {columns.at('g.occurred_at')}, {columns.at('g.received_at')} "  # noqa: S608
        f"FROM {columns.quoted(Signal)} g JOIN {columns.quoted(Subject)} p ON p.id = g.subject_id "
        "WHERE g.withdrawn_at IS NULL AND p.restricted_at IS NULL AND g.interaction_id IN ({keys}) ORDER BY g.id"
    )
    votes: dict[int, list[Vote]] = {}
    heard: dict[int, datetime] = {}
    for key, ref, subject, kind, correction, occurred_at, received_at in columns.select_in(statement, keys):
        votes.setdefault(key, []).append(Vote(ref, subject, kind, correction or None, columns.moment(occurred_at)))
        if key in reviewed:
            arrived = columns.moment(received_at)
            heard[key] = max(heard.get(key, arrived), arrived)
    return votes, heard


def decisions_before(keys: Sequence[int]) -> dict[int, Before]:
    """The decisions that stand on these interactions."""
    statement = (
        "SELECT d.interaction_id, d.outcome, d.reason, d.detail, d.task_id, t.resolved_at, t.correction "  # noqa: S608
        f"FROM {columns.quoted(Decision)} d LEFT JOIN {columns.quoted(ReviewTask)} t ON t.id = d.task_id "
        "WHERE d.interaction_id IN ({keys})"
    )
    return {
        key: Before(outcome, reason, detail, task, columns.moment(at) if at else None, typed or "")
        for key, outcome, reason, detail, task, at, typed in columns.select_in(statement, keys)
    }


def stands(read: Read) -> bool:
    """Whether a reviewer decided and nobody has voted since."""
    before = read.before
    if before is None or before.task is None or before.resolved_at is None:
        return False
    return read.heard_at is None or read.heard_at <= before.resolved_at


def rule(read: Read) -> Ruling:
    """What the standing signals say; a reviewer's decision stands until somebody votes after it."""
    if read.before is not None and stands(read):
        return Ruling(Outcome(read.before.outcome), Reason(read.before.reason), None, read.before.detail)
    return decide(read.answer, read.votes)


def record(
    reads: Sequence[Read],
    rulings: Mapping[int, Ruling],
    languages: Mapping[int, str],
    run: Run,
    policy: CurationPolicy,
) -> None:
    """Write the rulings, each with its reason in words."""
    now = columns.stamp(timezone.now())
    rows = []
    for read in reads:
        ruling, reviewed = rulings[read.key], stands(read)
        task = read.before.task if reviewed and read.before else None
        rows.append(
            (read.key, run.project_id, read.subject, run.pk, policy.version, read.revision, ruling.outcome.value,
             ruling.reason.value, ruling.detail[:200], languages[read.key], ruling.correction, task,
             "reviewer" if reviewed else "rule", now)
        )  # fmt: skip
    columns.upsert(Decision, DECISION, rows)


def decided(read: Read, ruling: Ruling, language: str) -> Decided:
    """A ruling with all that is made of it."""
    reviewed = stands(read)
    written = next((vote for vote in read.votes if vote.ref == ruling.correction), None) if ruling.correction else None
    typed = read.before.correction if reviewed and read.before else ""
    expected = typed or (written.correction if written else "") or read.answer
    return Decided(
        interaction=read.key,
        subject=read.subject,
        question=read.question,
        context=read.context,
        answer=read.answer,
        expected=expected if ruling.outcome in LABELLED else None,
        corrected=ruling.outcome == Outcome.CORRECTED,
        reviewed=reviewed,
        correction=ruling.correction,
        author=written.subject if written else None,
        sources=read.sources,
        tags=read.tags,
        language=language,
        agent=read.agent,
        occurred_at=read.occurred_at,
        fingerprint=read.fingerprint,
        voters=tuple(vote.subject for vote in standing(read.votes)),
        is_new=read.before is None,
    )


def ask_people(project: Project, reads: Iterable[Read], rulings: Mapping[int, Ruling]) -> None:
    """Open a review task where the signals decide nothing; close those that later signals made needless."""
    unclear = {read.key: read for read in reads if rulings[read.key].outcome in FOR_A_PERSON}
    reviewtasks.settle([read.key for read in reads if read.key not in unclear and read.before is not None])
    reviewtasks.make_way(list(unclear))
    tasks = ReviewTask.objects.filter(state=ReviewTask.State.OPEN, interaction__in=list(unclear))
    asked = {task.interaction_id: task for task in tasks}
    fresh = []
    for key, read in unclear.items():
        ruling, priority, task = rulings[key], round(10 * review_weight(read.votes)), asked.get(key)
        if task is None:
            new = reviewtasks.Task(key, read.subject, ruling.reason.value, ruling.detail, priority, read.revision)
            fresh.append(new)
        elif task.kind != ReviewTask.Kind.ADJUDICATION:  # else reviewers differ: their curator hears the votes, too
            task.reason, task.detail, task.revision = ruling.reason, ruling.detail[:200], read.revision
            task.priority = priority
    reviewtasks.put(project, fresh)
    ReviewTask.objects.bulk_update(asked.values(), ["reason", "detail", "priority", "revision"])
