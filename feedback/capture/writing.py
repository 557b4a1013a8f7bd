"""The only write path: what callers send becomes rows here, redacted first, and once however often it is sent.

Every door (HTTP, batch, traces, import, the demo) calls `record_interaction`, `record_signal` or, for many, `record`.
What they promise: a return means committed; the same id with the same body changes nothing and answers alike; another
body under the same id is a `Conflict`; an id or a person that was erased is `Gone`; without consent to capture nothing
is kept. Drafts are redacted before the transaction begins (`drafts`), judged by what is known (`known`), and stored by
a number of statements that does not grow with them (`plan`).
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import msgspec
from django.db import IntegrityError, OperationalError
from django.db.models import F
from django.utils import timezone

from feedback.capture import preparing
from feedback.capture.applying import Conflict, Ended, Forbidden, Gone, Unknown
from feedback.capture.group_commit import store, writing
from feedback.capture.lookup import Draft, Raced
from feedback.capture.payloads import FeedbackIn, InteractionIn, check_feedback
from feedback.capture.preparing import BY_CAPTURE, Asked, State, numbering_for, redacted_interaction, tombstone
from feedback.models import Interaction, Outcome, ParkedSignal, Project, Signal
from feedback.projects.tokens import Grant, own_id, token_of
from privacy.db.bulk import select, several
from privacy.redaction import RedactionError

__all__ = [
    "Asked", "Conflict", "Forbidden", "Gone", "Recorded", "Refusal", "Unknown", "feedback_token", "numbering_for",
    "record", "record_interaction", "record_signal", "redacted_interaction", "tombstone", "touch", "withdraw_signal",
]  # fmt: skip
Payload: TypeAlias = InteractionIn | FeedbackIn
Refusal: TypeAlias = Conflict | Gone | Unknown | Forbidden | RedactionError
TRIES = 5
NONE_REFUSED: Mapping[tuple[str, str], int] = {}
RACES = ("40001", "40P01")  # PostgreSQL: a serialization failure, a deadlock
feedback_token = token_of


@dataclass(frozen=True, slots=True)
class Recorded:
    """How a write ended. `token` opens an interaction to its reader's feedback."""

    result: Outcome.Result
    id: str = ""
    redactions: Mapping[str, int] = field(default_factory=dict)
    token: str = ""


def record_interaction(project: Project, payload: InteractionIn, asked: Asked = BY_CAPTURE) -> Recorded:
    """Keep a question and its answer, if the person agreed to that. Raises `Conflict`, `Gone`, `RedactionError`."""
    return _returned(record(project, [payload], asked=asked)[0])


def record_signal(
    project: Project, payload: FeedbackIn, grant: Grant | None = None, *, imported: bool = False
) -> Recorded:
    """Keep what somebody said of an answer. With a `grant` (a browser's token) it is that person's, on that answer.

    Raises `Conflict`, `Gone`, `RedactionError`, `PayloadError`; with a grant, `Unknown` for another interaction and
    `Forbidden` for a kind that it does not open, or one signal too many. A browser's ids are a space of their own.
    Votes are ordered by their receipt, those that are `imported` by their own time.
    """
    check_feedback(payload)
    if grant is None:
        return _returned(record(project, [payload], imported=imported)[0])
    sent = payload.id or preparing.new_id()
    own = msgspec.structs.replace(payload, id=own_id(sent))
    recorded = _returned(record(project, [own], grant=grant)[0])
    return replace(recorded, id=sent) if recorded.id else recorded


def record(
    project: Project,
    payloads: Sequence[Payload],
    *,
    asked: Asked = BY_CAPTURE,
    grant: Grant | None = None,
    imported: bool = False,
    refused: Mapping[tuple[str, str], int] = NONE_REFUSED,
) -> list[Recorded | Refusal]:
    """Keep all of these in one transaction, in order; how each ended. One that is refused never fails its neighbours.

    `refused` is counted beside them: what the caller has turned away by its shape, by (kind, result).
    """
    counts = Counter(refused)
    drafted = _drafts(project, payloads, asked, grant, imported=imported)
    writes = [draft for draft in drafted if not isinstance(draft, RedactionError)]
    for payload, draft in zip(payloads, drafted, strict=True):
        if isinstance(draft, RedactionError):
            counts["interaction" if isinstance(payload, InteractionIn) else "signal", Outcome.Result.REFUSED] += 1
    ended = iter(_carried_out(project, writes, counts))
    return [draft if isinstance(draft, RedactionError) else _recorded(next(ended)) for draft in drafted]


