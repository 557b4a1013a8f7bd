"""The weights of an expected answer's claims, and the share of them that an answer makes.

Which claims matter is read off the question: a number or a date where one is asked for, who did it, yes or no, every
step of a procedure.
"""

from __future__ import annotations

from collections import Counter
from typing import Final

from curation.claims import (
    AND,
    LIMITED,
    MODAL,
    PARTICLES,
    WITHOUT,
    Claim,
    Reading,
    Scope,
    answers,
    canonical,
    duty_of,
    equal,
    forms_of,
    items,
    question_read,
    read_question,
    rival,
    says_opposite,
    words_of,
)
from curation.decisions.question_types import Asks
from curation.gate.graders.asking import asks, procedure, which

HARD: Final = 3.0
NAME: Final = 2.0
POLARITY: Final = 2.0
SAID: Final = 3.0
"""The weight of a yes or no that both say in a word."""
LACKING: Final = forms_of(WITHOUT)
VAGUE: Final = forms_of(
    frozenset(
        "many some several perhaps maybe sometimes depends manche einige vielleicht manchmal certains quelques parfois algunos quizás alcuni forse".split()
    )
)
"""Words of a clause that tells neither yes nor no: "Many museums close on some day"."""
LIGHT: Final = frozenset(
    canonical(word, "en")
    for word in "go goes take put come make give need use want choose click find see get set normally usually generally typically everything".split()
)
"""Words that say little, as they are read."""
DULL: Final = LIGHT | PARTICLES | forms_of(PARTICLES)
ASIDE: Final = 0.25
"""The weight of a clause that says more than was asked for."""
OTHERWISE: Final = 0.5
"""The weight of a word that is there, but in a clause that says the reverse."""
MISSING: Final = 0.4
"""The most that an answer gets without the number, date or code that was asked for."""
Weights = dict[str, float]
FEW: Final = 2
"""Words that an answer may have without one that the question or the expected answer has: a number says enough."""


def holds(word: str, words: frozenset[str]) -> bool:
    """Whether a word, or a fact of the same value, is among these."""
    return word in words or any(equal(word, each) for each in words if each[0] in "#=@/")


def polarity(said: Reading, question: str) -> bool | None:
    """Yes or no, from the word or from the first clause that speaks of what was asked; None if neither tells."""
    if said.polarity is not None:
        return said.polarity
    about = words_of(question, said.language) | question_read(question, said.language).hard
    first = next((claim for claim in said.claims if claim.content & about), None)
    if first is None or not VAGUE.isdisjoint(first.raw):
        return None
    if (
        not WITHOUT.isdisjoint(read_question(question).tokens)
        and (told := goes_without(said, first, question)) is not None
    ):
        return told
    denied, affirmed = (
        frozenset().union(*(claim.content for claim in said.claims if claim.negated is turned))
        for turned in (True, False)
    )
    if affirmed and (denied & about) - affirmed - MODAL[said.language]:
        return False  # "Not to the bank, to the insurer": asked for the bank
    told = answers(duty_of(question, said.language), first.duty)
    return told if told is not None else first.negated == says_opposite(first, about, said.language)


def goes_without(said: Reading, first: Claim, question: str) -> bool | None:
    """The answer to "Can I come without a ticket?": yes where it does, no where a ticket is spoken of and not denied."""
    lacking = next((claim for claim in said.claims if claim.raw[0] in LACKING), None)
    if lacking is not None:
        rest = next((claim for claim in said.claims if claim is not lacking), None)
        return lacking.negated if rest is None else not rest.denies
    tokens = read_question(question).tokens
    place = next(place for place, token in enumerate(tokens) if token in WITHOUT)
    lacked = {canonical(token, said.language) for token in tokens[place + 1 : place + 1 + FEW]}
    return first.negated if lacked & first.content else None


