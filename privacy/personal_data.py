"""This app's part of the protocol in `privacy/erasure/erasure.py`: the ledger is removed last."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from privacy.erasure.erasure import TURN, Part, removed
from privacy.models import ConsentEntry, Delivery, PrivacyRequest, RequestStatus, Subject

MODELS = ["privacy.Subject", "privacy.ConsentEntry", "privacy.PrivacyRequest"]
IMPERSONAL = [
    "privacy.Notice",
    "privacy.Tombstone",
    "privacy.MasterKey",
    "privacy.Erasure",
    "privacy.RedactionPolicy",
    "privacy.Webhook",
    "privacy.Delivery",
    "privacy.Setback",
]
GROWING = ["privacy.Tombstone"]
Kind = PrivacyRequest.Kind
BEING_ERASED = (RequestStatus.VERIFIED, RequestStatus.RESTRICTED)
OPERATOR_TEXT = ["privacy.Notice.text", "privacy.RedactionPolicy.definition"]


def export(subject: Subject) -> dict[str, list[dict[str, Any]]]:
    """The consents, oldest first, with the wording that the person was shown."""
    return {
        "consent": [
            {
                "purpose": line.purpose,
                "granted": line.granted,
                "at": line.recorded_at.isoformat(),
                "method": line.method,
                "notice": line.notice.text if line.notice else "",
            }
            for line in ConsentEntry.objects.filter(subject=subject).select_related("notice").order_by("id")
        ],
        "requests": [
            {"kind": row.kind, "state": row.state, "at": row.received_at.isoformat()}
            for row in PrivacyRequest.objects.filter(subject=subject).order_by("received_at")
        ],
    }


def erase(subject: Subject, purpose: str | None = None) -> Iterator[dict[str, int]]:
    """Without a purpose, the ledger goes too; with one it stays, since it is what says no.

    Requests are evidence and stay, but no longer refer to anybody. Those being carried out keep what their scan
    searches for.
    """
    if purpose is not None:
        return
    yield from removed("consent", ConsentEntry.objects.filter(subject=subject))
    mine = PrivacyRequest.objects.filter(subject=subject)
    while keys := list(mine.values_list("pk", flat=True)[:TURN]):
        some = PrivacyRequest.objects.filter(pk__in=keys)
        some.exclude(kind=Kind.ERASURE, state__in=BEING_ERASED).update(fingerprints=b"")
        yield {"requests": some.update(subject=None)}


def affected(subject: Subject) -> list[str]:
    """No files here."""
    return []


def recalls(releases: list[str]) -> list[dict[str, str]]:
    """No files here."""
    return []


def rows_behind(files: list[Path]) -> list[QuerySet[Any]]:
    """No files here."""
    return []


def holding(tombstones: set[str]) -> list[Subject]:
    """No tombstones of its own here."""
    return []


def reconsider(subject: Subject) -> None:
    """Nothing here depends on a consent."""


def expire(before: datetime) -> Iterator[Part]:
    """Remove the evidence of requests and messages after PRIVACY_LOG_DAYS, when nobody can ask for it any more."""
    yield Part("evidence of requests", partial(expire_evidence, before - timedelta(days=settings.PRIVACY_LOG_DAYS)))


def expire_evidence(limit: datetime) -> Iterator[dict[str, int]]:
    """Requests closed and messages delivered before this moment."""
    yield {"requests": 0, "deliveries": 0}
    yield from removed("requests", PrivacyRequest.objects.filter(closed_at__lt=limit))
    yield from removed("deliveries", Delivery.objects.filter(delivered_at__lt=limit))


def settle() -> None:
    """No files here."""
