"""Doors for Celery: each finds its work in the database, so a lost or repeated message changes nothing."""

from celery import shared_task

from privacy.db import isolation
from privacy.erasure import erasure, retention, tombstones
from privacy.requests import audit, lifecycle
from privacy.webhooks import delivery

AUDIT = "audit of erasures"


@shared_task
def sweep() -> int:
    """Finish erasures that still have files to remove, and bring the tombstone list up to date.

    A full disk makes the list wait, without losing it, but does not stop the erasures.
    """
    isolation.each("list of tombstones", [tombstones.append], lambda step: step())
    return erasure.settle()


@shared_task
def advance_requests() -> int:
    """Advance privacy requests, and the audit of erasures if one is under way."""
    closed = lifecycle.advance_all()
    isolation.each(AUDIT, [audit.go_on], lambda step: step())
    return closed


@shared_task
def deliver() -> int:
    """Send due messages to webhooks."""
    return delivery.deliver_due()


@shared_task
def rewrite() -> list[str]:
    """Overwrite erased rows that PostgreSQL still has in its pages."""
    return retention.rewrite()


@shared_task
def audit_erasures() -> bool:
    """Begin to search everything for text of the people erased since the last audit."""
    return audit.begin()


@shared_task
def purge() -> dict[str, int]:
    """Remove expired rows."""
    return retention.purge()
