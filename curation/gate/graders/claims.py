"""The claims grader: an answer is right when it makes the claims that matter and contradicts none.

Which claims matter is read off the question: a number or a date where one is asked for, who did it, yes or no, every
step of a procedure. More words, courtesy, layout and the order of independent items do not count.
"""

from __future__ import annotations

import re
from typing import Final

from curation.claims import LIMITED, Reading, clash, equal, forms_of, reading, rival, steps_out_of_order, words_of
from curation.decisions.question_types import Asks
from curation.gate.graders.asking import asks, names_a_thing, procedure
from curation.gate.graders.grades import CaseView, text_of
from curation.gate.graders.neighbours import neighbour
from curation.gate.graders.normalisation import tokens
from curation.gate.graders.strings import contains, verbatim
from curation.gate.graders.weights import (
    FEW,
    before_question,
    holds,
    polarity,
    share,
)

NEAR: Final = 2
"""Words next to an "or" that are its alternatives."""
MOST_RIVALS: Final = 3
BECAUSE: Final = forms_of(
    frozenset(
        "because since otherwise weil sonst andernfalls parce sinon porque perché altrimenti omdat anders ponieważ bo".split()
    )
)
OR: Final = frozenset({"or", "oder", "ou", "o", "of", "lub"})
ROOM, TIMES = 50, 4
"""An answer may have that many tokens, and as many times those of the expected one, before its length counts."""

_CODE: Final = re.compile(r"`([^`\n]+)`")


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
    if denies(wanted, given):
        return 0.0
    if hedges(wanted, given, question) or lists_everything(wanted, given):
        return 0.0
    if false_reason(wanted, given, question):
        return 0.0
    if names_a_thing(question) and neighbour(wanted, given, words_of(question, wanted.language)):
        return 0.0
    if someone_else(wanted, given, question) or (steps(wanted, given, question) and steps_out_of_order(wanted, given)):
        return 0.0
    if rejected and takes(given, wanted, reading(rejected, question, wanted.language)):
        return 0.0
    length, right = len(tokens(answer)), len(tokens(expected))
    return share(wanted, given, question) * min(1.0, (ROOM + TIMES * right) / max(1, length))


def steps(wanted: Reading, given: Reading, question: str) -> bool:
    """Whether the order counts: the question asks for steps, or both answers say what comes first and what then."""
    return procedure(question) or (wanted.in_order and given.in_order)


def beside_the_point(wanted: Reading, given: Reading, question: str) -> bool:
    """Whether an answer makes no claim, or speaks of nothing that the question or the expected answer speaks of."""
    if not given.claims:
        return given.polarity is None
    said = given.content - given.hard
    # A number with its unit, a date or a time says enough; "the second floor" is no number of its own.
    shared = any(
        ((" " in fact and not fact.endswith(" th")) or fact[0] in "@=") and holds(fact, wanted.hard)
        for fact in given.hard
    )
    known = said & (wanted.content | words_of(question, wanted.language))
    if len(said) > (2 * FEW if shared else FEW) and not known:
        return True
    alone = not shared and not given.names & wanted.names and not any(holds(fact, wanted.hard) for fact in given.hard)
    return alone and len(said) > 2 * FEW and len(known) == 1 < len(wanted.content)


def denies(wanted: Reading, given: Reading) -> bool:
    """Whether an answer speaks of the expected name or word only to deny it: "Na is not the symbol of sodium"."""
    if len(wanted.claims) != 1 or wanted.claims[0].negated or len(wanted.content) > FEW:
        return False
    holders = [claim for claim in given.claims if claim.content & wanted.content]
    return bool(holders) and all(claim.negated and not claim.scope & LIMITED for claim in holders)


def false_reason(wanted: Reading, given: Reading, question: str) -> bool:
    """Whether both give a reason, and the answer's has nothing of the expected one."""
    about = words_of(question, wanted.language)
    mine, yours = (
        [claim.content - about - BECAUSE for claim in said.claims if claim.raw[:1] and claim.raw[0] in BECAUSE]
        for said in (wanted, given)
    )
    told = frozenset().union(*mine)
    return len(told) >= FEW and any(len(each) >= FEW for each in yours) and told.isdisjoint(given.content)


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


def lists_everything(wanted: Reading, given: Reading) -> bool:
    """Whether an answer recites facts of one kind until the expected one is among them."""
    for claim in wanted.claims:
        for fact in claim.hard:
            for other in given.claims:
                if len(other.hard) <= MOST_RIVALS:
                    continue
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