def share(wanted: Reading, given: Reading, question: str) -> float:
    """The weighted share of the expected claims that an answer makes."""
    kind = asks(question)
    main = asked_for(wanted, kind, question)
    total = found = 0.0
    if wanted.polarity is not None or kind is Asks.YES_OR_NO:
        mine, yours = polarity(wanted, question), polarity(given, question)
        said = wanted.polarity is not None and wanted.polarity == given.polarity
        total = SAID if said else POLARITY
        found = total * (mine == yours and to_the_point(wanted, given, question))
    about = words_of(question, wanted.language)
    missing = procedure(question) and left_out(wanted, given, about)
    for place, claim in enumerate(wanted.claims):
        factor = 1.0 if place in main else ASIDE
        for word, weight in weights(claim, wanted, question, kind).items():
            held = weight_held(word, claim, given)
            if not held and word in claim.names and procedure(question):
                held = float(button_held(word, claim, given, about))
            weight = factor * weight if factor == 1.0 else factor * min(weight, 1.0)
            total += weight
            found += weight * held
            missing |= (
                factor == 1.0 and kind in (Asks.AMOUNT, Asks.TIME) and word in essential(claim, about) and not held
            )
    missing |= kind is Asks.YES_OR_NO and condition_lost(wanted, given, about)
    made = found / total if total else float(wanted.content <= given.content)
    return min(made, MISSING) if missing else made


def condition_lost(wanted: Reading, given: Reading, about: frozenset[str]) -> bool:
    """Whether an answer affirms without the condition of the expected one: it limits nothing, and has few of its words."""
    if any(claim.scope & LIMITED or claim.negated for claim in given.claims) or given.polarity is False:
        return False
    conditions = [claim.content - about for claim in wanted.claims if Scope.IF in claim.scope]
    return any(each and 2 * sum(holds(word, given.content) for word in each) < len(each) for each in conditions)


def left_out(wanted: Reading, given: Reading, about: frozenset[str]) -> bool:
    """Whether a step is missing: the answer has no word of it, and none of its own in which it could say the same."""
    if given.content - wanted.content - about - LIGHT:
        return False
    steps = items(wanted)
    dull = DULL
    telling = [step - about - dull - wanted.hard or step - about - dull or step - dull for step in steps]
    common = frozenset(word for word, times in Counter(word for step in telling for word in step).items() if times > 1)
    telling = [step - common or step for step in telling]  # "enter the old PIN" of "… and type the new PIN"
    ordered = wanted.in_order
    said = given.content.union(*(claim.stems for claim in given.claims))
    return len(steps) > FEW - ordered and any(step and not any(holds(word, said) for word in step) for step in telling)


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
    if kind in (Asks.AMOUNT, Asks.TIME) or which(question):
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
        told = [
            place
            for place, claim in enumerate(wanted.claims)
            if claim.hard and (not claim.negated or Scope.EXCEPT in claim.scope)
        ]
        exact = [place for place in told if any(fact[0] != "/" for fact in wanted.claims[place].hard)] or told
        if exact:
            return frozenset(exact[:1])
    if kind is Asks.YES_OR_NO and len(places) > 1:
        first = asked_about(wanted, question)
        return frozenset(place for place in places if place == first or Scope.IF in wanted.claims[place].scope)
    if (kind in (Asks.PERSON, Asks.PLACE, Asks.TIME) or which(question)) and len(places) > 1:
        return frozenset({0})
    return frozenset(places)


def asked_about(wanted: Reading, question: str) -> int:
    """The place of the clause that speaks of the last word of the question: its first one, where none or several do."""
    tokens = [canonical(token, wanted.language) for token in read_question(question).tokens if token.isalnum()]
    places = [place for place, claim in enumerate(wanted.claims) if tokens and tokens[-1] in claim.content]
    return places[0] if len(places) == 1 else 0


def weights(claim: Claim, wanted: Reading, question: str, kind: Asks) -> Weights:
    """What each word of a clause weighs: hard facts most, words of the question nothing unless there are no others."""
    asked = question_read(question, wanted.language)
    about = words_of(question, wanted.language) | asked.rates | asked.hard
    found: Weights = {}
    vital = essential(claim, about)
    beside = {word for word in vital if kind is Asks.PLACE and "#" in word[0] and " " in word}
    if procedure(question):  # a button has the name of what was asked for
        about -= claim.names - question_read(question, wanted.language).names
    compared = claim.raw[claim.raw.index("than") :] if "than" in claim.raw else ()
    further: tuple[str, ...] = ()
    if kind in (Asks.PLACE, Asks.PERSON, Asks.TIME, Asks.YES_OR_NO) or which(question):
        further = said_further(claim, about, whole=kind is Asks.YES_OR_NO)
    for word in dict.fromkeys(claim.words):
        plain = ASIDE if claim.hard and wants_fact(wanted, kind, question) else 1.0
        weight = (
            HARD
            if word in vital - beside - frozenset(further) or (wanted.polarity is not None and word in claim.focus[:1])
            else NAME
            if word in claim.names
            else ASIDE
            if word in LIGHT or word in compared or word in beside or word in further
            else plain
        )
        found[word] = 0.0 if word in about else weight
    if kind is Asks.PERSON and (subject := before_question(claim, about)):
        found = {word: weight if word in subject else weight * ASIDE for word, weight in found.items()}
        found = less_of_the_rest(found, subject)
    return found


