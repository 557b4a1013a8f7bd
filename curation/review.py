"""Review: a person decides what signals cannot. Claims keep two people off one task; every decision can be undone."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact
from django.utils import timezone

from curation import calibrated, decided, derive, duplicates, policies, reviewevents, seconds
from curation.language import guess
from curation.models import Decision, ReviewTask
from curation.rules import Outcome, Reason, decide
from feedback import capture
from feedback.fingerprints import normalise
from feedback.models import Interaction
from privacy.blank import says_something
from privacy.models import Subject
from privacy.redaction import Redacted, redact

LEASE = timedelta(minutes=15)
State, Kind, Action = ReviewTask.State, ReviewTask.Kind, reviewevents.Action
Resolution = ReviewTask.Resolution
OUTCOMES = {
    Resolution.APPROVE: (Outcome.CONFIRMED, Reason.REVIEW_APPROVED, "A reviewer found the answer right."),
    Resolution.CORRECT: (Outcome.CORRECTED, Reason.REVIEW_CORRECTED, "A reviewer wrote the right answer."),
    Resolution.REJECT: (Outcome.REJECTED, Reason.REVIEW_REJECTED, "A reviewer found it of no use."),
    Resolution.SENSITIVE: (Outcome.REJECTED, Reason.REVIEW_SENSITIVE, "A reviewer found it too sensitive to use."),
    Resolution.UNSURE: (Outcome.REJECTED, Reason.REVIEW_UNSURE, "A reviewer could not tell."),
}


class ReviewError(ValueError):
    """A decision that cannot be taken, in words for the reviewer."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a reviewer decides of one task. `claim` is when the claim of the page ends on which they decided, as that page
    has it: a verdict from an older page is refused. Without one, it is about the task as it is.
    """

    resolution: str
    correction: str = ""
    note: str = ""
    claim: str = ""


def free_for(user: User) -> Q:
    """The open tasks that this reviewer may take: nobody else holds them, or was asked to decide them, they have not
    judged the same answer before, and where reviewers differ they may settle it.
    """
    now = timezone.now()
    unclaimed = Q(claimed_until__isnull=True) | Q(claimed_until__lt=now) | Q(claimed_by=user)
    # Not "is NULL or mine": SQLite would gather all that is assigned to nobody by its index, and sort it.
    asked = Exact(Coalesce("assignee_id", Value(user.pk)), user.pk)
    free = unclaimed & Q(asked) & Q(state=State.OPEN) & ~Q(not_for=user)
    return free if user.has_perm(seconds.ADJUDICATES) else free & ~Q(kind=Kind.ADJUDICATION)


def claim_next(queue: QuerySet[ReviewTask], user: User) -> ReviewTask | None:
    """The first free task of a queue, claimed for this reviewer for a quarter of an hour; None when there is none.

    On PostgreSQL `SKIP LOCKED` lets several reviewers take different tasks at once; SQLite has one writer at a time.
    """
    hidden = Subject.objects.filter(pk=OuterRef("subject_id"), restricted_at__isnull=False)
    with transaction.atomic():
        rows = queue.filter(free_for(user), ~Exists(hidden))
        if connection.features.has_select_for_update_skip_locked:
            rows = rows.select_for_update(skip_locked=True, of=("self",))
        task = rows.order_by("-priority", "pk").first()
        if task is not None:
            task = calibrated.instead(task, user) or task
            hold(task, user)
    return task


def claim(task: ReviewTask, user: User) -> bool:
    """Take one task, if it is free; whether it is this reviewer's now."""
    with transaction.atomic():
        free = ReviewTask.objects.filter(free_for(user), pk=task.pk).exists()
        if free:
            hold(task, user)
    return free


def hold(task: ReviewTask, user: User) -> None:
    """Note the claim, on the row and on the object. Call in the transaction that found it free."""
    task.claimed_by, task.claimed_until = user, timezone.now() + LEASE
    ReviewTask.objects.filter(pk=task.pk).update(claimed_by=user, claimed_until=task.claimed_until)


