"""The only write path: what callers send becomes rows, redacted first, and stored once however often it is sent.

Every entry (HTTP, batch, traces, import, the demo) calls `record_interaction`, `record_signal` or, for many, `record`.
They promise: a return means committed; repeating an id with the same body changes nothing and gets the same answer;
another body under the same id is a `Conflict`; an erased id or person is `Gone`; without consent to capture nothing is
stored.

Three steps: `preparing` redacts before the transaction begins; `applying` decides each write from the rows that `store`
found, and inserts everything new at once; `Recorded` is the result of each write.
"""

import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from typing import TypeAlias

import msgspec
from django.db import IntegrityError, OperationalError, connection, transaction
from django.utils import timezone

from feedback.capture.applying import Applied, Conflict, Forbidden, Gone, Refusal, Unknown, decide
from feedback.capture.payloads import FeedbackIn, InteractionIn, check_feedback
from feedback.capture.plan import insert
from feedback.capture.preparing import (
    BY_CAPTURE,
    NO_PLACEHOLDERS,
    ConsentSource,
    Prepared,
    new_id,
    prepare_interaction,
    prepare_signal,
)
from feedback.capture.store import ConcurrentWrite, Renamed, mark_pending, stored_placeholders
from feedback.models import Interaction, ParkedSignal, Project, Signal, WriteResult
from feedback.projects.tokens import Grant, own_id
from privacy.consent import ledger
from privacy.db import bulk, engine
from privacy.erasure import erasure
from privacy.models import Purpose, Subject
from privacy.redaction import RedactionError
from privacy.subjects.lookup import find

__all__ = [
    "Conflict",
    "Forbidden",
    "Gone",
    "Payload",
    "Recorded",
    "Refusal",
    "Unknown",
    "object_to_training",
    "record",
    "record_interaction",
    "record_signal",
    "withdraw_signal",
    "writing",
]
Payload: TypeAlias = InteractionIn | FeedbackIn
TRIES = 5
RACES = ("40001", "40P01")  # PostgreSQL: a serialization failure, a deadlock
NONE_REFUSED: Mapping[tuple[str, str], int] = {}
WRITES_AT_ONCE = 1_000
_turn = threading.RLock()
_queue_lock = threading.Lock()
_queue: list["Job"] = []


@dataclass(frozen=True, slots=True)
class Recorded:
    """The result of a write; `row` is the interaction, if it is one that is stored."""

    result: WriteResult
    id: str = ""
    redactions: Mapping[str, int] = field(default_factory=dict)
    row: Interaction | None = None


def record_interaction(project: Project, payload: InteractionIn, asked: ConsentSource = BY_CAPTURE) -> Recorded:
    """Store a question and its answer, if the person agreed to that. Raises `Conflict`, `Gone`, `RedactionError`."""
    [recorded] = record(project, [payload], asked=asked)
    if isinstance(recorded, Exception):
        raise recorded
    return recorded


def record_signal(
    project: Project, payload: FeedbackIn, grant: Grant | None = None, *, imported: bool = False
) -> Recorded:
    """Store feedback on an answer. With a `grant` (a browser's token) it is that person's, on that answer.

    Raises `Conflict`, `Gone`, `RedactionError`, `PayloadError`; with a grant, `Unknown` for another interaction and
    `Forbidden` for a kind that the token does not allow, or one signal too many. A browser's ids have their own
    namespace. Votes are ordered by arrival, `imported` ones by their own time.
    """
    check_feedback(payload)
    sent = payload.id or new_id()
    payload = msgspec.structs.replace(payload, id=own_id(sent)) if grant else payload
    [recorded] = record(project, [payload], grant=grant, imported=imported)
    if isinstance(recorded, Exception):
        raise recorded
    return replace(recorded, id=sent) if grant and recorded.id else recorded


