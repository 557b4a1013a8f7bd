"""Whether two answers count things differently, or have exchanged their numbers."""

from itertools import combinations, pairwise, permutations

from curation.claims.quantities import equal
from curation.claims.reading import Claim, Reading


def recounted(one: Reading, other: Reading) -> bool:
    """Whether the two count one thing differently: four screws and two brackets, two screws and four brackets."""
    mine, yours = _counts(one), _counts(other)
    return any(
        len(mine[thing]) == len(yours[thing]) == 1 and not any(equal(a, b) for a in mine[thing] for b in yours[thing])
        for thing in mine.keys() & yours.keys()
    )


def exchanged(one: Reading, other: Reading) -> bool:
    """Whether two clauses have exchanged their numbers: "one gives one month, two three", "one three months, two one"."""
    mine, yours = ([_numbered(claim) for claim in said.claims] for said in (one, other))
    return any(
        a != b
        and (a, b) == (d, c)
        and (x - y) & (z - w)
        and (y - x) & (w - z)
        and (x - y).isdisjoint(w)
        and (y - x).isdisjoint(z)
        for (a, x), (b, y) in combinations([pair for pair in mine if pair[0]], 2)
        for (c, z), (d, w) in permutations([pair for pair in yours if pair[0]], 2)
    )


def _numbered(claim: Claim) -> tuple[str, frozenset[str]]:
    """The number of a clause that has one alone, without its unit, and its other words."""
    numbers = [word for word in claim.words if word[0] == "#"]
    return numbers[0].split()[0] if len(numbers) == 1 else "", claim.content.difference(numbers)


def _counts(said: Reading) -> dict[str, set[str]]:
    """The numbers without a unit that stand before each word."""
    found: dict[str, set[str]] = {}
    for claim in said.claims:
        for number, thing in pairwise(claim.words):
            if number[0] == "#" and " " not in number and number in claim.hard and thing not in claim.hard:
                found.setdefault(thing, set()).add(number)
    return found