def claim_of(task: ReviewTask) -> str:
    """What tells the claim of one page from any other: when it ends; "" where nobody holds the task."""
    return task.claimed_until.isoformat() if task.claimed_until is not None else ""


def release(key: int, user: User, until: datetime) -> bool:
    """Give back one claim, if it is still the one that ends then: a page that closes late takes nothing from a new one."""
    mine = ReviewTask.objects.filter(pk=key, claimed_by=user, claimed_until=until, state=ReviewTask.State.OPEN)
    return bool(mine.update(claimed_by=None, claimed_until=None))


def release_claims(user: User) -> None:
    """Give back what a reviewer holds, when they leave."""
    ReviewTask.objects.filter(claimed_by=user, state=ReviewTask.State.OPEN).update(claimed_by=None, claimed_until=None)


def last_decided(user: User) -> ReviewTask | None:
    """The task that this reviewer decided last, which they may take back."""
    return ReviewTask.objects.filter(resolved_by=user, state=ReviewTask.State.RESOLVED).order_by("-resolved_at").first()


def assign(tasks: Iterable[ReviewTask], to: User | None, by: User | None = None) -> int:
    """Ask one person to decide these tasks, or nobody in particular; how many changed. A second look is not given to
    whoever judged first, nor a calibration taken from whom it is for.
    """
    keys = [task.pk for task in tasks]
    rows = ReviewTask.objects.filter(pk__in=keys, state=State.OPEN).exclude(kind=Kind.CALIBRATION)
    with transaction.atomic():
        changing = list(rows if to is None else rows.exclude(not_for=to))
        reviewevents.note(changing, Action.ASSIGNED, by)
        return ReviewTask.objects.filter(pk__in=[task.pk for task in changing]).update(assignee=to)


def resolve(task: ReviewTask, verdict: Verdict, user: User | None) -> Decision:
    """Carry out a reviewer's verdict: the task is closed, the decision and its records are made, in one transaction.

    Text that a reviewer types is redacted like any. Raises `ReviewError` where the task is closed or held by another,
    or where a correction is missing or repeats the answer.
    """
    with transaction.atomic():
        # The conversation before its task, as curation locks them: neither waits for the other for ever.
        Interaction.objects.select_for_update(no_key=True).values_list("pk").get(pk=task.interaction_id)
        tasks = ReviewTask.objects.select_for_update(of=("self",)).select_related("interaction__project__redaction")
        locked = tasks.get(pk=task.pk)
        check(locked, verdict, user)
        source = locked.interaction
        locked.state, locked.resolution = ReviewTask.State.RESOLVED, verdict.resolution
        locked.correction = (
            typed(source, verdict.correction) if verdict.resolution == Resolution.CORRECT else Redacted.stored("")
        )
        locked.note = typed(source, verdict.note)
        locked.resolved_by, locked.resolved_at = user, timezone.now()
        locked.claimed_by = locked.claimed_until = None
        locked.save()
        reviewevents.note([locked], Action.DECIDED, user)
        return effect(locked)


def effect(task: ReviewTask) -> Decision:
    """What comes of a verdict: a label, a comparison with another's, or a tick at one that was known."""
    if task.kind == Kind.SECOND:
        return seconds.conclude(task)
    if task.kind == Kind.CALIBRATION:
        return Decision.objects.get(pk=task.interaction_id)
    if task.kind == Kind.LABEL:
        seconds.draw(task, policies.current(task.interaction.project))
    return decide_by(task)


def check(task: ReviewTask, verdict: Verdict, user: User | None) -> None:
    """Refuse, in words, a verdict that cannot be carried out."""
    if task.state != ReviewTask.State.OPEN:
        raise ReviewError("This task is closed already.")
    if user is not None and task.not_for_id == user.pk:
        raise ReviewError("You have judged this answer: another person looks at it now.")
    held = task.claimed_by_id is not None and task.claimed_until is not None and task.claimed_until > timezone.now()
    if held and user is not None and task.claimed_by_id != user.pk:
        raise ReviewError("Somebody else is deciding this task.")
    if verdict.claim and verdict.claim != claim_of(task):
        raise ReviewError("This task was shown again since this page was made. Look at it, and decide then.")
    if task.kind == Kind.ADJUDICATION and user is not None and not user.has_perm(seconds.ADJUDICATES):
        raise ReviewError("Reviewers differ here: a curator decides.")
    if verdict.resolution == Resolution.CORRECT:
        if not says_something(verdict.correction):
            raise ReviewError("The correction shows no word: write the right answer first.")
        if normalise(verdict.correction) == normalise(task.interaction.answer):
            raise ReviewError("The correction says what the answer says: approve the answer instead.")


