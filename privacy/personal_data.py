"""This app's part of the road in `privacy/erasure.py`: the ledger is the last to go."""

from datetime import datetime
from typing import Any

from privacy.models import ConsentEntry, Subject

MODELS = ["privacy.Subject", "privacy.ConsentEntry"]
IMPERSONAL = ["privacy.Notice", "privacy.Tombstone", "privacy.Erasure", "privacy.RedactionPolicy"]


def export(subject: Subject) -> dict[str, list[dict[str, Any]]]:
    """The consents, oldest first, with the wording under which they were given."""
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
        ]
    }


def erase(subject: Subject, purpose: str | None = None) -> dict[str, int]:
    """With everything else the ledger goes too; a single purpose leaves it, for it is what says no."""
    if purpose is not None:
        return {}
    return {"consent": ConsentEntry.objects.filter(subject=subject).delete()[0]}


def affected(subject: Subject) -> list[str]:
    """No files here."""
    return []


def reconsider(subject: Subject) -> None:
    """Nothing here depends on a consent."""


def expire(before: datetime, *, dry_run: bool = False) -> dict[str, int]:
    """Subjects of whom nothing but a pseudonym is left: none of their rows stands in any table."""
    return {}


def settle() -> None:
    """No files here."""
