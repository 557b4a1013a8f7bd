"""Calibration: decided tasks that a curator vouches for, put to reviewers blind and at a set rate. They label nothing."""

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from curation.models import CalibrationItem, Decision, ReviewTask
from curation.policies import versions
from curation.review import double_review, events
from curation.review.settings import ReviewSettings
from curation.selection.holdout import place
from privacy.models import Subject
from privacy.subjects import digests

State, Kind, Action = ReviewTask.State, ReviewTask.Kind, events.Action


def mark(task: ReviewTask, by: User) -> bool:
    """Vouch for a task's verdict; whether it can be: only the one that stands, and that says something."""
    stands = Decision.objects.filter(pk=task.interaction_id, task=task).exists()
    if task.state != State.RESOLVED or task.resolution == ReviewTask.Resolution.UNSURE or not stands:
        return False
    with transaction.atomic():
        _, made = CalibrationItem.objects.get_or_create(
            interaction_id=task.interaction_id,
            defaults={"project_id": task.project_id, "subject_id": task.subject_id, "task": task, "marked_by": by},
        )
        if made:
            events.note([task], Action.MARKED, by)
    return made


def unmark(task: ReviewTask, by: User) -> bool:
    """Vouch for it no longer; whether anybody did. What was judged by it stays counted, what waits is withdrawn."""
    with transaction.atomic():
        gone, _ = CalibrationItem.objects.filter(task=task).delete()
        if gone:
            waiting = ReviewTask.objects.filter(about=task, kind=Kind.CALIBRATION, state=State.OPEN)
            waiting.update(state=State.CANCELLED, claimed_by=None, claimed_until=None)
            events.note([task], Action.UNMARKED, by)
    return bool(gone)


def instead(task: ReviewTask, user: User) -> ReviewTask | None:
    """The calibration that this reviewer gets before the task that is next for them; None as a rule.

    By a keyed hash of the reviewer and what they decided last: nobody can tell when one comes, and never two in a row.
    Each item is put to a reviewer once, and not to whoever decided it. Call in a transaction.
    """
    items = CalibrationItem.objects.filter(project=task.project_id)
    if task.kind != Kind.LABEL or not items.exists():
        return None
    last = ReviewTask.objects.filter(resolved_by=user, state=State.RESOLVED).order_by("-resolved_at").first()
    share = ReviewSettings.of(versions.current(task.project).settings).calibration_share
    if last is not None and last.kind == Kind.CALIBRATION:
        return None
    if place(f"{user.pk}:{last.pk if last else 0}".encode(), key=digests.key("calibration")) >= share:
        return None
    known = next_for(user, items)
    if known is None:
        return None
    look = double_review.look_again(known.task, Kind.CALIBRATION)
    look.assignee = user
    look.save()
    return look


def next_for(user: User, items: QuerySet[CalibrationItem]) -> CalibrationItem | None:
    """The first item that this reviewer has neither decided nor been shown, and whose answer nobody is looking at."""
    seen = ReviewTask.objects.filter(interaction=OuterRef("pk"), resolved_by=user)
    looked_at = ReviewTask.objects.filter(interaction=OuterRef("pk"), state=State.OPEN)
    hidden = Subject.objects.filter(pk=OuterRef("subject_id"), restricted_at__isnull=False)
    free = items.filter(~Exists(seen), ~Exists(looked_at), ~Exists(hidden))
    return free.select_related("task").order_by("pk").first()
