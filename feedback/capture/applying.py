"""What a set of writes comes to: each is judged in turn by what is known, then all that is new is stored at once.

The statements are as many for a thousand writes as for one, and a few more for each person who changes what they
agreed to before: the ledger has every change, and what they ask for is carried out once, before the new rows are stored.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

from django.utils import timezone

from feedback.capture import outcomes, preparing
from feedback.capture.lookup import Draft, Known, look_up
from feedback.capture.preparing import Asked, InteractionDraft, SignalDraft, State, tombstone
from feedback.models import Interaction, Outcome, ParkedSignal, Project, Signal
from feedback.projects import tokens
from privacy.consent import ledger
from privacy.db import bulk
from privacy.db.instances import unsaved
from privacy.erasure import erasure
from privacy.models import ConsentEntry, Purpose, Subject, Tombstone
from privacy.redaction import RedactionError
from privacy.subjects.digests import same_body
from privacy.subjects.lookup import anonymous, bury, drop_unused, stays_out

Result = Outcome.Result
TOUCH = "UPDATE feedback_interaction SET revision = revision + 1, pending = TRUE WHERE id IN ({several})"
CARRIED = (
    "project_id", "external_id", "kind", "score", "correction", "comment", "body_digest", "occurred_at", "effective_at",
    "withdrawn_at",
)  # fmt: skip


class Conflict(Exception):
    """This id was used for another body."""


class Gone(Exception):
    """This id, or this person, was erased or has expired; nothing is stored."""


class Unknown(Exception):
    """There is no such interaction for the holder of this token."""


class Forbidden(Exception):
    """The token does not open the interaction to this kind of signal, or to one more."""


Row: TypeAlias = Interaction | Signal | ParkedSignal
Ended: TypeAlias = tuple[Result, Row | None] | Conflict | Gone | Unknown | Forbidden | RedactionError
REFUSALS: Mapping[type[Exception], Result] = {
    Gone: Result.GONE, **dict.fromkeys((Conflict, Forbidden, Unknown, RedactionError), Result.REFUSED)
}  # fmt: skip


@dataclass(slots=True)
class Plan:
    """The rows to write for the drafts that were judged so far."""

    project: Project
    known: Known
    now: datetime = field(default_factory=timezone.now)
    defaults: Mapping[str, bool] = field(init=False)  # of consent
    subjects: list[Subject] = field(default_factory=list)
    consents: list[ConsentEntry] = field(default_factory=list)
    last_lines: dict[str, ConsentEntry] = field(default_factory=dict)  # of the ledger, by digest, not saved yet
    changes: dict[str, tuple[Subject, list[ConsentEntry]]] = field(default_factory=dict)  # of what stood, by digest
    withdrawn: dict[int, Row] = field(default_factory=dict)  # by `id()`: what went with a consent to capture
    interactions: list[Interaction] = field(default_factory=list)
    signals: list[Signal] = field(default_factory=list)
    parked: list[ParkedSignal] = field(default_factory=list)
    unparked: list[ParkedSignal] = field(default_factory=list)
    dropped: list[Subject] = field(default_factory=list)  # senders, without consent, of what was unparked
    touched: dict[int, Interaction] = field(default_factory=dict)
    numbered: dict[int, State] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.defaults = self.project.consent_defaults


def carry_out(project: Project, writes: Sequence[Draft], refused: Mapping[tuple[str, str], int]) -> list[Ended]:
    """Judge, store and count; how each ended, in order. Call in a transaction. Raises `Raced` or `IntegrityError` where
    somebody wrote the same at the same time: then nothing is stored, and a second look finds theirs."""
    plan = Plan(project, look_up(project, writes))
    ended = [_judged(plan, draft) for draft in writes]
    ended = [Gone() if isinstance(end, tuple) and id(end[1]) in plan.withdrawn else end for end in ended]
    _store(plan)
    counts = Counter(refused)
    counts.update(_counted(draft, end) for draft, end in zip(writes, ended, strict=True))
    counts.update({("signal", Result.DROPPED): len(plan.dropped)} if plan.dropped else {})
    outcomes.add(project, counts)
    return ended


def _judged(plan: Plan, draft: Draft) -> Ended:
    try:
        return _interaction(plan, draft) if isinstance(draft, InteractionDraft) else _signal(plan, draft)
    except (Conflict, Gone, Unknown, Forbidden, RedactionError) as refusal:
        return refusal


def _counted(draft: Draft, ended: Ended) -> tuple[str, str]:
    kind = "interaction" if isinstance(draft, InteractionDraft) else "signal"
    return kind, ended[0] if isinstance(ended, tuple) else REFUSALS[type(ended)]


def _interaction(plan: Plan, draft: InteractionDraft) -> tuple[Result, Row | None]:
    row, payload = draft.row, draft.payload
    if stored := plan.known.interactions.get(row.external_id):
        if not same_body(stored.body_digest, row.body_digest):
            raise Conflict
        return Result.REPLAYED, stored
    if ("interaction", row.external_id) in plan.known.buried:
        raise Gone
    subject = _consenting(plan, draft)
    if subject is None:
        return Result.NO_CONSENT, None
    if seen := plan.known.placeholders(row.external_id):  # feedback came first and began the numbering
        row = draft.row = preparing.redacted_interaction(plan.project, payload, seen)
    row.subject = subject
    plan.interactions.append(row)
    for parked in plan.known.waiting.pop(row.external_id, []):
        _hand_over(plan, parked, row)
    plan.known.interactions[row.external_id] = row
    return Result.STORED, row


def _hand_over(plan: Plan, parked: ParkedSignal, row: Interaction) -> None:
    """Give the interaction what waited for it, unless its sender does not agree to capture by now."""
    plan.unparked.append(parked)
    known = plan.known
    voter = (known.person(parked.subject_id) if parked.subject_id else parked.subject) or row.subject
    if not ledger.allows_capture(known.consents.get(voter.digest, {}), plan.defaults, plan.now):
        plan.dropped.append(voter)
        del known.signals[parked.external_id]
        return
    signal = Signal(interaction=row, subject=voter, **carried(parked))
    plan.signals.append(signal)
    known.signals[parked.external_id] = signal
    row.pending, row.revision = True, 1


def _consenting(plan: Plan, draft: InteractionDraft) -> Subject | None:
    """The person, with what they now agree to in the ledger. None, and nothing kept, where capture is not agreed to."""
    said = {str(purpose): granted for purpose, granted in (draft.payload.consent or {}).items()}
    _refuse_erased(plan, draft)
    known = plan.known.subjects.get(draft.person) if draft.person else None
    if known is None:
        if not said.get(Purpose.CAPTURE, plan.defaults[Purpose.CAPTURE]):
            return None
        known = _new_subject(plan, draft.person)
    elif known.restricted_at:
        raise Gone
    if said:
        _agree(plan, known, said, draft.asked)
    lines = plan.known.consents.get(known.digest, {})
    return known if ledger.allows_capture(lines, plan.defaults, plan.now) else None


def _agree(plan: Plan, subject: Subject, said: Mapping[str, bool], asked: Asked) -> None:
    """Bring the subject's ledger to what came with the write."""
    last = plan.last_lines.get(subject.digest)
    lines = plan.known.consents.setdefault(subject.digest, {})
    added = ledger.following(subject, said, lines, method=asked.method, notice=asked.notice, now=plan.now, last=last)
    if not added:
        return
    if lines or subject.pk:  # it changes what stands: that has effects beyond these rows
        plan.changes.setdefault(subject.digest, (subject, []))[1].extend(added)
    plan.consents += added
    plan.last_lines[subject.digest] = added[-1]
    lines.update({line.purpose: line for line in added})
    if any(line.purpose == Purpose.CAPTURE and not line.granted for line in added):
        _withdraw(plan, subject)


