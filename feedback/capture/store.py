"""Reads and writes of the capture path in SQL: a constant number of statements for a batch of any size.

Subjects come first, locked in key order, and everything else is read after that: a concurrent erasure or withdrawal
waits for this transaction, or this one waits and then sees its effect. (SQLite locks by itself.)
"""

import random
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Model
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
from privacy.db.bulk import bound, send, together
from privacy.db.rows import ask, load, reserve
from privacy.models import ConsentEntry, Purpose, Subject, Tombstone
from privacy.subjects.lookup import last_agreed

SLOTS = 16
TRACE_ID = re.compile(r"[0-9a-f]{32}(?:-[0-9a-f]{16})?")
INTERACTION = tuple(
    "id external_id project_id subject_id body_digest redactions received_at placeholders revision".split()
)
SUBJECT = ("id", "namespace", "digest", "restricted_at")
SIGNAL = ("id", "external_id", "interaction_id", "subject_id", "body_digest")
PARKED = tuple(
    "id project_id subject_id interaction_external_id external_id kind score correction comment step placeholders "
    "body_digest occurred_at effective_at received_at withdrawn_at".split()
)
CONSENT = ("id", "subject_id", "purpose", "granted", "recorded_at", "expires_at", "notice_id", "entry_hash")
KINDS = list(Tombstone.Kind.values)
SUBJECTS = """SELECT id FROM privacy_subject WHERE namespace = {namespace} AND digest {people}
    UNION SELECT id FROM privacy_subject WHERE id {keys}
    UNION SELECT subject_id FROM feedback_interaction WHERE project_id = {project} AND external_id {about}
    UNION SELECT subject_id FROM feedback_parkedsignal WHERE project_id = {project} AND interaction_external_id {new}"""
CHOSEN = f"id IN ({SUBJECTS}) ORDER BY id"
PURPOSES = " UNION ALL ".join(f"SELECT '{purpose}' AS purpose" for purpose in Purpose.values)
# The newest entry for each purpose: a ledger gets an entry each time a person changes their mind.
NEWEST = f"""id IN (
    SELECT (
        SELECT id FROM privacy_consententry
        WHERE subject_id = person.id AND purpose = purposes.purpose ORDER BY id DESC LIMIT 1
    ) FROM ({SUBJECTS}) AS person CROSS JOIN ({PURPOSES}) AS purposes
) ORDER BY id"""  # noqa: S608 - our own names
NAMED = "project_id = {project} AND external_id {names}"
WAITING = "project_id = {project} AND (external_id {signals} OR interaction_external_id {interactions}) ORDER BY id"
WAITING_FOR = "project_id = {project} AND interaction_external_id {names} ORDER BY id"
BURIED = "kind {kinds} AND digest {digests}"
SENT_BY_BROWSERS = "interaction_id {granted} AND external_id LIKE {prefix}"
ANY_STORED = """SELECT
    EXISTS (SELECT 1 FROM feedback_interaction WHERE project_id = {project} AND external_id {new}),
    EXISTS (SELECT 1 FROM feedback_signal WHERE project_id = {project} AND external_id {signals}),
    EXISTS (SELECT 1 FROM feedback_parkedsignal WHERE project_id = {project} AND external_id {signals}) OR EXISTS (
        SELECT 1 FROM feedback_parkedsignal WHERE project_id = {project} AND interaction_external_id {interactions}
    ),
    EXISTS (SELECT 1 FROM privacy_tombstone WHERE kind {kinds} AND digest {digests})"""
MARK_PENDING = "UPDATE feedback_interaction SET revision = revision + 1, pending = TRUE WHERE id {keys}"
ADD_COUNTS = """INSERT INTO feedback_outcome (project_id, day, kind, result, slot, number) VALUES {lines}
ON CONFLICT (project_id, day, kind, result, slot) DO UPDATE SET number = feedback_outcome.number + excluded.number"""


class ConcurrentWrite(Exception):
    """Another transaction wrote between two of our look-ups; retry."""


class Renamed(Exception):
    """Feedback refers to interactions by other ids than ours: `names` has our id for each."""

    def __init__(self, names: Mapping[str, str]) -> None:
        super().__init__()
        self.names = names


