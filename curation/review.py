"""Review: a person decides what signals cannot. Claims keep two people off one task; every decision can be undone."""

from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from curation import derive, duplicates, policies
from curation.language import guess
from curation.models import Decision, ReviewTask
from curation.rules import Outcome, Reason
from feedback import capture
from feedback.fingerprints import normalise
from feedback.models import Interaction
from privacy.redaction import Redacted, redact

LEASE = timedelta(minutes=15)
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
    """What a reviewer decides of one task."""

    resolution: str
    correction: str = ""
    note: str = ""


def claim_next(queue: QuerySet[ReviewTask], user: User) -> ReviewTask | None:
    """The first free task of a queue, claimed for this reviewer for a quarter of an hour; None when there is none.

    On PostgreSQL `SKIP LOCKED` lets several reviewers take different tasks at once; SQLite has one writer at a time.
    """
    now = timezone.now()
    free = Q(claimed_until__isnull=True) | Q(claimed_until__lt=now) | Q(claimed_by=user)
    with transaction.atomic():
        rows = queue.filter(free, state=ReviewTask.State.OPEN, subject__restricted_at__isnull=True)
        if connection.features.has_select_for_update_skip_locked:
            rows = rows.select_for_update(skip_locked=True, of=("self",))
        task = rows.order_by("-priority", "pk").first()
        if task is not None:
            ReviewTask.objects.filter(pk=task.pk).update(claimed_by=user, claimed_until=now + LEASE)
    return task


def release_claims(user: User) -> None:
    """Give back what a reviewer holds, when they leave."""
    ReviewTask.objects.filter(claimed_by=user, state=ReviewTask.State.OPEN).update(claimed_by=None, claimed_until=None)


def resolve(task: ReviewTask, verdict: Verdict, user: User | None) -> Decision:
    """Carry out a reviewer's verdict: the task is closed, the decision and its records are made, in one transaction.

    Text that a reviewer types is redacted like any. Raises `ReviewError` where the task is closed or held by another,
    or where a correction is missing or repeats the answer.
    """
    with transaction.atomic():
        locked = (
            ReviewTask.objects.select_for_update().select_related("interaction__project__redaction").get(pk=task.pk)
        )
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
        return decide_by(locked)


def check(task: ReviewTask, verdict: Verdict, user: User | None) -> None:
    """Refuse, in words, a verdict that cannot be carried out."""
    if task.state != ReviewTask.State.OPEN:
        raise ReviewError("This task is closed already.")
    held = task.claimed_by_id is not None and task.claimed_until is not None and task.claimed_until > timezone.now()
    if held and user is not None and task.claimed_by_id != user.pk:
        raise ReviewError("Somebody else is deciding this task.")
    if verdict.resolution == Resolution.CORRECT:
        if not verdict.correction.strip():
            raise ReviewError("Write the right answer first.")
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
    duplicates.resolve(source.project, derive.write([row], policy))
    return row


def undo(task: ReviewTask, user: User) -> ReviewTask:
    """Take back one's own last decision on a task: it is open again, claimed by the same reviewer.

    Raises `ReviewError` where the decision is somebody else's, or was followed by a newer one.
    """
    with transaction.atomic():
        locked = ReviewTask.objects.select_for_update().get(pk=task.pk)
        if locked.state != ReviewTask.State.RESOLVED or locked.resolved_by_id != user.pk:
            raise ReviewError("Only your own decision can be undone.")
        if ReviewTask.objects.filter(interaction=locked.interaction_id, state=ReviewTask.State.OPEN).exists():
            raise ReviewError("This question is in review again already.")
        row = Decision.objects.select_related("project").get(pk=locked.interaction_id)
        row.outcome, row.reason, row.detail, row.task = Outcome.AMBIGUOUS, locked.reason, locked.detail, None
        row.decided_by = "rule"
        row.save()
        duplicates.resolve(row.project, derive.write([row], policies.current(row.project)))
        locked.state, locked.resolution = ReviewTask.State.OPEN, ""
        locked.correction = locked.note = Redacted.stored("")
        locked.resolved_by = locked.resolved_at = None
        locked.claimed_by, locked.claimed_until = user, timezone.now() + LEASE
        locked.save()
    return locked
