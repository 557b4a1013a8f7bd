"""Doors for Celery: each finds its work in the database."""

from celery import shared_task

from feedback import parking


@shared_task
def sweep() -> int:
    """Drop feedback whose interaction did not come within a day."""
    return parking.drop_stale()
