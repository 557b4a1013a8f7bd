"""Judges interactions one by one: what their votes say, their language, what the filters find."""

from collections.abc import Sequence
from typing import NamedTuple

from django.utils import timezone

from curation.decisions import derive
from curation.decisions.language import guess
from curation.decisions.reasons import Reason
from curation.decisions.rules import LABELLED, Outcome, Ruling, decide, right_answer, standing
from curation.evidence import store
from curation.evidence.records import Decided
from curation.evidence.store import Read, Stored
from curation.models import CurationPolicy, Decision, Run
from privacy.db import bulk

FOR_GOOD = (Reason.REVIEW_SENSITIVE, Reason.REVIEW_NEVER)
"""Never is never: no later vote brings back what a reviewer ruled out for what it is about."""
DECISION = (
    "interaction_id", "project_id", "subject_id", "run_id", "policy_version", "revision", "outcome", "reason", "detail",
    "language", "correction_id", "task_id", "decided_by", "decided_at",
)  # fmt: skip


class Judged(NamedTuple):
    """An interaction with what can be told of it alone: its ruling, its language, and what it may become."""

    read: Read
    ruling: Ruling
    language: str
    alone: Decided | derive.Weighed


def judge(stored: Sequence[Stored], policy: CurationPolicy) -> list[Judged]:
    """Rule on each of these interactions alone; nothing is written."""
    reads = [store.read(one) for one in stored]
    rulings = [rule(read) for read in reads]
    languages = [guess(read.question) for read in reads]
    alone = derive.weigh(list(map(decided, reads, rulings, languages)), policy)
    return list(map(Judged, reads, rulings, languages, alone))


def is_reviewed(read: Read) -> bool:
    """Whether a reviewer's decision holds: for good, or because nobody has voted since."""
    before = read.before
    if before is None or before.task is None or before.resolved_at is None:
        return False
    if before.reason in FOR_GOOD:
        return True
    if before.signal is not None and all(vote.ref != before.signal for vote in read.votes):
        return False  # the correction that was found good has been withdrawn
    return read.heard_at is None or read.heard_at <= before.resolved_at


def rule(read: Read) -> Ruling:
    """What the votes say; a reviewer's decision holds until somebody votes after it."""
    if read.before is not None and is_reviewed(read):
        before = read.before
        return Ruling(Outcome(before.outcome), Reason(before.reason), before.signal, before.detail)
    return decide(read.answer, read.votes, read.question)


def record(run: Run, judged: Sequence[Judged]) -> None:
    """Write the rulings, each with its reason in words."""
    now = bulk.stamp(timezone.now())
    rows = []
    for read, ruling, language, _ in judged:
        reviewed = is_reviewed(read)
        task = read.before.task if reviewed and read.before else None
        rows.append(
            (read.key, run.project_id, read.subject, run.pk, run.policy.version, read.revision, ruling.outcome.value,
             ruling.reason.value, ruling.detail[:200], language, ruling.correction, task,
             "reviewer" if reviewed else "rule", now)
        )  # fmt: skip
    bulk.upsert(Decision, DECISION, rows)


def decided(read: Read, ruling: Ruling, language: str) -> Decided:
    """A ruling with all that is made of it."""
    reviewed = is_reviewed(read)
    written = next((vote for vote in read.votes if vote.ref == ruling.correction), None) if ruling.correction else None
    typed = read.before.correction if reviewed and read.before else ""
    expected = right_answer(read.answer, typed, written.correction if written else "")
    return Decided(
        interaction=read.key,
        subject=read.subject,
        question=read.question,
        context=read.context,
        answer=read.answer,
        expected=expected if ruling.outcome in LABELLED else None,
        corrected=ruling.outcome == Outcome.CORRECTED,
        reviewed=reviewed,
        correction=ruling.correction,
        author=written.subject if written else None,
        sources=read.sources,
        tags=read.tags,
        language=language,
        agent=read.agent,
        occurred_at=read.occurred_at,
        fingerprint=read.fingerprint,
        voters=tuple(vote.subject for vote in standing(read.votes)),
        is_new=read.before is None,
        is_cut=read.is_cut,
    )
