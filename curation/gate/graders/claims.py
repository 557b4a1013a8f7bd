"""The claims grader: an answer is right when it makes the claims that matter and contradicts none.

Which claims matter is read off the question: a number or a date where one is asked for, who did it, yes or no, every
step of a procedure. More words, courtesy, layout and the order of independent items do not count.
"""

from __future__ import annotations

import re
from typing import Final

from curation.claims import (
    Claim,
    Reading,
    answers,
    asked,
    canonical,
    clash,
    duty_of,
    equal,
    items,
    question_read,
    reading,
    rival,
    says_opposite,
    steps_out_of_order,
    words_of,
)
from curation.decisions.question_types import Asks
from curation.decisions.question_types import asks as first_word
from curation.gate.graders.grades import CaseView, text_of
from curation.gate.graders.neighbours import neighbour
from curation.gate.graders.normalisation import tokens
from curation.gate.graders.strings import contains, verbatim

HARD: Final = 3.0
NAME: Final = 2.0
FEW: Final = 2
"""Words that an answer may have without one that the question or the expected answer has: a number says enough."""
NEAR: Final = 2
"""Words next to an "or" that are its alternatives."""
MOST_RIVALS: Final = 3
OR: Final = frozenset({"or", "oder", "ou", "o", "of", "lub"})
POLARITY: Final = 2.0
LIGHT: Final = frozenset(
    canonical(word, "en") for word in "go goes take put come make give need use want choose click find see get".split()
)
"""Verbs that say little, as they are read."""
ASIDE: Final = 0.25
"""The weight of a clause that says more than was asked for."""
OTHERWISE: Final = 0.5
"""The weight of a word that is there, but in a clause that says the reverse."""
MISSING: Final = 0.4
"""The most that an answer gets without the number, date or code that was asked for."""
ROOM, TIMES = 50, 4
"""An answer may have that many tokens, and as many times those of the expected one, before its length counts."""

_CODE: Final = re.compile(r"`([^`\n]+)`")
_PROCEDURE: Final = re.compile(
    r"\b(?:how (?:do|can|to|should|would)|wie (?:kann|muss|soll|\w+e) ich|comment|cómo|come|como|hoe|jak)\b",
    re.IGNORECASE,
)
_WHICH: Final = re.compile(r"\W*(?:which|welche|quel|cuál|qual|welk|któr)", re.IGNORECASE)
Weights = dict[str, float]


def claims(answer: str, expected: str, case: CaseView, /) -> float:
    """Return the weighted share of the expected claims that `answer` makes, 0.0 where it contradicts one or makes a
    claim of the rejected answer instead.
    """
    if answer.casefold().split() == expected.casefold().split():
        return 1.0
    if verbatim(expected):
        return contains(answer, expected, case)
    question = text_of(case, "question")
    wanted = reading(expected, question)
    given = reading(answer, question, wanted.language)
    rejected = text_of(case, "rejected")
    if any(not contains(answer, code, {}) for code in _CODE.findall(expected)):
        return 0.0
    if beside_the_point(wanted, given, question) or clash(wanted, given, question) or says_no(wanted, given, question):
        return 0.0
    if hedges(wanted, given, question) or lists_everything(wanted, given):
        return 0.0
    if names_a_thing(question) and neighbour(wanted, given, words_of(question, wanted.language)):
        return 0.0
    if someone_else(wanted, given, question) or (procedure(question) and steps_out_of_order(wanted, given)):
        return 0.0
    if rejected and takes(given, wanted, reading(rejected, question, wanted.language)):
        return 0.0
    length, right = len(tokens(answer)), len(tokens(expected))
    return share(wanted, given, question) * min(1.0, (ROOM + TIMES * right) / max(1, length))


def asks(question: str) -> Asks:
    """What a question asks for. One with a question word asks for more than yes or no, whatever it begins with."""
    kind = first_word(question)
    return Asks.OPEN if kind is Asks.YES_OR_NO and asked(question).open else kind


