"""What was sent, redacted and recognisable before the database is asked: the slow part of a write, outside it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
import uuid_utils
from django.utils import timezone

from feedback.fingerprints import fingerprint
from feedback.models import Interaction, Project
from feedback.payloads import Agent, FeedbackIn, InteractionIn
from feedback.tokens import Grant
from privacy.digests import body_digest, digest
from privacy.instances import unsaved
from privacy.models import Notice
from privacy.redaction import Numbering, Redacted, redact, redact_json
from privacy.subjects import subject_digest

State = Mapping[str, list[str]]
NOTHING: State = {}
NO_TEXT = redact("")
NOBODY = Agent()


@dataclass(frozen=True, slots=True)
class Asked:
    """How consent that comes with a write was asked for, and under which wording."""

    method: str = "capture"
    notice: Notice | None = None


BY_CAPTURE = Asked()


@dataclass(slots=True)
class InteractionDraft:
    """A question and its answer, ready to be stored: `row` is unsaved and has no subject yet."""

    payload: InteractionIn
    row: Interaction
    person: str = ""  # the subject's digest, empty for nobody in particular
    asked: Asked = BY_CAPTURE


@dataclass(slots=True)
class SignalDraft:
    """What somebody said, ready to be stored. It was numbered on from the placeholders `seen`, up to `reached`."""

    payload: FeedbackIn
    digest: str
    person: str = ""
    grant: Grant | None = None
    correction: Redacted = NO_TEXT
    comment: Redacted = NO_TEXT
    seen: State = field(default_factory=dict)
    reached: State = field(default_factory=dict)

    @property
    def has_text(self) -> bool:
        """Whether there is anything to redact."""
        return bool(self.payload.correction or self.payload.comment)


def new_id() -> str:
    """A fresh id for a caller that gave none: UUIDv7, so that ids sort by time."""
    return str(uuid_utils.uuid7())


def of_interaction(project: Project, payload: InteractionIn, asked: Asked = BY_CAPTURE) -> InteractionDraft:
    """The draft of an interaction. Raises `RedactionError`."""
    person = subject_digest(project.namespace, payload.subject) if payload.subject else ""
    return InteractionDraft(payload, redacted_interaction(project, payload), person, asked)


def of_signal(project: Project, payload: FeedbackIn, grant: Grant | None, seen: State) -> SignalDraft:
    """The draft of a signal on an interaction that has these placeholders. Raises `RedactionError`."""
    person = subject_digest(project.namespace, payload.subject) if payload.subject and not grant else ""
    draft = SignalDraft(payload, signal_digest(payload, grant), person, grant)
    redact_signal(project, draft, seen)
    return draft


def redact_signal(project: Project, draft: SignalDraft, seen: State) -> None:
    """Redact its text so that the numbering of `seen` goes on; done again where that was not the newest."""
    draft.seen = draft.reached = seen
    if draft.has_text:
        numbering, policy = numbering_for(project, draft.payload.interaction, seen), project.redaction_policy
        draft.correction = redact(draft.payload.correction or "", policy, numbering)
        draft.comment = redact(draft.payload.comment or "", policy, numbering)
        draft.reached = numbering.state()


def redacted_interaction(project: Project, payload: InteractionIn, seen: State = NOTHING) -> Interaction:
    """The row as it would be stored: unsaved, and without its subject. `seen`: what early feedback has numbered."""
    policy, external_id = project.redaction_policy, payload.id or new_id()
    numbering = numbering_for(project, external_id, seen)
    findings: dict[str, int] = {}

    def clean(text: str | None, asked: str = "") -> Redacted:
        if not text:
            return NO_TEXT
        redacted = redact(text, policy, numbering, asked=asked)
        if redacted.spans:
            add(findings, redacted.findings)
        return redacted

    def clean_json(value: Any) -> Any:
        if not value:
            return value
        redacted, found = redact_json(value, policy, numbering)
        add(findings, found)
        return redacted

    now, agent = timezone.now(), payload.agent or NOBODY
    context = msgspec.to_builtins(payload.context or [])
    row = unsaved(
        Interaction,
        project_id=project.pk,
        external_id=external_id,
        question=clean(payload.question, last_said(context)),
        answer=clean(payload.answer, payload.question or ""),
        context=clean_json(context),
        sources=clean_json([_given(source) for source in payload.sources or []]),
        session=clean(payload.session),
        tags=clean_json(payload.tags or []),
        metadata=clean_json(payload.metadata or {}),
        agent_name=clean(agent.name),
        agent_version=clean(agent.version),
        agent_model=clean(agent.model),
        agent_prompt=clean(agent.prompt),
        occurred_at=payload.occurred_at or now,
        received_at=now,
        body_digest=interaction_digest(payload),
        redactions=findings,
        redaction_version=project.redaction_version,
        placeholders=numbering.state(),
        scan_due=project.deep_scan,
    )
    row.fingerprint = fingerprint(row.question, row.context)
    return row


def last_said(context: list[dict[str, Any]]) -> str:
    """The text of the turn before the question, which may ask for what stands alone in it."""
    said = context[-1].get("content") if context else ""
    return said if isinstance(said, str) else ""


def add(findings: dict[str, int], more: Mapping[str, int]) -> None:
    """Add counts by type."""
    for kind, number in more.items():
        findings[kind] = findings.get(kind, 0) + number


def numbering_for(project: Project, external_id: str, state: State | None = None) -> Numbering:
    """The numbering of one interaction's placeholders; feedback that comes later, or too early, continues it."""
    key = bytes.fromhex(digest("numbering", project.name, external_id))
    return Numbering.restored(key, dict(state)) if state else Numbering(key)


def interaction_digest(payload: InteractionIn) -> str:
    """What recognises the same body. Keyed, so that it tells nothing of the text."""
    body = msgspec.to_builtins(payload)
    return body_digest({name: value for name, value in body.items() if value is not None and name != "dry_run"})


def signal_digest(payload: FeedbackIn, grant: Grant | None) -> str:
    """What recognises the same feedback of the same person."""
    body = msgspec.to_builtins(payload) | ({"subject": f"#{grant.subject}"} if grant else {})
    return body_digest({name: value for name, value in body.items() if value is not None})


def tombstone(project: Project, external_id: str) -> str:
    """The hash under which an erased id of this project is remembered."""
    return digest("tombstone", project.name, external_id)


def _given(source: Any) -> dict[str, Any]:
    return {name: value for name, value in msgspec.to_builtins(source).items() if value is not None}
