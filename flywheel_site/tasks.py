"""Celery tasks of the site itself."""

from celery import shared_task
from django.core.management import call_command

from flywheel_site.ops import heartbeats


@shared_task
def heartbeat() -> None:
    """Note that a worker has taken a task from beat."""
    heartbeats.beat_now(heartbeats.WORK)


@shared_task
def clear_sessions() -> None:
    """Delete sessions that have ended."""
    call_command("clearsessions")
