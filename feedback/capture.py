"""The only write path: what callers send becomes rows here, redacted first, and once however often it is sent.

Every door (HTTP, batch, traces, import, the demo) calls `record_interaction` or `record_signal`. What they promise:
a return means committed; the same id with the same body changes nothing and answers alike; another body under the same
id is a `Conflict`; an id or a person that was erased is `Gone`; without consent to capture nothing is kept.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
import uuid_utils
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from feedback import outcomes, parking, tokens
from feedback.fingerprints import fingerprint
from feedback.models import Interaction, Outcome, ParkedSignal, Project, Signal
from feedback.payloads import FeedbackIn, InteractionIn, check_feedback
from privacy import consent, erasure
from privacy.digests import body_digest, digest
from privacy.models import Notice, Purpose, Subject, Tombstone
from privacy.redaction import Numbering, redact, redact_json
from privacy.subjects import buried_at, find, find_or_create, is_erased


class Conflict(Exception):
    """This id was used for another body."""


class Gone(Exception):
    """This id, or this person, was erased or has expired; nothing is stored."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """How a write ended. `token` opens an interaction to its reader's feedback."""

    result: Outcome.Result
    id: str = ""
    redactions: Mapping[str, int] = field(default_factory=dict)
    token: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """How consent that comes with a write was asked for, and under which wording."""

    method: str = "capture"
    notice: Notice | None = None


def new_id() -> str:
    """A fresh id for a caller that gave none: UUIDv7, so that ids sort by time."""
    return str(uuid_utils.uuid7())


def record_interaction(project: Project, payload: InteractionIn, asked: Asked = Asked()) -> Recorded:
    """Keep a question and its answer, if the person agreed to that. Raises `Conflict`, `Gone`, `RedactionError`."""
    row = redacted_interaction(project, payload)
    return _counted(project, "interaction", lambda: _store_interaction(project, payload, row, asked))


def record_signal(project: Project, payload: FeedbackIn, grant: tokens.Grant | None = None) -> Recorded:
    """Keep what somebody said of an answer. With a `grant` (a browser's token) it is that person's, on that answer.

    Raises `Conflict`, `Gone`, `RedactionError`, `PayloadError`.
    """
    check_feedback(payload)
    return _counted(project, "signal", lambda: _store_signal(project, payload, grant))


def withdraw_signal(project: Project, external_id: str, grant: tokens.Grant | None = None) -> bool:
    """Take a signal back: it stays as history and counts no more. False where there is none (of that person)."""
    with transaction.atomic():
        signals = Signal.objects.filter(project=project, external_id=external_id)
        if grant:
            signals = signals.filter(interaction=grant.interaction, subject=grant.subject)
        signal = signals.first()
        if signal is None:
            return False
        if signals.filter(withdrawn_at__isnull=True).update(withdrawn_at=timezone.now()):
            touch([signal.interaction_id])
    return True


def touch(interactions: Sequence[int], **columns: Any) -> None:
    """Tell curation that the signals of these interactions have changed."""
    for start in range(0, len(interactions), 500):
        some = Interaction.objects.filter(pk__in=interactions[start : start + 500])
        some.update(revision=F("revision") + 1, pending=True, **columns)


def redacted_interaction(project: Project, payload: InteractionIn) -> Interaction:
    """The row as it would be stored: unsaved, and without its subject."""
    policy, external_id = project.redaction_policy, payload.id or new_id()
    numbering = numbering_for(project, external_id)
    findings: dict[str, int] = {}

    def clean(text: str | None) -> Any:
        redacted = redact(text or "", policy, numbering)
        add(findings, redacted.findings)
        return redacted

    def clean_json(value: Any) -> Any:
        redacted, found = redact_json(value, policy, numbering)
        add(findings, found)
        return redacted

    now, agent = timezone.now(), payload.agent
    context = msgspec.to_builtins(payload.context or [])
    row = Interaction(
        project=project,
        external_id=external_id,
        question=clean(payload.question),
        answer=clean(payload.answer),
        context=clean_json(context),
        sources=clean_json([_given(source) for source in payload.sources or []]),
        session=clean(payload.session),
        tags=clean_json(payload.tags or []),
        metadata=clean_json(payload.metadata or {}),
        agent_name=clean(agent and agent.name),
        agent_version=clean(agent and agent.version),
        agent_model=clean(agent and agent.model),
        agent_prompt=clean(agent and agent.prompt),
        occurred_at=payload.occurred_at or now,
        received_at=now,
        body_digest=interaction_digest(payload),
        redactions=findings,
        redaction_version=policy.version,
        placeholders=numbering.state(),
        scan_due=project.deep_scan,
    )
    row.fingerprint = fingerprint(row.question, row.context)
    return row


