"""Decides each prepared write from existing rows, then inserts everything new at once.

A thousand writes take as many statements as one, plus a few for each person who changes an earlier consent: the ledger
gets every change, and its effects are applied once, before the new rows are inserted.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from django.utils import timezone

from feedback.capture.payloads import TurnIn
from feedback.capture.plan import GROWING, Plan, Row, signal_columns
from feedback.capture.preparing import (
    Prepared,
    PreparedInteraction,
    PreparedSignal,
    new_id,
    prepare_interaction,
    redact_signal,
)
from feedback.capture.store import look_up
from feedback.models import Interaction, ParkedSignal, Project, Signal, WriteResult
from feedback.projects import tokens
from privacy.consent import ledger
from privacy.models import Purpose, Subject
from privacy.redaction import RedactionError
from privacy.subjects.digests import same_body
from privacy.subjects.lookup import anonymous, is_anonymous, stays_out


class Conflict(Exception):
    """This id was already used with another body."""


class Gone(Exception):
    """This id, or this person, was erased or has expired; nothing is stored."""


class Unknown(Exception):
    """The holder of this token has no such interaction."""


class Forbidden(Exception):
    """The token does not allow this kind of signal on the interaction, or any more signals."""


Refusal: TypeAlias = Conflict | Gone | Unknown | Forbidden | RedactionError
Applied: TypeAlias = tuple[WriteResult, Row | None] | Refusal


def decide(
    project: Project, writes: Sequence[Prepared], refused: Mapping[tuple[str, str], int]
) -> tuple[Plan, list[Applied]]:
    """The result of each write, in order, and the plan to `insert` in the same transaction.

    Raises `ConcurrentWrite`, or `insert` an `IntegrityError`, if another transaction wrote the same: then nothing is stored, and
    a retry finds its rows.
    """
    plan = Plan(project, look_up(project, writes), timezone.now(), project.consent_defaults)
    applied: list[Applied] = []
    for write in writes:
        try:
            if isinstance(write, PreparedInteraction):
                applied.append(_apply_interaction(plan, write))
            else:
                applied.append(_apply_signal(plan, write))
        except (Conflict, Gone, Unknown, Forbidden, RedactionError) as refusal:
            applied.append(refusal)
    applied = [Gone() if isinstance(end, tuple) and id(end[1]) in plan.withdrawn else end for end in applied]
    plan.counts.update(refused)
    for write, end in zip(writes, applied, strict=True):
        result = (
            end[0] if isinstance(end, tuple) else WriteResult.GONE if isinstance(end, Gone) else WriteResult.REFUSED
        )
        if result == WriteResult.NO_CONSENT and isinstance(write, PreparedInteraction) and write.asked.counts_its_own:
            continue
        plan.counts["interaction" if isinstance(write, PreparedInteraction) else "signal", result] += 1
    if plan.dropped:
        plan.counts["signal", WriteResult.DROPPED] += len(plan.dropped)
    return plan, applied


def _apply_interaction(plan: Plan, write: PreparedInteraction) -> tuple[WriteResult, Row | None]:
    row, existing = write.row, plan.existing
    if stored := existing.interactions.get(row.external_id):
        if same_body(stored.body_digest, row.body_digest):
            return WriteResult.REPLAYED, stored
        if not isinstance(write.payload, TurnIn) or not write.payload.grows:
            raise Conflict
        return _grow(plan, write, stored)
    if ("interaction", row.external_id) in existing.tombstones:
        raise Gone
    subject = _consenting_subject(plan, write)
    if subject is None:
        return WriteResult.NO_CONSENT, None
    parked = existing.parked.get(row.external_id, [])
    if parked and parked[-1].placeholders:  # its feedback arrived first and has begun the numbering
        row = write.row = prepare_interaction(plan.project, write.payload, write.asked, parked[-1].placeholders).row
    row.pk, row.subject_id = next(existing.keys[Interaction]), subject.pk
    plan.interactions.append(row)
    for signal in existing.parked.pop(row.external_id, []):
        _unpark(plan, signal, row)
    existing.interactions[row.external_id] = row
    return WriteResult.STORED, row


def _grow(plan: Plan, write: PreparedInteraction, stored: Interaction) -> tuple[WriteResult, Row | None]:
    """Add to a stored turn what has since come from its trace.

    It belongs to the person whom the trace names by now. If they do not consent, or were erased, what was stored
    without their name is removed too.
    """
    asker = plan.existing.people[stored.subject_id]
    if not write.person:
        write.person = asker.digest
    try:
        subject = _consenting_subject(plan, write)
    except Gone:
        subject = None
    if subject is None:
        if is_anonymous(asker.digest):
            plan.orphaned.append(stored)
        return WriteResult.NO_CONSENT, None
    if not stored._state.adding:
        plan.grown.append((stored, write.row, subject))
    else:
        for name in GROWING:
            setattr(stored, name, getattr(write.row, name))
        stored.subject_id = subject.pk
    return WriteResult.MERGED, stored


def _unpark(plan: Plan, parked: ParkedSignal, row: Interaction) -> None:
    """Give the interaction a signal that waited for it, unless its sender no longer consents to capture."""
    plan.unparked.append(parked)
    existing = plan.existing
    voter = existing.people[parked.subject_id or row.subject_id]
    if not ledger.allows_capture(existing.consents.get(voter.digest, {}), plan.defaults, plan.now):
        plan.dropped.append(voter)
        del existing.signals[parked.external_id]
        return
    signal = Signal(interaction_id=row.pk, subject_id=voter.pk, **signal_columns(parked))
    plan.signals.append(signal)
    existing.signals[parked.external_id] = signal
    row.pending, row.revision = True, 1


def _consenting_subject(plan: Plan, write: PreparedInteraction) -> Subject | None:
    """The person, after recording the consent that came with the write. None, with nothing stored, without consent to
    capture.
    """
    consent = {str(purpose): granted for purpose, granted in (write.payload.consent or {}).items()}
    if write.person and plan.existing.tombstones:
        _refuse_erased(plan, write)
    subject = plan.existing.subjects.get(write.person) if write.person else None
    if subject is None:
        if not consent.get(Purpose.CAPTURE, plan.defaults[Purpose.CAPTURE]):
            return None
        subject = _new_subject(plan, write.person or anonymous())
    elif subject.restricted_at:
        raise Gone
    entries = plan.existing.consents.setdefault(subject.digest, {})
    if write.asked.only_unsaid:
        consent = {purpose: granted for purpose, granted in consent.items() if purpose not in entries}
    if consent:
        _record_consent(plan, subject, consent, write)
    return subject if ledger.allows_capture(entries, plan.defaults, plan.now) else None


def _new_subject(plan: Plan, digest: str) -> Subject:
    key = next(plan.existing.keys[Subject])
    subject = Subject(pk=key, namespace=plan.project.namespace, digest=digest, created_at=plan.now)
    plan.existing.add(subject)
    return subject


def _record_consent(plan: Plan, subject: Subject, consent: Mapping[str, bool], write: PreparedInteraction) -> None:
    """Add to the subject's ledger whatever the consent in this write changes."""
    entries, asked = plan.existing.consents.setdefault(subject.digest, {}), write.asked
    last = plan.last_entries.get(subject.digest)
    added = ledger.following(
        subject, consent, entries, method=asked.method, notice=asked.notice, now=plan.now, keep_end=True, last=last
    )
    if not added:
        return
    if entries or not subject._state.adding:  # a change of earlier consent has effects beyond these rows
        plan.changes.setdefault(subject.digest, (subject, []))[1].extend(added)
    plan.consents += added
    plan.last_entries[subject.digest] = added[-1]
    entries.update({entry.purpose: entry for entry in added})
    if any(entry.purpose == Purpose.CAPTURE and not entry.granted for entry in added):
        _withdraw(plan, subject)


