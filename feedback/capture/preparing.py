"""Redacts a payload and computes its digests before the transaction begins: the slow part of a write."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import msgspec
import uuid_utils
from django.utils import timezone

from feedback.capture.json_bodies import without_nulls
from feedback.capture.payloads import Agent, FeedbackIn, InteractionIn, Message, TurnIn
from feedback.models import Interaction, Project
from feedback.projects.tokens import Grant
from feedback.texts import messages
from feedback.texts.fingerprints import fingerprint
from privacy.models import Notice
from privacy.redaction import Redacted, redact, redact_json
from privacy.subjects.digests import body_digest
from privacy.subjects.lookup import subject_digest

Placeholders: TypeAlias = Mapping[str, list[str]]  # by type: the keyed digests of the values, in order
NO_PLACEHOLDERS: Placeholders = {}
OUR_OWN = {"dry_run", "grows", "person", "numbering"}  # not part of the caller's body
NO_TEXT = redact("")
NO_AGENT = Agent()


@dataclass(frozen=True, slots=True)
class ConsentSource:
    """How the consent in a write was asked for, and with which wording. With `only_unsaid` it is an operator's
    statement about everybody, which counts for purposes on which the person's ledger has no entry. A source that
    `counts_its_own` counts writes without consent by itself, because a log may be imported again.
    """

    method: str = "capture"
    notice: Notice | None = None
    only_unsaid: bool = False
    counts_its_own: bool = False


BY_CAPTURE = ConsentSource()


@dataclass(slots=True)
class PreparedInteraction:
    """A redacted interaction: `row` is unsaved and has no subject yet."""

    payload: InteractionIn
    row: Interaction
    person: str = ""  # the subject's digest; empty if the payload names nobody
    asked: ConsentSource = BY_CAPTURE


@dataclass(slots=True)
class PreparedSignal:
    """Redacted feedback. Its text continues the numbering of `placeholders_before`, up to `placeholders_after`."""

    payload: FeedbackIn
    digest: str
    person: str = ""
    grant: Grant | None = None
    imported: bool = False  # ordered among the votes by its own time, not by arrival
    correction: Redacted = NO_TEXT
    comment: Redacted = NO_TEXT
    step: Any = field(default_factory=dict)
    placeholders_before: Placeholders = field(default_factory=dict)
    placeholders_after: Placeholders = field(default_factory=dict)

    @property
    def has_text(self) -> bool:
        """Whether there is anything to redact."""
        return bool(self.payload.correction or self.payload.comment or self.payload.step)


Prepared: TypeAlias = PreparedInteraction | PreparedSignal


def new_id() -> str:
    """An id for a caller that gave none: UUIDv7, which sorts by time."""
    return str(uuid_utils.uuid7())


def prepare_interaction(
    project: Project,
    payload: InteractionIn,
    asked: ConsentSource = BY_CAPTURE,
    placeholders: Placeholders = NO_PLACEHOLDERS,
) -> PreparedInteraction:
    """The row as it would be stored, unsaved and without its subject. Raises `RedactionError`.

    `placeholders` are those of feedback that arrived before its interaction.
    """
    policy, external_id = project.redaction_policy, payload.id or new_id()
    turn = payload if isinstance(payload, TurnIn) else None
    numbering = project.numbering(external_id, placeholders or (turn.numbering if turn else NO_PLACEHOLDERS))
    findings: Counter[str] = Counter()

    def clean(text: str | None, asked_for: str = "") -> Redacted:
        if not text:
            return NO_TEXT
        redacted = redact(text, policy, numbering, asked=asked_for)
        if redacted.spans:
            findings.update(redacted.findings)
        return redacted

    def clean_json(value: Any) -> Any:
        if not value:
            return value
        redacted, found = redact_json(value, policy, numbering)
        findings.update(found)
        return redacted

    now, agent = timezone.now(), payload.agent or NO_AGENT
    body: dict[str, Any] = msgspec.to_builtins(payload)
    context = turns_of(payload.context or ())
    turn_before = context[-1]["content"] if context else ""  # may ask for a value that the question then gives
    row = Interaction(
        project_id=project.pk,
        external_id=external_id,
        question=clean(payload.question, turn_before),
        answer=clean(payload.answer, payload.question or ""),
        context=clean_json(context),
        sources=clean_json([without_nulls(source) for source in body["sources"] or []]),
        steps=clean_json([without_nulls(step) for step in body["steps"] or []]),
        session=clean(payload.session),
        tags=clean_json(payload.tags or []),
        metadata=clean_json(payload.metadata or {}),
        agent_name=clean(agent.name),
        agent_version=clean(agent.version),
        agent_model=clean(agent.model),
        agent_prompt=clean(agent.prompt),
        occurred_at=min(payload.occurred_at or now, now),  # some senders' clocks are fast
        received_at=now,
        body_digest=_digest_of(body),
        redactions=dict(findings),
        redaction_version=project.redaction_version,
        placeholders=numbering.state(),
        scan_due=project.deep_scan,
    )
    row.fingerprint = fingerprint(row.question, row.context)
    person = subject_digest(project.namespace, payload.subject) if payload.subject else ""
    return PreparedInteraction(payload, row, person or (turn.person if turn else ""), asked)


def turns_of(context: Iterable[Message]) -> list[dict[str, Any]]:
    """The turns before the question, each with its role and text; tool calls as data, results separately."""
    made: list[dict[str, Any]] = []
    for said in context:
        if (
            type(said.content) is str
            and not said.tool_calls
            and not said.function_call
            and not said.tool_call_id
            and not said.media
        ):
            made.append({"role": said.role, "content": said.content})
        elif found := messages.read(without_nulls(msgspec.to_builtins(said)), said.role):
            found.media += msgspec.to_builtins(said.media or [])
            made += messages.turns(found)
    return made


def prepare_signal(
    project: Project, payload: FeedbackIn, grant: Grant | None, placeholders: Placeholders, *, imported: bool = False
) -> PreparedSignal:
    """Feedback on an interaction that has these placeholders. Raises `RedactionError`."""
    person = subject_digest(project.namespace, payload.subject) if payload.subject and not grant else ""
    prepared = PreparedSignal(payload, signal_digest(payload, grant), person, grant, imported)
    redact_signal(project, prepared, placeholders)
    return prepared


def redact_signal(project: Project, signal: PreparedSignal, placeholders: Placeholders) -> None:
    """Redact its text so that the numbering continues `placeholders`; done again if those were out of date."""
    signal.placeholders_before = signal.placeholders_after = placeholders
    if signal.has_text:
        numbering, policy = project.numbering(signal.payload.interaction, placeholders), project.redaction_policy
        signal.correction = redact(signal.payload.correction or "", policy, numbering)
        signal.comment = redact(signal.payload.comment or "", policy, numbering)
        signal.step = redact_json(msgspec.to_builtins(signal.payload.step or {}), policy, numbering)[0]
        signal.placeholders_after = numbering.state()


def interaction_digest(payload: InteractionIn) -> str:
    """The keyed digest of the body, which recognises a repeated write and reveals nothing of the text."""
    return _digest_of(msgspec.to_builtins(payload))


def _digest_of(body: dict[str, Any]) -> str:
    # Digests from before sources had a score stay the same.
    scored = [
        source if source["score"] is not None else {name: source[name] for name in source if name != "score"}
        for source in body["sources"] or ()
    ]
    body = {**body, "sources": scored} if scored else body
    return body_digest({name: value for name, value in body.items() if value is not None and name not in OUR_OWN})


def signal_digest(payload: FeedbackIn, grant: Grant | None) -> str:
    """The keyed digest of feedback and its sender."""
    body = msgspec.to_builtins(payload) | ({"subject": f"#{grant.subject}"} if grant else {})
    return body_digest(without_nulls(body))