def said_further(claim: Claim, about: frozenset[str], *, whole: bool = False) -> tuple[str, ...]:
    """What is said behind the verb of the question and an "and": "wird in Portugal gebaut und in Österreich lackiert".
    If `whole`, the question itself may be all that is said before it: "covers screens and water damage".
    """
    for place, word in enumerate(claim.raw):
        if (
            word in AND
            and claim.raw[place - 1] in about
            and (whole or claim.content.intersection(claim.raw[:place]) - about)
        ):
            return claim.raw[place + 1 :]
    return ()


def less_of_the_rest(found: Weights, subject: frozenset[str]) -> Weights:
    """The weights, where those of all other words together are at most half of those of the subject."""
    main = sum(weight for word, weight in found.items() if word in subject)
    rest = sum(found.values()) - main
    factor = min(1.0, main / (2 * rest)) if main and rest else 1.0
    return {word: weight if word in subject else factor * weight for word, weight in found.items()}


def essential(claim: Claim, about: frozenset[str] = frozenset()) -> frozenset[str]:
    """The facts of a clause that are of the kind of its first one, times or dates before the days of a week, and how often
    something is only where nothing else is said. Of two parts that an "and" joins, those of the one that was asked about.
    """
    asked_of = part_asked(claim, about)
    facts = [word for word in claim.words if word in claim.hard and (not asked_of or word in asked_of)]
    facts = [fact for fact in facts if fact[0] != "/"] or facts
    exact = [fact for fact in facts if fact[0] in "@="] or [fact for fact in facts if fact[0] != "~"] or facts
    return frozenset(fact for fact in exact if fact == exact[0] or rival(fact, exact[0]))


def part_asked(claim: Claim, about: frozenset[str]) -> tuple[str, ...]:
    """The part of "built in 1912 and rebuilt in 1948" that the question names; none where that is not told."""
    place = next((place for place, word in enumerate(claim.raw) if word in AND), 0)
    parts = claim.raw[:place], claim.raw[place + 1 :]
    if not place or any(claim.hard.isdisjoint(part) for part in parts):
        return ()
    named = [(claim.content & about).intersection(part) - claim.hard for part in parts]
    if named[1] - named[0]:
        return parts[1]
    other = (claim.content - about - claim.hard).intersection(parts[1])
    return parts[0] if named[0] and other else ()  # "boils at 78 °C and freezes at -114 °C"


def before_question(claim: Claim, about: frozenset[str]) -> frozenset[str]:
    """The words before the first one of the question: who does what was asked."""
    place = next((place for place, word in enumerate(claim.words) if word in about), 0)
    return frozenset(claim.words[:place])


def button_held(word: str, claim: Claim, given: Reading, about: frozenset[str]) -> bool:
    """Whether both answers name a button with one meaning, as "Delete" and "Remove", and the question asks for what it does."""
    form = canonical(word, given.language)
    return form != word and form in about and any(form in other.raw and other.names for other in given.claims)


def weight_held(word: str, claim: Claim, given: Reading) -> float:
    """How far an answer holds a word of a clause: fully where a clause of the same polarity has it."""
    hard, named = word in claim.hard, word in claim.names
    held = 0.0
    if not hard and not named and word not in given.content:
        return held
    for other in given.claims:
        same = word in other.content or (named and word in other.stems)
        if same or (hard and (any(equal(word, each) for each in other.hard) or word[1:] in other.raw)):
            if hard or other.agrees(claim):
                return 1.0
            held = OTHERWISE
    return held
