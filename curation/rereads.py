"""Releases that hold text in which a later redaction found something: those records leave them, and come back clean."""

from django.db.models import F

from curation.models import Release, ReleaseMember


def mark_stale() -> int:
    """Take re-redacted interactions out of the releases that were published before, to be cut again; how many."""
    changed = ReleaseMember.objects.filter(
        release__state__in=[Release.State.PUBLISHED, Release.State.STALE],
        interaction__text_changed_at__gt=F("release__published_at"),
    )
    releases = list(changed.values_list("release", flat=True).distinct())
    if releases:
        Release.objects.filter(pk__in=releases, state=Release.State.PUBLISHED).update(state=Release.State.STALE)
        changed.delete()
    return len(releases)