def typed(source: Interaction, text: str) -> Redacted:
    """What a reviewer typed, redacted in the numbering of the interaction that it is about."""
    numbering = capture.numbering_for(source.project, source.external_id, source.placeholders)
    redacted = redact(text, source.project.redaction_policy, numbering)
    Interaction.objects.filter(pk=source.pk).update(placeholders=numbering.state())
    return redacted


def decide_by(task: ReviewTask) -> Decision:
    """The decision that a closed task amounts to, with what is derived from it. Call in a transaction."""
    source = task.interaction
    outcome, reason, detail = OUTCOMES[Resolution(task.resolution)]
    policy = policies.current(source.project)
    row, _ = Decision.objects.update_or_create(
        interaction=source,
        defaults={
            "project": source.project,
            "subject_id": source.subject_id,
            "policy_version": policy.version,
            "revision": source.revision,
            "outcome": outcome,
            "reason": reason,
            "detail": detail,
            "language": guess(source.question),
            "correction": None,
            "task": task,
            "decided_by": "reviewer",
            "decided_at": timezone.now(),
        },
    )
    duplicates.resolve(source.project, derive.derive([row], policy))
    return row


def undo(task: ReviewTask, user: User) -> ReviewTask:
    """Take back one's own last verdict on a task: it is open again, claimed by the same reviewer, and what was decided
    without it decides as it did before.

    Raises `ReviewError` where the verdict is somebody else's, or was followed by a newer one.
    """
    with transaction.atomic():
        locked = ReviewTask.objects.select_for_update().get(pk=task.pk)
        if locked.state != State.RESOLVED or locked.resolved_by_id != user.pk:
            raise ReviewError("Only your own decision can be undone.")
        try:
            seconds.take_back_what_followed(locked)
        except seconds.FollowedError as error:
            raise ReviewError(str(error)) from error
        if ReviewTask.objects.filter(interaction=locked.interaction_id, state=State.OPEN).exists():
            raise ReviewError("This question is in review again already.")
        row = Decision.objects.select_related("project", "interaction").get(pk=locked.interaction_id)
        if locked.kind in (Kind.LABEL, Kind.ADJUDICATION) and row.task_id != locked.pk:
            raise ReviewError("Somebody voted since, and that was decided anew.")
        reviewevents.note([locked], Action.UNDONE, user)
        reopen(locked, user)
        if locked.kind == Kind.ADJUDICATION and locked.about is not None:
            decide_by(locked.about)
        elif locked.kind == Kind.LABEL:
            decide_by_votes(row)
        elif locked.kind == Kind.SECOND:
            seconds.rewrite(row)
    return locked


def reopen(task: ReviewTask, user: User) -> None:
    """Open a closed task again, for the same reviewer, and forget what they had typed."""
    task.state, task.resolution = State.OPEN, ""
    task.correction = task.note = Redacted.stored("")
    task.resolved_by = task.resolved_at = None
    task.claimed_by, task.claimed_until = user, timezone.now() + LEASE
    task.save()


def decide_by_votes(row: Decision) -> None:
    """Let what people said decide again, without a reviewer. Call in a transaction."""
    ruling = decide(str(row.interaction.answer), decided.votes_on([row.pk]).get(row.pk, []))
    row.outcome, row.reason, row.detail = ruling.outcome, ruling.reason, ruling.detail[:200]
    row.correction_id, row.task, row.decided_by = ruling.correction, None, "rule"
    row.save()
    seconds.rewrite(row)
