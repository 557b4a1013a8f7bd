"""This app's part of the protocol in `privacy/erasure/erasure.py`."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from django.db.models import QuerySet

from feedback.capture import mark_pending, parking
from feedback.models import Interaction, ParkedSignal, Project, Signal, Trace
from feedback.otel import waiting
from privacy.erasure.erasure import TURN, Part
from privacy.models import Subject, Tombstone
from privacy.subjects.lookup import bury

MODELS = ["feedback.Interaction", "feedback.Signal", "feedback.ParkedSignal", "feedback.Trace"]
IMPERSONAL = [
    "feedback.Project",
    "feedback.ApiKey",
    "feedback.Outcome",
    "feedback.ProjectMember",
    "feedback.InteractionName",
    "feedback.TraceReport",
]
GROWING = ["feedback.InteractionName"]
Kind = Tombstone.Kind


def export(subject: Subject) -> dict[str, list[dict[str, Any]]]:
    """The person's conversations, and what they said about answers."""
    return {
        "interactions": [
            {
                "id": row.external_id,
                "project": row.project.name,
                "question": row.question,
                "answer": row.answer,
                "context": row.context,
                "sources": row.sources,
                "steps": row.steps,
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
                "step": row.step,
                "occurred_at": row.occurred_at.isoformat(),
            }
            for row in Signal.objects.filter(subject=subject).select_related("interaction").order_by("id")
        ],
        "waiting_signals": [
            {
                "id": row.external_id,
                "signal": row.kind,
                "correction": row.correction,
                "comment": row.comment,
                "step": row.step,
            }
            for row in ParkedSignal.objects.filter(subject=subject).order_by("id")
        ],
        "waiting_spans": [
            {"id": row.trace, "project": row.project.name, "steps": row.parts}
            for row in Trace.objects.filter(subject=subject).select_related("project").order_by("id")
            if row.parts
        ],
    }


def erase(subject: Subject, purpose: str | None = None) -> Iterator[dict[str, int]]:
    """Conversations and signals only serve capture: they go with it, or with everything."""
    if purpose not in (None, "capture"):
        return
    given_signals = Signal.objects.filter(subject=subject)
    yield from remove(
        "signals", given_signals.exclude(interaction__subject=subject), Kind.SIGNAL, "erased", decide_again
    )
    yield from remove("signals", Signal.objects.filter(interaction__subject=subject), Kind.SIGNAL, "erased")
    yield from remove("waiting_signals", ParkedSignal.objects.filter(subject=subject), Kind.SIGNAL, "erased")
    yield from remove("interactions", Interaction.objects.filter(subject=subject), Kind.INTERACTION, "erased")
    yield {"waiting_spans": Trace.objects.filter(subject=subject).delete()[0]}


def decide_again(signals: list[int]) -> None:
    """Mark the interactions of these signals for curation: the signals are about to be deleted."""
    mark_pending(list(Signal.objects.filter(pk__in=signals).values_list("interaction_id", flat=True)))


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
    """The subjects with an interaction on the list: a restored backup has brought it back."""
    if not tombstones:
        return []
    rows = Interaction.objects.select_related("project", "subject").only("external_id", "project__name", "subject")
    found = {row.subject for row in rows.iterator() if row.project.tombstone(row.external_id) in tombstones}
    return sorted(found, key=lambda subject: subject.pk)


def reconsider(subject: Subject) -> None:
    """Mark for curation what it left out for lack of consent."""
    rows = Interaction.objects.filter(subject=subject, pending=False, signals__isnull=False)
    last = 0
    while keys := list(rows.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True).distinct()[:TURN]):
        Interaction.objects.filter(pk__in=keys).update(pending=True)
        last = keys[-1]


def expire(before: datetime) -> Iterator[Part]:
    """Remove interactions older than their project keeps them, unless a decision uses them (its key protects them), and
    feedback that has waited more than a day for its interaction.
    """
    yield Part("conversations", lambda: iter([{"interactions": 0, "signals": 0, "waiting_signals": 0}]))
    yield Part("waiting feedback", partial(drop_waiting, before))
    yield Part("traces", lambda: iter([{"waiting_spans": waiting.drop_stale(before)}]))
    for project in Project.objects.all():
        yield Part(f"conversations of project {project.pk}", partial(expire_in, project, before))


def drop_waiting(before: datetime) -> Iterator[dict[str, int]]:
    """Remove feedback whose interaction has not come within a day."""
    while dropped := parking.drop_some(before):
        yield {"waiting_signals": dropped}


def expire_in(project: Project, before: datetime) -> Iterator[dict[str, int]]:
    """Remove interactions and signals older than the project keeps them."""
    stored = Interaction.objects.filter(project=project, received_at__lt=before - timedelta(days=project.keep_days))
    old = stored.unused()
    said = Signal.objects.filter(interaction__in=old.values("pk"))
    yield from remove("signals", said, Kind.SIGNAL, "expired")
    yield from remove("interactions", old, Kind.INTERACTION, "expired")


def settle() -> None:
    """No files here."""


def remove(
    name: str, rows: QuerySet[Any], kind: str, reason: str, before: Callable[[list[int]], None] | None = None
) -> Iterator[dict[str, int]]:
    """Add tombstones for these rows, so that no replay brings them back, and delete them in steps, counted under this
    name.
    """
    while found := list(rows.values_list("pk", "external_id", "project__name")[:TURN]):
        keys, projects = [pk for pk, *_ in found], {called: Project(name=called) for *_, called in found}
        if before:
            before(keys)
        bury(kind, [projects[called].tombstone(external_id) for _, external_id, called in found], reason)
        rows.model.objects.filter(pk__in=keys).delete()
        yield {name: len(found)}
