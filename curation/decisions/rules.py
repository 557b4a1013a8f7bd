"""Decides what the signals on one interaction mean. Pure rules: the same votes give the same ruling, with its
reason.

Only three kinds of signal are votes: `thumbs_up`, `thumbs_down` and `edit`. A `rating` and the implicit kinds
never label; they raise the chance that a person looks (`review_weight`). Where the votes leave any doubt
about what the right answer is, the ruling says so and a person decides: there is no guessed label.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple

from curation.decisions import corrections
from curation.decisions.corrections import Flaw
from curation.decisions.reasons import REASONS, Reason
from feedback.texts.blanks import is_blank

UP: Final = "thumbs_up"
DOWN: Final = "thumbs_down"
EDIT: Final = "edit"
EXPLICIT: Final = frozenset({UP, DOWN, EDIT})
RATING: Final = "rating"


class Outcome(StrEnum):
    """What is known of the answer. Only the first two label it; `rejected` is a reviewer's alone, and `outvoted` says that
    another answer to the same question was found right.
    """

    CONFIRMED = "confirmed"
    CORRECTED = "corrected"
    AMBIGUOUS = "ambiguous"
    CONFLICTING = "conflicting"
    UNRATED = "unrated"
    OUTVOTED = "outvoted"
    REJECTED = "rejected"


LABELLED: Final = frozenset({Outcome.CONFIRMED, Outcome.CORRECTED})
"""The outcomes that say what the right answer is."""


UNUSABLE: Final[dict[Flaw, Reason]] = {
    Flaw.EMPTY: Reason.CORRECTION_IS_EMPTY,
    Flaw.PLACEHOLDER: Reason.CORRECTION_IS_PLACEHOLDER,
    Flaw.COMPLAINT: Reason.CORRECTION_IS_COMPLAINT,
    Flaw.INSTRUCTION: Reason.CORRECTION_IS_INSTRUCTION,
    Flaw.QUESTION: Reason.CORRECTION_IS_QUESTION,
    Flaw.FRAGMENT: Reason.CORRECTION_IS_FRAGMENT,
    Flaw.NO_ANSWER: Reason.CORRECTION_IS_NO_ANSWER,
}

SPEAKS_FOR_NEITHER: Final = (Reason.UP_WITH_CORRECTION, Reason.EDIT_CHANGES_NOTHING)

IMPLICIT_WEIGHT: Final[dict[str, float]] = {
    "retry": 2.0,
    "abandon": 1.5,
    "follow_up": 1.0,
    RATING: 0.5,
    "copy": 0.25,
    "accept": 0.25,
}
MOST_OF_A_KIND: Final = 3
USUAL: Final = 10
"""The priority of a task on votes to which no implicit signal adds."""


class Vote(NamedTuple):
    """A signal as the rules take it. `ref` is the caller's key for it, `subject` whose it is, `correction`
    redacted.
    """

    ref: int
    subject: int
    kind: str
    correction: str | None
    at: datetime
    withdrawn: bool = False
    is_anonymous: bool = False


class Ruling(NamedTuple):
    """The outcome and its reason; `correction` is the `ref` of the vote whose text is the right answer, if
    any.
    """

    outcome: Outcome
    reason: Reason
    correction: int | None
    detail: str


class Side(StrEnum):
    """What one standing vote says of the answer."""

    GOOD = "good"
    REPLACED = "replaced"
    DOUBTED = "doubted"  # replaced by a text that does not read like an answer, but is long enough to be one
    WRONG = "wrong"
    UNCLEAR = "unclear"


class Reading(NamedTuple):
    """A standing vote, the side it takes, and why it settles nothing where it does not."""

    vote: Vote
    side: Side
    reason: Reason


def newest_votes(votes: Iterable[Vote]) -> tuple[Vote, ...]:
    """The newest explicit vote of each subject, in order of `ref`; of two at one moment the higher `ref`
    stands.
    """
    given = [vote for vote in votes if not vote.withdrawn and vote.kind in EXPLICIT]
    if len(given) < 2:
        return tuple(given)
    newest: dict[int, Vote] = {}
    for vote in given:
        held = newest.get(vote.subject)
        if held is None or (vote.at, vote.ref) > (held.at, held.ref):
            newest[vote.subject] = vote
    return tuple(sorted(newest.values(), key=lambda vote: vote.ref))


def read(answer: str, vote: Vote, question: str = "") -> Reading:
    """What one vote says of the answer to this question.

    An up-vote with the same text again, or with none, is an up-vote. A down-vote without text is bare; an
    edit without text, or a correction that is no answer, still says that the answer is wrong. What
    contradicts itself (wrong, but the same again; good, but rewritten; edited into itself) is unclear.
    """
    text = (vote.correction or "").strip()
    same = bool(text) and corrections.same(text, answer)
    if vote.kind == UP:
        if not text or same:
            return Reading(vote, Side.GOOD, Reason.UP_VOTE)
        return Reading(vote, Side.UNCLEAR, Reason.UP_WITH_CORRECTION)
    if vote.kind == DOWN and not text:
        return Reading(vote, Side.WRONG, Reason.BARE_DOWN)
    if same:
        edited = vote.kind == EDIT
        return Reading(vote, Side.UNCLEAR, Reason.EDIT_CHANGES_NOTHING if edited else Reason.CORRECTION_EQUALS_ANSWER)
    if flaw := corrections.flaw(text, question, answer):
        return Reading(vote, Side.DOUBTED if corrections.may_answer(text, flaw, answer) else Side.WRONG, UNUSABLE[flaw])
    return Reading(vote, Side.REPLACED, Reason.EDIT if vote.kind == EDIT else Reason.DOWN_WITH_CORRECTION)


def readings_of(answer: str, votes: Iterable[Vote], question: str = "") -> list[Reading]:
    """What each standing vote says of the answer to this question."""
    return [read(answer, vote, question) for vote in newest_votes(votes)]


def rule(answer: str, given: Sequence[Vote], readings: Sequence[Reading]) -> Ruling:
    """The ruling, by the first line that applies to the standing votes:

    1. none: unrated;
    2. good, all of them: confirmed; ambiguous where the answer says nothing;
    3. an up-vote beside a down-vote or an edit: conflicting;
    4. one contradicts itself: ambiguous;
    5. corrections that differ: conflicting; that agree: corrected (a bare down-vote beside them only agrees);
    6. wrong, and nobody wrote what is right: ambiguous.
    """
    if not readings:
        rated = any(vote.kind == RATING and not vote.withdrawn for vote in given)
        return ruling(Outcome.UNRATED, Reason.ONLY_RATINGS if rated else Reason.NO_SIGNAL)
    if all(reading.side is Side.GOOD for reading in readings):
        return CONFIRMED if not is_blank(answer) else ruling(Outcome.AMBIGUOUS, Reason.ANSWER_IS_EMPTY)
    good = sum(reading.vote.kind == UP for reading in readings)
    wrong = sum(reading.reason not in (Reason.UP_VOTE, *SPEAKS_FOR_NEITHER) for reading in readings)
    if good and wrong:
        return ruling(Outcome.CONFLICTING, Reason.CONFLICTING_VOTES, note=f"{good} good, {wrong} wrong.")
    for reading in readings:
        if reading.side == Side.UNCLEAR:
            return ruling(Outcome.AMBIGUOUS, reading.reason)
    if rewritten := [reading for reading in readings if reading.side == Side.REPLACED]:
        return replaced(rewritten)
    spoken = [reading.reason for reading in readings if reading.reason != Reason.BARE_DOWN]
    return ruling(Outcome.AMBIGUOUS, spoken[0] if spoken else Reason.BARE_DOWN)


def replaced(readings: list[Reading]) -> Ruling:
    """Corrections that agree correct, and the newest's wording stands; corrections that differ conflict."""
    newest = max(readings, key=lambda reading: (reading.vote.at, reading.vote.ref))
    text = newest.vote.correction or ""
    if any(not corrections.same(reading.vote.correction or "", text) for reading in readings):
        note = f"{len(readings)} people corrected it."
        return ruling(Outcome.CONFLICTING, Reason.DIFFERING_CORRECTIONS, note=note)
    note = f"{len(readings)} people wrote the same." if len(readings) > 1 else ""
    return ruling(Outcome.CORRECTED, newest.reason, correction=newest.vote.ref, note=note)


