"""Review events: what people did to review tasks. An event outlives a decision that is undone, and the task itself."""

from collections.abc import Iterable

from django.contrib.auth.models import User

from curation.models import ReviewEvent, ReviewTask

Action = ReviewEvent.Action


def note(tasks: Iterable[ReviewTask], action: ReviewEvent.Action, who: User | None) -> None:
    """Add one row for each task. Call in the transaction of the change, with the resolution that was given or lost."""
    ReviewEvent.objects.bulk_create(
        ReviewEvent(
            project_id=task.project_id,
            task_number=task.pk,
            task_kind=task.kind,
            action=action,
            resolution=task.resolution,
            who=who,
        )
        for task in tasks
    )
