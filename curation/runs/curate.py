"""The incremental pull: interactions whose signals changed become decisions, review tasks and derived records.

`curate` is the one function that beat, the command, the console's button and the tests call. It asks the database what
is pending, so nothing is lost when a message is; it works in short transactions, each of which leaves a whole state, so
a killed run goes on where it was; and run again with nothing new it does nothing.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from typing import NamedTuple

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from curation.decisions import derive
from curation.decisions.language import guess
from curation.decisions.rules import Outcome, Reason, Ruling, decide, review_weight, standing
from curation.evidence import pending
from curation.evidence.decided import LABELLED
from curation.evidence.pending import Read, Stored
from curation.evidence.records import Decided
from curation.models import CurationPolicy, Decision, ReviewTask, Run, RunState, TaskState
from curation.policies import versions
from curation.questions import duplicates
from curation.review import opening
from curation.runs.pace import Pace, roomy, uncollected
from feedback.models import Interaction, Project
from privacy.db import columns

DECIDED = (Outcome.CONFIRMED, Outcome.CORRECTED)
FOR_GOOD = (Reason.REVIEW_SENSITIVE, Reason.REVIEW_NEVER)
"""Never is never: no later vote brings back what a reviewer ruled out for what it is about."""
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
    done = Run.objects.filter(pk=run.pk).exclude(state=RunState.CANCELLED)
    done.update(state=RunState.DONE, finished_at=timezone.now())
    run.refresh_from_db()
    return run


def take_batches(run: Run, progress: Callable[[int, int], None] | None) -> None:
    """Curate batch after batch until all is read, or somebody cancels the run."""
    pace = Pace()
    after: int | None = 0
    while after is not None:
        with uncollected():
            after = curate_batch(run, after, pace)
        run.refresh_from_db(fields=["state", "read"])
        if run.state == RunState.CANCELLED:
            break
        if progress:
            progress(run.read, run.total)


def begin_or_join(project: Project) -> Run | None:
    """The run that is under way, by the policy in force, or a new one; None where nothing is pending."""
    rows = Interaction.objects.filter(project=project).pending()
    if not rows.exists():
        return None
    with transaction.atomic():
        columns.in_turn("run", project.pk)
        waiting = rows.count()
        if not waiting:  # another process did it all meanwhile
            return None
        policy = versions.current(project)
        run = Run.objects.filter(project=project, state=RunState.RUNNING, policy=policy).order_by("-pk").first()
        if run is None:
            return Run.objects.create(project=project, policy=policy, total=waiting)
        run.total = run.read + waiting
        run.save(update_fields=["total"])
        return run


class Judged(NamedTuple):
    """An interaction with what can be told of it alone: what its signals say, its language, and what it may become."""

    read: Read
    ruling: Ruling
    language: str
    alone: Decided | derive.Weighed


def curate_batch(run: Run, after: int, pace: Pace) -> int | None:
    """Decide the next pending interactions with a key above `after`, in one transaction.

    What hangs on a record alone is worked out first, where others would wait for the database before it is locked:
    what another has changed meanwhile is left for the next run. For what hangs on the records beside it, workers on one
    project take turns: what two wrote at once could not be seen to repeat each other, and both would stand.
    Returns the last key, None where nothing was left: what comes in during a batch that was not full is for the next run.
    A signal that arrives meanwhile raises the interaction's revision, and it stays pending for the next run, too.
    """
    most, seen = pace.batch, columns.data_version()
    with transaction.atomic() if pending.are_locked() else nullcontext():
        stored = pending.waiting(run.project, after, most)
        if not stored:
            return None
        judged = judge(stored, run.policy)
        with pace.writing():
            some = stored[: pace.batch]  # fewer, where others have begun to write: the rest is read again
            same = pending.unchanged(some, since=seen)
            put(run, [one for one in judged[: len(some)] if one.read.key in same])
    return judged[len(some) - 1].read.key if len(some) < len(stored) or len(stored) == most else None


def judge(stored: Sequence[Stored], policy: CurationPolicy) -> list[Judged]:
    """Rule on each of these interactions alone; nothing is written."""
    reads = [pending.read(one) for one in stored]
    rulings = [rule(read) for read in reads]
    languages = [guess(read.question) for read in reads]
    alone = derive.weigh(list(map(decided, reads, rulings, languages)), policy)
    return list(map(Judged, reads, rulings, languages, alone))


def put(run: Run, judged: Sequence[Judged]) -> None:
    """Write what was judged, and what comes of it beside the other records.

    Before its turn a worker writes only rows that no other's turn touches, so that neither waits for the other.
    """
    record(run, judged)
    Interaction.objects.read((one.read.key, one.read.revision) for one in judged)
    columns.in_turn("curate", run.project_id)
    ask_people(run.project, judged)
    duplicates.resolve(run.project, derive.derive([one.alone for one in judged], run.policy))
    note(run, Counter(one.ruling.outcome.value for one in judged))


def note(run: Run, counts: Counter[str]) -> None:
    """Add a batch to the figures of its run, whoever else does. Call in turn."""
    (before,) = Run.objects.filter(pk=run.pk).values_list("counts", flat=True)
    told = dict(Counter(before) + counts)
    Run.objects.filter(pk=run.pk).update(read=F("read") + counts.total(), counts=told, alive_at=timezone.now())


def stands(read: Read) -> bool:
    """Whether a reviewer decided, for good or with no vote since."""
    before = read.before
    if before is None or before.task is None or before.resolved_at is None:
        return False
    if before.reason in FOR_GOOD:
        return True
    if before.signal is not None and all(vote.ref != before.signal for vote in read.votes):
        return False  # the correction that was found good has been withdrawn
    return read.heard_at is None or read.heard_at <= before.resolved_at


def rule(read: Read) -> Ruling:
    """What the standing signals say; a reviewer's decision stands until somebody votes after it."""
    if read.before is not None and stands(read):
        before = read.before
        return Ruling(Outcome(before.outcome), Reason(before.reason), before.signal, before.detail)
    return decide(read.answer, read.votes, read.question)


