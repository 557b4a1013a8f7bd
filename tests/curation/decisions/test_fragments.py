"""Applies an edit that is written in words to the answer that it is about."""

import json
from pathlib import Path

import pytest

from curation.decisions.fragments import amended, is_edit

LABELLED = Path(__file__).parents[3] / "bench/labelled/corrections.jsonl"
DAYS = "You have 14 days from delivery."
INSTALL = "Run conda install acme-client and then acme login."
FEES = "We charge a fee of 25 euro. After 10 days we call you. After 30 days the contract is cancelled."


@pytest.mark.parametrize(
    ("answer", "fragment", "text"),
    [
        (DAYS, "30", "You have 30 days from delivery."),
        (DAYS, "should be 30", "You have 30 days from delivery."),
        (DAYS, "14 -> 30", "You have 30 days from delivery."),
        (DAYS, "s/14/30/", "You have 30 days from delivery."),
        (DAYS, "30 days, not 14", "You have 30 days from delivery."),
        (DAYS, "Change 14 to 30 days", "You have 30 days from delivery."),
        (DAYS, "No, it's 30 days", "You have 30 days from delivery."),
        (FEES, "the fee is 15", FEES.replace("25", "15")),
        (INSTALL, "use pip instead of conda", INSTALL.replace("conda", "pip")),
        (INSTALL, "use pip install acme-client instead of conda", INSTALL.replace("conda", "pip")),
        ("Sydney is the capital.", "Canberra not Sydney", "Canberra is the capital."),
        ("Sie haben 12 Monate Garantie.", "24 statt 12 Monate", "Sie haben 24 Monate Garantie."),
        ("Le délai est de 5 jours.", "3 au lieu de 5", "Le délai est de 3 jours."),
        ("L'ultimo traghetto parte alle 20:00.", "alle 21:15, non alle 20", "L'ultimo traghetto parte alle 21:15."),
        ("Доставка стоит 300 рублей.", "не 300, а 500", "Доставка стоит 500 рублей."),
        ("退货期限是14天。", "14改为30", "退货期限是30天。"),
        ("返品は14日以内です。", "14ではなく30", "返品は30日以内です。"),
        ("SELECT name FROM singer WHERE age > 20", "age > 30", "SELECT name FROM singer WHERE age > 30"),
    ],
)
def test_the_fact_takes_its_place_in_the_answer(answer: str, fragment: str, text: str) -> None:
    assert amended(answer, fragment) == text


@pytest.mark.parametrize(
    ("answer", "fragment"),
    [
        (FEES, "15"),  # of three numbers, which?
        (FEES, "days instead of weeks"),
        (FEES, "weeks instead of days"),  # twice
        (INSTALL, "use pip instead"),
        (DAYS, "14"),  # nothing changes
        (DAYS, "wrong"),
        (DAYS, "14 or 30"),
        ("No, shipping costs 9 euro.", "Yes"),
    ],
)
def test_where_it_is_not_plain_what_changes_nothing_is_guessed(answer: str, fragment: str) -> None:
    assert amended(answer, fragment) is None


@pytest.mark.parametrize(
    ("fragment", "text"),
    [
        ("bump 14 to 30", "You have 30 days from delivery."),
        ("mettez 30 à la place de 14", "You have 30 days from delivery."),
        ("popraw 14 na 30", "You have 30 days from delivery."),
        ("14 to 30 days", None),  # a range
        ("change 14 to 3 weeks", None),  # of what the answer counts in
    ],
)
def test_of_two_numbers_the_one_that_the_answer_has_makes_way(fragment: str, text: str | None) -> None:
    assert amended(DAYS, fragment) == text


@pytest.mark.parametrize("text", ["You have 14 to 30 days.", "14日から30日以内です。", "14 to 30 days"])
def test_a_sentence_or_a_range_is_no_edit(text: str) -> None:
    assert not is_edit(text, DAYS)


def test_half_of_the_labelled_fragments_are_amended_and_hardly_one_wrongly() -> None:
    cases = [case for case in map(json.loads, LABELLED.read_text("utf-8").splitlines()) if case.get("amended")]
    offered = [(amended(case["answer"], case["correction"]), case["amended"]) for case in cases]
    right = sum(text in wanted for text, wanted in offered if text)
    wrong = sum(text not in wanted for text, wanted in offered if text)
    assert len(cases) == 68 and right >= 35 and wrong <= 2
