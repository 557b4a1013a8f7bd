"""What is known about traces between exports: where their turns are, and the spans that wait for theirs."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from feedback.capture.recording import writing
from feedback.models import Interaction, Project, Trace, TraceReport
from feedback.otel.parts import place_of, redacted, words_of
from feedback.otel.readings import Kind, Reading
from feedback.otel.spans import NO_SPAN
from feedback.otel.traces import TracePlan
from privacy.consent import ledger
from privacy.db.rows import insert
from privacy.models import Subject, Tombstone
from privacy.redaction import redact_json
from privacy.subjects.lookup import buried_at, drop_unused, subject_digest

WAIT, REMEMBERED, SHOWN = timedelta(hours=1), timedelta(days=1), timedelta(days=30)
MAX_LINKS, MAX_PARTS = 2_000, 2_000


def stored_traces(project: Project, traces: Sequence[str]) -> dict[str, Trace]:
    """What is known about these traces."""
    found: dict[str, Trace] = {}
    for start in range(0, len(traces), 500):
        rows = Trace.objects.filter(project=project, trace__in=traces[start : start + 500])
        found |= {row.trace: row for row in rows}
    return found


def stored_turns(project: Project, rows: Iterable[Trace]) -> dict[str, Interaction]:
    ids = [place["id"] for row in rows for place in row.turns]
    found: dict[str, Interaction] = {}
    for start in range(0, len(ids), 500):
        some = Interaction.objects.filter(project=project, external_id__in=ids[start : start + 500])
        found |= {row.external_id: row for row in some.select_related("subject")}
    return found


def kept(
    project: Project, planned: TracePlan, stored: Sequence[dict[str, Any]], owners: Mapping[str, int]
) -> Trace | None:
    """What to remember about the trace, unsaved: where its turns are, and the spans that wait; None if nothing.

    `owners`: the subject of each stored turn.
    """
    row = planned.row or Trace(project_id=project.pk, trace=planned.trace)
    ids = {place["id"] for place in stored} | {old for old, _ in planned.superseded}
    row.turns = [place for place in row.turns if place["id"] not in ids] + list(stored)
    waiting = (
        [one for one in planned.waiting if one.matters and "." not in one.span][:MAX_PARTS] if _is_due(planned) else []
    )
    waiting = waiting if any(one.kind != Kind.OTHER for one in waiting) else []
    if not row.turns and not waiting:
        row.places, row.parts = [], []
        return row if row.pk else None
    row.subject_id, allowed = _owner(project, planned, row, waiting, owners)
    waiting = waiting if allowed else []
    parts: list[Reading] = []
    row.places, row.parts, row.placeholders = [], [], dict(planned.placeholders)
    if waiting:
        numbering = project.numbering(f"{planned.trace}-{NO_SPAN}", planned.placeholders)
        parts = [redacted(project, one, numbering) for one in waiting]
        row.places = [place_of(one) for one in parts]
        row.parts = [redact_json(words_of(one), project.redaction_policy, numbering)[0] for one in parts]
        row.placeholders = dict(numbering.state())
    links = {one.span: one.parent for one in planned.tree.readings.values() if one.parent and "." not in one.span}
    row.links = dict([*planned.tree.links.items(), *links.items()][-MAX_LINKS:]) if not _is_whole(planned) else {}
    row.received_at = timezone.now()
    return row if row.turns or parts or row.pk else None


def _is_whole(planned: TracePlan) -> bool:
    """Whether the trace's root has arrived and nothing of it waits: later spans are then below it."""
    return bool(planned.tree.roots) and not planned.waiting


def _is_due(planned: TracePlan) -> bool:
    """Whether a turn may still come of the waiting spans: the root has not arrived, says who asked, or messages come
    separately from their spans.
    """
    if planned.payloads or planned.moved:
        return False  # there is a turn: spans with no part in it will never have one
    silent = any(top.kind in (Kind.MODEL, Kind.AGENT) for turn in planned.mute for top in turn.tops)
    speaks = any(root.asked or root.told or (root.kind == Kind.OTHER and root.matters) for root in planned.tree.roots)
    return silent or speaks or not planned.tree.roots


def save(rows: Sequence[Trace]) -> list[Trace]:
    """Store what is known about traces; returns those that another export wrote meanwhile. Call in a transaction."""
    new = [row for row in rows if row.pk is None]
    old = [row for row in rows if row.pk is not None]
    try:
        with transaction.atomic():
            insert(new)
        raced = []
    except IntegrityError:
        raced = [row for row in new if not _inserted(row)]
    columns = ("subject_id", "turns", "links", "places", "parts", "placeholders", "received_at")
    for row in old:
        values = {name: getattr(row, name) for name in columns}
        if not Trace.objects.filter(pk=row.pk, revision=row.revision).update(**values, revision=row.revision + 1):
            raced.append(row)
    return raced


def _inserted(row: Trace) -> bool:
    try:
        with transaction.atomic():
            insert([row])
    except IntegrityError:
        return False
    return True


def _owner(
    project: Project, planned: TracePlan, row: Trace, waiting: Sequence[Reading], owners: Mapping[str, int]
) -> tuple[int | None, bool]:
    """The person whom the spans name, and whether they may wait: not for somebody who was erased or refused."""
    if row.turns:
        return next((owners[place["id"]] for place in row.turns if place["id"] in owners), row.subject_id), True
    named = next((one.person.subject for one in waiting if one.person.subject), "")
    digest = planned.subject or (subject_digest(project.namespace, named) if named else "")
    if not digest:
        return None, True
    subject = Subject.objects.filter(namespace=project.namespace, digest=digest).first()
    if subject is None:
        if buried_at(Tombstone.Kind.SUBJECT, digest):
            return None, False
        return Subject.objects.create(namespace=project.namespace, digest=digest).pk, True
    entries = ledger.newest(subject)
    refused = "capture" in entries and not entries["capture"].granted
    return subject.pk, not subject.restricted_at and not refused


def drop_stale(now: datetime | None = None) -> int:
    """Forget spans whose turn did not come within an hour and, after a day, where a trace's turns are. Returns how many
    traces had waiting spans.
    """
    now = now or timezone.now()
    with writing():
        stale = list(Trace.objects.filter(received_at__lt=now - WAIT, turns=[]).values_list("pk", "subject")[:1_000])
        Trace.objects.filter(pk__in=[pk for pk, _ in stale]).delete()
        drop_unused({subject for _, subject in stale if subject})
        Trace.objects.filter(received_at__lt=now - WAIT).exclude(parts=[]).update(parts=[], places=[])
        old = list(Trace.objects.filter(received_at__lt=now - REMEMBERED).values_list("pk", flat=True)[:1_000])
        Trace.objects.filter(pk__in=old).delete()
        TraceReport.objects.filter(day__lt=(now - SHOWN).date()).delete()
    return len(stale)