def _withdraw(plan: Plan, subject: Subject) -> None:
    """Take out of the plan, and of what is known, all that goes with the person's consent to capture. What is stored of
    it `erasure` removes, what is not never is, and nothing later in the same body finds or repeats it."""
    known = plan.known

    def theirs(row: Row) -> bool:
        whose = row._state.fields_cache.get("subject")
        return whose == subject if whose else subject.pk is not None and row.subject_id == subject.pk

    talks = [row for row in known.interactions.values() if theirs(row)]
    about = {id(row) for row in talks}, {row.pk for row in talks if row.pk}
    for row in talks:
        known.buried["interaction", row.external_id] = plan.now
        plan.withdrawn[id(row)] = row
    for said in known.signals.values():
        within = isinstance(said, Signal) and (
            id(said._state.fields_cache.get("interaction")) in about[0] or said.interaction_id in about[1]
        )
        if within or theirs(said):
            known.buried["signal", said.external_id] = plan.now
            plan.withdrawn[id(said)] = said
    known.interactions = {name: row for name, row in known.interactions.items() if id(row) not in plan.withdrawn}
    known.signals = {name: row for name, row in known.signals.items() if id(row) not in plan.withdrawn}
    lists: tuple[list[Any], ...] = (plan.interactions, plan.signals, plan.parked, *known.waiting.values())
    for planned in lists:
        planned[:] = [row for row in planned if id(row) not in plan.withdrawn]