@dataclass(slots=True)
class StoredRows:
    """Stored rows by the names under which the writes refer to them. Rows that the batch adds are added here too."""

    subjects: dict[str, Subject] = field(default_factory=dict)  # by digest
    people: dict[int, Subject] = field(default_factory=dict)  # the same by key
    interactions: dict[str, Interaction] = field(default_factory=dict)
    signals: dict[str, Signal | ParkedSignal] = field(default_factory=dict)
    parked: dict[str, list[ParkedSignal]] = field(default_factory=dict)  # by their interaction's id
    consents: dict[str, dict[str, ConsentEntry]] = field(default_factory=dict)  # newest entries, by digest and purpose
    consented_at: dict[str, datetime] = field(default_factory=dict)  # by digest: when they last agreed to anything
    tombstones: dict[tuple[str, str], datetime] = field(default_factory=dict)  # by kind, and by id or person's digest
    from_browsers: Counter[int] = field(default_factory=Counter)  # signals that came with a token, by interaction
    keys: dict[type[Model], Iterator[int]] = field(default_factory=dict)  # for rows that the batch adds

    def placeholders(self, interaction: str) -> Placeholders:
        """The placeholders of this interaction, or of the feedback that waits for it."""
        if stored := self.interactions.get(interaction):
            return stored.placeholders or NO_PLACEHOLDERS
        return next((parked.placeholders for parked in reversed(self.parked.get(interaction, []))), NO_PLACEHOLDERS)

    def add(self, subject: Subject) -> None:
        """Add a subject, stored or new."""
        self.subjects[subject.digest] = self.people[subject.pk] = subject


def look_up(project: Project, writes: Sequence[Prepared]) -> StoredRows:
    """The stored rows that these writes refer to. Raises `ConcurrentWrite`. Call in the transaction of the write."""
    sent = [write for write in writes if isinstance(write, PreparedSignal)]
    added = [write for write in writes if isinstance(write, PreparedInteraction)]
    new = sorted({write.payload.id for write in added if write.payload.id})
    named = {write.payload.interaction for write in sent}
    growing = {write.payload.id for write in added if isinstance(write.payload, TurnIn) and write.payload.grows}
    about = sorted({*named, *filter(None, growing)})
    interactions = sorted({*new, *about})
    signals = sorted({write.payload.id for write in sent if write.payload.id})
    people = sorted({write.person for write in writes if write.person})
    ids = {project.tombstone(name): name for name in sorted({*interactions, *signals})}
    digests, granted = [*ids, *people], sorted({write.grant.interaction for write in sent if write.grant})
    with together():
        concerned = {
            "namespace": project.namespace,
            "people": people,
            "project": project.pk,
            "about": about,
            "new": new,
        }
        concerned["keys"] = sorted({write.grant.subject for write in sent if write.grant})
        subjects = ask(Subject, SUBJECT, *bound(CHOSEN if engine.one_writer() else f"{CHOSEN} FOR UPDATE", **concerned))
        consents = ask(ConsentEntry, CONSENT, *bound(NEWEST, **concerned))
        stored = _ask_interactions(project, about) if about else None
        any_stored = send(
            *bound(
                ANY_STORED,
                project=project.pk,
                new=sorted({*new} - {*about}),
                signals=signals,
                interactions=interactions,
                kinds=KINDS,
                digests=digests,
            )
        )
        browsers = {"granted": granted, "prefix": f"{BROWSER}%"}
        from_browsers = ask(Signal, ("id", "interaction_id"), *bound(SENT_BY_BROWSERS, **browsers)) if granted else None
        nameless = sum(not write.person for write in added)
        keys = reserve({Subject: len(people) + nameless, Interaction: len(added)})
    existing = _read_subjects(subjects(), consents())
    if stored:
        _read_interactions(existing, stored(), about)
    [(any_interaction, any_signal, any_parked, any_tombstone)] = any_stored()
    if from_browsers:
        existing.from_browsers.update(row.interaction_id for row in from_browsers())
    existing.keys = keys()
    # Most writes are new, and need no further reads.
    if any_interaction:
        _read_interactions(existing, _ask_interactions(project, new)(), about)
    missing = named - existing.interactions.keys() - set(new)
    if missing and (names := other_names(project, missing)):
        raise Renamed(names)
    if any_signal:
        found = load(Signal, SIGNAL, *bound(NAMED, project=project.pk, names=signals))
        existing.signals |= {row.external_id: row for row in found}
    if any_parked:
        _read_parked(existing, project, signals, interactions, set(new))
    if any_tombstone:
        _read_tombstones(existing, digests, ids)
    return existing


