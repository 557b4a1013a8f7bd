"""Lists withdrawn consents among the tombstones, because a ledger restored from an older backup would say yes again."""

from django.utils import timezone

from privacy.models import Subject, Tombstone
from privacy.subjects.digests import digest


def denial_digest(subject: Subject, purpose: str) -> str:
    """The digest under which a withdrawn consent is listed."""
    return digest("denial", purpose, subject.digest)


def note_denial(subject: Subject, purpose: str) -> None:
    """Add it to the list, as of now."""
    values = {"buried_at": timezone.now(), "exported": False, "reason": "withdrawn"}
    kind = Tombstone.Kind.DENIAL
    Tombstone.objects.update_or_create(kind=kind, digest=denial_digest(subject, purpose), defaults=values)
