"""Doors for Celery: each finds its work in the database."""

from celery import shared_task

from feedback.capture import parking
from feedback.otel import waiting
from feedback.rescans import rescan as rescans_rescan
from privacy.db import isolation


@shared_task
def sweep() -> int:
    """Hand over waiting feedback that was missed. Drop feedback whose interaction did not come within a day, and spans
    whose turn did not come within an hour.
    """
    steps = [parking.hand_over, parking.drop_stale, waiting.drop_stale]
    return sum(isolation.each("waiting feedback", steps, lambda step: step()))


@shared_task
def rescan() -> int:
    """Redact stored text again after rules have changed."""
    return rescans_rescan.run()
