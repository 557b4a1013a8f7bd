"""Review: a person decides what signals cannot. Claims keep two people from the same task; every decision can be
undone.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from curation import pipeline
from curation.decisions import judging
from curation.decisions.language import guess
from curation.decisions.posterior import EvidenceSettings
from curation.decisions.reasons import LEAST_SURE, REASONS, Reason
from curation.decisions.rules import USUAL, Outcome
from curation.evidence import pooling
from curation.evidence.attached import own_salt
from curation.models import FIRST, CurationPolicy, Decision, ReviewTask, TaskState
from curation.policies import versions
from curation.review import calibration, double_review, events, holds
from curation.review.opening import AUDIT
from curation.review.settings import ReviewSettings
from curation.review.verdicts import ReviewError as ReviewError
from curation.review.verdicts import Verdict as Verdict
from curation.review.verdicts import check
from curation.selection.holdout import place
from feedback.models import Interaction, Project, Signal
from privacy.db import engine
from privacy.models import Subject
from privacy.redaction import Redacted, redact
from privacy.subjects import digests

LEASE = timedelta(minutes=15)
Kind, Action = ReviewTask.Kind, events.Action
Resolution = ReviewTask.Resolution
OUTCOMES = {
    Resolution.APPROVE: (Outcome.CONFIRMED, Reason.REVIEW_APPROVED),
    Resolution.CORRECT: (Outcome.CORRECTED, Reason.REVIEW_CORRECTED),
    Resolution.REJECT: (Outcome.REJECTED, Reason.REVIEW_REJECTED),
    Resolution.SENSITIVE: (Outcome.REJECTED, Reason.REVIEW_SENSITIVE),
    Resolution.UNSURE: (Outcome.REJECTED, Reason.REVIEW_UNSURE),
    Resolution.AGENT: (Outcome.CONFIRMED, Reason.REVIEW_APPROVED),
    Resolution.NEVER: (Outcome.REJECTED, Reason.REVIEW_NEVER),
}
AGENT_IS_RIGHT = "A reviewer found the agent's answer right."


def free_for(user: User) -> Q:
    """The open tasks that this reviewer may take: not claimed by or assigned to another, not about an answer that they
    have already judged; adjudications only with the permission.
    """
    now = timezone.now()
    unclaimed = Q(claimed_until__isnull=True) | Q(claimed_until__lt=now) | Q(claimed_by=user)
    # Not "is NULL or mine": SQLite would collect all unassigned rows from that index and sort them. Nor COALESCE: PostgreSQL
    # would expect few of them, and sort those.
    asked = ~(Q(assignee__isnull=False) & ~Q(assignee=user))
    free = unclaimed & asked & Q(state=TaskState.OPEN) & ~Q(not_for=user) & ~double_review.judged_by(user)
    return free if user.has_perm(double_review.ADJUDICATES) else free & ~Q(kind=Kind.ADJUDICATION)


def claim_next(queue: QuerySet[ReviewTask], user: User, projects: Sequence[int] = ()) -> ReviewTask | None:
    """The first free task of a queue, claimed for this reviewer for a quarter of an hour; None if there is none.

    `projects` are those to which the queue is limited, if it is. On PostgreSQL `SKIP LOCKED` lets several reviewers take
    different tasks at once; SQLite has one writer at a time.
    """
    hidden = Subject.objects.filter(pk=OuterRef("subject_id"), restricted_at__isnull=False)
    with transaction.atomic():
        free = queue.filter(free_for(user), ~Exists(hidden)).order_by(*FIRST)
        rows = engine.unlocked(free, of=("self",))
        task = first_of_several(free, rows, projects) if len(projects) > 1 else rows.first()
        if task is not None:
            task = calibration.task_instead(task, user) or drawn_instead(task, rows, user) or task
            hold(task, user)
    return task


def first_of_several(
    free: QuerySet[ReviewTask], rows: QuerySet[ReviewTask], projects: Sequence[int]
) -> ReviewTask | None:
    """The first free task of several projects. For all at once, a planner sorts every open task."""
    found = min(heads(free, projects), default=None)
    if found is None:
        return None
    *_, key = found
    # Another reviewer may have taken it since: then the tasks are read in the slow way.
    return next(iter(rows.filter(pk=key).order_by()), None) or rows.first()


def heads(free: QuerySet[ReviewTask], projects: Sequence[int]) -> list[tuple[int, int, int]]:
    """The first free task of each of these projects, by its place in the queue: one look into the queue's index each."""
    first = Subquery(free.filter(project=OuterRef("pk")).values("pk")[:1])
    keys = Project.objects.filter(pk__in=projects).order_by().annotate(first=first).values_list("first", flat=True)
    rows = ReviewTask.objects.filter(pk__in=[key for key in keys if key is not None])
    return [(-settles, -priority, key) for settles, priority, key in rows.values_list("settles", "priority", "pk")]