def _drafts(
    project: Project, payloads: Sequence[Payload], asked: Asked, grant: Grant | None, *, imported: bool
) -> list[Draft | RedactionError]:
    """Each redacted, feedback so that it goes on with the numbering of its interaction, stored or sent before it."""
    seen = placeholders(project, [said.interaction for said in payloads if isinstance(said, FeedbackIn) and text(said)])
    found: list[Draft | RedactionError] = []
    for payload in payloads:
        try:
            if isinstance(payload, InteractionIn):
                talk = preparing.of_interaction(project, payload, asked)
                seen.setdefault(talk.row.external_id, talk.row.placeholders)
                found.append(talk)
            else:
                reached = seen.get(payload.interaction, preparing.NOTHING)
                said = preparing.of_signal(project, payload, grant, reached, imported=imported)
                if said.has_text:
                    seen[payload.interaction] = said.reached
                found.append(said)
        except RedactionError as error:
            found.append(error)
    return found


def _carried_out(project: Project, writes: Sequence[Draft], counts: Counter[tuple[str, str]]) -> list[Ended]:
    """Store in one transaction. An equal request, or an erasure, may come between our look and our write: then the
    next look finds what it did, and answers by that."""
    for _ in range(TRIES):
        try:
            return store(project, writes, counts)
        except (IntegrityError, Raced) as error:
            raced: Exception = error
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", "") not in RACES:
                raise
            raced = error
    raise raced


def _recorded(ended: Ended) -> Recorded | Refusal:
    if isinstance(ended, Exception):
        return ended
    result, row = ended
    if isinstance(row, Interaction):
        return Recorded(result, row.external_id, row.redactions, token_of(row))
    return Recorded(result, row.external_id if row else "")


def _returned(recorded: Recorded | Refusal) -> Recorded:
    if isinstance(recorded, Exception):
        raise recorded
    return recorded


def text(said: FeedbackIn) -> bool:
    """Whether there is text in this feedback."""
    return bool(said.correction or said.comment)


def placeholders(project: Project, names: Sequence[str]) -> dict[str, State]:
    """What has been numbered in these interactions, or in the feedback that waits for them: by their id."""
    if not names:
        return {}
    values = [project.pk, *names]
    about = f"project_id = %s AND {{}} IN ({several(names)}) ORDER BY id"
    waiting = select(
        ParkedSignal, ("interaction_external_id", "placeholders"), about.format("interaction_external_id"), values
    )
    stored = select(Interaction, ("external_id", "placeholders"), about.format("external_id"), values)
    found: dict[str, State] = {parked.interaction_external_id: parked.placeholders for parked in waiting}
    return found | {row.external_id: row.placeholders for row in stored}


def withdraw_signal(project: Project, external_id: str, grant: Grant | None = None) -> bool:
    """Take a signal back: it stays as history and counts no more, also where it still waits for its interaction.
    False where there is none (of that person)."""
    ids = [own_id(external_id)] if grant else [external_id, own_id(external_id)]
    with writing():
        waiting = ParkedSignal.objects.filter(project=project, external_id=external_id)
        if grant is None and waiting.exists():
            waiting.filter(withdrawn_at__isnull=True).update(withdrawn_at=timezone.now())
            return True
        signals = Signal.objects.filter(project=project, external_id__in=ids)
        if grant:
            signals = signals.filter(interaction=grant.interaction, subject=grant.subject)
        found = {signal.external_id: signal for signal in signals}
        signal = found.get(external_id) or found.get(own_id(external_id))
        if signal is None:
            return False
        if Signal.objects.filter(pk=signal.pk, withdrawn_at__isnull=True).update(withdrawn_at=timezone.now()):
            touch([signal.interaction_id])
    return True


def touch(interactions: Sequence[int], **columns: Any) -> None:
    """Tell curation that the signals of these interactions have changed."""
    for start in range(0, len(interactions), 500):
        some = Interaction.objects.filter(pk__in=interactions[start : start + 500])
        some.update(revision=F("revision") + 1, pending=True, **columns)