def record(
    project: Project,
    payloads: Sequence[Payload],
    *,
    asked: ConsentSource = BY_CAPTURE,
    grant: Grant | None = None,
    imported: bool = False,
    refused: Mapping[tuple[str, str], int] = NONE_REFUSED,
) -> list[Recorded | Refusal]:
    """Store all of these in one transaction, in order; return the result of each. A refused one never affects the
    others.

    `refused` counts, by (kind, result), what the caller rejected for its shape; it is stored in the same transaction.
    """
    counts = Counter(refused)
    prepared: list[Prepared | RedactionError] = []
    # Feedback continues the numbering of its interaction, whether stored or earlier in this batch.
    about = [
        sent.interaction
        for sent in payloads
        if isinstance(sent, FeedbackIn) and (sent.correction or sent.comment or sent.step)
    ]
    numbered = stored_placeholders(project, about) if about else {}
    for payload in payloads:
        try:
            if isinstance(payload, InteractionIn):
                interaction = prepare_interaction(project, payload, asked)
                numbered.setdefault(interaction.row.external_id, interaction.row.placeholders)
                prepared.append(interaction)
            else:
                before = numbered.get(payload.interaction, NO_PLACEHOLDERS)
                signal = prepare_signal(project, payload, grant, before, imported=imported)
                if signal.has_text:
                    numbered[payload.interaction] = signal.placeholders_after
                prepared.append(signal)
        except RedactionError as error:
            prepared.append(error)
            counts["interaction" if isinstance(payload, InteractionIn) else "signal", WriteResult.REFUSED] += 1
    try:
        ended = _commit(project, [write for write in prepared if not isinstance(write, RedactionError)], counts)
    except Renamed as known:
        ours = [renamed(payload, known.names) for payload in payloads]
        return record(project, ours, asked=asked, grant=grant, imported=imported, refused=refused)
    applied = iter(ended)
    recorded: list[Recorded | Refusal] = []
    for write in prepared:
        end = write if isinstance(write, RedactionError) else next(applied)
        if isinstance(end, Exception):
            recorded.append(end)
        elif isinstance(end[1], Interaction):
            recorded.append(Recorded(end[0], end[1].external_id, end[1].redactions, end[1]))
        else:
            recorded.append(Recorded(end[0], end[1].external_id if end[1] else ""))
    return recorded


def renamed(payload: Payload, names: Mapping[str, str]) -> Payload:
    """The feedback under our id for its interaction, if that has another."""
    if isinstance(payload, FeedbackIn) and payload.interaction in names:
        return msgspec.structs.replace(payload, interaction=names[payload.interaction])
    return payload


def _commit(project: Project, writes: Sequence[Prepared], counts: Mapping[tuple[str, str], int]) -> list[Applied]:
    """Apply the writes in one transaction.

    An equal request, or an erasure, may come between our look-up and our insert; a retry finds its rows.
    """
    for _ in range(TRIES):
        try:
            if engine.one_writer() and not connection.in_atomic_block:
                return _commit_in_group(Job(project, writes, counts))
            return _apply(project, writes, counts)
        except (IntegrityError, ConcurrentWrite) as error:
            raced: Exception = error
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", "") not in RACES:
                raise
            raced = error
    raise raced


def _apply(project: Project, writes: Sequence[Prepared], counts: Mapping[tuple[str, str], int]) -> list[Applied]:
    """Apply the writes in one transaction: PostgreSQL is queried once, then told once what to insert and to commit."""
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        plan, applied = decide(project, writes, counts)
        with bulk.together(commit=is_outermost) if plan.only_adds else nullcontext():
            insert(plan)
    return applied


@dataclass(slots=True, eq=False)
class Job:
    """One caller's writes in the queue for SQLite's single writer, and their results."""

    project: Project
    writes: Sequence[Prepared]
    refused: Mapping[tuple[str, str], int]
    applied: list[Applied] | None = None
    failed: BaseException | None = None


