"""What an edit in words makes of the answer that it is about."""

import json
from pathlib import Path

import pytest

from curation.decisions.amendments import amended
from curation.decisions.fragments import is_edit

DAYS = "You have 14 days from delivery."
LABELLED = Path(__file__).parents[3] / "bench/labelled/corrections.jsonl"
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


PARKING = "Parking costs 3 euros, and the card costs 10 euros."


@pytest.mark.parametrize(
    ("answer", "fragment", "text"),
    [
        ("We open at 8:00 and close at 15:30.", "close at 14:30", "We open at 8:00 and close at 14:30."),
        ("Three calls a day, from 8 to 16.", "from 7 to 18", "Three calls a day, from 7 to 18."),
        ("The plan has 3 seats and 10 GB.", "5 seats now", "The plan has 5 seats and 10 GB."),
        ("Envoyez-le au service comptable.", "service juridique, pas comptable", "Envoyez-le au service juridique."),
        ("Ouvert le lundi.", "le mardi", "Ouvert le mardi."),
        ("Die Anmeldung endet am 15. März.", "19. April", "Die Anmeldung endet am 19. April."),
        ("Es dürfen vier Gäste kommen.", "sechs", "Es dürfen sechs Gäste kommen."),
        ("It needs two stamps.", "3", "It needs 3 stamps."),
        ("Het wordt op dinsdag gehaald.", "donderdag ipv dinsdag", "Het wordt op donderdag gehaald."),
        (DAYS, "25 days since this January", "You have 25 days from delivery."),
        (DAYS, "Sure: You have 30 days from delivery.", "You have 30 days from delivery."),
    ],
)
def test_the_fact_finds_its_place_by_the_words_beside_it(answer: str, fragment: str, text: str) -> None:
    assert amended(answer, fragment) == text


@pytest.mark.parametrize(
    ("answer", "fragment"),
    [
        ("The train leaves from platform 4.", "platform 7 on weekends"),
        ("Der Versand kostet 5 Euro.", "ab 50 Euro kostenlos"),
        ("Call 112.", "911 in the US"),
        ("Up to 6 people may come.", "only 4"),
        ("The library closes at 9.", "half 8"),
    ],
)
def test_a_fact_that_holds_under_a_condition_changes_nothing(answer: str, fragment: str) -> None:
    assert amended(answer, fragment) is None


@pytest.mark.parametrize(
    ("answer", "fragment"),
    [
        ("The limit is 500 MB a day.", "2 GB"),
        ("The trip is 500 m long.", "2 km"),
        (DAYS, "3 weeks"),
        ("Zwei Monatsmieten.", "drei Kaltmieten, nicht zwei"),
    ],
)
def test_another_unit_is_no_plain_change(answer: str, fragment: str) -> None:
    assert amended(answer, fragment) is None


@pytest.mark.parametrize(
    ("answer", "fragment"),
    [
        (PARKING, "it's 15"),
        (PARKING, "15 euros"),
        ("It takes one or two days.", "three"),
        ("It takes 2 to 3 days.", "5"),
        ("It costs two hundred euros.", "three"),
        ("Open on Monday.", "from Tuesday"),
        ("Sim, todos precisam de visto.", "europeus não precisam"),
    ],
)
def test_a_fact_that_may_belong_to_two_places_changes_neither(answer: str, fragment: str) -> None:
    assert amended(answer, fragment) is None


def test_of_labelled_fragments_two_in_three_are_amended_and_none_wrongly() -> None:
    cases = [case for case in map(json.loads, LABELLED.read_text("utf-8").splitlines()) if case.get("amended")]
    given = [(amended(case["answer"], case["correction"]), case["amended"]) for case in cases]
    assert [offered for offered, right in given if offered and offered not in right] == []
    assert sum(offered is not None for offered, _ in given) >= 0.65 * len(given)
