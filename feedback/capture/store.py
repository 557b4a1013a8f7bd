"""Reads and writes of the capture path in SQL: a constant number of statements for a batch of any size.

The subjects come first, locked in the order of their keys, and everything else is read after that: an erasure or a
withdrawal that runs at the same time waits for this transaction, or this one waits and then sees its effect. (SQLite
locks by itself.)
"""

import random
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone

from feedback.capture.payloads import TurnIn
from feedback.capture.preparing import (
    NO_PLACEHOLDERS,
    Placeholders,
    Prepared,
    PreparedInteraction,
    PreparedSignal,
)
from feedback.models import Interaction, InteractionName, ParkedSignal, Project, Signal
from feedback.projects.tokens import BROWSER
from privacy.db import engine
from privacy.db.bulk import execute, load, select, several
from privacy.models import ConsentEntry, Subject, Tombstone

SLOTS = 16
TRACE_ID = re.compile(r"[0-9a-f]{32}(?:-[0-9a-f]{16})?")
INTERACTION = tuple(
    "id external_id project_id subject_id body_digest redactions received_at placeholders revision".split()
)
SIGNAL = ("id", "external_id", "interaction_id", "subject_id", "body_digest")
PARKED = tuple(
    "id project_id subject_id interaction_external_id external_id kind score correction comment placeholders "
    "body_digest occurred_at effective_at received_at withdrawn_at".split()
)
CONSENT = ("id", "subject_id", "purpose", "granted", "recorded_at", "expires_at", "notice_id", "entry_hash")
KINDS = tuple(Tombstone.Kind.values)
SUBJECTS = """id IN (
    SELECT id FROM privacy_subject WHERE namespace = %s AND digest IN ({digests})
    UNION SELECT id FROM privacy_subject WHERE id IN ({keys})
    UNION SELECT subject_id FROM feedback_interaction WHERE project_id = %s AND external_id IN ({about})
    UNION SELECT subject_id FROM feedback_parkedsignal WHERE project_id = %s AND interaction_external_id IN ({new})
) ORDER BY id"""
ANY_STORED = """SELECT
    EXISTS (SELECT 1 FROM feedback_interaction WHERE project_id = %s AND external_id IN ({interactions})),
    EXISTS (SELECT 1 FROM feedback_signal WHERE project_id = %s AND external_id IN ({signals})),
    EXISTS (SELECT 1 FROM feedback_parkedsignal WHERE project_id = %s AND external_id IN ({signals}))
        OR EXISTS (
            SELECT 1 FROM feedback_parkedsignal WHERE project_id = %s AND interaction_external_id IN ({interactions})
        ),
    EXISTS (SELECT 1 FROM privacy_tombstone WHERE kind IN ({kinds}) AND digest IN ({digests}))"""
MARK_PENDING = "UPDATE feedback_interaction SET revision = revision + 1, pending = TRUE WHERE id IN ({several})"
ADD_COUNTS = """INSERT INTO feedback_outcome (project_id, day, kind, result, slot, number) VALUES {lines}
ON CONFLICT (project_id, day, kind, result, slot) DO UPDATE SET number = feedback_outcome.number + excluded.number"""


class Raced(Exception):
    """Another transaction wrote between two of our look-ups; look again."""


class Renamed(Exception):
    """Feedback names interactions by other ids than ours: `names` has ours for each."""

    def __init__(self, names: Mapping[str, str]) -> None:
        super().__init__()
        self.names = names