@contextmanager
def writing() -> Iterator[None]:
    """One transaction; on SQLite after the threads of this process that came first."""
    if engine.one_writer():
        with _turn, transaction.atomic():
            yield
    else:
        with transaction.atomic():
            yield


def _commit_in_group(job: Job) -> list[Applied]:
    """Group commit: the thread whose turn it is commits all waiting jobs in one transaction.

    SQLite has one writer, and makes others wait by sleeping for many milliseconds. This way sixteen callers wait for
    the disk together, not one after another. PostgreSQL does this itself.
    """
    with _queue_lock:
        _queue.append(job)
    with _turn:
        if job.applied is None and job.failed is None:
            _apply_together(_taken(job))
    if job.failed is not None:
        raise job.failed
    assert job.applied is not None
    return job.applied


def _taken(first: Job) -> list[Job]:
    """This job, and those in the queue that can join it: from the same project, and not too many."""
    jobs, writes = [first], len(first.writes)
    with _queue_lock:
        _queue.remove(first)
        for job in list(_queue):
            if job.project.pk == first.project.pk and writes + len(job.writes) <= WRITES_AT_ONCE:
                jobs.append(job)
                writes += len(job.writes)
                _queue.remove(job)
    return jobs


def _apply_together(jobs: Sequence[Job]) -> None:
    """Apply them in one transaction; if that fails, each in its own, so that none fails because of another."""
    counts: Counter[tuple[str, str]] = Counter()
    for job in jobs:
        counts.update(job.refused)
    try:
        applied = iter(_apply(jobs[0].project, [write for job in jobs for write in job.writes], counts))
    except BaseException as error:  # noqa: BLE001 - raised again by the thread that waits for the job
        if len(jobs) == 1 or not isinstance(error, Exception):
            for job in jobs:
                job.failed = error
            return
        for job in jobs:
            _apply_together([job])
        return
    for job in jobs:
        job.applied = [next(applied) for _ in job.writes]


def withdraw_signal(project: Project, external_id: str, grant: Grant | None = None) -> bool:
    """Withdraw a signal, even while it waits for its interaction: it stays as history but no longer counts.

    False if this person has no such signal.
    """
    ids = [own_id(external_id)] if grant else [external_id, own_id(external_id)]
    with writing():
        parked = ParkedSignal.objects.filter(project=project, external_id=external_id)
        if grant is None and parked.exists():
            parked.filter(withdrawn_at__isnull=True).update(withdrawn_at=timezone.now())
            return True
        signals = Signal.objects.filter(project=project, external_id__in=ids)
        if grant:
            signals = signals.filter(interaction=grant.interaction, subject=grant.subject)
        found = {signal.external_id: signal for signal in signals}
        signal = found.get(external_id) or found.get(own_id(external_id))
        if signal is None:
            return False
        if Signal.objects.filter(pk=signal.pk, withdrawn_at__isnull=True).update(withdrawn_at=timezone.now()):
            mark_pending([signal.interaction_id])
    return True


def object_to_training(project: Project, payload: FeedbackIn, grant: Grant | None) -> None:
    """`Sec-GPC: 1` on feedback: record its sender's objection to training, and remove what was made for training.

    Nothing is recorded for a person who is unknown, or who has not agreed to training.
    """
    subject = _sender(project, payload, grant)
    if subject is None or subject.restricted_at:
        return
    if ledger.effective(subject, project.consent_defaults)[Purpose.TRAINING]:
        erasure.change_consent(subject, {Purpose.TRAINING.value: False}, method="gpc")


def _sender(project: Project, payload: FeedbackIn, grant: Grant | None) -> Subject | None:
    """The person for whom the browser's token was made, whom the product names, or who had the conversation."""
    if grant:
        return Subject.objects.filter(pk=grant.subject).first()
    if payload.subject:
        return find(project.namespace, payload.subject)
    return Subject.objects.filter(interactions__project=project, interactions__external_id=payload.interaction).first()
