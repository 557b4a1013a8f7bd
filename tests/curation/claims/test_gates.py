"""Patterns that are tried only if one of their words occurs: a gate must never exclude what its patterns match."""

from functools import cache

import pytest

from curation.claims import duties, scope
from curation.claims.duties import Duty
from curation.claims.statements import claiming
from curation.claims.words import lists_of
from tests.curation.told_answers import FILES, HARDER, HELD, read


@cache
def told_clauses() -> set[tuple[tuple[str, ...], str]]:
    """All clauses of the told answers, with their languages; read by the tests, as each worker imports this file."""
    return {
        (tuple(clause), language)
        for name in (*FILES, *HARDER, HELD)
        for told in read(name)
        for text in (told.case.expected, told.text)
        for clauses, language in [claiming(text, told.case.question, whole=True)]
        for clause in clauses
    }


def test_no_duty_is_behind_a_shut_gate() -> None:
    found = 0
    for clause, language in told_clauses():
        rules = duties._RULES.get(lists_of(language))
        if rules is None:
            continue
        matched = next((duty for duty, words in rules[-1] if words.search(" ".join(clause))), Duty.NONE)
        found += matched is not Duty.NONE
        assert duties.duty(list(clause), language) == matched, clause
    assert found > 200


@pytest.mark.parametrize("pattern", ["_MOST", "_LEAST", "_MOST_BEHIND", "_LEAST_BEHIND", "_UNTIL"])
def test_no_limit_is_behind_a_shut_gate(pattern: str) -> None:
    matching = [clause for clause, _ in told_clauses() if getattr(scope, pattern).search(" ".join(clause))]
    assert len(matching) >= 5 and [clause for clause in matching if not scope.limits(list(clause))] == []
