"""This app's part of the road in `privacy/erasure.py`."""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from feedback import parking
from feedback.capture import tombstone, touch
from feedback.models import Interaction, ParkedSignal, Project, Signal
from privacy import isolation
from privacy.erasure import meeting_any
from privacy.models import Subject, Tombstone
from privacy.subjects import bury

MODELS = ["feedback.Interaction", "feedback.Signal", "feedback.ParkedSignal"]
IMPERSONAL = ["feedback.Project", "feedback.ApiKey", "feedback.Outcome", "feedback.ProjectMember"]
BATCH = 500


def export(subject: Subject) -> dict[str, list[dict[str, Any]]]:
    """The person's conversations, and what they said of answers."""
    return {
        "interactions": [
            {
                "id": row.external_id,
                "project": row.project.name,
                "question": row.question,
                "answer": row.answer,
                "context": row.context,
                "sources": row.sources,
                "session": row.session,
                "tags": row.tags,
                "metadata": row.metadata,
                "agent": {
                    "name": row.agent_name,
                    "version": row.agent_version,
                    "model": row.agent_model,
                    "prompt": row.agent_prompt,
                },
                "occurred_at": row.occurred_at.isoformat(),
            }
            for row in Interaction.objects.filter(subject=subject).select_related("project").order_by("id")
        ],
        "signals": [
            {
                "id": row.external_id,
                "interaction": row.interaction.external_id,
                "signal": row.kind,
                "score": row.score,
                "correction": row.correction,
                "comment": row.comment,
                "occurred_at": row.occurred_at.isoformat(),
            }
            for row in Signal.objects.filter(subject=subject).select_related("interaction").order_by("id")
        ],
        "waiting_signals": [
            {"id": row.external_id, "signal": row.kind, "correction": row.correction, "comment": row.comment}
            for row in ParkedSignal.objects.filter(subject=subject).order_by("id")
        ],
    }


def erase(subject: Subject, purpose: str | None = None) -> dict[str, int]:
    """Conversations and signals serve capture alone: they go with it, or with everything."""
    if purpose not in (None, "capture"):
        return {}
    about = Interaction.objects.filter(subject=subject)
    said = meeting_any(Signal.objects.all(), Q(subject=subject), Q(interaction__subject=subject))
    parked = ParkedSignal.objects.filter(subject=subject)
    touch(list(said.exclude(interaction__subject=subject).values_list("interaction_id", flat=True)))
    counts = {"signals": remove(said, Tombstone.Kind.SIGNAL, "erased")}
    counts["waiting_signals"] = remove(parked, Tombstone.Kind.SIGNAL, "erased")
    counts["interactions"] = remove(about, Tombstone.Kind.INTERACTION, "erased")
    return counts


def affected(subject: Subject) -> list[str]:
    """No files here."""
    return []


def recalls(releases: list[str]) -> list[dict[str, str]]:
    """No files here."""
    return []


def holding(tombstones: set[str]) -> list[Subject]:
    """The people with an interaction on the list: a restored backup has brought it back."""
    if not tombstones:
        return []
    rows = Interaction.objects.select_related("project", "subject").only("external_id", "project__name", "subject")
    found = {row.subject for row in rows.iterator() if tombstone(row.project, row.external_id) in tombstones}
    return sorted(found, key=lambda subject: subject.pk)


def reconsider(subject: Subject) -> None:
    """Let curation look again at what it left out for want of consent."""
    Interaction.objects.filter(subject=subject, signals__isnull=False).update(pending=True)


def expire(before: datetime) -> dict[str, int]:
    """Interactions older than their project keeps them, unless a decision uses them (its key protects them); and
    feedback that has waited for its interaction longer than a day."""
    counts = {"interactions": 0, "signals": 0, "waiting_signals": parking.drop_stale(before)}
    projects = Project.objects.all()
    for said, old in isolation.each(
        "retention of conversations", projects, lambda one: expire_in(one, before), whole=connection.in_atomic_block
    ):
        counts["signals"] += said
        counts["interactions"] += old
    return counts


def expire_in(project: Project, before: datetime) -> tuple[int, int]:
    """Remove what one project keeps no longer; how many signals and interactions."""
    old = unused(
        Interaction.objects.filter(project=project, received_at__lt=before - timedelta(days=project.keep_days))
    )
    said = Signal.objects.filter(interaction__in=old.values("pk"))
    return remove(said, Tombstone.Kind.SIGNAL, "expired"), remove(old, Tombstone.Kind.INTERACTION, "expired")


def unused(rows: QuerySet[Interaction]) -> QuerySet[Interaction]:
    """Those that no row but a signal depends on. Read from the schema: this app does not know who builds on it."""
    for relation in Interaction._meta.related_objects:
        if relation.related_model is not Signal:
            dependent = relation.related_model._default_manager.filter(**{relation.field.name: OuterRef("pk")})
            rows = rows.exclude(Exists(dependent))
    return rows


def settle() -> None:
    """No files here."""


def remove(rows: QuerySet[Any], kind: str, reason: str) -> int:
    """Bury the ids of these rows, so that no replay brings them back, and delete them; how many."""
    found = list(rows.values_list("pk", "external_id", "project__name"))
    model, projects = rows.model, {name: Project(name=name) for _, _, name in found}
    bury(kind, [tombstone(projects[name], external_id) for _, external_id, name in found], reason)
    for start in range(0, len(found), BATCH):
        model.objects.filter(pk__in=[pk for pk, _, _ in found[start : start + BATCH]]).delete()
    return len(found)