def _new_subject(plan: Plan, person: str) -> Subject:
    subject = unsaved(Subject, namespace=plan.project.namespace, digest=person or anonymous(), created_at=plan.now)
    plan.subjects.append(subject)
    plan.known.subjects[subject.digest] = subject
    return subject


def _signal(plan: Plan, draft: SignalDraft) -> tuple[Result, Row | None]:
    payload, known = draft.payload, plan.known
    interaction = known.interactions.get(payload.interaction)
    if draft.grant and (interaction is None or interaction.pk != draft.grant.interaction):
        raise Unknown
    if draft.grant and payload.signal not in draft.grant.kinds:
        raise Forbidden
    if payload.id and (stored := known.signals.get(payload.id)):
        if not same_body(stored.body_digest, draft.digest):
            raise Conflict
        return (Result.PARKED if isinstance(stored, ParkedSignal) else Result.REPLAYED), stored
    if ("interaction", payload.interaction) in known.buried:
        raise Gone
    if ("signal", payload.id) in known.buried:
        raise Gone
    _refuse_erased(plan, draft)
    if draft.grant and known.from_browsers[draft.grant.interaction] >= tokens.MOST:
        raise Forbidden
    subject = _voter(plan, draft, interaction)
    if subject is None and interaction:
        return Result.NO_CONSENT, None
    if draft.has_text and known.placeholders(payload.interaction) != draft.seen:
        preparing.redact_signal(plan.project, draft, known.placeholders(payload.interaction))
    if interaction is None or subject is None:
        return Result.PARKED, _park(plan, draft, _row(plan, draft), subject)
    signal = _row(plan, draft, interaction=interaction, subject=subject)
    plan.signals.append(signal)
    known.signals[signal.external_id] = signal
    if draft.grant:
        known.from_browsers[draft.grant.interaction] += 1
    _touch(plan, interaction, draft)
    return Result.STORED, signal


def _refuse_erased(plan: Plan, draft: Draft) -> None:
    """Raise `Gone` for a person who was erased, unless they came back since and this happened after."""
    when = plan.known.buried.get(("subject", draft.person)) if draft.person else None
    agreed = plan.known.agreed.get(draft.person)
    if when and stays_out(when, preparing.past(draft.payload.occurred_at, plan.now), agreed):
        raise Gone