def names_a_thing(question: str) -> bool:
    """Whether a question asks for a place, or for one thing of several."""
    return asks(question) is Asks.PLACE or bool(_WHICH.match(question))


def procedure(question: str) -> bool:
    """Whether a question asks for steps."""
    return bool(_PROCEDURE.search(question))


def beside_the_point(wanted: Reading, given: Reading, question: str) -> bool:
    """Whether an answer makes no claim, or speaks of nothing that the question or the expected answer speaks of."""
    if not given.claims:
        return given.polarity is None
    said = given.content - given.hard
    # A number with its unit, a date or a time says enough.
    shared = any((" " in fact or fact[0] in "@=") and holds(fact, wanted.hard) for fact in given.hard)
    known = said & (wanted.content | words_of(question, wanted.language))
    if len(said) > (2 * FEW if shared else FEW) and not known:
        return True
    alone = not shared and not given.names & wanted.names and not any(holds(fact, wanted.hard) for fact in given.hard)
    return alone and len(said) > 2 * FEW and len(known) == 1 < len(wanted.content)


def hedges(wanted: Reading, given: Reading, question: str) -> bool:
    """Whether an answer offers the expected fact or word as one of two: "Paris or Lyon"."""
    ours = wanted.content | words_of(question, wanted.language)
    if any(word in OR for claim in wanted.claims for word in claim.raw):
        return False
    facts = wanted.content if len(wanted.content) <= FEW + 1 else wanted.hard | wanted.names
    for claim in given.claims:
        for place, word in enumerate(claim.raw):
            if word in OR and word not in wanted.content:
                sides = claim.raw[max(0, place - NEAR) : place], claim.raw[place + 1 : place + 1 + NEAR]
                told = [{each for each in side if holds(each, facts)} for side in sides]
                other = [{each for each in side if each in claim.content and not holds(each, ours)} for side in sides]
                if alternatives(told[0], other[1], wanted) or alternatives(told[1], other[0], wanted):
                    return True
    return False


def alternatives(told: set[str], other: set[str], wanted: Reading) -> bool:
    """Whether the words on the sides of an "or" are of one kind: two facts, or two names or words."""
    if told & wanted.hard or any(each[0] in "#=@/" for each in told):
        return any(rival(one, each) for one in told for each in other)
    return bool(told and other)


def holds(word: str, words: frozenset[str]) -> bool:
    """Whether a word, or a fact of the same value, is among these."""
    return word in words or any(equal(word, each) for each in words if each[0] in "#=@/")


def lists_everything(wanted: Reading, given: Reading) -> bool:
    """Whether an answer recites facts of one kind until the expected one is among them."""
    for claim in wanted.claims:
        for fact in claim.hard:
            for other in given.claims:
                rivals = {each for each in other.hard if rival(fact, each) and not holds(each, wanted.hard)}
                if holds(fact, other.hard) and len(rivals) > MOST_RIVALS:
                    return True
    return False


def someone_else(wanted: Reading, given: Reading, question: str) -> bool:
    """Whether an answer to "who" names another one than expected before the verb of the question."""
    if asks(question) is not Asks.PERSON:
        return False
    about = words_of(question, wanted.language)
    ours, theirs = (wanted.names - about, given.names - about)
    if ours & theirs and ours - theirs and theirs - ours:
        return True  # another one of that family
    subjects = [before_question(said.claims[0], about) if said.claims else frozenset() for said in (wanted, given)]
    return all(subjects) and subjects[0].isdisjoint(subjects[1])


def says_no(wanted: Reading, given: Reading, question: str) -> bool:
    """Whether one answers a question of yes or no by yes, and the other by no, in a word or in a sentence."""
    if asks(question) is not Asks.YES_OR_NO:
        return False
    mine, yours = polarity(wanted, question), polarity(given, question)
    told = wanted.polarity is not None or given.polarity is not None
    return told and mine is not None and yours is not None and mine != yours


