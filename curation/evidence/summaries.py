"""What people said about an answer, in sentences for a reviewer."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from curation.decisions import posterior
from curation.decisions.posterior import ANONYMOUS, NEWEST, REVIEWS, Stance, Word
from curation.decisions.reasons import TIERS
from curation.evidence import cohorts, store
from curation.models import Claim, Opinion
from feedback.models import Interaction, Project, Signal
from privacy.console.counting import counted

RIVALS: Final = 3


class Rival(NamedTuple):
    """Another answer to the question: what people said of it, and its newest text, empty where nobody may see it."""

    words: str
    text: str


@dataclass(frozen=True, slots=True)
class AnswerSummary:
    """What people said of one answer, of the other answers to its question, and what the votes alone make of it."""

    words: str
    rivals: tuple[Rival, ...]
    rests: str
    notes: tuple[str, ...]


def evidence(project: Project, interaction: int) -> AnswerSummary | None:
    """What people said of an interaction's answer, in all conversations that gave it; None where nobody did. A constant
    number of queries.
    """
    about = Opinion.objects.filter(interaction=interaction).values_list("question", "claim").first()
    if about is None:
        return None
    question, claim = bytes(about[0]), about[1]
    spoken = store.words_on(project, [question])
    every = cohorts.as_one(project, spoken).get(question, [])
    heard = posterior.counted(every)
    if not any(claim in (word.claim, word.proposed) for word in heard):
        return None
    tier = Claim.objects.filter(project=project, question=question, claim=claim).values_list("tier", flat=True).first()
    return AnswerSummary(
        said_of(claim, heard, every),
        rivals(claim, heard, every),
        rests_on(claim, heard, tier or ""),
        tuple(notes(every, heard, len(spoken.get(question, [])) - len(every))),
    )


def said_of(claim: int, heard: Sequence[Word], every: Sequence[Word], *, it: str = "this") -> str:
    """Who said what of a claim: "7 people found this right in 12 conversations, 2 found it wrong, 1 wrote another answer"."""
    backing = [word for word in heard if word.backs == claim and word.stance not in REVIEWS]
    talks = len({word.interaction for word in every if word.backs == claim and word.stance not in REVIEWS})
    against = Counter(word.stance for word in heard if word.claim == claim and word.backs != claim)
    reviewers = sum(word.backs == claim and word.stance in REVIEWS for word in heard)
    parts = []
    if backing:
        where = f" in {counted(talks, 'conversation')}" if talks else ""
        parts.append(f"{counted(len(backing), 'person', 'people')} found {it} right{where}")
    if reviewers:
        parts.append(f"{counted(reviewers, 'reviewer')} found it right")
    if wrong := against[Stance.DOWN]:
        parts.append(f"{wrong if parts else counted(wrong, 'person', 'people')} found it wrong")
    if wrote := against[Stance.REPLACED]:
        parts.append(f"{wrote if parts else counted(wrote, 'person', 'people')} wrote another answer")
    if refused := against[Stance.REVIEW_DOWN] + against[Stance.REVIEW_REPLACED]:
        parts.append(f"{counted(refused, 'reviewer')} found it wrong")
    return f"{', '.join(parts)}."


def rests_on(claim: int, heard: Sequence[Word], tier: str) -> str:
    """What an answer would rest on if it were used without a review; empty if nobody has counted that yet."""
    if not any(word.backs == claim for word in heard):
        return "Nobody has found it right. If you approve it, it rests only on your judgement."
    return f"Without your review, it would rest on {TIERS[tier]} (tier “{tier}”)." if tier else ""


def rivals(claim: int, heard: Sequence[Word], every: Sequence[Word]) -> tuple[Rival, ...]:
    """The other answers to the question that somebody found right, those of most people first."""
    backed = Counter(word.backs for word in heard if word.backs not in (None, claim))
    first = [other for other, _ in backed.most_common(RIVALS) if other is not None]
    spoken = {other: newest(other, every) for other in first}
    answers = Interaction.objects.visible().filter(pk__in=[word.interaction for word in spoken.values()])
    written = Signal.objects.visible().filter(pk__in=[word.ref for word in spoken.values()])
    texts: Mapping[int, str] = dict(answers.values_list("pk", "answer"))
    corrections: Mapping[int, str] = dict(written.values_list("pk", "correction"))
    return tuple(
        Rival(
            said_of(other, heard, every, it="another answer"),
            str((texts if word.claim == other else corrections).get(place_of(word, other), "")),
        )
        for other, word in spoken.items()
    )


def newest(claim: int, every: Sequence[Word]) -> Word:
    """The newest word that is about a claim; one about an answer that makes it before one that proposes it."""
    about = [word for word in every if claim in (word.claim, word.proposed)]
    return max(about, key=lambda word: (word.claim == claim, word.at, word.ref))


def place_of(word: Word, claim: int) -> int:
    """Where the text of a claim is: in the conversation whose answer makes it, else in the signal that proposes it."""
    return word.interaction if word.claim == claim else word.ref


def notes(every: Sequence[Word], heard: Sequence[Word], left_out: int) -> list[str]:
    """What a reader must know to read the numbers; `left_out`: votes that are in none of them."""
    found = []
    if left_out:
        found.append(
            f"New people who make a claim that no earlier person makes count as one: {counted(left_out, 'vote')} left out."
        )
    if any(word.person == ANONYMOUS for word in heard):
        found.append("People without a name count as one.")
    if len(every) >= 2 * NEWEST:
        found.append(f"Of the newest {2 * NEWEST} votes on this question.")
    return found
