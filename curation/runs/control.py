"""Runs of curation from outside: stopped, gone on with, and given up where their process is dead."""

from datetime import timedelta

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone

from curation.models import Run, RunState
from feedback.models import Project

SILENT = timedelta(minutes=10)  # far longer than a batch takes


def cancel(run: Run) -> bool:
    """Stop a run after its batch; False where it runs no more. What was decided stays, what is left waits.

    The project rests until somebody starts a run of it again: beat would go on in a few seconds.
    """
    running = Run.objects.filter(pk=run.pk, state=RunState.RUNNING)
    return bool(running.update(state=RunState.CANCELLED, finished_at=timezone.now()))


def resting() -> QuerySet[Project]:
    """The projects whose last run was cancelled."""
    last = Run.objects.filter(project=OuterRef("pk")).order_by("-pk").values("state")[:1]
    return Project.objects.annotate(last_run=Subquery(last)).filter(last_run=RunState.CANCELLED)


def give_up_silent() -> int:
    """Call those failed that have said nothing for long; how many. What they left, the next run does."""
    silent = Run.objects.filter(state=RunState.RUNNING, alive_at__lt=timezone.now() - SILENT)
    return silent.update(state=RunState.FAILED, finished_at=timezone.now())
