"""Moves the sample's days so that it ends in the last week: the console opens on the newest days, and a project keeps its
conversations for a limited time.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from feedback.models import Interaction, Project
from privacy.files.records import Record

WEEK = timedelta(weeks=1)


def moved(project: Project, records: Iterable[Record]) -> list[Record]:
    """The sample's lines, later by whole weeks: as many as in the project's first run, if there was one."""
    rows = list(records)
    by = moved_before(project, rows)
    if by is None:
        by = (timezone.now() - max(moment(row.value) for row in rows)) // WEEK * WEEK
    return [replace(row, value=later(row.value, by)) for row in rows]


def moved_before(project: Project, rows: Iterable[Record]) -> timedelta | None:
    """How much later the lines are stored than they say; None if none is stored."""
    stored = dict(Interaction.objects.filter(project=project).values_list("external_id", "occurred_at"))
    return next((stored[name] - moment(row.value) for row in rows if (name := row.value["id"]) in stored), None)


def moment(line: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(line["ts"])


def later(value: Any, by: timedelta) -> Any:
    """The value with every time in it moved."""
    if isinstance(value, list):
        return [later(item, by) for item in value]
    if not isinstance(value, dict):
        return value
    whole = {name: later(item, by) for name, item in value.items()}
    return {**whole, "ts": (moment(value) + by).isoformat()} if "ts" in value else whole
