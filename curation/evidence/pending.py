"""Interactions that wait for curation, with all that deciding takes; a constant number of statements for a batch.

Where one writer at a time has the database, a batch is read before its turn to write, and what has become another
meanwhile is found by reading again: all that is written comes of what is stored when it is written. Elsewhere the rows
are locked when they are read, so that several workers share them.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from curation.decisions.rules import Vote
from curation.models import Decision, ReviewTask
from feedback.models import Interaction, Project, Signal
from privacy.db import columns
from privacy.models import Subject

Columns = tuple[Any, ...]


class Stored(NamedTuple):
    """What is stored of one interaction, as the driver gives it: its row, its votes, oldest first, and its decision."""

    row: Columns
    votes: Sequence[Columns]
    decision: Columns | None


class Before(NamedTuple):
    """The decision that stood: whether and when a reviewer made it, and whose words it took (typed, or of a signal)."""

    outcome: str
    reason: str
    detail: str
    task: int | None
    resolved_at: datetime | None
    correction: str
    signal: int | None


class Read(NamedTuple):
    """One interaction as a batch reads it: its votes, what stood before, and after a review when the newest vote came."""

    key: int
    subject: int
    question: str
    answer: str
    context: Sequence[Mapping[str, str]]
    sources: Sequence[Mapping[str, Any]]
    tags: tuple[str, ...]
    agent: tuple[str, str]
    occurred_at: datetime
    fingerprint: bytes
    revision: int
    votes: tuple[Vote, ...]
    heard_at: datetime | None
    before: Before | None


def are_locked() -> bool:
    """Whether what `waiting` reads is kept as it is until the transaction ends."""
    return connection.features.has_select_for_update_skip_locked


def waiting(project: Project, after: int, most: int) -> list[Stored]:
    """The next pending interactions, of those with a key above `after`."""
    lock = " FOR NO KEY UPDATE OF i SKIP LOCKED" if are_locked() else ""
    which = f"i.project_id = %s AND i.id > %s ORDER BY i.id LIMIT {most}{lock}"
    return with_decisions(columns.select(statement(which), [project.pk, after]))


def unchanged(stored: Sequence[Stored], *, since: int) -> set[int]:
    """The keys of those that wait still, and are to the letter what they were when they were read, which was after the
    data's version `since`. Call in the transaction that writes.
    """
    keys = [one.row[0] for one in stored]
    if are_locked() or columns.data_version() == since:
        return set(keys)
    now = {one.row[0]: one for one in with_decisions(list(columns.select_in(statement("i.id IN ({keys})"), keys)))}
    return {key for key, one in zip(keys, stored, strict=True) if now.get(key) == one}


def statement(which: str) -> str:
    """A SELECT of the pending interactions for which `which` holds."""
    return (
        "SELECT i.id, i.subject_id, i.question, i.answer, i.context, i.sources, i.tags, i.agent_name, "  # noqa: S608
        f"i.agent_version, {columns.at('i.occurred_at')}, i.fingerprint, i.revision "
        f"FROM {columns.quoted(Interaction)} i JOIN {columns.quoted(Subject)} p ON p.id = i.subject_id "
        f"WHERE i.pending AND NOT i.scan_due AND p.restricted_at IS NULL AND {which}"
    )


def with_decisions(rows: Sequence[Columns]) -> list[Stored]:
    """These interactions with their votes and decisions."""
    keys = [row[0] for row in rows]
    votes: dict[int, list[Columns]] = {key: [] for key in keys}
    for vote in votes_on(keys):
        votes[vote[0]].append(vote)
    decisions = {decision[0]: decision for decision in decisions_on(keys)}
    return [Stored(row, votes[row[0]], decisions.get(row[0])) for row in rows]


def votes_on(keys: Sequence[int]) -> Iterable[Columns]:
    """The signals that stand on these interactions, oldest first."""
    statement = (
        f"SELECT g.interaction_id, g.id, g.subject_id, g.kind, g.correction, {columns.at('g.effective_at')}, {columns.at('g.received_at')} "  # noqa: S608
        f"FROM {columns.quoted(Signal)} g JOIN {columns.quoted(Subject)} p ON p.id = g.subject_id "
        "WHERE g.withdrawn_at IS NULL AND p.restricted_at IS NULL AND g.interaction_id IN ({keys}) ORDER BY g.id"
    )
    return columns.select_in(statement, keys)


def decisions_on(keys: Sequence[int]) -> Iterable[Columns]:
    """The decisions that stand on these interactions."""
    statement = (
        "SELECT d.interaction_id, d.outcome, d.reason, d.detail, d.task_id, t.resolved_at, t.correction, d.correction_id "  # noqa: S608
        f"FROM {columns.quoted(Decision)} d LEFT JOIN {columns.quoted(ReviewTask)} t ON t.id = d.task_id "
        "WHERE d.interaction_id IN ({keys})"
    )
    return columns.select_in(statement, keys)


def read(stored: Stored) -> Read:
    """What is stored of an interaction, as the rules take it."""
    key, subject, question, answer, context, sources, tags, name, version, at, mark, revision = stored.row
    before = decision_before(stored.decision)
    reviewed = before is not None and before.task is not None
    return Read(
        key, subject, question, answer, columns.parsed(context), columns.parsed(sources), tuple(columns.parsed(tags)),
        (name, version), columns.moment(at), bytes(mark), revision,
        tuple([
            Vote(ref, voter, kind, correction or None, columns.moment(said_at))
            for _, ref, voter, kind, correction, said_at, _ in stored.votes
        ]),
        max((columns.moment(vote[-1]) for vote in stored.votes), default=None) if reviewed else None,
        before,
    )  # fmt: skip


def decision_before(stored: Columns | None) -> Before | None:
    """The decision that stands on an interaction, if there is one."""
    if stored is None:
        return None
    _, outcome, reason, detail, task, at, typed, signal = stored
    return Before(outcome, reason, detail, task, columns.moment(at) if at else None, typed or "", signal)
