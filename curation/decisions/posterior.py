"""How likely each claim is to be the right answer to its question, given everything that people said about it.

A filter over the words in the order in which they were spoken: before each, the truth may have changed a little
(`CHANGE`), and each word makes the claims that it speaks for likelier. So a claim that was confirmed forty times does
not fall to one voice, but falls to some that agree. The likelihoods are shared by all people. They are house defaults
until an audit of fixed shares has measured a project's own; `python -m bench.value` shows what they cost and save.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Final, NamedTuple, Self

from curation.evidence.records import named

NEWEST: Final = 200
"""How many words of one question count: what older ones could add is lost in `CHANGE`."""
CHANGE: Final = 0.015  # that the right answer has changed, from one word to the next
STEADY: Final = 20  # words of support that make a change half as likely; a review weighs as many
SOURCE_CHANGE: Final = 0.4  # where the cited source has changed: what was said before weighs about one vote
LONG: Final = 250
"""Characters from which on an answer is rarely a rival of others: a story, a page of help, a program."""
LEAD: Final = 5  # people by which a claim leads one that was named later
DISPUTED: Final = 0.5  # critics for each believer that leave a corrected answer in doubt
OWN_ANSWERS: Final = 4  # different answers that people found right, and nobody wrong, to one question
LARGEST_PART: Final = 0.4  # of the people, behind the most common of them
SURE: Final = 0.99  # of the claim that a reviewer found right
ANONYMOUS: Final = 0


class Stance(StrEnum):
    """What a word says of the answer that it is about."""

    UP = "up"
    DOWN = "down"
    REPLACED = "replaced"
    REVIEW_UP = "review_up"
    REVIEW_DOWN = "review_down"
    REVIEW_REPLACED = "review_replaced"


REVIEWS: Final = frozenset({Stance.REVIEW_UP, Stance.REVIEW_DOWN, Stance.REVIEW_REPLACED})


class Verdict(StrEnum):
    """What is known of a claim about a question; `depends` where the right answer depends on who asks, or when."""

    RIGHT = "right"
    ACCEPTED = "accepted"
    WRONG = "wrong"
    DOUBT = "doubt"
    DEPENDS = "depends"


class Tier(StrEnum):
    """What the best claim rests on."""

    SINGLE = "single"
    SEVERAL = "several"
    SOURCED = "sourced"
    REVIEWED = "reviewed"


class Word(NamedTuple):
    """One person's word about one answer to a question.

    `person` is `ANONYMOUS` where nobody is named, and negative for a review. `claim` is what the answer claims,
    `proposed` what a correction claims instead. `sources` is a digest of the sources that the person saw (0 for none),
    `sourced` says that one of them contains the claim that the word speaks for, and `length` how many characters the
    shortest text has that it is about. A down-vote with a proposal comes from a correction that does not read like an
    answer: it proposes nothing until others back the same (`believed`).
    """

    at: datetime
    ref: int
    person: int
    interaction: int
    claim: int
    stance: Stance
    proposed: int | None = None
    sources: int = 0
    sourced: bool = False
    length: int = 0

    @property
    def backs(self) -> int | None:
        """The claim that it speaks for."""
        if self.stance in (Stance.UP, Stance.REVIEW_UP):
            return self.claim
        return None if self.stance == Stance.DOWN else self.proposed


@dataclass(frozen=True, slots=True)
class EvidenceSettings:
    """How votes become labels.

    `threshold`: from which probability on a claim is taken for right. `prior`: the share of the agent's answers that are
    right. The others are likelihoods: that a vote on a right answer, and on a wrong one, is an up-vote; that a correction
    of a wrong answer is right, and that a right answer is corrected. `scope`: tags, or the part of a tag before its colon, that make a question another one (plan, locale, region).
    """

    RETIRED: ClassVar[frozenset[str]] = frozenset()
    threshold: float = 0.75
    prior: float = 0.7
    up_if_right: float = 0.9
    up_if_wrong: float = 0.13
    correction_right: float = 0.75
    correction_of_right: float = 0.03
    scope: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("threshold", "prior", "up_if_right", "up_if_wrong", "correction_right", "correction_of_right"):
            if not 0 < getattr(self, name) < 1:
                raise ValueError(f"{name} lies between 0 and 1")

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """The settings of a policy over the defaults. Raises `ValueError` for one that does not exist."""
        given = named(cls, values)
        if "scope" in given:
            given["scope"] = tuple(given["scope"])
        return cls(**given)


DEFAULTS: Final = EvidenceSettings()
PROPOSED_SHARE: Final = 0.6  # of the right answers that the agent did not give: those that somebody has proposed
OTHER_PROPOSED: Final = 0.04  # that a correction proposes this very text where another one is right


class Standing(NamedTuple):
    """What is known of one claim about a question, and from how many people in how many conversations."""

    verdict: Verdict
    probability: float
    supporters: int
    opponents: int
    conversations: int
    tier: Tier


def believed(words: Sequence[Word]) -> list[Word]:
    """The words, with each correction that does not read like an answer taken for one where somebody else found the same
    right or wrote it as an answer, or where a cited source contains it; elsewhere it only says that the answer is wrong.
    However many write such a text, it is no answer: those who push a lie write it too.
    """
    backing = defaultdict[int, set[int]](set)
    for word in words:
        if word.backs is not None:
            backing[word.backs].add(word.person)
    found = []
    for word in words:
        claim = word.proposed
        if word.stance == Stance.DOWN and claim is not None:
            is_backed = word.sourced or backing[claim] - {word.person}
            word = word._replace(stance=Stance.REPLACED) if is_backed else word._replace(proposed=None)
        found.append(word)
    return found


def counted(words: Iterable[Word]) -> list[Word]:
    """The word of each person that counts, in order of time; the newest only of all people.

    It is the newest that says which answer is right, unless they found that answer wrong later; else their newest. To find
    another answer wrong takes back nothing. Long answers do not compete: there it is the newest word about each.
    """
    every = sorted(words, key=in_time)
    long = set(long_claims(every))
    found: dict[tuple[int, int | None], Word] = {}
    for word in every:
        key = word.person, word.claim if word.claim in long else None
        before = found.get(key)
        if before is None or before.backs is None or word.backs is not None or word.claim == before.backs:
            found[key] = word
    return sorted(found.values(), key=in_time)[-NEWEST:]


def in_time(word: Word) -> tuple[datetime, int, int]:
    return word.at, word.ref, word.interaction


def posterior(words: Sequence[Word], settings: EvidenceSettings = DEFAULTS) -> dict[int | None, float]:
    """How likely each claim is to be right, and, under None, that none of them is. `words` are `counted`. The more people
    found one answer right, the less likely a change is.
    """
    likely = prior(words, settings)
    before: Word | None = None
    support = Counter[int | None]()
    for word in words:
        if before is not None:
            changed = word.sources and before.sources and word.sources != before.sources
            steady = 1 + max(support.values(), default=0) / STEADY
            likely = after_change(likely, SOURCE_CHANGE if changed else CHANGE / steady)
        likely = after_word(likely, word, settings)
        support[word.backs] += STEADY if word.stance in REVIEWS else word.backs is not None
        before = word
    return likely


def prior(words: Sequence[Word], settings: EvidenceSettings) -> dict[int | None, float]:
    """What is likely before anybody has spoken: that one of the agent's answers is right, or one that people proposed."""
    given = dict.fromkeys(word.claim for word in words)
    proposed = dict.fromkeys(
        word.proposed for word in words if word.proposed is not None and word.proposed not in given
    )
    rest = 1 - settings.prior
    likely: dict[int | None, float] = {claim: settings.prior / len(given) for claim in given}
    likely.update({claim: rest * PROPOSED_SHARE / len(proposed) for claim in proposed})
    likely[None] = rest * (1 - PROPOSED_SHARE) if proposed else rest
    return likely