def _withdraw(plan: Plan, subject: Subject) -> None:
    """Remove from the plan, and from `existing`, everything kept only with the person's consent to capture.

    `erasure` removes what is stored; the rest is never inserted, and nothing later in the same body finds or repeats
    it.
    """
    existing = plan.existing

    interactions = [row for row in existing.interactions.values() if row.subject_id == subject.pk]
    keys = {row.pk for row in interactions}
    signals = [
        row
        for row in existing.signals.values()
        if row.subject_id == subject.pk or (isinstance(row, Signal) and row.interaction_id in keys)
    ]
    existing.tombstones |= {("interaction", row.external_id): plan.now for row in interactions}
    existing.tombstones |= {("signal", row.external_id): plan.now for row in signals}
    plan.withdrawn |= {id(row): row for row in (*interactions, *signals)}
    existing.interactions = {name: row for name, row in existing.interactions.items() if id(row) not in plan.withdrawn}
    existing.signals = {name: row for name, row in existing.signals.items() if id(row) not in plan.withdrawn}
    lists: tuple[list[Any], ...] = (plan.interactions, plan.signals, plan.parked, *existing.parked.values())
    for planned in lists:
        planned[:] = [row for row in planned if id(row) not in plan.withdrawn]


def _apply_signal(plan: Plan, write: PreparedSignal) -> tuple[WriteResult, Row | None]:
    payload, existing = write.payload, plan.existing
    interaction = existing.interactions.get(payload.interaction)
    if write.grant and (interaction is None or interaction.pk != write.grant.interaction):
        raise Unknown
    if write.grant and payload.signal not in write.grant.kinds:
        raise Forbidden
    if payload.id and (stored := existing.signals.get(payload.id)):
        if not same_body(stored.body_digest, write.digest):
            raise Conflict
        return (WriteResult.PARKED if isinstance(stored, ParkedSignal) else WriteResult.REPLAYED), stored
    if {("interaction", payload.interaction), ("signal", payload.id or "")} & existing.tombstones.keys():
        raise Gone
    if write.person and existing.tombstones:
        _refuse_erased(plan, write)
    if write.grant and existing.from_browsers[write.grant.interaction] >= tokens.MOST:
        raise Forbidden
    subject = _voter(plan, write, interaction)
    if subject is None and interaction:
        return WriteResult.NO_CONSENT, None
    if write.has_text and existing.placeholders(payload.interaction) != write.placeholders_before:
        redact_signal(plan.project, write, existing.placeholders(payload.interaction))
    if interaction is None or subject is None:
        return WriteResult.PARKED, _park(plan, write, subject)
    signal = _signal_row(plan, write, interaction_id=interaction.pk, subject_id=subject.pk)
    plan.signals.append(signal)
    existing.signals[signal.external_id] = signal
    if write.grant:
        existing.from_browsers[write.grant.interaction] += 1
    _note_signal(plan, interaction, write)
    return WriteResult.STORED, signal


