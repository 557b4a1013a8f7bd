"""Revises a project's own redaction rules: replaced as a whole, checked, with a new version."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from privacy.models import RedactionPolicy
from privacy.redaction import Policy, compile_policy


class Outdated(ValueError):
    """Somebody else changed the rules since the editor opened them."""


def revise(policy: RedactionPolicy, definition: dict[str, Any], user: Any, *, seen: str) -> RedactionPolicy:
    """Put new rules in force under the next version; `seen` is the version that the editor looked at.

    Raises `RedactionError` for rules that do not hold, and `Outdated` where another version came in between.
    """
    compile_policy(Policy.from_dict(definition))
    with transaction.atomic():
        row = RedactionPolicy.objects.select_for_update().get(pk=policy.pk)
        if str(row.version) != seen:
            raise Outdated("Somebody changed these rules meanwhile: look at theirs, and try again.")
        row.definition, row.version = definition, row.version + 1
        row.updated_at, row.updated_by = timezone.now(), user
        row.save(update_fields=["definition", "version", "updated_at", "updated_by"])
    return row
