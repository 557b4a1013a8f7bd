"""Whether two answers clash, and whether a page holds what an answer claims."""

import pytest

from curation.claims import conflict, contains

PAGE = """# Returns
You can return most goods to us within 30 days of delivery. They must be unused and in their original box. Refunds are
paid within five working days to the card that you used. Dogs are not allowed on the ferry. Cats may travel in a box.
The office in Lisbon is open Monday to Friday from 9 to 17. Use form A12 for a visa. The landlord pays the tenant for
repairs."""


@pytest.mark.parametrize(
    ("answer", "question"),
    [
        ("You can return an order within 30 days.", "How long can I return an order?"),
        ("30 days", "How long can I return goods?"),
        ("Dogs are not allowed on the ferry.", ""),
        ("Form A12", "Which form?"),
        ("The landlord pays.", "Who pays?"),
        ("Refunds are paid to your card within 5 working days.", ""),
        ("Sure! The office in Lisbon is open from 9 to 17. Anything else?", "When is it open?"),
    ],
)
def test_a_page_contains_an_answer_in_other_words(answer: str, question: str) -> None:
    assert contains(PAGE, answer, question)


@pytest.mark.parametrize(
    "answer",
    [
        "You can return goods within 60 days.",
        "You can return goods within 30 weeks.",
        "Dogs are allowed on the ferry.",
        "Cats may not travel in a box.",
        "Use form B12 for a visa.",
        "The tenant pays the landlord for repairs.",
        "Refunds are paid in cash within 5 working days, says Tom.",
        "Our office in Porto is open from 9 to 17.",
        "Nothing of that is there.",
    ],
)
def test_a_page_does_not_contain_what_it_does_not_say(answer: str) -> None:
    assert not contains(PAGE, answer)


@pytest.mark.parametrize(
    ("one", "other", "question"),
    [
        ("It is 30 days.", "It is 60 days.", "How long?"),
        ("The capital is Canberra.", "Sydney", "What is the capital?"),
        ("Yes.", "No.", "Is it open?"),
        ("The pool is open.", "The pool is closed.", ""),
        ("You may bring dogs.", "You may not bring dogs.", ""),
        ("The shop opens at 9.", "The shop opens at 10.", ""),
        ("Use form A12.", "Use form B12.", ""),
        ("Our office is in Valencia, close to the port.", "Our office is in Sevilla, close to the port.", ""),
        ("The limit is 50 km per hour.", "The limit is 50 miles per hour.", ""),
        ("The landlord pays the tenant.", "The tenant pays the landlord.", ""),
    ],
)
def test_answers_that_cannot_both_hold_are_in_conflict(one: str, other: str, question: str) -> None:
    assert conflict(one, other, question) and conflict(other, one, question)


@pytest.mark.parametrize(
    ("one", "other", "question"),
    [
        ("It costs 5 euros.", "It takes 30 days.", ""),
        ("Click Save.", "Open Settings and click Save.", ""),
        ("You can pay by card.", "You can pay by invoice.", "How can I pay?"),
        ("It is 30 days.", "One month, that is 30 days.", "How long?"),
        ("The airport is 12 km away.", "The airport is twelve kilometres away.", ""),
        ("It is not closed.", "It is open.", ""),
        ("Call 112 and leave by the stairs.", "Leave by the stairs and call 112.", ""),
    ],
)
def test_answers_that_can_both_hold_are_not(one: str, other: str, question: str) -> None:
    assert not conflict(one, other, question) and not conflict(other, one, question)
