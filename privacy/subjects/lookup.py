"""Finding a person by the product's own id, which is never kept."""

import secrets
from collections.abc import Collection
from datetime import datetime

from django.db.models import Exists, OuterRef
from django.utils import timezone

from privacy.models import ConsentEntry, Subject, Tombstone
from privacy.subjects.digests import digest


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


def drop_unused(keys: Collection[int]) -> None:
    """Forget those of these people of whom nothing is kept: no row of any app is about them."""
    wanted = sorted(keys)
    for start in range(0, len(wanted), 500):
        rows = Subject.objects.filter(pk__in=wanted[start : start + 500])
        for relation in Subject._meta.related_objects:
            theirs = relation.related_model._default_manager.filter(**{relation.field.name: OuterRef("pk")})
            rows = rows.exclude(Exists(theirs))
        rows.delete()


def anonymous() -> str:
    """In a digest's place, for a person of whom nothing is known: unlike any other."""
    return f"anonymous:{secrets.token_hex(16)}"


def bury(kind: str, digests: list[str], reason: str = "erased") -> None:
    """Put hashes on the list of what may not come back. Doing it twice changes nothing."""
    if not digests:
        return
    Tombstone.objects.bulk_create(
        [Tombstone(kind=kind, digest=value, reason=reason) for value in digests], ignore_conflicts=True, batch_size=500
    )


def bury_person(value: str) -> None:
    """Put a person on it, as of now: of somebody who came back and was erased again, all until then stays out."""
    said = {"buried_at": timezone.now(), "exported": False, "reason": "erased"}
    Tombstone.objects.update_or_create(kind=Tombstone.Kind.SUBJECT, digest=value, defaults=said)


def buried_at(kind: str, value: str) -> datetime | None:
    """When that hash was buried, or None."""
    return Tombstone.objects.filter(kind=kind, digest=value).values_list("buried_at", flat=True).first()


def is_erased(namespace: str, external_id: str | None, occurred_at: datetime | None = None) -> bool:
    """Whether a write about this person must be refused because they were erased, and did not come back."""
    if external_id is None:
        return False
    digest = subject_digest(namespace, external_id)
    when = buried_at(Tombstone.Kind.SUBJECT, digest)
    if when is None:
        return False
    yes = ConsentEntry.objects.filter(subject__namespace=namespace, subject__digest=digest, granted=True)
    agreed = yes.order_by("-id").values_list("recorded_at", flat=True).first()
    return stays_out(when, occurred_at or timezone.now(), agreed)


def stays_out(erased_at: datetime, occurred_at: datetime, agreed_at: datetime | None) -> bool:
    """Whether something of a person who was erased may not be stored: what happened before that never, and nothing
    until they come back. Only a yes brings them back: whoever says no, or asks for something, wants no more kept."""
    return occurred_at <= erased_at or agreed_at is None or agreed_at <= erased_at
