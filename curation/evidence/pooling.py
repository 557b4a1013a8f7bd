"""Pools what people said about an answer with what was said about the same answer to the same question elsewhere."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final

from curation import claims
from curation.decisions import judging, posterior
from curation.decisions.judging import Judged
from curation.decisions.posterior import EvidenceSettings, Stance, Standing, Verdict, Word
from curation.decisions.reasons import Reason
from curation.decisions.rules import Outcome, Reading, Side
from curation.evidence import cohorts, store
from curation.evidence.store import REVIEW, Columns, PendingInteraction
from curation.models import Claim, CurationPolicy, Opinion
from feedback.models import Interaction, Project
from feedback.texts.fingerprints import text_digest
from privacy.db import bulk

STANCES: Final = {
    Side.GOOD: Stance.UP,
    Side.WRONG: Stance.DOWN,
    Side.DOUBTED: Stance.DOWN,
    Side.REPLACED: Stance.REPLACED,
}
REVIEWS: Final = {
    Reason.REVIEW_APPROVED: Stance.REVIEW_UP,
    Reason.REVIEW_CORRECTED: Stance.REVIEW_REPLACED,
    Reason.REVIEW_REJECTED: Stance.REVIEW_DOWN,
}
Standings = Mapping[bytes, Mapping[int, Standing]]
Verdicts = Mapping[bytes, Mapping[int, Verdict]]


def pool(policy: CurationPolicy, judged: Sequence[Judged]) -> tuple[Standings, int]:
    """Store what was said of these interactions. What is known now of the answers to their questions, and how many other
    interactions wait to be decided again, for something else was known of their answers before.
    """
    project, settings = policy.project, EvidenceSettings.from_dict(policy.settings.get("evidence", {}))
    rows = [row for one in judged for row in opinions(project.pk, one)]
    claims.forget()
    spoken = [one for one in judged if one.read.votes or one.read.before is not None]
    store.write_opinions(rows, [one.read.key for one in spoken if one.read.before is not None])
    questions = {one.question for one in spoken}
    before = by_question(store.claims_on(project, questions))
    spoken_of = cohorts.as_one(project, store.words_on(project, questions))
    standings = {question: posterior.standings(said, settings) for question, said in spoken_of.items()}
    now = {question: {claim: one.verdict for claim, one in found.items()} for question, found in standings.items()}
    gone = [
        (question, claim) for question, some in before.items() for claim in some.keys() - now.get(question, {}).keys()
    ]
    store.write_claims(project, standings, gone)
    waiting = affected(project, before, now) - {one.read.key for one in judged}
    return standings, reopen(waiting, has_turn=True)


def by_question(claims: Mapping[tuple[bytes, int], Verdict]) -> Verdicts:
    """The verdicts on claims, by their questions."""
    found: defaultdict[bytes, dict[int, Verdict]] = defaultdict(dict)
    for (question, claim), verdict in claims.items():
        found[question][claim] = verdict
    return found


def affected(project: Project, before: Verdicts, now: Verdicts) -> set[int]:
    """The interactions whose answer, or a correction of it, makes a claim on which the verdict is another one now, whether
    or not a word on that claim counts. What nobody had spoken of before affects nobody.
    """
    changed = {
        question: (verdicts, now.get(question, {}))
        for question, verdicts in before.items()
        if question_changed(verdicts, now.get(question, {}))
    }
    if not changed:
        return set()
    return {
        key
        for question, key, *made in store.claims_made(project, changed)
        if any(claim is not None and claim_changed(claim, *changed[question]) for claim in made)
    }


def question_changed(before: Mapping[int, Verdict], now: Mapping[int, Verdict]) -> bool:
    return verdict_on_uncounted(before.values()) != verdict_on_uncounted(now.values()) or any(
        claim_changed(claim, before, now) for claim in before.keys() | now.keys()
    )


def claim_changed(claim: int, before: Mapping[int, Verdict], now: Mapping[int, Verdict]) -> bool:
    """Whether the verdict on an answer that makes this claim has changed."""
    was = before.get(claim) or verdict_on_uncounted(before.values())
    return was != (now.get(claim) or verdict_on_uncounted(now.values()))


def verdict_on_uncounted(verdicts: Collection[Verdict]) -> Verdict | None:
    """The verdict on an answer whose votes no longer count, because its people have since said something else or count as
    one with others. `verdicts` are those on the claims about its question; without any, it is None.
    """
    if Verdict.DEPENDS in verdicts:
        return Verdict.DEPENDS
    if Verdict.RIGHT in verdicts:
        return Verdict.WRONG
    return Verdict.DOUBT if verdicts else None


def opinions(project: int, one: Judged) -> Iterable[Columns]:
    """The words about an interaction, as they are stored."""
    read = one.read
    sources = digest(read.sources)
    for reading in one.readings:
        if stance := STANCES.get(reading.side):
            proposed = one.proposals.get(reading.vote.ref)
            yield (
                project, read.key, reading.vote.subject, one.question, one.claim, proposed, stance.value,
                reading.vote.ref, reading.vote.is_anonymous, sources, is_sourced(read, reading), length(read, reading),
                bulk.stamp(reading.vote.at),
            )  # fmt: skip
    before = read.before
    is_reviewed = before is not None and judging.is_reviewed(read)
    if before is not None and before.resolved_at is not None and is_reviewed and (stance := review_of(one)):
        yield (
            project, read.key, read.subject, one.question, one.claim, one.typed, stance.value, REVIEW, False, sources,
            False, len(read.answer), bulk.stamp(before.resolved_at),
            )  # fmt: skip


def words(project: int, one: Judged) -> Iterable[Word]:
    """What is said of an interaction now, stored or not."""
    for row in opinions(project, one):
        of = dict(zip(store.OPINION, row, strict=True))
        yield store.word([of[name] for name in store.WORD])


def length(read: PendingInteraction, reading: Reading) -> int:
    """The characters of the shortest text that a vote is about."""
    return min(map(len, filter(None, (read.answer, reading.vote.correction)))) if read.answer else 0


def review_of(one: Judged) -> Stance | None:
    """What a reviewer said of the answer; None where their verdict was about something else."""
    if one.ruling.reason == Reason.REVIEW_USED:
        return Stance.REVIEW_UP if one.ruling.outcome == Outcome.CONFIRMED else Stance.REVIEW_REPLACED
    return REVIEWS.get(one.ruling.reason)


def is_sourced(read: PendingInteraction, reading: Reading) -> bool:
    """Whether a source that the conversation cites contains the answer that the vote speaks for."""
    if not read.sources or reading.side not in (Side.GOOD, Side.DOUBTED, Side.REPLACED):
        return False
    text = read.answer if reading.side == Side.GOOD else reading.vote.correction
    return any(claims.contains(source.get("text", ""), text or "", read.question) for source in read.sources)


def digest(sources: Sequence[Mapping[str, Any]]) -> int:
    """A digest of what the sources say; 0 where there is nothing."""
    text = "\x1e".join(sorted(source.get("text", "") for source in sources))
    return text_digest(text) if text.strip("\x1e") else 0


def count_again(project: int, question: bytes) -> None:
    """Words about a question have gone: let curation look at it again; what nobody speaks of any more is forgotten."""
    left = Opinion.objects.filter(project=project, question=question)
    Claim.objects.filter(project=project, question=question).exclude(
        claim__in=left.values("claim").union(left.exclude(proposed=None).values("proposed"))
    ).delete()
    reopen(list(left.order_by("-at").values_list("interaction", flat=True)[:1]))


def takes_a_side(one: Judged) -> bool:
    """Whether anybody says that the answer is right or wrong. Only such an interaction is decided again when something new
    is known of its question, so only such a one rests on what is known.
    """
    return any(reading.side in STANCES for reading in one.readings)


def is_settled(verdict: Verdict | None) -> bool:
    """Whether a claim is taken for right."""
    return verdict in (Verdict.RIGHT, Verdict.ACCEPTED)


def reopen(keys: Collection[int], *, has_turn: bool = False) -> int:
    """Let curation decide these interactions again; return how many were not pending.

    With `has_turn`, the caller has the turn to write, and what is pending is left alone: it is decided after this turn,
    perhaps by a worker that has locked its row and waits for the turn. To wait for that row would be a deadlock.
    """
    wanted, rows = sorted(keys), Interaction.objects.filter(pending=False) if has_turn else Interaction.objects.all()
    return sum(
        rows.filter(pk__in=wanted[start : start + bulk.KEYS]).update(pending=True)
        for start in range(0, len(wanted), bulk.KEYS)
    )


def take_back_review(interaction: int) -> None:
    """A reviewer's word on an answer no longer counts; let curation decide again without it."""
    Opinion.objects.filter(interaction=interaction, signal=REVIEW).delete()
    reopen([interaction])
