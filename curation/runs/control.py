"""Curation runs: started or joined, counted, finished, cancelled, and given up if their process died."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.utils import timezone

from curation.decisions.judging import Judged
from curation.models import Run, RunState
from curation.policies import versions
from feedback.models import Interaction, Project
from privacy.db import engine

SILENT = timedelta(minutes=10)  # far longer than a batch takes


def begin_or_join(project: Project) -> Run | None:
    """The run under way with the current policy, or a new one; None if nothing is pending."""
    rows = Interaction.objects.filter(project=project).pending()
    if not rows.exists():
        return None
    with transaction.atomic():
        engine.in_turn("run", project.pk)
        waiting = rows.count()
        if not waiting:  # another process has done everything meanwhile
            return None
        policy = versions.current(project)
        run = Run.objects.filter(project=project, state=RunState.RUNNING, policy=policy).order_by("-pk").first()
        if run is None:
            return Run.objects.create(project=project, policy=policy, total=waiting)
        run.total = run.read + waiting
        run.save(update_fields=["total"])
        return run


def note(run: Run, judged: Sequence[Judged], *, reopened: int = 0) -> None:
    """Add a batch to its run's figures, with what it found to decide again. Call in turn: others add to them too."""
    counts = Counter(one.ruling.outcome.value for one in judged)
    (before,) = Run.objects.filter(pk=run.pk).values_list("counts", flat=True)
    told = dict(Counter(before) + counts)
    Run.objects.filter(pk=run.pk).update(
        read=F("read") + len(judged), total=F("total") + reopened, counts=told, alive_at=timezone.now()
    )


def finish(run: Run) -> Run:
    """Mark a run as done, unless it was cancelled; return it as stored."""
    done = Run.objects.filter(pk=run.pk).exclude(state=RunState.CANCELLED)
    done.update(state=RunState.DONE, finished_at=timezone.now())
    run.refresh_from_db()
    return run


def cancel(run: Run) -> bool:
    """Stop a run after its batch; False if it is no longer running.

    Decisions made so far stay, the rest waits. The project is paused until somebody starts a run again: otherwise beat
    would continue within seconds.
    """
    running = Run.objects.filter(pk=run.pk, state=RunState.RUNNING)
    return bool(running.update(state=RunState.CANCELLED, finished_at=timezone.now()))


def resting() -> QuerySet[Project]:
    """The projects whose last run was cancelled."""
    last = Run.objects.filter(project=OuterRef("pk")).order_by("-pk").values("state")[:1]
    return Project.objects.annotate(last_run=Subquery(last)).filter(last_run=RunState.CANCELLED)


def give_up_silent() -> int:
    """Mark runs without news for long as failed; return how many. The next run does what they left."""
    silent = Run.objects.filter(state=RunState.RUNNING, alive_at__lt=timezone.now() - SILENT)
    return silent.update(state=RunState.FAILED, finished_at=timezone.now())
