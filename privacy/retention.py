"""Retention: what is no longer needed goes, through the same road as an erasure."""

from django.utils import timezone

from privacy import erasure


def purge(*, dry_run: bool = False) -> dict[str, int]:
    """Remove what every holder of personal data says has expired by now; counts by kind."""
    counts = erasure.expire(timezone.now(), dry_run=dry_run)
    if not dry_run and any(counts.values()):
        erasure.overwrite_free_pages()
    return counts
