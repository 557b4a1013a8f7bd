"""Finds a person by the product's own id, which is never stored."""

import secrets
from collections.abc import Collection
from datetime import datetime

from django.db.models import Exists, OuterRef
from django.utils import timezone

from privacy.models import ConsentEntry, Purpose, Subject, Tombstone
from privacy.subjects.digests import digest

ANONYMOUS = "anonymous:"  # how the digest of a person without an id begins


def subject_digest(namespace: str, external_id: str) -> str:
    """The pseudonym: a keyed hash of (namespace, id). It is still personal data; without the master key it cannot be
    matched.
    """
    return digest("subject", namespace, external_id)


def find(namespace: str, external_id: str) -> Subject | None:
    return Subject.objects.filter(namespace=namespace, digest=subject_digest(namespace, external_id)).first()


def find_or_create(namespace: str, external_id: str | None) -> Subject:
    """The subject with this id. Without an id, a new subject that nothing links to any other, for one conversation."""
    if external_id is None:
        return Subject.objects.create(namespace=namespace, digest=anonymous())
    return Subject.objects.get_or_create(namespace=namespace, digest=subject_digest(namespace, external_id))[0]


def drop_unused(keys: Collection[int]) -> None:
    """Delete those of these subjects that no row in any app refers to."""
    wanted = sorted(keys)
    for start in range(0, len(wanted), 500):
        rows = Subject.objects.filter(pk__in=wanted[start : start + 500])
        for relation in Subject._meta.related_objects:
            theirs = relation.related_model._default_manager.filter(**{relation.field.name: OuterRef("pk")})
            rows = rows.exclude(Exists(theirs))
        rows.delete()


def anonymous() -> str:
    """A random value in place of a digest, for a person without an id."""
    return f"{ANONYMOUS}{secrets.token_hex(16)}"


def is_anonymous(value: str) -> bool:
    """Whether a digest is such a value."""
    return value.startswith(ANONYMOUS)


def bury(kind: str, digests: list[str], reason: str = "erased") -> None:
    """Add tombstones, which keep erased ids from coming back. Calling it twice changes nothing."""
    if not digests:
        return
    Tombstone.objects.bulk_create(
        [Tombstone(kind=kind, digest=value, reason=reason) for value in digests], ignore_conflicts=True, batch_size=500
    )


def bury_person(value: str) -> None:
    """Add a person's tombstone, or renew it: after a second erasure, everything up to then stays out."""
    values = {"buried_at": timezone.now(), "exported": False, "reason": "erased"}
    Tombstone.objects.update_or_create(kind=Tombstone.Kind.SUBJECT, digest=value, defaults=values)


def buried_at(kind: str, value: str) -> datetime | None:
    """When the tombstone was set, or None."""
    return Tombstone.objects.filter(kind=kind, digest=value).values_list("buried_at", flat=True).first()


def is_erased(namespace: str, external_id: str | None, occurred_at: datetime | None = None) -> bool:
    """Whether a write about this person must be refused because they were erased and have not come back."""
    if external_id is None:
        return False
    digest = subject_digest(namespace, external_id)
    when = buried_at(Tombstone.Kind.SUBJECT, digest)
    if when is None:
        return False
    return stays_out(when, occurred_at or timezone.now(), last_agreed(namespace, digest))


def last_agreed(namespace: str, digest: str) -> datetime | None:
    """When the person last agreed to anything; an index look-up for each purpose, however long the ledger is."""
    yes = ConsentEntry.objects.filter(subject__namespace=namespace, subject__digest=digest, granted=True)
    each = [yes.filter(purpose=purpose).order_by("-id").values_list("id", "recorded_at").first() for purpose in Purpose]
    return max((line for line in each if line), default=(0, None))[1]


def stays_out(erased_at: datetime, occurred_at: datetime, agreed_at: datetime | None) -> bool:
    """Whether something about an erased person may not be stored: nothing from before the erasure, and nothing until
    they come back.

    Only a new consent brings them back; a refusal or a request does not.
    """
    return occurred_at <= erased_at or agreed_at is None or agreed_at <= erased_at