def polarity(said: Reading, question: str) -> bool | None:
    """Yes or no, from the word or from the first clause that speaks of what was asked; None if neither tells."""
    if said.polarity is not None:
        return said.polarity
    about = words_of(question, said.language) | question_read(question, said.language).hard
    first = next((claim for claim in said.claims if claim.content & about), None)
    if first is None:
        return None
    denied, affirmed = (
        frozenset().union(*(claim.content for claim in said.claims if claim.negated is turned))
        for turned in (True, False)
    )
    if affirmed and (denied & about) - affirmed:
        return False  # "Not to the bank, to the insurer": asked for the bank
    told = answers(duty_of(question, said.language), first.duty)
    return told if told is not None else first.negated == says_opposite(first, about, said.language)


def takes(given: Reading, wanted: Reading, refused: Reading) -> bool:
    """Whether an answer affirms what the rejected answer alone says, and more of it than of the expected one."""
    ours, theirs = wanted.content - refused.content, refused.content - wanted.content
    theirs = frozenset(word for word in theirs if not any(equal(word, each) for each in wanted.hard))
    told = [claim for claim in given.claims if not claim.negated]
    if told and ours <= told[0].content and theirs.isdisjoint(told[0].content):
        # The answer is given; what else is said of the other one is no answer: "Ir stands for iridium".
        told = [told[0], *(claim for claim in told[1:] if claim.content <= theirs | wanted.content)]
    affirmed = frozenset().union(*(claim.content for claim in told))
    if any(equal(fact, each) for fact in theirs & refused.hard for each in affirmed):
        return True
    taken = len(theirs & affirmed) / len(theirs) if theirs else 0.0
    return taken > 0 and taken >= (len(ours & affirmed) / len(ours) if ours else 0.0)


def share(wanted: Reading, given: Reading, question: str) -> float:
    """The weighted share of the expected claims that an answer makes."""
    kind = asks(question)
    main = asked_for(wanted, kind, question)
    total = found = 0.0
    if wanted.polarity is not None or kind is Asks.YES_OR_NO:
        mine, yours = polarity(wanted, question), polarity(given, question)
        total, found = POLARITY, POLARITY * (mine == yours and to_the_point(wanted, given, question))
    missing = procedure(question) and left_out(wanted, given, words_of(question, wanted.language))
    for place, claim in enumerate(wanted.claims):
        factor = 1.0 if place in main else ASIDE
        for word, weight in weights(claim, wanted, question, kind).items():
            held = weight_held(word, claim, given)
            weight = factor * weight if factor == 1.0 else factor * min(weight, 1.0)
            total += weight
            found += weight * held
            missing |= factor == 1.0 and kind in (Asks.AMOUNT, Asks.TIME) and word in essential(claim) and not held
    made = found / total if total else float(wanted.content <= given.content)
    return min(made, MISSING) if missing else made


def left_out(wanted: Reading, given: Reading, about: frozenset[str]) -> bool:
    """Whether a step is missing: the answer has no word of it, and none of its own in which it could say the same."""
    if given.content - wanted.content - about - LIGHT:
        return False
    steps = items(wanted)
    telling = [step - about - LIGHT or step - LIGHT for step in steps]
    return len(steps) > FEW and any(step and not any(holds(word, given.content) for word in step) for step in telling)


def to_the_point(wanted: Reading, given: Reading, question: str) -> bool:
    """Whether a yes or no is said alone, or of what was asked."""
    said, about = given.content, words_of(question, wanted.language)
    topic = frozenset(wanted.claims[0].content & about) if wanted.claims else frozenset()
    if 2 * len(said & topic) >= len(topic) > 0 or len(said & (wanted.content - about)) > 1:
        return True
    known = len(said & (wanted.content | about))
    if given.polarity is not None and (known or len(said) <= 2 * FEW):
        return True  # it says yes or no, and the rest is in other words
    return 3 * known >= 2 * len(said)


