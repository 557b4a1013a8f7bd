"""Consents that were taken back, on the list of tombstones: a ledger of before, once restored, would say yes again."""

from django.utils import timezone

from privacy.models import Subject, Tombstone
from privacy.subjects.digests import digest


def denial_digest(subject: Subject, purpose: str) -> str:
    """How a consent that was taken back is known on the list."""
    return digest("denial", purpose, subject.digest)


def note_denial(subject: Subject, purpose: str) -> None:
    """Put it on the list, as of now."""
    values = {"buried_at": timezone.now(), "exported": False, "reason": "withdrawn"}
    kind = Tombstone.Kind.DENIAL
    Tombstone.objects.update_or_create(kind=kind, digest=denial_digest(subject, purpose), defaults=values)
