"""The conversation before a turn, where several calls gave the turn's answer."""

import pytest

from feedback.otel.readings import Kind, Reading, context
from feedback.texts.messages import Message

QUESTION, ANSWER = "How long do I have?", "You have 30 days."
FIRST, SECOND = "You are kind.", "You check."


def call(system: str, start: int) -> Reading:
    asked = [Message("system", system), Message("user", QUESTION)]
    return Reading(system, "root", Kind.MODEL, start, asked=asked, told=[Message("assistant", ANSWER)])


def stored(system: str, asked_at: int) -> Reading:
    """The turn, which was stored with the context of the call that began then."""
    asked = [Message("system", system), Message("user", QUESTION)]
    told = [Message("assistant", ANSWER)]
    return Reading("root", "", Kind.CHAIN, 1, asked=asked, told=told, is_stored=True, has_model=True, asked_at=asked_at)


def test_of_two_calls_with_the_answer_the_first_gives_the_context() -> None:
    root = Reading("root", "", Kind.CHAIN, 1, asked=[Message("user", QUESTION)], told=[Message("assistant", ANSWER)])
    assert context(QUESTION, ANSWER, root, [root, call(FIRST, 2), call(SECOND, 3)]) == (
        [{"role": "system", "content": FIRST}],
        2,
    )


@pytest.mark.parametrize(
    ("known", "since", "arrives", "start", "wanted"),
    [(SECOND, 3, FIRST, 2, (FIRST, 2)), (FIRST, 2, SECOND, 3, (FIRST, 2))],
    ids=["the first arrives later", "the second arrives later"],
)
def test_a_stored_context_makes_way_for_an_earlier_call_alone(
    known: str, since: int, arrives: str, start: int, wanted: tuple[str, int]
) -> None:
    turn = stored(known, since)
    found, began = context(QUESTION, ANSWER, turn, [turn, call(arrives, start)])
    assert ([one["content"] for one in found], began) == ([wanted[0]], wanted[1])


def test_a_turn_that_was_stored_before_this_was_known_keeps_its_context() -> None:
    turn = stored(SECOND, 0)
    assert context(QUESTION, ANSWER, turn, [turn, call(FIRST, 2)])[0] == [{"role": "system", "content": SECOND}]