def add(findings: dict[str, int], more: Mapping[str, int]) -> None:
    """Add counts by type."""
    for kind, number in more.items():
        findings[kind] = findings.get(kind, 0) + number


def numbering_for(project: Project, external_id: str, state: Mapping[str, list[str]] | None = None) -> Numbering:
    """The numbering of one interaction's placeholders; feedback that comes later, or too early, continues it."""
    key = bytes.fromhex(digest("numbering", project.name, external_id))
    return Numbering.restored(key, dict(state)) if state else Numbering(key)


def interaction_digest(payload: InteractionIn) -> str:
    """What recognises the same body. Keyed, so that it tells nothing of the text."""
    body = msgspec.to_builtins(payload)
    return body_digest({name: value for name, value in body.items() if value is not None and name != "dry_run"})


def _given(source: Any) -> dict[str, Any]:
    return {name: value for name, value in msgspec.to_builtins(source).items() if value is not None}


def tombstone(project: Project, external_id: str) -> str:
    """The hash under which an erased id of this project is remembered."""
    return digest("tombstone", project.name, external_id)


def feedback_token(row: Interaction) -> str:
    """The token that opens this interaction to its own reader's feedback; the same for a row at any time."""
    expires_at = row.received_at + tokens.LIFETIME
    return tokens.issue(tokens.Grant(row.project_id, row.pk, row.subject_id, expires_at))


def _counted(project: Project, kind: str, store: Callable[[], Recorded]) -> Recorded:
    """Store in one transaction, and count a refusal, which has none. An equal request may come between our look and
    our write: then the second look finds what it stored, and answers as it did."""
    try:
        try:
            with transaction.atomic():
                return store()
        except IntegrityError:
            with transaction.atomic():
                return store()
    except Gone:
        outcomes.count(project, kind, Outcome.Result.GONE)
        raise
    except Conflict:
        outcomes.count(project, kind, Outcome.Result.REFUSED)
        raise


def _store_interaction(project: Project, payload: InteractionIn, row: Interaction, asked: Asked) -> Recorded:
    if payload.id:
        if stored := Interaction.objects.filter(project=project, external_id=payload.id).first():
            if stored.body_digest != row.body_digest:
                raise Conflict
            outcomes.count(project, "interaction", Outcome.Result.REPLAYED)
            return Recorded(Outcome.Result.REPLAYED, stored.external_id, stored.redactions, feedback_token(stored))
        if buried_at(Tombstone.Kind.INTERACTION, tombstone(project, payload.id)):
            raise Gone
    subject = _consenting_subject(project, payload, asked)
    if subject is None:
        outcomes.count(project, "interaction", Outcome.Result.NO_CONSENT)
        return Recorded(Outcome.Result.NO_CONSENT)
    row.pk, row.subject = None, subject
    row.save(force_insert=True)
    parking.unpark(row)
    outcomes.count(project, "interaction", Outcome.Result.STORED)
    return Recorded(Outcome.Result.STORED, row.external_id, row.redactions, feedback_token(row))


def _consenting_subject(project: Project, payload: InteractionIn, asked: Asked) -> Subject | None:
    """The person, with what they now agree to in the ledger. None, and nothing kept, where capture is not agreed to."""
    said = payload.consent or {}
    if is_erased(project.namespace, payload.subject, payload.occurred_at):
        raise Gone
    known = find(project.namespace, payload.subject) if payload.subject else None
    if known is None:
        if not said.get(Purpose.CAPTURE, project.consent_defaults[Purpose.CAPTURE]):
            return None
        known = find_or_create(project.namespace, payload.subject)
    elif known.restricted_at:
        raise Gone
    if said:
        erasure.change_consent(known, said, method=asked.method, notice=asked.notice)
    agreed = consent.effective(known, project.consent_defaults)
    return known if agreed[Purpose.CAPTURE] else None


