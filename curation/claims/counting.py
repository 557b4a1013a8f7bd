"""Whether two answers count things differently, or have exchanged their numbers or their parts."""

from itertools import combinations, pairwise, permutations
from typing import NamedTuple

from curation.claims.quantities import equal, rival
from curation.claims.reading import Claim, Reading

MANY = 6
"""Clauses from which an answer says so much that one word in another place exchanges nothing."""
SPOKEN = 3
"""A clause needs at least this many words to say who does what to whom."""
_JOINING = frozenset("and or und oder et ou y o e i lub en of with".split())
LABEL = 2
"""Words up to which a clause may be the heading of the next: "Car: 21 years"."""


def recounted(one: Reading, other: Reading) -> bool:
    """Whether the two count one thing differently: four screws and two brackets, two screws and four brackets."""
    mine, yours = _counts(one), _counts(other)
    return any(
        len(mine[thing]) == len(yours[thing]) == 1 and not any(equal(a, b) for a in mine[thing] for b in yours[thing])
        for thing in mine.keys() & yours.keys()
    )


def exchanged(one: Reading, other: Reading) -> bool:
    """Whether two clauses have exchanged their numbers: "one gives one month, two three", "one three months, two one"."""
    mine, yours = (
        [numbered for claim in said.claims if (numbered := _numbered(claim)).number] for said in (one, other)
    )
    return any(_have_exchanged(pair, others) for pair in combinations(mine, 2) for others in permutations(yours, 2))


def subjects_exchanged(one: Reading, other: Reading) -> bool:
    """Whether two clauses have exchanged who does it: "pupils need a cap; the school lends floats", the other way round."""
    if max(len(one.claims), len(other.claims)) > MANY:
        return False
    mine, yours = ([(claim.words[0], frozenset(claim.words[1:])) for claim in said.claims] for said in (one, other))
    theirs = {subject for subject, _ in yours}
    mine = [(subject, rest) for subject, rest in mine if subject in theirs]
    return any(
        first != second
        and first not in others_rest
        and second not in rest
        and _does(yours, second, rest - others_rest, others_rest - rest)
        and _does(yours, first, others_rest - rest, rest - others_rest)
        for (first, rest), (second, others_rest) in combinations(mine, 2)
    )


def _does(told: list[tuple[str, frozenset[str]]], subject: str, these: frozenset[str], those: frozenset[str]) -> bool:
    """Whether a clause with that subject has some of these words and none of those."""
    return any(first == subject and rest & these and not rest & those for first, rest in told)


def _filled_otherwise(one: Reading, other: Reading) -> bool:
    """Whether a clause has all words of a clause of `one`, but the fact of another."""
    for mine, source in permutations(one.claims, 2):
        own = mine.hard - source.hard
        if len(own) != 1 or len(mine.content) < 2:
            continue
        (fact,) = own
        frame = mine.content - own
        for claim in other.claims:
            if any(claim.content == known.content for known in one.claims):
                continue  # both say it
            if (
                claim.negated == mine.negated
                and claim.content - frame <= source.hard
                and frame < claim.content
                and len(claim.content) == len(mine.content)
            ):
                (put,) = claim.content - frame
                if rival(fact, put) and not equal(fact, put):
                    return True
    return False


def moved(one: Reading, other: Reading) -> bool:
    """Whether a fact is told of another thing: "the room until 11, the luggage until six", "the luggage until 11"."""
    if not 2 <= len(one.claims) <= MANY or len(other.claims) > MANY:
        return False
    if _filled_otherwise(one, other):
        return True
    for place, claim in enumerate(one.claims):
        if not claim.hard:
            continue
        rest = [mine for at, mine in enumerate(one.claims) if at != place]
        elsewhere = frozenset().union(*(mine.content for mine in rest))
        own, foreign = claim.content - elsewhere - one.hard, elsewhere - claim.content - one.hard
        for fact in claim.hard if own else ():
            if any(equal(fact, each) for mine in rest for each in mine.hard):
                continue
            told = [any(equal(fact, each) for each in yours.hard) for yours in other.claims]
            if told.count(True) != 1:
                continue
            at = told.index(True)
            label = at > 0 and len(other.claims[at - 1].content - other.claims[at - 1].hard) <= LABEL
            near = other.claims[at - label : at + 1]
            here = frozenset().union(*(yours.content for yours in near))
            there = frozenset().union(*(yours.content for yours in other.claims if yours not in near))
            if own.isdisjoint(here) and other.claims[at].content & foreign and own & there:
                return True
    return False


