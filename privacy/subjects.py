"""Finding a person by the product's own id, which is never kept."""

import secrets
from datetime import datetime

from django.utils import timezone

from privacy.digests import digest
from privacy.models import Subject, Tombstone


def subject_digest(namespace: str, external_id: str) -> str:
    """The pseudonym: a keyed hash of (namespace, id). Still personal data; lost with the master key."""
    return digest("subject", namespace, external_id)


def find(namespace: str, external_id: str) -> Subject | None:
    """The subject, or None where nothing of that person is known."""
    return Subject.objects.filter(namespace=namespace, digest=subject_digest(namespace, external_id)).first()


def find_or_create(namespace: str, external_id: str | None) -> Subject:
    """The subject of that id. Without an id, a new one that nothing links to any other: one for one conversation."""
    if external_id is None:
        return Subject.objects.create(namespace=namespace, digest=anonymous())
    return Subject.objects.get_or_create(namespace=namespace, digest=subject_digest(namespace, external_id))[0]


def anonymous() -> str:
    """In a digest's place, for a person of whom nothing is known: unlike any other."""
    return f"anonymous:{secrets.token_hex(16)}"


def bury(kind: str, digests: list[str], reason: str = "erased") -> None:
    """Put hashes on the list of what may not come back. Doing it twice changes nothing."""
    Tombstone.objects.bulk_create(
        [Tombstone(kind=kind, digest=value, reason=reason) for value in digests], ignore_conflicts=True, batch_size=500
    )


def buried_at(kind: str, value: str) -> datetime | None:
    """When that hash was buried, or None."""
    return Tombstone.objects.filter(kind=kind, digest=value).values_list("buried_at", flat=True).first()


def is_erased(namespace: str, external_id: str | None, occurred_at: datetime | None = None) -> bool:
    """Whether a write about this person must be refused because they were erased.

    A person who comes back and consents anew (`POST /consent` makes a new subject) is captured from then on; what
    happened before they were erased stays out for ever.
    """
    if external_id is None:
        return False
    when = buried_at(Tombstone.Kind.SUBJECT, subject_digest(namespace, external_id))
    if when is None:
        return False
    return (occurred_at or timezone.now()) <= when or find(namespace, external_id) is None