def _store_signal(project: Project, payload: FeedbackIn, grant: tokens.Grant | None) -> Recorded:
    digest_of_body = signal_digest(payload, grant)
    if payload.id and (stored := _stored_signal(project, payload.id)):
        if stored.body_digest != digest_of_body:
            raise Conflict
        outcomes.count(project, "signal", Outcome.Result.REPLAYED)
        parked = isinstance(stored, ParkedSignal)
        return Recorded(Outcome.Result.PARKED if parked else Outcome.Result.REPLAYED, stored.external_id)
    about = Interaction.objects.select_for_update().filter(project=project, external_id=payload.interaction)
    interaction = (about.filter(pk=grant.interaction) if grant else about).select_related("subject").first()
    refuse_buried(project, payload)
    subject = _voter(project, payload, interaction, grant)
    if subject is None and (interaction or payload.subject):
        outcomes.count(project, "signal", Outcome.Result.NO_CONSENT)
        return Recorded(Outcome.Result.NO_CONSENT)
    signal, placeholders = _redacted_signal(project, payload, interaction, digest_of_body)
    if interaction is None:
        parking.park(payload.interaction, signal, subject, placeholders)
        outcomes.count(project, "signal", Outcome.Result.PARKED)
        return Recorded(Outcome.Result.PARKED, signal.external_id)
    signal.interaction, signal.subject = interaction, subject
    signal.save(force_insert=True)
    touch([interaction.pk], placeholders=placeholders)
    outcomes.count(project, "signal", Outcome.Result.STORED)
    return Recorded(Outcome.Result.STORED, signal.external_id)


def refuse_buried(project: Project, payload: FeedbackIn) -> None:
    """Raise `Gone` for feedback that was erased, or is about what was erased, or comes from who was."""
    if buried_at(Tombstone.Kind.INTERACTION, tombstone(project, payload.interaction)):
        raise Gone
    if payload.id and buried_at(Tombstone.Kind.SIGNAL, tombstone(project, payload.id)):
        raise Gone
    if is_erased(project.namespace, payload.subject, payload.occurred_at):
        raise Gone


def signal_digest(payload: FeedbackIn, grant: tokens.Grant | None) -> str:
    """What recognises the same feedback of the same person."""
    body = msgspec.to_builtins(payload) | ({"subject": f"#{grant.subject}"} if grant else {})
    return body_digest({name: value for name, value in body.items() if value is not None})


def _stored_signal(project: Project, external_id: str) -> Signal | ParkedSignal | None:
    same = {"project": project, "external_id": external_id}
    return Signal.objects.filter(**same).first() or ParkedSignal.objects.filter(**same).first()


def _voter(
    project: Project, payload: FeedbackIn, interaction: Interaction | None, grant: tokens.Grant | None
) -> Subject | None:
    """Whose signal it is; None where that person has not agreed to be captured, or where it waits for its asker."""
    if grant:
        voter = Subject.objects.filter(pk=grant.subject).first()
    elif payload.subject:
        voter = find(project.namespace, payload.subject)
        if voter is None and project.consent_defaults[Purpose.CAPTURE]:
            voter = find_or_create(project.namespace, payload.subject)
    else:
        voter = interaction.subject if interaction else None
    if voter is None:
        return None
    if voter.restricted_at:
        raise Gone
    return voter if consent.effective(voter, project.consent_defaults)[Purpose.CAPTURE] else None


def _redacted_signal(
    project: Project, payload: FeedbackIn, interaction: Interaction | None, body: str
) -> tuple[Signal, dict[str, list[str]]]:
    """The row, unsaved, and its interaction's numbering of placeholders, which it continues."""
    state = interaction.placeholders if interaction else parking.placeholders(project, payload.interaction)
    numbering, policy = numbering_for(project, payload.interaction, state), project.redaction_policy
    signal = Signal(
        project=project,
        external_id=payload.id or new_id(),
        kind=payload.signal,
        score=payload.score,
        correction=redact(payload.correction or "", policy, numbering),
        comment=redact(payload.comment or "", policy, numbering),
        occurred_at=payload.occurred_at or timezone.now(),
        body_digest=body,
    )
    return signal, numbering.state()


def is_about(grant: tokens.Grant, external_id: str) -> bool:
    """Whether a browser's token is for the interaction of that id."""
    return Interaction.objects.filter(
        pk=grant.interaction, project=grant.project, subject=grant.subject, external_id=external_id
    ).exists()