def drawn_instead(task: ReviewTask, rows: QuerySet[ReviewTask], user: User) -> ReviewTask | None:
    """A random-audit task, or a check of a record in use, to show this reviewer before their next task, as often as the
    policy says.

    Without it, far-reaching doubts would keep audits and checks waiting for ever. A keyed hash chooses, so nobody can
    predict one.
    """
    if task.reason in (AUDIT, LEAST_SURE) or task.kind != Kind.LABEL:
        return None
    settings, last = ReviewSettings.of(versions.current(task.project).settings), last_decided(user)
    at = place(f"{user.pk}:{last.pk if last else 0}".encode(), key=digests.key("audit turn"))
    if at >= settings.audit_share + (1 - settings.audit_share) * settings.check_share:
        return None
    drawn = rows.filter(project=task.project_id).order_by("-priority", "id")
    if at < settings.audit_share:
        return drawn.filter(reason=AUDIT).first()
    # Checks settle one conversation, with less than the usual priority: so they are found by the index of the queue.
    return drawn.filter(reason=LEAST_SURE, settles=1, priority__lt=USUAL).first()


def claim(task: ReviewTask, user: User) -> bool:
    """Claim one task if it is free; return whether it was."""
    with transaction.atomic():
        free = ReviewTask.objects.filter(free_for(user), pk=task.pk).exists()
        if free:
            hold(task, user)
    return free


def hold(task: ReviewTask, user: User) -> None:
    """Store the claim, on the row and on the object. Call in the transaction that found it free."""
    task.claimed_by, task.claimed_until = user, timezone.now() + LEASE
    ReviewTask.objects.filter(pk=task.pk).update(claimed_by=user, claimed_until=task.claimed_until)


def release(key: int, user: User, until: datetime) -> bool:
    """Release one claim if it still ends at `until`, so that a page closed late cannot drop a newer claim."""
    mine = ReviewTask.objects.filter(pk=key, claimed_by=user, claimed_until=until, state=TaskState.OPEN)
    return bool(mine.update(claimed_by=None, claimed_until=None))


def last_decided(user: User) -> ReviewTask | None:
    """The task that this reviewer decided last, which they may undo."""
    return ReviewTask.objects.filter(resolved_by=user, state=TaskState.RESOLVED).order_by("-resolved_at").first()


def assign(tasks: Iterable[ReviewTask], to: User | None, by: User | None = None) -> int:
    """Assign these tasks to a user, or to nobody; return how many changed.

    Nobody is assigned a review of their own verdict, and calibration tasks stay with their reviewer.
    """
    keys = [task.pk for task in tasks]
    rows = ReviewTask.objects.filter(pk__in=keys, state=TaskState.OPEN).exclude(kind=Kind.CALIBRATION)
    with transaction.atomic():
        changing = list(rows if to is None else rows.exclude(Q(not_for=to) | double_review.judged_by(to)))
        events.note(changing, Action.ASSIGNED, by)
        return ReviewTask.objects.filter(pk__in=[task.pk for task in changing]).update(assignee=to)