def after_change(likely: Mapping[int | None, float], share: float) -> dict[int | None, float]:
    """The same after a while in which the truth may have moved from any claim to any other."""
    others = max(len(likely) - 1, 1)
    return {claim: value * (1 - share) + (1 - value) * share / others for claim, value in likely.items()}


def after_word(likely: Mapping[int | None, float], word: Word, settings: EvidenceSettings) -> dict[int | None, float]:
    if word.stance in REVIEWS:
        return reviewed(likely, word)
    weighed = {claim: value * likelihood(word, claim, settings) for claim, value in likely.items()}
    total = sum(weighed.values())
    return {claim: value / total for claim, value in weighed.items()}


def likelihood(word: Word, claim: int | None, settings: EvidenceSettings) -> float:
    """How likely the word is where this claim is the right one."""
    mine = claim == word.claim
    if word.stance == Stance.UP:
        return settings.up_if_right if mine else settings.up_if_wrong
    if word.stance == Stance.DOWN:
        return 1 - (settings.up_if_right if mine else settings.up_if_wrong)
    if claim == word.proposed:
        return settings.correction_right * (SOURCED_WEIGHT if word.sourced else 1)
    return settings.correction_of_right if mine else OTHER_PROPOSED


SOURCED_WEIGHT: Final = 8.0  # a correction that a cited source contains outranks a few votes


def reviewed(likely: Mapping[int | None, float], word: Word) -> dict[int | None, float]:
    """What a reviewer said holds, until others say otherwise."""
    if word.stance == Stance.REVIEW_DOWN:
        left = {claim: value if claim != word.claim else 0.0 for claim, value in likely.items()}
        total = sum(left.values())
        return {claim: value / total for claim, value in left.items()} if total else dict(likely)
    others = max(len(likely) - 1, 1)
    return {claim: SURE if claim == word.backs else (1 - SURE) / others for claim in likely}