def ruling(outcome: Outcome, reason: Reason, *, correction: int | None = None, note: str = "") -> Ruling:
    """A ruling with its sentence, and the figures behind it where there are any."""
    return Ruling(outcome, reason, correction, f"{REASONS[reason].sentence} {note}".rstrip())


CONFIRMED: Final = ruling(Outcome.CONFIRMED, Reason.UP_VOTE)


def right_answer(answer: str, typed: str | None, written: str | None) -> str:
    """The right answer of a labelled decision: what a reviewer typed, else what a person wrote, else the agent's."""
    return typed or written or answer


def review_weight(votes: Iterable[Vote]) -> float:
    """How many times likelier than an untouched record this one should be to reach a reviewer: 1.0 and up.

    Each implicit signal adds the weight of its kind, the first three of a kind counting: somebody who asks
    again or leaves (2, 1.5) probably had a bad answer, a follow-up (1) may only want more, a copy (0.25) is
    mostly a success and still worth a look. The weights order the queue; nothing is labelled by them.
    """
    counts: dict[str, int] = {}
    for vote in votes:
        if vote.kind in IMPLICIT_WEIGHT and not vote.withdrawn:
            counts[vote.kind] = min(counts.get(vote.kind, 0) + 1, MOST_OF_A_KIND)
    return 1.0 + sum(IMPLICIT_WEIGHT[kind] * n for kind, n in counts.items())