def resolve(task: ReviewTask, verdict: Verdict, user: User | None) -> Decision:
    """Carry out a reviewer's verdict: close the task and make the decision and its records, in one transaction.

    Text that a reviewer types is redacted like any other. Raises `ReviewError` if the task is closed or held by
    another, or if a correction is missing or repeats the answer.
    """
    with transaction.atomic():
        # Lock the conversation before its task, as curation does, or the two could deadlock.
        Interaction.objects.select_for_update(no_key=True).values_list("pk").get(pk=task.interaction_id)
        tasks = ReviewTask.objects.select_for_update(of=("self",)).select_related(
            "interaction__project__redaction", "interaction__decision"
        )
        locked = tasks.get(pk=task.pk)
        source = locked.interaction
        policy = versions.current(source.project)
        check(locked, verdict, user, policy)
        locked.state, locked.resolution = TaskState.RESOLVED, verdict.resolution
        locked.correction = (
            redacted_text(source, verdict.correction)
            if verdict.resolution == Resolution.CORRECT
            else Redacted.stored("")
        )
        locked.note = redacted_text(source, verdict.note)
        locked.tags = [tag for tag in known_tags(policy) if tag in verdict.tags]
        locked.resolved_by, locked.resolved_at = user, timezone.now()
        locked.claimed_by = locked.claimed_until = None
        locked.save()
        events.note([locked], Action.DECIDED, user)
        return apply(locked, policy)


def apply(task: ReviewTask, policy: CurationPolicy) -> Decision:
    """Apply a verdict: make a label, compare it with the first reviewer's, or only count a calibration."""
    if task.kind == Kind.SECOND:
        return double_review.conclude(task)
    if task.kind == Kind.CALIBRATION:
        return Decision.objects.get(pk=task.interaction_id)
    if task.kind == Kind.LABEL:
        double_review.draw(task, policy)
        if task.resolution == Resolution.USE and (row := reviewed_before(task)) is not None:
            double_review.derive_again(row)  # an earlier reviewer's decision is kept
            return row
    return decide_by(task, policy)


def reviewed_before(task: ReviewTask) -> Decision | None:
    """The decision that an earlier reviewer made on the same answer."""
    return Decision.objects.select_related("project").filter(pk=task.interaction_id, task__isnull=False).first()


def known_tags(policy: CurationPolicy) -> list[str]:
    """What a reviewer under this policy can say is wrong with an answer."""
    return ReviewSettings.of(policy.settings).tags


def redacted_text(source: Interaction, text: str) -> Redacted:
    """A reviewer's text, redacted with the numbering of its interaction."""
    if not text:
        return Redacted.stored("")
    numbering = source.project.numbering(source.external_id, source.placeholders)
    redacted = redact(text, source.project.redaction_policy, numbering)
    Interaction.objects.filter(pk=source.pk).update(placeholders=numbering.state())
    return redacted


def decide_by(task: ReviewTask, policy: CurationPolicy) -> Decision:
    """Make the decision of a closed task and derive its records. Call in a transaction."""
    source = task.interaction
    outcome, reason, detail, signal = outcome_of(task, policy)
    evidence = EvidenceSettings.from_dict(policy.settings.get("evidence", {}))
    is_own = bool(own_salt(source.pk, source.answer, source.sources))
    row = Decision.objects.select_for_update().filter(pk=source.pk).first() or Decision(interaction=source)
    row.project, row.subject_id, row.revision = source.project, source.subject_id, source.revision
    row.policy_version, row.task, row.decided_by, row.decided_at = policy.version, task, "reviewer", timezone.now()
    row.outcome, row.reason, row.detail, row.correction_id = outcome, reason, detail, signal
    row.question = judging.key_of(source.pk, source.question, source.context, source.tags, is_own, evidence)
    row.language = guess(source.question)
    row.save()
    pipeline.again(row, policy)
    pooling.reopen([row.pk])  # a reviewer's verdict counts for all conversations with this answer
    return row


