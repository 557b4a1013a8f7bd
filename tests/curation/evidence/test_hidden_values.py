"""Answers that differ only in hidden values claim different things: one person's answer is no evidence for another's."""

import pytest

from curation.claims import statement_key
from curation.models import Claim, EvalCase, ReviewTask
from curation.questions.sameness import question_key
from feedback.models import Project
from tests import factories as cast

QUESTION = "Which number do I call?"
TOLD = "The people at the counter of the shop answer you from nine in the morning to six: call +44 20 7946 {}."


def voted(shop: Project, who: str, answer: str, vote: str, **given: str) -> int:
    talk = cast.asked(shop, who, question=QUESTION, answer=answer)
    cast.said(shop, talk, vote, **given)
    return cast.row(talk).pk


def test_a_hidden_value_is_told_apart_by_its_conversation() -> None:
    told, salt = "Call [PHONE_1].", b"one"
    assert statement_key(told, QUESTION, salt=salt) == statement_key(f"Sure: {told}", QUESTION, salt=salt)
    assert statement_key(told, QUESTION, salt=salt) != statement_key(told, QUESTION, salt=b"two")
    assert statement_key("Call us.", QUESTION, salt=salt) == statement_key("Call us.", QUESTION, salt=b"two")
    assert question_key(QUESTION, is_own=True, salt=salt) != question_key(QUESTION, is_own=True, salt=b"two")
    assert question_key(QUESTION, salt=salt) == question_key(QUESTION, salt=b"two")


@pytest.mark.django_db
def test_the_votes_on_hidden_values_neither_add_up_nor_contradict_each_other() -> None:
    shop = cast.project()
    voted(shop, "one", TOLD.format("0958"), "thumbs_up")
    voted(shop, "two", TOLD.format("0111"), "thumbs_up")
    voted(shop, "three", TOLD.format("0222"), "thumbs_down")
    cast.turn(shop)
    assert set(Claim.objects.values_list("supporters", "opponents")) == {(1, 0), (0, 1)} and Claim.objects.count() == 3
    assert EvalCase.objects.filter(status="active").count() == 2
    assert ReviewTask.objects.filter(state="open").count() == 1, "the answer that was voted down, alone"


@pytest.mark.django_db
def test_corrections_with_hidden_values_are_not_one_correction() -> None:
    shop = cast.project()
    for who, number in (("one", "+44 20 7946 0958"), ("two", "+44 20 7946 0111")):
        voted(shop, who, "Call the hotline of the shop.", "edit", correction=f"Call {number} for the shop.")
    cast.turn(shop)
    assert not Claim.objects.filter(supporters=2).exists()


@pytest.mark.django_db
def test_what_one_conversation_hides_is_one_value_there() -> None:
    shop = cast.project()
    cast.asked(shop, "two")
    talk = cast.asked(shop, "one", question=QUESTION, answer=TOLD.format("0958"))
    cast.said(shop, talk, "thumbs_up")
    cast.said(shop, talk, "thumbs_up", subject="two")
    cast.turn(shop)
    assert Claim.objects.get().supporters == 2


@pytest.mark.django_db
def test_a_value_that_a_cited_source_tells_everybody_is_pooled() -> None:
    shop = cast.project()
    page = [{"title": "Contact", "text": "Our hotline: +44 20 7946 0958."}]
    for who in ("one", "two"):
        talk = cast.asked(shop, who, question=QUESTION, answer=TOLD.format("0958"), sources=page)
        cast.said(shop, talk, "thumbs_up")
    own = cast.asked(shop, "three", question=QUESTION, answer=TOLD.format("0111"), sources=page)
    cast.said(shop, own, "thumbs_up")
    cast.turn(shop)
    assert sorted(Claim.objects.values_list("supporters", flat=True)) == [1, 2]