def turned_round(one: Reading, other: Reading) -> bool:
    """Whether one says that herons eat frogs, the other that frogs eat herons, and neither says both."""
    mine, yours = (_deeds(said) for said in (one, other))
    return any((c, b, a) in yours - mine and (a, b, c) not in yours for a, b, c in mine)


def _deeds(said: Reading) -> set[tuple[str, ...]]:
    """Three words of content in a row that no other word parts."""
    return {
        claim.raw[place : place + 3]
        for claim in said.claims
        for place in range(len(claim.raw) - 2)
        if claim.content.issuperset(claim.raw[place : place + 3])
        and claim.hard.isdisjoint(claim.raw[place : place + 3])
    }


def swapped_within(mine: tuple[str, ...], yours: tuple[str, ...]) -> bool:
    """Whether two parts of the shorter clause have changed places in the longer one, which may say more before and after."""
    short, long = sorted((mine, yours), key=len)
    if len(short) < SPOKEN or not set(short) <= set(long):
        return False
    return any(swapped(short, long[place : place + len(short)]) for place in range(len(long) - len(short) + 1))


def swapped(mine: tuple[str, ...], yours: tuple[str, ...], most: int = 99) -> bool:
    """Whether two parts of the clause have changed places around something that is no mere "and"."""
    if len(mine) != len(yours) or mine == yours or sorted(mine) != sorted(yours):
        return False
    start, end = 0, len(mine)
    while mine[start] == yours[start]:
        start += 1
    while mine[end - 1] == yours[end - 1]:
        end -= 1
    x, y = mine[start:end], yours[start:end]
    for tail in range(1, min(len(x), most + 1)):
        if x[-tail:] != y[:tail]:
            continue
        for head in range(1, min(len(x) - tail, most + 1)):
            middle = x[head : len(x) - tail]
            if (
                x[:head] == y[-head:]
                and y[tail : len(y) - head] == middle
                and not any(map(_JOINING.issuperset, (x[:head], middle, x[-tail:])))
            ):
                return True
    return False


class _Numbered(NamedTuple):
    """The number of a clause, without its unit, empty where it has none or several; and its other words."""

    number: str
    words: frozenset[str]


def _numbered(claim: Claim) -> _Numbered:
    numbers = [word for word in claim.words if word[0] == "#"]
    return _Numbered(numbers[0].split()[0] if len(numbers) == 1 else "", claim.content.difference(numbers))


def _have_exchanged(pair: tuple[_Numbered, ...], others: tuple[_Numbered, ...]) -> bool:
    """Whether each clause of the second pair is about the same as its clause of the first, but has the other's number."""
    (first, second), (third, fourth) = pair, others
    if first.number == second.number or (first.number, second.number) != (fourth.number, third.number):
        return False
    own, others_own = first.words - second.words, second.words - first.words
    about_the_same = own & (third.words - fourth.words) and others_own & (fourth.words - third.words)
    return bool(about_the_same) and own.isdisjoint(fourth.words) and others_own.isdisjoint(third.words)


def _counts(said: Reading) -> dict[str, set[str]]:
    """The numbers without a unit that stand before each word."""
    found: dict[str, set[str]] = {}
    for claim in said.claims:
        for number, thing in pairwise(claim.words):
            if number[0] == "#" and " " not in number and number in claim.hard and thing not in claim.hard:
                found.setdefault(thing, set()).add(number)
    return found
