"""Double review: a second person judges a share of the tasks, blind; if the two differ, a curator decides. The
policy says whether the first label is used meanwhile. `opening.disputed` holds a record for as long as the curator's
task is open.
"""

from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from curation import pipeline
from curation.models import CalibrationItem, CurationPolicy, Decision, ReviewTask, TaskState
from curation.policies import versions
from curation.review.settings import ReviewSettings
from curation.selection.holdout import place
from feedback.models import ProjectMember
from privacy.subjects import digests

Kind = ReviewTask.Kind
ADJUDICATES = "curation.adjudicate_reviewtask"
DIFFER, PRIORITY = "reviewers_differ", 40


class FollowedError(ValueError):
    """The verdict can no longer be undone; the message tells the reviewer why."""


def is_drawn(task: ReviewTask, share: float) -> bool:
    """Whether a second person judges this task: decided only by the keyed hash of its number."""
    return place(task.pk.to_bytes(8, "big"), key=digests.key("second-review")) < share


def has_others(task: ReviewTask) -> bool:
    others = ProjectMember.objects.filter(
        project=task.project_id, user__is_active=True, user__groups__permissions__codename="change_reviewtask"
    )
    return others.exclude(user=task.resolved_by_id).exists()


def draw(task: ReviewTask, policy: CurationPolicy) -> None:
    """Open a second review if the task is drawn and another reviewer exists. Call before the first label is used."""
    settings = ReviewSettings.of(policy.settings)
    if is_drawn(task, settings.second_share) and task.resolved_by_id and has_others(task):
        second_task(task, Kind.SECOND, not_for=task.resolved_by).save()


def second_task(task: ReviewTask, kind: str, *, not_for: User | None = None) -> ReviewTask:
    """A new task about the same answer with the same reason, so that nobody can tell it was judged before."""
    return ReviewTask(
        project_id=task.project_id,
        interaction_id=task.interaction_id,
        subject_id=task.subject_id,
        kind=kind,
        about=task,
        not_for=not_for,
        reason=task.reason,
        detail=task.detail,
        priority=task.priority,
        settles=task.settles,
        revision=task.revision,
        created_at=timezone.now(),
    )


def conclude(task: ReviewTask) -> Decision:
    """Compare a second verdict with the first, open an adjudication if they differ, and return the current decision.

    Two corrections agree even in different words; the first one is kept. If votes have changed the decision since, the
    comparison counts for agreement but changes nothing.
    """
    row = Decision.objects.select_related("project").get(pk=task.interaction_id)
    first = task.about
    if first is None or row.task_id != first.pk:
        return row
    if task.resolution != first.resolution:
        asked = second_task(first, Kind.ADJUDICATION)
        asked.reason, asked.detail, asked.priority = DIFFER, "Two reviewers differ. Which of them is right?", PRIORITY
        asked.save()
    derive_again(row)
    return row


def derive_again(row: Decision) -> None:
    pipeline.again(row, versions.current(row.project))


def withdraw_follow_ups(task: ReviewTask) -> None:
    """Withdraw the tasks that a verdict opened, so that it can be undone. Raises `FollowedError` if one is decided or
    claimed.
    """
    if CalibrationItem.objects.filter(task=task).exists():
        raise FollowedError("A curator made this a calibration item.")
    if task.kind == Kind.LABEL:
        followed = ReviewTask.objects.filter(about=task, kind=Kind.SECOND)
    elif task.kind == Kind.SECOND and task.about_id:
        followed = ReviewTask.objects.filter(about=task.about_id, kind=Kind.ADJUDICATION)
    else:
        return
    rows = followed.select_for_update().exclude(state=TaskState.CANCELLED)
    now = timezone.now()
    for row in rows:
        if row.state == TaskState.RESOLVED or (row.claimed_until is not None and row.claimed_until > now):
            raise FollowedError("Another reviewer has judged it after you, or is doing so now.")
    followed.filter(state=TaskState.OPEN).delete()


def judged_by(user: User) -> Q:
    """A condition on tasks: those that compare two reviewers, one of whom is this user."""
    theirs = ReviewTask.objects.filter(resolved_by=user, state=TaskState.RESOLVED)
    party = Exists(theirs.filter(pk=OuterRef("about"))) | Exists(
        theirs.filter(about=OuterRef("about"), kind=Kind.SECOND)
    )
    return Q(kind=Kind.ADJUDICATION) & Q(party)


def is_party(task: ReviewTask, user: User) -> bool:
    """Whether this user gave one of the two verdicts that the task decides between."""
    return task.kind == Kind.ADJUDICATION and ReviewTask.objects.filter(judged_by(user), pk=task.pk).exists()


def verdicts_before(task: ReviewTask) -> list[ReviewTask]:
    """What a curator decides between: the current verdict and the second one."""
    if task.kind != Kind.ADJUDICATION or task.about is None:
        return []
    second = ReviewTask.objects.filter(about=task.about, kind=Kind.SECOND, state=TaskState.RESOLVED).order_by("-pk")[:1]
    return [task.about, *second]