@dataclass(slots=True)
class Existing:
    """Stored rows by the names under which the writes refer to them. Rows that the batch adds are entered here too."""

    subjects: dict[str, Subject] = field(default_factory=dict)  # by digest
    interactions: dict[str, Interaction] = field(default_factory=dict)
    signals: dict[str, Signal | ParkedSignal] = field(default_factory=dict)
    parked: dict[str, list[ParkedSignal]] = field(default_factory=dict)  # by their interaction's id
    consents: dict[str, dict[str, ConsentEntry]] = field(default_factory=dict)  # newest entry by digest and purpose
    consented_at: dict[str, datetime] = field(default_factory=dict)  # by digest: when they last said yes to anything
    tombstones: dict[tuple[str, str], datetime] = field(default_factory=dict)  # by kind, and id or the person's digest
    from_browsers: Counter[int] = field(default_factory=Counter)  # signals that came with a token, by interaction

    def placeholders(self, interaction: str) -> Placeholders:
        """The placeholders of that interaction, or of the feedback that waits for it."""
        if stored := self.interactions.get(interaction):
            return stored.placeholders or NO_PLACEHOLDERS
        return next((parked.placeholders for parked in reversed(self.parked.get(interaction, []))), NO_PLACEHOLDERS)

    def subject(self, key: int) -> Subject | None:
        """The subject with that key, if the batch concerns it."""
        return next((subject for subject in self.subjects.values() if subject.pk == key), None)


def look_up(project: Project, writes: Sequence[Prepared]) -> Existing:
    """The stored rows that these writes refer to. Raises `Raced`. Call in the transaction of the write."""
    sent = [write for write in writes if isinstance(write, PreparedSignal)]
    new = sorted({write.payload.id for write in writes if isinstance(write, PreparedInteraction) and write.payload.id})
    named = {write.payload.interaction for write in sent}
    growing = {write.payload.id for write in writes if isinstance(write.payload, TurnIn) and write.payload.grows}
    about = sorted({*named, *filter(None, growing)})
    signals = sorted({write.payload.id for write in sent if write.payload.id})
    people = sorted({write.person for write in writes if write.person})
    existing = Existing()
    if people or about or new:
        _read_subjects(existing, project, sent, people, about, new)
    interactions = sorted({*new, *about})
    ids = {project.tombstone(name): name for name in sorted({*interactions, *signals})}
    digests = [*ids, *people]
    # Most writes are new, and then this statement is all that is read of them.
    [(any_interaction, any_signal, any_parked, any_tombstone)] = select(
        ANY_STORED.format(
            interactions=several(interactions), signals=several(signals), kinds=several(KINDS), digests=several(digests)
        ),
        [*(project.pk, *interactions), *(project.pk, *signals) * 2, *(project.pk, *interactions), *KINDS, *digests],
    )
    if any_interaction:
        _read_interactions(existing, project, interactions, set(about))
    missing = named - existing.interactions.keys() - set(new)
    if missing and (names := other_names(project, missing)):
        raise Renamed(names)
    if any_signal:
        where = f"project_id = %s AND external_id IN ({several(signals)})"
        existing.signals |= {row.external_id: row for row in load(Signal, SIGNAL, where, [project.pk, *signals])}
    if any_parked:
        _read_parked(existing, project, signals, interactions, set(new))
    if any_tombstone:
        where = f"kind IN ({several(KINDS)}) AND digest IN ({several(digests)})"
        for row in load(Tombstone, ("kind", "digest", "buried_at"), where, [*KINDS, *digests]):
            existing.tombstones[row.kind, ids.get(row.digest, row.digest)] = row.buried_at
    if granted := sorted({write.grant.interaction for write in sent if write.grant}):
        where = f"interaction_id IN ({several(granted)}) AND external_id LIKE %s"
        rows = load(Signal, ("id", "interaction_id"), where, [*granted, f"{BROWSER}%"])
        existing.from_browsers.update(row.interaction_id for row in rows)
    return existing


def _read_subjects(
    existing: Existing,
    project: Project,
    sent: Sequence[PreparedSignal],
    people: list[str],
    about: list[str],
    new: list[str],
) -> None:
    keys = sorted({write.grant.subject for write in sent if write.grant})
    where = SUBJECTS.format(digests=several(people), keys=several(keys), about=several(about), new=several(new))
    where += "" if engine.one_writer() else " FOR UPDATE"
    values = [project.namespace, *people, *keys, project.pk, *about, project.pk, *new]
    rows = load(Subject, ("id", "namespace", "digest", "restricted_at"), where, values)
    existing.subjects = {row.digest: row for row in rows}
    by_key = {row.pk: row.digest for row in rows}
    if by_key:
        where = f"subject_id IN ({several(list(by_key))}) ORDER BY id"
        for entry in load(ConsentEntry, CONSENT, where, list(by_key)):
            digest = by_key[entry.subject_id]
            existing.consents.setdefault(digest, {})[entry.purpose] = entry
            if entry.granted:
                existing.consented_at[digest] = entry.recorded_at