def outcome_of(task: ReviewTask, policy: CurationPolicy) -> tuple[Outcome, Reason, str, int | None]:
    """The outcome of a closed task, its reason, and the signal that holds the right answer, if any."""
    if task.resolution != Resolution.USE:
        outcome, reason = OUTCOMES[Resolution(task.resolution)]
        detail = AGENT_IS_RIGHT if task.resolution == Resolution.AGENT else REASONS[reason].sentence
        return outcome, reason, detail, None
    record = holds.by_votes(task, policy)
    if record is None:
        raise ReviewError("New votes have arrived, and the answer is undecided again.")
    return record.outcome, Reason.REVIEW_USED, REASONS[Reason.REVIEW_USED].sentence, record.signal


def undo(task: ReviewTask, user: User) -> ReviewTask:
    """Undo one's own verdict: the task reopens, claimed by the same reviewer, and the decision is again what it was
    without the verdict.

    Raises `ReviewError` if the verdict is somebody else's, or a newer one followed it.
    """
    with transaction.atomic():
        locked = ReviewTask.objects.select_for_update().get(pk=task.pk)
        if locked.state != TaskState.RESOLVED or locked.resolved_by_id != user.pk:
            raise ReviewError("Only your own decision can be undone.")
        try:
            double_review.withdraw_follow_ups(locked)
        except double_review.FollowedError as error:
            raise ReviewError(str(error)) from error
        if ReviewTask.objects.filter(interaction=locked.interaction_id, state=TaskState.OPEN).exists():
            raise ReviewError("This question is already being reviewed again.")
        row = Decision.objects.select_related("project", "interaction").get(pk=locked.interaction_id)
        if (
            locked.kind in (Kind.LABEL, Kind.ADJUDICATION)
            and row.task_id != locked.pk
            and not kept_earlier_decision(row, locked)
        ):
            raise ReviewError("Votes have decided this answer since.")
        events.note([locked], Action.UNDONE, user)
        if locked.kind == Kind.LABEL:
            if row.task_id == locked.pk:
                restore_earlier_decision(row, locked)
            reopen_in_place(locked, user)
            return locked
        reopen(locked, user)
        if locked.kind == Kind.ADJUDICATION and locked.about is not None:
            decide_by(locked.about, versions.current(row.project))
        elif locked.kind == Kind.SECOND:
            double_review.derive_again(row)
    return locked


def kept_earlier_decision(row: Decision, task: ReviewTask) -> bool:
    return task.resolution == Resolution.USE and row.task_id is not None


def restore_earlier_decision(row: Decision, task: ReviewTask) -> None:
    """Restore the decision from before this verdict: an earlier review that no vote has followed, else the votes."""
    earlier = ReviewTask.objects.filter(
        interaction=row.pk, state=TaskState.RESOLVED, kind__in=[Kind.LABEL, Kind.ADJUDICATION]
    ).exclude(pk=task.pk)
    before = earlier.select_related("interaction__project").order_by("-resolved_at", "-pk").first()
    if (
        before is not None
        and not Signal.objects.live().filter(interaction=row.pk, received_at__gt=before.resolved_at).exists()
    ):
        decide_by(before, versions.current(row.project))
    else:
        decide_by_votes(row)


def reopen_in_place(task: ReviewTask, user: User) -> None:
    """Reopen the task for its reviewer, and delete the unassigned one that curation has just opened for the same
    record.
    """
    ReviewTask.objects.filter(interaction=task.interaction_id, state=TaskState.OPEN).delete()
    reopen(task, user)


def reopen(task: ReviewTask, user: User) -> None:
    """Reopen a closed task for the same reviewer, and clear the text they typed."""
    task.state, task.resolution = TaskState.OPEN, ""
    task.correction = task.note = Redacted.stored("")
    task.tags = []
    task.resolved_by = task.resolved_at = None
    task.claimed_by, task.claimed_until = user, timezone.now() + LEASE
    task.save()


def decide_by_votes(row: Decision) -> None:
    """Decide by votes again, without a reviewer. Call in a transaction."""
    pipeline.decide_again(row, versions.current(row.project))
