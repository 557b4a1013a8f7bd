"""What the database knows of a set of writes, in one small set of look-ups however many there are.

The people concerned come first, locked in the order of their keys, and everything else is read after that: whoever
withdraws or erases meanwhile waits for us, or we for them and then see what they did. (SQLite locks by itself.)
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, TypeAlias

from feedback.capture.preparing import NOTHING, InteractionDraft, SignalDraft, State, tombstone
from feedback.models import Interaction, ParkedSignal, Project, Signal
from feedback.projects.tokens import BROWSER
from privacy.db.bulk import own, run, select, several
from privacy.models import ConsentEntry, Subject, Tombstone

Draft: TypeAlias = InteractionDraft | SignalDraft
INTERACTION = (
    "id", "external_id", "project_id", "subject_id", "body_digest", "redactions", "received_at", "placeholders", "revision",
)  # fmt: skip
SIGNAL = ("id", "external_id", "interaction_id", "subject_id", "body_digest")
PARKED = (
    "id", "project_id", "subject_id", "interaction_external_id", "external_id", "kind", "score", "correction",
    "comment", "placeholders", "body_digest", "occurred_at", "effective_at", "received_at", "withdrawn_at",
)  # fmt: skip
CONSENT = ("id", "subject_id", "purpose", "granted", "recorded_at", "expires_at", "notice_id", "entry_hash")
KINDS = tuple(Tombstone.Kind.values)
PEOPLE = """id IN (
    SELECT id FROM privacy_subject WHERE namespace = %s AND digest IN ({digests})
    UNION SELECT id FROM privacy_subject WHERE id IN ({keys})
    UNION SELECT subject_id FROM feedback_interaction WHERE project_id = %s AND external_id IN ({talks})
    UNION SELECT subject_id FROM feedback_parkedsignal WHERE project_id = %s AND interaction_external_id IN ({given})
) ORDER BY id"""

THERE = """SELECT
    EXISTS (SELECT 1 FROM feedback_interaction WHERE project_id = %s AND external_id IN ({talks})),
    EXISTS (SELECT 1 FROM feedback_signal WHERE project_id = %s AND external_id IN ({said})),
    EXISTS (SELECT 1 FROM feedback_parkedsignal WHERE project_id = %s AND external_id IN ({said}))
        OR EXISTS (SELECT 1 FROM feedback_parkedsignal WHERE project_id = %s AND interaction_external_id IN ({talks})),
    EXISTS (SELECT 1 FROM privacy_tombstone WHERE kind IN ({kinds}) AND digest IN ({hidden}))"""


class Raced(Exception):
    """Somebody wrote between two of our look-ups; look again."""


@dataclass(slots=True)
class Known:
    """Rows by the names under which the writes speak of them; what a set of writes adds is entered here as well."""

    subjects: dict[str, Subject] = field(default_factory=dict)  # by digest
    interactions: dict[str, Interaction] = field(default_factory=dict)
    signals: dict[str, Signal | ParkedSignal] = field(default_factory=dict)
    waiting: dict[str, list[ParkedSignal]] = field(default_factory=dict)  # by their interaction's id
    consents: dict[str, dict[str, ConsentEntry]] = field(default_factory=dict)  # newest line by digest and purpose
    agreed: dict[str, datetime] = field(default_factory=dict)  # by digest: when they last said yes to anything
    buried: dict[tuple[str, str], datetime] = field(default_factory=dict)  # by kind, and id or the person's digest
    from_browsers: Counter[int] = field(default_factory=Counter)  # signals that came with a token, by interaction

    def placeholders(self, interaction: str) -> State:
        """What has been numbered in that interaction so far, or in the feedback that waits for it."""
        if stored := self.interactions.get(interaction):
            return stored.placeholders or NOTHING
        return next((parked.placeholders for parked in reversed(self.waiting.get(interaction, []))), NOTHING)

    def person(self, key: int) -> Subject | None:
        """The subject of that key, where it is one of those concerned."""
        return next((subject for subject in self.subjects.values() if subject.pk == key), None)


def look_up(project: Project, drafts: Sequence[Draft]) -> Known:
    """What is known of everything that these drafts name. Raises `Raced`. Call in the transaction of the write."""
    talks = [draft for draft in drafts if isinstance(draft, InteractionDraft)]
    said = [draft for draft in drafts if isinstance(draft, SignalDraft)]
    given, about = _names(draft.payload.id for draft in talks), _names(draft.payload.interaction for draft in said)
    signals = _names(draft.payload.id for draft in said)
    known = Known()
    _people(known, project, drafts, about, given)
    talked_of = _names([*given, *about])
    called = {tombstone(project, name): name for name in _names([*talked_of, *signals])}
    hashes = [*called, *_names(draft.person for draft in drafts)]
    there = _there(project, talked_of, signals, hashes)
    if there.interactions:
        _interactions(known, project, talked_of, set(about))
    if there.signals:
        _signals(known, project, signals)
    if there.parked:
        _parked(known, project, signals, talked_of, set(given))
    if there.buried:
        _buried(known, hashes, called)
    _from_browsers(known, sorted({draft.grant.interaction for draft in said if draft.grant}))
    return known


def _names(values: Iterable[str | None]) -> list[str]:
    return sorted({value for value in values if value})


def _people(known: Known, project: Project, drafts: Sequence[Draft], about: list[str], given: list[str]) -> None:
    digests = _names(draft.person for draft in drafts)
    keys = sorted({draft.grant.subject for draft in drafts if isinstance(draft, SignalDraft) and draft.grant})
    if not digests and not keys and not about and not given:
        return
    where = PEOPLE.format(digests=several(digests), keys=several(keys), talks=several(about), given=several(given))
    where += " FOR UPDATE" if own().vendor == "postgresql" else ""
    values = [project.namespace, *digests, *keys, project.pk, *about, project.pk, *given]
    rows = select(Subject, ("id", "namespace", "digest", "restricted_at"), where, values)
    known.subjects = {row.digest: row for row in rows}
    by_key = {row.pk: row.digest for row in rows}
    if by_key:
        where = f"subject_id IN ({several(list(by_key))}) ORDER BY id"
        for line in select(ConsentEntry, CONSENT, where, list(by_key)):
            digest = by_key[line.subject_id]
            known.consents.setdefault(digest, {})[line.purpose] = line
            if line.granted:
                known.agreed[digest] = line.recorded_at


class There(NamedTuple):
    """Of which of these anything is stored."""

    interactions: bool
    signals: bool
    parked: bool
    buried: bool


def _there(project: Project, talked_of: list[str], signals: list[str], hashes: list[str]) -> There:
    """Most of what is written is new: one statement says so, and there is nothing to look up."""
    talks, said, hidden = several(talked_of), several(signals), several(hashes)
    values = [
        *(project.pk, *talked_of), *(project.pk, *signals),
        *(project.pk, *signals, project.pk, *talked_of), *(*KINDS, *hashes),
    ]  # fmt: skip
    [found] = run(THERE.format(talks=talks, said=said, kinds=several(KINDS), hidden=hidden), values)
    return There(*map(bool, found))


def _interactions(known: Known, project: Project, names: list[str], about: set[str]) -> None:
    where = f"project_id = %s AND external_id IN ({several(names)})"
    people = {subject.pk: subject for subject in known.subjects.values()}
    for row in select(Interaction, INTERACTION, where, [project.pk, *names]):
        if owner := people.get(row.subject_id):
            row.subject = owner
        elif row.external_id in about:
            raise Raced
        known.interactions[row.external_id] = row


def _signals(known: Known, project: Project, names: list[str]) -> None:
    where = f"project_id = %s AND external_id IN ({several(names)})"
    for row in select(Signal, SIGNAL, where, [project.pk, *names]):
        known.signals[row.external_id] = row


def _parked(known: Known, project: Project, names: list[str], about: list[str], given: set[str]) -> None:
    where = f"project_id = %s AND (external_id IN ({several(names)}) OR interaction_external_id IN ({several(about)}))"
    for parked in select(ParkedSignal, PARKED, f"{where} ORDER BY id", [project.pk, *names, *about]):
        if parked.subject_id and parked.interaction_external_id in given and not known.person(parked.subject_id):
            raise Raced
        known.signals.setdefault(parked.external_id, parked)
        known.waiting.setdefault(parked.interaction_external_id, []).append(parked)


def _buried(known: Known, hashes: list[str], called: dict[str, str]) -> None:
    where = f"kind IN ({several(KINDS)}) AND digest IN ({several(hashes)})"
    for row in select(Tombstone, ("kind", "digest", "buried_at"), where, [*KINDS, *hashes]):
        known.buried[row.kind, called.get(row.digest, row.digest)] = row.buried_at


def _from_browsers(known: Known, interactions: list[int]) -> None:
    if interactions:
        where = f"interaction_id IN ({several(interactions)}) AND external_id LIKE %s"
        rows = select(Signal, ("id", "interaction_id"), where, [*interactions, f"{BROWSER}%"])
        known.from_browsers.update(row.interaction_id for row in rows)