def _voter(plan: Plan, draft: SignalDraft, interaction: Interaction | None) -> Subject | None:
    """Whose signal it is; None where that person has not agreed to be captured, or where it waits for its asker. Of
    what waits, consent is judged when its interaction comes, which may bring it."""
    if draft.grant:
        voter = plan.known.person(draft.grant.subject)
    elif draft.person:
        voter = plan.known.subjects.get(draft.person)
        if voter is None and (interaction is None or plan.defaults[Purpose.CAPTURE]):
            voter = _new_subject(plan, draft.person)
    else:
        voter = interaction.subject if interaction else None
    if voter is None:
        return None
    if voter.restricted_at:
        raise Gone
    if interaction is None:
        return voter
    lines = plan.known.consents.get(voter.digest, {})
    return voter if ledger.allows_capture(lines, plan.defaults, plan.now) else None


def _row(plan: Plan, draft: SignalDraft, **about: Interaction | Subject) -> Signal:
    payload = draft.payload
    at = preparing.past(payload.occurred_at, plan.now)
    return unsaved(
        Signal,
        **about,
        project_id=plan.project.pk,
        external_id=payload.id or preparing.new_id(),
        kind=payload.signal,
        score=payload.score,
        correction=draft.correction,
        comment=draft.comment,
        occurred_at=at,
        effective_at=at if draft.imported else plan.now,
        received_at=plan.now,
        body_digest=draft.digest,
    )


def _park(plan: Plan, draft: SignalDraft, signal: Signal, subject: Subject | None) -> ParkedSignal:
    about = draft.payload.interaction
    reached = draft.reached if draft.has_text else plan.known.placeholders(about)
    parked = ParkedSignal(interaction_external_id=about, subject=subject, placeholders=dict(reached), **carried(signal))
    plan.parked.append(parked)
    plan.known.signals[parked.external_id] = parked
    plan.known.waiting.setdefault(about, []).append(parked)
    return parked


def _touch(plan: Plan, interaction: Interaction, draft: SignalDraft) -> None:
    """Tell curation that its signals changed; carry its numbering on."""
    if draft.has_text and draft.reached != interaction.placeholders:
        interaction.placeholders = dict(draft.reached)
        if interaction.pk:
            plan.numbered[interaction.pk] = interaction.placeholders
    if interaction.pk:
        plan.touched[interaction.pk] = interaction
    else:
        interaction.pending, interaction.revision = True, interaction.revision + 1


def carried(row: Signal | ParkedSignal) -> dict[str, object]:
    """What a signal keeps when it stops waiting, or begins to."""
    return {name: getattr(row, name) for name in CARRIED}


def _store(plan: Plan) -> None:
    """Carry out what has changed, then write what is new."""
    bulk.insert(plan.subjects)
    for line in plan.consents:
        line.subject_id = line.subject.pk
    bulk.insert(plan.consents)
    for subject, lines in plan.changes.values():
        erasure.carry_out(subject, lines)
    for row in plan.interactions:
        row.subject_id = row.subject.pk
    bulk.insert(plan.interactions)
    handed_over = {id(parked) for parked in plan.unparked}
    fresh = [parked for parked in plan.parked if id(parked) not in handed_over]
    for signal in plan.signals:
        signal.interaction_id = signal.interaction.pk
        signal.subject_id = signal.subject_id or signal.subject.pk
    for parked in fresh:
        parked.subject_id = parked.subject.pk if parked.subject else None
    bulk.insert(plan.signals)
    bulk.insert(fresh)
    bulk.execute(TOUCH, list(plan.touched))
    if plan.numbered:
        bulk.update_each(Interaction, "placeholders", plan.numbered)
    if stored := [parked.pk for parked in plan.unparked if parked.pk]:
        ParkedSignal.objects.filter(pk__in=stored).delete()
    drop_unused({voter.pk for voter in plan.dropped})
    never = [row for row in plan.withdrawn.values() if row.pk is None]  # stored: a replay finds it erased all the same
    for kind, model in ((Tombstone.Kind.INTERACTION, Interaction), (Tombstone.Kind.SIGNAL, Signal | ParkedSignal)):
        bury(kind, [tombstone(plan.project, row.external_id) for row in never if isinstance(row, model)])