def wants_fact(wanted: Reading, kind: Asks, question: str) -> bool:
    """Whether a question asks for a number, a date or a code: by its first word, or since the clause of the expected
    answer that speaks of what was asked has one ("What is the deposit?").
    """
    if kind in (Asks.AMOUNT, Asks.TIME) or _WHICH.match(question):
        return True
    if kind is not Asks.OPEN or procedure(question):
        return False
    about = words_of(question, wanted.language) - wanted.hard
    topic = about & wanted.content
    first = next((claim for claim in wanted.claims if claim.hard), None)
    return first is not None and bool(topic) and topic <= first.content


def asked_for(wanted: Reading, kind: Asks, question: str) -> frozenset[int]:
    """The clauses that answer the question itself; all of them where it asks how, why or for more than one fact."""
    places = range(len(wanted.claims))
    if wants_fact(wanted, kind, question):
        told = [place for place in places if wanted.claims[place].hard]
        exact = [place for place in told if any(fact[0] != "/" for fact in wanted.claims[place].hard)] or told
        if exact:
            return frozenset(exact[:1])
    if (kind in (Asks.PERSON, Asks.PLACE, Asks.YES_OR_NO) or _WHICH.match(question)) and len(places) > 1:
        return frozenset({0})
    return frozenset(places)


def weights(claim: Claim, wanted: Reading, question: str, kind: Asks) -> Weights:
    """What each word of a clause weighs: hard facts most, words of the question nothing unless there are no others."""
    about = words_of(question, wanted.language)
    found: Weights = {}
    vital = essential(claim)
    beside = {word for word in vital if kind is Asks.PLACE and "#" in word[0] and " " in word}
    if procedure(question):  # a button has the name of what was asked for
        about -= claim.names - question_read(question, wanted.language).names
    compared = claim.raw[claim.raw.index("than") :] if "than" in claim.raw else ()
    for word in dict.fromkeys(claim.words):
        plain = ASIDE if claim.hard and wants_fact(wanted, kind, question) else 1.0
        weight = (
            HARD
            if word in vital - beside or (wanted.polarity is not None and word in claim.focus[:1])
            else NAME
            if word in claim.names
            else ASIDE
            if word in LIGHT or word in compared or word in beside
            else plain
        )
        found[word] = 0.0 if word in about else weight
    if kind is Asks.PERSON and (subject := before_question(claim, about)):
        found = {word: weight if word in subject else weight * ASIDE for word, weight in found.items()}
        found = less_of_the_rest(found, subject)
    return found


def less_of_the_rest(found: Weights, subject: frozenset[str]) -> Weights:
    """The weights, where those of all other words together are at most half of those of the subject."""
    main = sum(weight for word, weight in found.items() if word in subject)
    rest = sum(found.values()) - main
    factor = min(1.0, main / (2 * rest)) if main and rest else 1.0
    return {word: weight if word in subject else factor * weight for word, weight in found.items()}


def essential(claim: Claim) -> frozenset[str]:
    """The facts of a clause that are of the kind of its first one, times or dates before the days of a week, and how often
    something is only where nothing else is said.
    """
    facts = [word for word in claim.words if word in claim.hard]
    facts = [fact for fact in facts if fact[0] != "/"] or facts
    exact = [fact for fact in facts if fact[0] in "@="] or [fact for fact in facts if fact[0] != "~"] or facts
    return frozenset(fact for fact in exact if fact == exact[0] or rival(fact, exact[0]))


def before_question(claim: Claim, about: frozenset[str]) -> frozenset[str]:
    """The words before the first one of the question: who does what was asked."""
    place = next((place for place, word in enumerate(claim.words) if word in about), 0)
    return frozenset(claim.words[:place])


def weight_held(word: str, claim: Claim, given: Reading) -> float:
    """How far an answer holds a word of a clause: fully where a clause of the same polarity has it."""
    hard, named = word in claim.hard, word in claim.names
    held = 0.0
    for other in given.claims:
        same = word in other.content or (named and word in other.stems)
        if same or (hard and (any(equal(word, each) for each in other.hard) or word[1:] in other.raw)):
            held = max(held, 1.0 if other.agrees(claim) or hard else OTHERWISE)
    return held
