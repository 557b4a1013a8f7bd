"""Retention: removes expired rows through the same protocol as an erasure."""

from django.db import transaction
from django.utils import timezone

from privacy.erasure import erasure


def purge(*, dry_run: bool = False) -> dict[str, int]:
    """Remove what every holder of personal data says has expired by now; counts by kind.

    A dry run does the same and takes it all back, for what goes first frees what goes with it. Nobody else writes
    meanwhile on SQLite.
    """
    if dry_run:
        with transaction.atomic():
            counts = erasure.expire(timezone.now())
            transaction.set_rollback(True)
        return counts
    counts = erasure.expire(timezone.now())
    if any(counts.values()):
        erasure.overwrite_free_pages()
    return counts