def _refuse_erased(plan: Plan, write: Prepared) -> None:
    """Raise `Gone` for a person who was erased, unless they have come back since and this happened after that."""
    erased_at = plan.existing.tombstones.get(("subject", write.person))
    consented_at = plan.existing.consented_at.get(write.person)
    occurred_at = min(write.payload.occurred_at or plan.now, plan.now)
    if erased_at and stays_out(erased_at, occurred_at, consented_at):
        raise Gone


def _voter(plan: Plan, write: PreparedSignal, interaction: Interaction | None) -> Subject | None:
    """The person who gave the signal; None without their consent to capture, or if the interaction has not arrived.

    For a signal that waits, consent is checked when its interaction arrives, which may bring it.
    """
    if write.grant:
        voter = plan.existing.people.get(write.grant.subject)
    elif write.person:
        voter = plan.existing.subjects.get(write.person)
        if voter is None and (interaction is None or plan.defaults[Purpose.CAPTURE]):
            voter = _new_subject(plan, write.person)
    else:
        voter = plan.existing.people[interaction.subject_id] if interaction else None
    if voter is None:
        return None
    if voter.restricted_at:
        raise Gone
    entries = plan.existing.consents.get(voter.digest, {})
    return voter if interaction is None or ledger.allows_capture(entries, plan.defaults, plan.now) else None


def _signal_row(plan: Plan, write: PreparedSignal, **about: int) -> Signal:
    payload = write.payload
    occurred_at = min(payload.occurred_at or plan.now, plan.now)
    return Signal(
        **about,
        project_id=plan.project.pk,
        external_id=payload.id or new_id(),
        kind=payload.signal,
        score=payload.score,
        correction=write.correction,
        comment=write.comment,
        step=write.step,
        occurred_at=occurred_at,
        effective_at=occurred_at if write.imported else plan.now,
        received_at=plan.now,
        body_digest=write.digest,
    )


def _park(plan: Plan, write: PreparedSignal, subject: Subject | None) -> ParkedSignal:
    about = write.payload.interaction
    placeholders = write.placeholders_after if write.has_text else plan.existing.placeholders(about)
    columns = signal_columns(_signal_row(plan, write))
    voter = subject.pk if subject else None
    parked = ParkedSignal(interaction_external_id=about, subject_id=voter, placeholders=dict(placeholders), **columns)
    plan.parked.append(parked)
    plan.existing.signals[parked.external_id] = parked
    plan.existing.parked.setdefault(about, []).append(parked)
    return parked


def _note_signal(plan: Plan, interaction: Interaction, write: PreparedSignal) -> None:
    """Tell curation that the interaction's signals changed, and keep its placeholders up to date."""
    if write.has_text and write.placeholders_after != interaction.placeholders:
        interaction.placeholders = dict(write.placeholders_after)
        if not interaction._state.adding:
            plan.placeholders[interaction.pk] = interaction.placeholders
    if not interaction._state.adding:
        plan.pending.add(interaction.pk)
    else:
        interaction.pending, interaction.revision = True, interaction.revision + 1