def _ask_interactions(project: Project, names: list[str]) -> Callable[[], list[Interaction]]:
    return ask(Interaction, INTERACTION, *bound(NAMED, project=project.pk, names=names))


def _read_subjects(subjects: Sequence[Subject], entries: Sequence[ConsentEntry]) -> StoredRows:
    existing = StoredRows()
    for subject in subjects:
        existing.add(subject)
    for entry in entries:
        person = existing.people.get(entry.subject_id)
        if person is None:  # written between the two statements
            raise ConcurrentWrite
        existing.consents.setdefault(person.digest, {})[entry.purpose] = entry
    return existing


def _read_interactions(existing: StoredRows, rows: Sequence[Interaction], about: Collection[str]) -> None:
    for row in rows:
        if row.subject_id not in existing.people and row.external_id in about:
            raise ConcurrentWrite
        existing.interactions[row.external_id] = row


def _read_tombstones(existing: StoredRows, digests: list[str], ids: Mapping[str, str]) -> None:
    """The tombstones of these digests, and for erased people, when they last agreed to anything."""
    for row in load(Tombstone, ("kind", "digest", "buried_at"), *bound(BURIED, kinds=KINDS, digests=digests)):
        existing.tombstones[row.kind, ids.get(row.digest, row.digest)] = row.buried_at
    erased = [
        existing.subjects[name] for kind, name in existing.tombstones if kind == "subject" and name in existing.subjects
    ]
    for subject in erased:
        if agreed_at := last_agreed(subject.namespace, subject.digest):
            existing.consented_at[subject.digest] = agreed_at


def _read_parked(existing: StoredRows, project: Project, names: list[str], about: list[str], new: set[str]) -> None:
    chosen = bound(WAITING, project=project.pk, signals=names, interactions=about)
    for parked in load(ParkedSignal, PARKED, *chosen):
        if parked.subject_id and parked.interaction_external_id in new and parked.subject_id not in existing.people:
            raise ConcurrentWrite
        existing.signals.setdefault(parked.external_id, parked)
        existing.parked.setdefault(parked.interaction_external_id, []).append(parked)


def other_names(project: Project, names: Collection[str]) -> dict[str, str]:
    """The ids of interactions from traces that are known by these names too.

    A name may be the trace's id, in any case; for a trace with one turn, the id of any of its spans; or the id of a
    model's response.
    """
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
    """The placeholders of these interactions, or of the feedback that waits for them, by interaction id."""
    columns, wanted = ("interaction_external_id", "placeholders"), {"project": project.pk, "names": list(names)}
    with together():
        waiting = ask(ParkedSignal, columns, *bound(WAITING_FOR, **wanted))
        stored = ask(Interaction, ("external_id", "placeholders"), *bound(NAMED, **wanted))
    found: dict[str, Placeholders] = {row.interaction_external_id: row.placeholders for row in waiting()}
    return found | {row.external_id: row.placeholders for row in stored()}


def mark_pending(interactions: Sequence[int]) -> None:
    """Tell curation that the signals of these interactions have changed."""
    for start in range(0, len(interactions), 500):
        send(*bound(MARK_PENDING, keys=list(interactions[start : start + 500])))


def count_results(project: Project, numbers: Mapping[tuple[str, str], int]) -> None:
    """Add to today's counts of write results, by (kind, result), in one statement.

    A random slot keeps PostgreSQL's writers from waiting for each other's row; the fixed order prevents deadlocks.
    """
    day, slot = timezone.now().date(), random.randrange(SLOTS)  # noqa: S311 - no secret
    lines = [
        (project.pk, day, str(kind), str(result), slot, number) for (kind, result), number in sorted(numbers.items())
    ]
    if lines:
        statement = ADD_COUNTS.format(lines=", ".join(["(%s, %s, %s, %s, %s, %s)"] * len(lines)))
        send(statement, [value for line in lines for value in line])
