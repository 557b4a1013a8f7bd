"""The decision on one answer from its own votes only, as curation reads it before it pools them."""

from collections.abc import Iterable

from curation.decisions import rules
from curation.decisions.rules import Ruling, Vote


def decide(answer: str, votes: Iterable[Vote], question: str = "") -> Ruling:
    given = tuple(votes)
    return rules.rule(answer, given, rules.readings_of(answer, given, question))