def record(run: Run, judged: Sequence[Judged]) -> None:
    """Write the rulings, each with its reason in words."""
    now = columns.stamp(timezone.now())
    rows = []
    for read, ruling, language, _ in judged:
        reviewed = stands(read)
        task = read.before.task if reviewed and read.before else None
        rows.append(
            (read.key, run.project_id, read.subject, run.pk, run.policy.version, read.revision, ruling.outcome.value,
             ruling.reason.value, ruling.detail[:200], language, ruling.correction, task,
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


def ask_people(project: Project, judged: Sequence[Judged]) -> None:
    """Open a review task where the signals decide nothing; close those that later signals made needless."""
    unclear = {one.read.key: one for one in judged if one.ruling.outcome in FOR_A_PERSON}
    opening.settle([one.read.key for one in judged if one.read.key not in unclear and one.read.before is not None])
    opening.make_way(list(unclear))
    tasks = ReviewTask.objects.filter(state=TaskState.OPEN, interaction__in=list(unclear))
    asked = {task.interaction_id: task for task in tasks}
    fresh = []
    for key, (read, ruling, _, _) in unclear.items():
        priority, task = round(10 * review_weight(read.votes)), asked.get(key)
        if task is None:
            new = opening.Task(key, read.subject, ruling.reason.value, ruling.detail, priority, read.revision)
            fresh.append(new)
        elif task.kind != ReviewTask.Kind.ADJUDICATION:  # else reviewers differ: their curator hears the votes, too
            task.reason, task.detail, task.revision = ruling.reason, ruling.detail[:200], read.revision
            task.priority = priority
    opening.put(project, fresh)
    ReviewTask.objects.bulk_update(asked.values(), ["reason", "detail", "priority", "revision"])
