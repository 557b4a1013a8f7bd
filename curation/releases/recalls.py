"""Recalls tell the users of a release which records to delete, collect acknowledgements, and show what is overdue."""

from datetime import timedelta
from typing import Annotated, Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from msgspec import Meta, Struct

from curation.models import AgentVersion, Recall
from feedback.models import Project
from privacy.webhooks import delivery


class AckIn(Struct, forbid_unknown_fields=True):
    """`POST /datasets/{name}/recalls/{id}/ack`: who has deleted the records, under a name they choose."""

    by: Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._:-]+\Z")]


def of_project(project: Project) -> QuerySet[Recall]:
    rows = Recall.objects.filter(release__dataset__project=project)
    return rows.select_related("release__dataset", "replaced_by").order_by("pk")


def of_dataset(dataset: Any) -> QuerySet[Recall]:
    return of_project(dataset.project).filter(release__dataset=dataset)


def overdue(rows: QuerySet[Recall]) -> QuerySet[Recall]:
    """Recalls not acknowledged within `RECALL_DAYS`."""
    limit = timezone.now() - timedelta(days=settings.RECALL_DAYS)
    return rows.filter(acknowledgements=[], created_at__lt=limit)


def acknowledge(recall: Recall, by: str) -> Recall:
    """Record that a downstream copy deleted these records. Idempotent."""
    with transaction.atomic():
        locked = Recall.objects.select_for_update().get(pk=recall.pk)
        if all(entry["by"] != by for entry in locked.acknowledgements):
            locked.acknowledgements.append({"by": by, "at": timezone.now().isoformat()})
            Recall.objects.filter(pk=locked.pk).update(acknowledgements=locked.acknowledgements)
    return of_project(recall.release.dataset.project).get(pk=recall.pk)


def affected_versions(recall: Recall) -> list[str]:
    """The agent's versions that were trained on the recalled release: they may have learned from the records."""
    return [str(row) for row in AgentVersion.objects.filter(trained_on=recall.release).order_by("pk")]


def announce(recall: Recall) -> None:
    """Notify the project's webhooks; call it in the transaction that makes the recall."""
    release = recall.release
    payload = {
        "type": "release.recalled",
        "timestamp": recall.created_at.isoformat(),
        "data": {
            "recall": str(recall.pk),
            "dataset": release.dataset.name,
            "release": release.version,
            "replaced_by": recall.replaced_by and recall.replaced_by.version,
            "records": len(recall.records),
            "list": f"{settings.PUBLIC_URL}/api/v1/datasets/{release.dataset.name}/recalls",
        },
    }
    delivery.enqueue(release.dataset.project.name, f"recall_{recall.pk}", payload)


def as_json(recall: Recall) -> dict[str, Any]:
    limit = timezone.now() - timedelta(days=settings.RECALL_DAYS)
    return {
        "id": str(recall.pk),
        "release": recall.release.version,
        "replaced_by": recall.replaced_by and recall.replaced_by.version,
        "reason": recall.reason,
        "created_at": recall.created_at,
        "records": recall.records,
        "acknowledgements": recall.acknowledgements,
        "overdue": not recall.acknowledgements and recall.created_at < limit,
        "affected_versions": affected_versions(recall),
    }
