"""Calibration: decided tasks that a curator vouches for, shown to reviewers blind at a set rate. They change no label."""

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from curation.models import CalibrationItem, Decision, ReviewTask, TaskState
from curation.policies import versions
from curation.review import double_review, events
from curation.review.settings import ReviewSettings
from curation.selection.holdout import place
from privacy.models import Subject
from privacy.subjects import digests

Kind, Action = ReviewTask.Kind, events.Action


def mark(task: ReviewTask, by: User) -> bool:
    """Make a decided task a calibration item; return whether its verdict is current and tells right from wrong."""
    is_current = Decision.objects.filter(pk=task.interaction_id, task=task).exists()
    if task.state != TaskState.RESOLVED or task.resolution == ReviewTask.Resolution.UNSURE or not is_current:
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
    """Remove a calibration item; returns whether there was one. Past results still count, open tasks are withdrawn."""
    with transaction.atomic():
        gone, _ = CalibrationItem.objects.filter(task=task).delete()
        if gone:
            waiting = ReviewTask.objects.filter(about=task, kind=Kind.CALIBRATION, state=TaskState.OPEN)
            waiting.update(state=TaskState.CANCELLED, claimed_by=None, claimed_until=None)
            events.note([task], Action.UNMARKED, by)
    return bool(gone)


def task_instead(task: ReviewTask, user: User) -> ReviewTask | None:
    """A calibration task to show this reviewer before their next task; usually None.

    A keyed hash of the reviewer and their last decision chooses, so nobody can predict one, and never two come in a
    row. Each item is shown to a reviewer once, and never to the one who decided it. Call in a transaction.
    """
    items = CalibrationItem.objects.filter(project=task.project_id)
    if task.kind != Kind.LABEL or not items.exists():
        return None
    last = ReviewTask.objects.filter(resolved_by=user, state=TaskState.RESOLVED).order_by("-resolved_at").first()
    share = ReviewSettings.of(versions.current(task.project).settings).calibration_share
    if last is not None and last.kind == Kind.CALIBRATION:
        return None
    if place(f"{user.pk}:{last.pk if last else 0}".encode(), key=digests.key("calibration")) >= share:
        return None
    known = next_for(user, items)
    if known is None:
        return None
    look = double_review.second_task(known.task, Kind.CALIBRATION)
    look.assignee = user
    look.save()
    return look


def next_for(user: User, items: QuerySet[CalibrationItem]) -> CalibrationItem | None:
    """The first item that this reviewer has neither decided nor been shown, and whose answer has no open task."""
    seen = ReviewTask.objects.filter(interaction=OuterRef("pk"), resolved_by=user)
    looked_at = ReviewTask.objects.filter(interaction=OuterRef("pk"), state=TaskState.OPEN)
    hidden = Subject.objects.filter(pk=OuterRef("subject_id"), restricted_at__isnull=False)
    free = items.filter(~Exists(seen), ~Exists(looked_at), ~Exists(hidden))
    return free.select_related("task").order_by("pk").first()
