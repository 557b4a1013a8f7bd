"""Feedback that arrives before its interaction waits for it, for a day."""

from collections.abc import Mapping
from datetime import timedelta

from django.utils import timezone

from feedback import outcomes
from feedback.models import Interaction, Outcome, ParkedSignal, Project, Signal
from privacy.models import Subject

WAIT = timedelta(days=1)
CARRIED = ("project_id", "external_id", "kind", "score", "correction", "comment", "body_digest", "occurred_at")


def park(interaction: str, signal: Signal, subject: Subject | None, placeholders: Mapping[str, list[str]]) -> None:
    """Keep a signal, redacted like any, until its interaction comes. Without a subject it is the asker's own."""
    ParkedSignal.objects.create(
        interaction_external_id=interaction, subject=subject, placeholders=placeholders, **_carried(signal)
    )


def placeholders(project: Project, interaction: str) -> dict[str, list[str]]:
    """The numbering that the feedback which already waits for this interaction has begun."""
    waiting = ParkedSignal.objects.filter(project=project, interaction_external_id=interaction)
    return waiting.order_by("-id").values_list("placeholders", flat=True).first() or {}


def unpark(interaction: Interaction) -> None:
    """Hand an interaction that has just been stored the feedback which waited for it. Call in its transaction."""
    waiting = list(
        ParkedSignal.objects.filter(
            project=interaction.project_id, interaction_external_id=interaction.external_id
        ).order_by("id")
    )
    if not waiting:
        return
    Signal.objects.bulk_create(
        Signal(interaction=interaction, subject_id=parked.subject_id or interaction.subject_id, **_carried(parked))
        for parked in waiting
    )
    ParkedSignal.objects.filter(pk__in=[parked.pk for parked in waiting]).delete()
    Interaction.objects.filter(pk=interaction.pk).update(pending=True, revision=1)


def drop_stale() -> int:
    """Drop, and count, what has waited longer than a day."""
    stale = ParkedSignal.objects.filter(received_at__lt=timezone.now() - WAIT).select_related("project")
    dropped = 0
    for parked in stale.iterator():
        if ParkedSignal.objects.filter(pk=parked.pk).delete()[0]:
            outcomes.count(parked.project, "signal", Outcome.Result.DROPPED)
            dropped += 1
    return dropped


def _carried(row: Signal | ParkedSignal) -> dict[str, object]:
    return {name: getattr(row, name) for name in CARRIED}