def standings(words: Iterable[Word], settings: EvidenceSettings = DEFAULTS) -> dict[int, Standing]:
    """What is known of each claim that these words are about."""
    every = list(words)
    heard_of = counted(every)
    long = long_claims(heard_of)
    likely = posterior(heard_of, settings)
    likely.update(each_alone(heard_of, long, likely, settings))
    claims = [claim for claim in likely if claim is not None]
    found = {claim: claim_standing(claim, likely[claim], every, heard_of) for claim in claims}
    if not long and depends(found.values()):
        return {claim: one._replace(verdict=Verdict.DEPENDS) for claim, one in found.items()}
    waiting = outdone(long, found, settings.threshold)
    leading = [claim for claim in claims if claim not in waiting]
    best = max(leading, key=lambda claim: (likely[claim], found[claim].supporters, claim))
    if likely[best] < settings.threshold or (best not in long and is_challenged(best, found, heard_of)):
        return found
    for claim, one in found.items():
        if claim in waiting:
            continue
        is_right = likely[claim] >= settings.threshold or is_uncontested(one)
        verdict = Verdict.RIGHT if claim == best else Verdict.ACCEPTED if is_right else Verdict.WRONG
        found[claim] = one._replace(verdict=verdict)
    return found


def is_challenged(best: int, found: Mapping[int, Standing], words: Sequence[Word]) -> bool:
    """Whether people speak for another claim and too few for this one: one person alone, or fewer than `LEAD` more than
    for one that was named later, in a correction of this one or by several people; or whether it is disputed. What a
    reviewer found right is challenged by a later correction of it alone.
    """
    if is_disputed(best, found[best], words):
        return True
    mine, last = found[best].supporters, max(place for place, word in enumerate(words) if word.backs == best)
    for place, word in enumerate(words):
        if word.backs in (None, best):
            continue
        if found[best].tier == Tier.REVIEWED:
            if place > last and word.claim == best:
                return True
            continue
        theirs = found[word.backs].supporters
        is_later = place > last and (word.claim == best or theirs > 1)
        if found[best].tier == Tier.SINGLE or (is_later and mine < theirs + LEAD):
            return True
    return False


def is_disputed(claim: int, one: Standing, words: Iterable[Word]) -> bool:
    """Whether somebody corrected a claim and at least two people found it wrong, `DISPUTED` or more for each who found it
    right. A fluent lie has many believers; a right answer rarely has so many critics.
    """
    if one.tier == Tier.REVIEWED or one.opponents < max(2, DISPUTED * one.supporters):
        return False
    return any(word.stance == Stance.REPLACED and word.claim == claim for word in words)


def outdone(long: Iterable[int], found: Mapping[int, Standing], threshold: float) -> set[int]:
    """The long claims that only one person found right, where several people found another claim right and it is likely."""
    if not any(one.supporters > 1 and one.probability >= threshold for one in found.values()):
        return set()
    return {claim for claim in long if found[claim].supporters == 1 and found[claim].tier == Tier.SINGLE}


def depends(found: Collection[Standing]) -> bool:
    """Whether the right answer depends on who asks: many find many answers right, each their own, and hardly anybody
    contradicts.
    """
    alone = [one.supporters for one in found if one.supporters and not one.opponents]
    everybody = sum(one.supporters for one in found)
    return len(alone) >= OWN_ANSWERS and max(one.supporters for one in found) <= everybody * LARGEST_PART


def long_claims(words: Sequence[Word]) -> list[int]:
    """The claims of which every text is long: several of them may answer a question rightly."""
    short = {claim for word in words if word.length < LONG for claim in (word.claim, word.proposed)}
    return sorted({claim for word in words for claim in (word.claim, word.proposed) if claim is not None} - short)


def each_alone(
    words: Sequence[Word], claims: Iterable[int], likely: Mapping[int | None, float], settings: EvidenceSettings
) -> dict[int | None, float]:
    """How likely each of these claims is by what was said of it alone, where others do not speak against it; `likely` is
    what all words say.
    """
    about = {claim: [word for word in words if claim in (word.claim, word.proposed)] for claim in claims}
    return {
        claim: (likely if len(some) == len(words) else posterior(some, settings))[claim]
        for claim, some in about.items()
    }


def is_uncontested(one: Standing) -> bool:
    """Whether several people found a claim right and nobody wrong: another right one does not make it less so."""
    return one.tier != Tier.SINGLE and one.supporters > 1 and not one.opponents


def claim_standing(claim: int, likely: float, every: Sequence[Word], heard_of: Sequence[Word]) -> Standing:
    """One claim with the people for and against it."""
    backing = [word for word in heard_of if word.backs == claim]
    against = [word for word in heard_of if word.claim == claim and word.stance not in (Stance.UP, Stance.REVIEW_UP)]
    conversations = {word.interaction for word in every if claim in (word.claim, word.proposed)}
    return Standing(Verdict.DOUBT, round(likely, 4), len(backing), len(against), len(conversations), tier(backing))


def tier(backing: Sequence[Word]) -> Tier:
    """What the support of a claim amounts to."""
    if any(word.stance in REVIEWS for word in backing):
        return Tier.REVIEWED
    if any(word.sourced for word in backing):
        return Tier.SOURCED
    return Tier.SEVERAL if len({word.person for word in backing}) > 1 else Tier.SINGLE
