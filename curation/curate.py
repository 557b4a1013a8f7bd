"""The incremental pull: interactions whose signals changed become decisions, review tasks and derived records.

`curate` is the one function that beat, the command, the console's button and the tests call. It asks the database what
is pending, so nothing is lost when a message is; it works in short transactions, each of which leaves a whole state, so
a killed run goes on where it was; and run again with nothing new it does nothing.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from curation import derive, duplicates, policies
from curation.language import guess
from curation.models import CurationPolicy, Decision, ReviewTask, Run
from curation.rules import Outcome, Reason, Ruling, Vote, decide, review_weight
from feedback.models import Interaction, Project, Signal

BATCH = 500
DECIDED = (Outcome.CONFIRMED, Outcome.CORRECTED)
FOR_A_PERSON = (Outcome.AMBIGUOUS, Outcome.CONFLICTING)


def curate(project: Project, *, progress: Callable[[int, int], None] | None = None) -> Run | None:
    """Decide everything that is pending; the finished run, or None where nothing was.

    `progress` is called with (read, total) after each batch.
    """
    total = Interaction.objects.filter(project=project).pending().count()
    if not total:
        return None
    policy = policies.current(project)
    run = Run.objects.create(project=project, policy=policy, total=total)
    counts: Counter[str] = Counter()
    after = 0
    while True:
        read, after, found = curate_batch(run, policy, after)
        counts.update(found)
        Run.objects.filter(pk=run.pk).update(read=F("read") + read, counts=dict(counts))
        if progress:
            progress(sum(counts[o] for o in Outcome), total)
        if not read:
            break
    Run.objects.filter(pk=run.pk).update(state=Run.State.DONE, finished_at=timezone.now(), counts=dict(counts))
    run.refresh_from_db()
    return run


@dataclass(frozen=True, slots=True)
class Read:
    """One interaction as a batch reads it: its votes, who agreed to what, and what stood before."""

    interaction: Interaction
    votes: tuple[Vote, ...]
    signals: dict[int, Signal]
    before: Decision | None


def curate_batch(run: Run, policy: CurationPolicy, after: int) -> tuple[int, int, Counter[str]]:
    """Decide up to `BATCH` pending interactions with a key above `after`, in one transaction.

    Returns how many were read, the last key, and the counts by outcome. A signal that arrives meanwhile raises
    the interaction's revision, and it stays pending for the next run.
    """
    with transaction.atomic():
        reads = read_batch(run.project, after)
        if not reads:
            return 0, after, Counter()
        rulings = {read.interaction.pk: rule(read) for read in reads}
        decisions = [decision(read, rulings[read.interaction.pk], run, policy) for read in reads]
        columns = [field.name for field in Decision._meta.fields if field.name not in ("interaction", "project")]
        Decision.objects.bulk_create(
            decisions, update_conflicts=True, unique_fields=["interaction"], update_fields=columns, batch_size=BATCH
        )
        ask_people(reads, rulings)
        touched = derive.write(decisions, policy)
        duplicates.resolve(run.project, touched)
        Interaction.objects.read((read.interaction.pk, read.interaction.revision) for read in reads)
    return len(reads), reads[-1].interaction.pk, Counter(str(row.outcome) for row in decisions)


def read_batch(project: Project, after: int) -> list[Read]:
    """The next pending interactions with all that deciding takes; a constant number of queries."""
    rows = Interaction.objects.filter(project=project, pk__gt=after).pending().order_by("pk")
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True, of=("self",))
    interactions = list(rows[:BATCH])
    keys = [row.pk for row in interactions]
    signals: dict[int, list[Signal]] = defaultdict(list)
    for signal in (
        Signal.objects.live().filter(interaction__in=keys, subject__restricted_at__isnull=True).order_by("id")
    ):
        signals[signal.interaction_id].append(signal)
    before = Decision.objects.select_related("task").in_bulk(keys)
    return [
        Read(row, tuple(map(vote, signals[row.pk])), {s.pk: s for s in signals[row.pk]}, before.get(row.pk))
        for row in interactions
    ]


def vote(signal: Signal) -> Vote:
    """A signal as the rules take it."""
    return Vote(
        ref=signal.pk, subject=signal.subject_id, kind=signal.kind, correction=signal.correction or None,
        at=signal.occurred_at,
    )  # fmt: skip


def rule(read: Read) -> Ruling:
    """What the standing signals say; a reviewer's decision stands until somebody votes after it."""
    before = read.before
    if before is not None and before.task is not None:
        resolved_at = before.task.resolved_at
        if resolved_at and not any(signal.received_at > resolved_at for signal in read.signals.values()):
            return Ruling(Outcome(before.outcome), Reason(before.reason), None, before.detail)
    return decide(str(read.interaction.answer), read.votes)


def decision(read: Read, ruling: Ruling, run: Run, policy: CurationPolicy) -> Decision:
    """The row that records a ruling, with its reason in words."""
    row, before = read.interaction, read.before
    reviewed = before is not None and before.task is not None and ruling.reason == before.reason
    return Decision(
        interaction=row,
        project_id=row.project_id,
        subject_id=row.subject_id,
        run=run,
        policy_version=policy.version,
        revision=row.revision,
        outcome=ruling.outcome,
        reason=ruling.reason,
        detail=ruling.detail[:200],
        language=guess(row.question),
        correction_id=ruling.correction,
        task=before.task if reviewed and before else None,
        decided_by="reviewer" if reviewed else "rule",
        decided_at=timezone.now(),
    )


def ask_people(reads: Iterable[Read], rulings: dict[int, Ruling]) -> None:
    """Open a review task where the signals decide nothing; close those that later signals made needless."""
    unclear = [read for read in reads if rulings[read.interaction.pk].outcome in FOR_A_PERSON]
    clear = [read.interaction.pk for read in reads if rulings[read.interaction.pk].outcome not in FOR_A_PERSON]
    tasks = ReviewTask.objects.filter(state=ReviewTask.State.OPEN)
    tasks.filter(interaction__in=clear).update(state=ReviewTask.State.CANCELLED, claimed_by=None, claimed_until=None)
    asked = {task.interaction_id: task for task in tasks.filter(interaction__in=[r.interaction.pk for r in unclear])}
    fresh = []
    for read in unclear:
        ruling, row = rulings[read.interaction.pk], read.interaction
        task = asked.get(row.pk) or ReviewTask(
            project_id=row.project_id, interaction=row, subject_id=row.subject_id, revision=row.revision
        )
        task.reason, task.detail, task.revision = ruling.reason, ruling.detail[:200], row.revision
        task.priority = round(10 * review_weight(read.votes))
        if row.pk not in asked:
            fresh.append(task)
    ReviewTask.objects.bulk_create(fresh)
    ReviewTask.objects.bulk_update(asked.values(), ["reason", "detail", "priority", "revision"])
