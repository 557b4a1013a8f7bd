"""Celery tasks. Each finds its work in the database, so a lost or repeated message changes nothing."""

from contextlib import suppress

from celery import shared_task
from django.utils import timezone

from curation import pipeline
from curation.models import Dataset, Release
from curation.policies import versions
from curation.quality import alerts, audits, checks, report
from curation.releases import copies, cutting, periods, recuts
from curation.review import bulk
from curation.runs import control
from feedback.models import Interaction, Project
from privacy.db import isolation


def finish_cut(release: Release) -> None:
    """Finish a cut that a dead process left. An empty one is withdrawn; the next cut says so."""
    with suppress(cutting.NothingToCut):
        cutting.finish(release)


@shared_task
def sweep() -> int:
    """Curate every project with pending interactions that is not paused; finish releases and bulk decisions that a dead
    process left.
    """
    isolation.each("cut", cutting.unfinished(), finish_cut)
    isolation.each("sweep", [recuts.mark_stale, cutting.recut_stale, control.give_up_silent], lambda step: step())
    isolation.each("bulk decision", bulk.unfinished(), bulk.advance)
    waiting = Interaction.objects.filter(pending=True).values("project").distinct()
    projects = Project.objects.filter(pk__in=waiting).exclude(pk__in=control.resting().values("pk"))
    return len(isolation.each("curate", projects, pipeline.curate))


@shared_task
def curate_project(key: int) -> bool:
    """Curate one project, even if it is paused; return whether it exists."""
    project = Project.objects.filter(pk=key).first()
    if project is not None:
        pipeline.curate(project)
    return project is not None


@shared_task
def advance_bulk(key: int) -> bool:
    """Work on a bulk decision briefly, then let the worker do other work; returns whether more was left."""
    more = bulk.advance(key)
    if more:
        advance_bulk.delay(key)
    return more


@shared_task
def draw_audits() -> int:
    """Draw the random audit and the checks of every project, and measure quality once a day; return how many the audit
    drew.
    """
    projects = Project.objects.all()
    drawn = isolation.each("audit", projects, lambda project: audits.draw(project, versions.current(project)))
    isolation.each("checks", projects, lambda project: checks.draw(project, versions.current(project)))
    isolation.each("quality", projects, lambda project: report.remember(project, now=timezone.now()))
    return sum(drawn)


@shared_task
def tell_alerts() -> int:
    """Queue the alerts of every project; returns how many there are."""
    return sum(isolation.each("alerts", Project.objects.all(), alerts.tell))


@shared_task
def run_due() -> int:
    """Cut the scheduled releases that are due; return how many were tried."""
    return len(periods.run_due())


@shared_task
def copy_releases() -> int:
    """Copy the published releases to the bucket, if there is one; return for how many datasets."""
    datasets = Dataset.objects.all() if copies.is_configured() else Dataset.objects.none()
    return len(isolation.each(copies.WORK, datasets, copies.try_sync))
