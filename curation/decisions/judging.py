"""Judges interactions one by one: what their votes say, their language, what the filters find."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from django.utils import timezone

from curation.claims import statement_key
from curation.decisions import derive, rules
from curation.decisions.language import guess
from curation.decisions.posterior import EvidenceSettings
from curation.decisions.reasons import Reason
from curation.decisions.rules import LABELLED, Outcome, Reading, Ruling, Side, newest_votes, readings_of, right_answer
from curation.evidence import store
from curation.evidence.attached import own_salt
from curation.evidence.records import Decided
from curation.evidence.store import PendingInteraction, Stored
from curation.models import CurationPolicy, Decision
from curation.questions.sameness import question_key
from privacy.db import bulk

FOR_GOOD = (Reason.REVIEW_SENSITIVE, Reason.REVIEW_NEVER)
"""Never is never: no later vote brings back what a reviewer ruled out for what it is about."""
DECISION = tuple(
    "interaction_id project_id subject_id run_id policy_version revision question outcome reason detail language "
    "correction_id task_id decided_by decided_at".split()
)


class Judged(NamedTuple):
    """An interaction with what is known of it alone: its ruling, its language, what it may become, and what was said.

    `question` is the key of its question, `claim` what its answer claims, `proposals` what each correction claims, by its
    signal, and `typed` what a reviewer wrote instead.
    """

    read: PendingInteraction
    ruling: Ruling
    language: str
    alone: Decided | derive.Weighed
    readings: Sequence[Reading] = ()
    question: bytes = b""
    claim: int = 0
    proposals: Mapping[int, int] = MappingProxyType({})
    typed: int | None = None


def judge(stored: Sequence[Stored], policy: CurationPolicy) -> list[Judged]:
    """Rule on each of these interactions alone; nothing is written."""
    settings = EvidenceSettings.from_dict(policy.settings.get("evidence", {}))
    reads = [store.read(one) for one in stored]
    readings = [readings_of(read.answer, read.votes, read.question) for read in reads]
    rulings = list(map(rule, reads, readings))
    languages = [guess(read.question) for read in reads]
    keys = [question_of(read, settings) for read in reads]
    alone = derive.weigh(list(map(decided, reads, rulings, languages, keys)), policy)
    return [claimed(*one) for one in zip(reads, rulings, languages, alone, readings, keys, strict=True)]


def question_of(read: PendingInteraction, settings: EvidenceSettings) -> bytes:
    """The key of its question: the same for the same question in the same scope."""
    is_own = bool(own_salt(read.key, read.answer, read.sources))
    return key_of(read.key, read.question, read.context, read.tags, is_own, settings)


def key_of(
    interaction: int,
    question: str,
    context: Sequence[Mapping[str, str]],
    tags: Sequence[str],
    is_own: bool,
    settings: EvidenceSettings,
) -> bytes:
    """The key of an interaction's question; a question of its own where the answer hides what only this person was told."""
    scope = [tag for tag in tags if settings.scope and tag.partition(":")[0] in settings.scope]
    return question_key(question, context, sorted(scope), is_own=is_own, salt=interaction.to_bytes(8, "big"))


def claimed(
    read: PendingInteraction,
    ruling: Ruling,
    language: str,
    alone: Decided | derive.Weighed,
    readings: Sequence[Reading],
    question: bytes,
) -> Judged:
    """An interaction with what its answer, and those that people wrote instead, claim."""
    before = read.before
    if not readings and (before is None or before.task is None):
        return Judged(read, ruling, language, alone, (), question)
    proposals = {
        reading.vote.ref: claim_of(reading.vote.correction or "", read)
        for reading in readings
        if reading.side in (Side.REPLACED, Side.DOUBTED)
    }
    return Judged(
        read,
        ruling,
        language,
        alone,
        readings,
        question,
        claim_of(read.answer, read),
        proposals,
        typed(read, ruling, proposals),
    )


def claim_of(text: str, read: PendingInteraction) -> int:
    """What a text claims as an answer to an interaction's question."""
    return statement_key(text, read.question, salt=own_salt(read.key, text, read.sources))


def typed(read: PendingInteraction, ruling: Ruling, proposals: Mapping[int, int]) -> int | None:
    """What the answer claims that a reviewer wrote, or found right in place of the agent's."""
    before = read.before
    if before is None or before.task is None:
        return None
    if before.correction:
        return claim_of(before.correction, read)
    return proposals.get(ruling.correction) if ruling.correction is not None else None


def is_reviewed(read: PendingInteraction) -> bool:
    """Whether a reviewer's decision holds: for good, or because nobody has voted since."""
    before = read.before
    if before is None or before.task is None or before.resolved_at is None:
        return False
    if before.reason in FOR_GOOD:
        return True
    if before.signal is not None and all(vote.ref != before.signal for vote in read.votes):
        return False  # the correction that was found good has been withdrawn
    return read.heard_at is None or read.heard_at <= before.resolved_at


def rule(read: PendingInteraction, readings: Sequence[Reading]) -> Ruling:
    """What the votes say; a reviewer's decision holds until somebody votes after it."""
    if read.before is not None and is_reviewed(read):
        before = read.before
        return Ruling(Outcome(before.outcome), Reason(before.reason), before.signal, before.detail)
    return rules.rule(read.answer, read.votes, readings)


def record(policy: CurationPolicy, judged: Sequence[Judged], run: int | None) -> None:
    """Write the rulings, each with its reason in words."""
    now = bulk.stamp(timezone.now())
    rows = []
    for one in judged:
        read, ruling = one.read, one.ruling
        reviewed = is_reviewed(read)
        task = read.before.task if reviewed and read.before else None
        rows.append(
            (read.key, policy.project_id, read.subject, run, policy.version, read.revision, one.question,
             ruling.outcome.value, ruling.reason.value, ruling.detail[:200], one.language, ruling.correction, task,
             "reviewer" if reviewed else "rule", now)
        )  # fmt: skip
    bulk.upsert(Decision, DECISION, rows)


def decided(read: PendingInteraction, ruling: Ruling, language: str, question: bytes) -> Decided:
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
        fingerprint=question,
        wording=read.fingerprint,
        voters=tuple(vote.subject for vote in newest_votes(read.votes)),
        is_new=read.before is None,
        is_cut=read.is_cut,
        has_media=read.has_media,
        steps_text=read.steps_text,
        is_drawn=read.before is not None and read.before.is_drawn,
    )