def _read_interactions(existing: Existing, project: Project, names: list[str], about: set[str]) -> None:
    where = f"project_id = %s AND external_id IN ({several(names)})"
    subjects = {subject.pk: subject for subject in existing.subjects.values()}
    for row in load(Interaction, INTERACTION, where, [project.pk, *names]):
        if subject := subjects.get(row.subject_id):
            row.subject = subject
        elif row.external_id in about:
            raise Raced
        existing.interactions[row.external_id] = row


def _read_parked(existing: Existing, project: Project, names: list[str], about: list[str], new: set[str]) -> None:
    where = f"project_id = %s AND (external_id IN ({several(names)}) OR interaction_external_id IN ({several(about)}))"
    for parked in load(ParkedSignal, PARKED, f"{where} ORDER BY id", [project.pk, *names, *about]):
        if parked.subject_id and parked.interaction_external_id in new and not existing.subject(parked.subject_id):
            raise Raced
        existing.signals.setdefault(parked.external_id, parked)
        existing.parked.setdefault(parked.interaction_external_id, []).append(parked)


def other_names(project: Project, names: Collection[str]) -> dict[str, str]:
    """The ids of the interactions that came in traces and are known by these names, too: the trace's id alone, in any
    case; of a trace with one turn the id of any of its spans; the id of a model's response."""
    found = {name: name.lower() for name in names}
    wanted = sorted({*found.values(), *names})
    rows = InteractionName.objects.filter(project=project, name__in=wanted)
    known: dict[str, str] = dict(rows.values_list("name", "interaction__external_id"))
    for trace in {name[:32] for name in wanted if TRACE_ID.fullmatch(name)}:
        turns = Interaction.objects.filter(project=project, external_id__gt=f"{trace}-", external_id__lt=f"{trace}.")
        ids = list(turns.order_by("id").values_list("external_id", flat=True)[:2])
        if ids:
            known.setdefault(trace, ids[0])
        if len(ids) == 1:
            known.update({name: ids[0] for name in wanted if name[:32] == trace and name not in known})
        known.update({each: each for each in ids})
    return {name: known.get(name) or known[low] for name, low in found.items() if name in known or low in known}


def stored_placeholders(project: Project, names: Sequence[str]) -> dict[str, Placeholders]:
    """The placeholders of these interactions, or of the feedback that waits for them: by the interaction's id."""
    values = [project.pk, *names]
    where = f"project_id = %s AND {{}} IN ({several(names)}) ORDER BY id"
    columns = ("interaction_external_id", "placeholders")
    waiting = load(ParkedSignal, columns, where.format("interaction_external_id"), values)
    stored = load(Interaction, ("external_id", "placeholders"), where.format("external_id"), values)
    found: dict[str, Placeholders] = {parked.interaction_external_id: parked.placeholders for parked in waiting}
    return found | {row.external_id: row.placeholders for row in stored}


def mark_pending(interactions: Sequence[int]) -> None:
    """Tell curation that the signals of these interactions have changed."""
    for start in range(0, len(interactions), 500):
        some = interactions[start : start + 500]
        execute(MARK_PENDING.format(several=several(some)), some)


def count_results(project: Project, numbers: Mapping[tuple[str, str], int]) -> None:
    """Add to today's counts of how writes ended, by (kind, result), in one statement.

    A random slot keeps writers on PostgreSQL from waiting for one another's row; the order keeps them from deadlock.
    """
    day, slot = timezone.now().date(), random.randrange(SLOTS)  # noqa: S311 - no secret
    lines = [
        (project.pk, day, str(kind), str(result), slot, number) for (kind, result), number in sorted(numbers.items())
    ]
    if lines:
        statement = ADD_COUNTS.format(lines=", ".join(["(%s, %s, %s, %s, %s, %s)"] * len(lines)))
        execute(statement, [value for line in lines for value in line])
