"""Pools what people said about an answer with what was said about the same answer to the same question elsewhere."""

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
from feedback.models import Interaction
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
    before = store.claims_on(project, questions)
    spoken_of = cohorts.as_one(project, store.words_on(project, questions))
    standings = {question: posterior.standings(said, settings) for question, said in spoken_of.items()}
    now = {(question, claim): one.verdict for question, found in standings.items() for claim, one in found.items()}
    store.write_claims(project, standings, before.keys() - now.keys())
    changed = {key for key, verdict in before.items() if now.get(key) != verdict}
    changed |= proposed(spoken_of) - before.keys()  # an earlier correction may have waited for somebody to say the same
    waiting = store.voiced(project, changed) - {one.read.key for one in judged} if changed else set()
    reopen(waiting)
    return standings, len(waiting)


def proposed(words: Mapping[bytes, Iterable[Word]]) -> set[tuple[bytes, int]]:
    """The claims that corrections make, each with its question."""
    return {(question, word.proposed) for question, some in words.items() for word in some if word.proposed is not None}


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


def is_settled(one: Standing | None) -> bool:
    """Whether a claim is taken for right."""
    return one is not None and one.verdict in (Verdict.RIGHT, Verdict.ACCEPTED)


def reopen(keys: Collection[int]) -> None:
    """Let curation decide these interactions again."""
    wanted = sorted(keys)
    for start in range(0, len(wanted), bulk.KEYS):
        Interaction.objects.filter(pk__in=wanted[start : start + bulk.KEYS]).update(pending=True)


def take_back_review(interaction: int) -> None:
    """A reviewer's word on an answer no longer counts; let curation decide again without it."""
    Opinion.objects.filter(interaction=interaction, signal=REVIEW).delete()
    reopen([interaction])
