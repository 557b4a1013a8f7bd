"""Doors for Celery: each finds its work in the database, so a lost or doubled message changes nothing."""

from celery import shared_task

from privacy import erasure, retention


@shared_task
def sweep() -> int:
    """Finish erasures whose files still wait."""
    return erasure.settle()


@shared_task
def purge() -> dict[str, int]:
    """Remove what retention no longer covers."""
    return retention.purge()
