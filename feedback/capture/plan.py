"""The rows that a batch will insert or change, and their insertion."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from django.db.models import Case, F, PositiveIntegerField, Value, When
from django.utils import timezone

from feedback.capture.preparing import Placeholders
from feedback.capture.store import StoredRows, count_results, mark_pending
from feedback.models import Interaction, ParkedSignal, Project, Signal, Trace
from privacy.db import bulk, engine, rows
from privacy.db.fields import rewritable
from privacy.erasure import erasure
from privacy.models import ConsentEntry, Purpose, Subject, Tombstone
from privacy.subjects.lookup import bury, drop_unused

SIGNAL_COLUMNS = tuple(
    "project_id external_id kind score correction comment body_digest occurred_at effective_at withdrawn_at".split()
)
# Columns that a turn updates when more of its trace arrives.
GROWING = tuple(
    "question answer context sources steps session tags agent_name agent_version agent_model agent_prompt "
    "occurred_at body_digest fingerprint redactions redaction_version placeholders".split()
)
Row: TypeAlias = Interaction | Signal | ParkedSignal


@dataclass(slots=True)
class Plan:
    """The rows to insert and to change for the writes decided so far."""

    project: Project
    existing: StoredRows
    now: datetime
    defaults: Mapping[str, bool]  # of consent
    consents: list[ConsentEntry] = field(default_factory=list)
    last_entries: dict[str, ConsentEntry] = field(default_factory=dict)  # of the ledger, by digest, unsaved
    changes: dict[str, tuple[Subject, list[ConsentEntry]]] = field(
        default_factory=dict
    )  # of earlier consent, by digest
    withdrawn: dict[int, Row] = field(
        default_factory=dict
    )  # by `id()`: removed because consent to capture was withdrawn
    interactions: list[Interaction] = field(default_factory=list)
    grown: list[tuple[Interaction, Interaction, Subject]] = field(
        default_factory=list
    )  # stored row, new version, subject
    orphaned: list[Interaction] = field(default_factory=list)  # stored without a name; their person does not consent
    signals: list[Signal] = field(default_factory=list)
    parked: list[ParkedSignal] = field(default_factory=list)
    unparked: list[ParkedSignal] = field(default_factory=list)
    dropped: list[Subject] = field(default_factory=list)  # senders of unparked signals who do not consent
    pending: set[int] = field(default_factory=set)  # keys of stored interactions with new signals
    placeholders: dict[int, Placeholders] = field(default_factory=dict)  # by interaction
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)  # how writes ended, by kind and result

    @property
    def only_adds(self) -> bool:
        """Whether no stored row is removed or changes its subject."""
        return not (self.changes or self.withdrawn or self.grown or self.orphaned or self.unparked or self.dropped)


def signal_columns(row: Signal | ParkedSignal) -> dict[str, object]:
    """The columns that a signal and a parked signal share."""
    return {name: getattr(row, name) for name in SIGNAL_COLUMNS} | {"step": rewritable(row.step)}


def insert(plan: Plan) -> None:
    """Apply the consent changes, insert the new rows, and count the results of the writes."""
    rows.insert([subject for subject in plan.existing.subjects.values() if subject._state.adding])
    rows.insert(plan.consents)
    for subject, entries in plan.changes.values():
        erasure.carry_out(subject, entries)
    rows.insert(plan.interactions)
    for stored, now, subject in plan.grown:
        grow(stored, now, subject)
    for orphan in plan.orphaned:
        erasure.change_consent(plan.existing.people[orphan.subject_id], {str(Purpose.CAPTURE): False}, method="capture")
    unparked = {id(parked) for parked in plan.unparked}
    rows.insert(plan.signals)
    rows.insert([parked for parked in plan.parked if id(parked) not in unparked])
    if plan.pending:
        mark_pending(sorted(plan.pending))
    if plan.placeholders:
        numbered = [(key, engine.json_text(found)) for key, found in plan.placeholders.items()]
        bulk.update(Interaction, ("id", "placeholders"), numbered)
    if handed := [parked.pk for parked in plan.unparked if parked.pk]:
        ParkedSignal.objects.filter(pk__in=handed).delete()
    drop_unused({voter.pk for voter in plan.dropped})
    # For rows stored earlier, the erasure adds the tombstones.
    never_stored = [row for row in plan.withdrawn.values() if row._state.adding]
    for kind, model in ((Tombstone.Kind.INTERACTION, Interaction), (Tombstone.Kind.SIGNAL, Signal | ParkedSignal)):
        bury(kind, [plan.project.tombstone(row.external_id) for row in never_stored if isinstance(row, model)])
    count_results(plan.project, plan.counts)


def grow(stored: Interaction, now: Interaction, subject: Subject) -> None:
    """Write the turn's new version, and give it and its asker's own signals to the right person.

    Releases that hold it are cut again, and curation reads it again if somebody rated it.
    """
    before = stored.subject_id
    columns = {name: getattr(now, name) for name in GROWING}
    rated = Case(When(revision__gt=0, then=Value(True)), default=F("pending"))
    Interaction.objects.filter(pk=stored.pk).update(
        **columns,
        subject=subject,
        text_changed_at=timezone.now(),
        pending=rated,
        revision=F("revision")
        + Case(When(revision__gt=0, then=Value(1)), default=Value(0), output_field=PositiveIntegerField()),
    )
    for name, value in columns.items():
        setattr(stored, name, value)
    if subject.pk != before:
        Signal.objects.filter(interaction=stored.pk, subject=before).update(subject=subject)
        Trace.objects.filter(project=stored.project_id, subject=before).update(subject=subject)
        drop_unused({before})
