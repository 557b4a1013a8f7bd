"""The claims grader: right in other words, wrong in nearly the same, on answers that people wrote."""

import pytest

from curation.claims import conflict
from curation.gate.calibration import calibrated
from curation.gate.graders import grade
from curation.gate.verdicts import Case, graded
from tests.curation.told_answers import FILES, HARDER, TEN_LANGUAGES, read, tally


@pytest.mark.parametrize("name", FILES)
def test_it_passes_nine_in_ten_right_answers_and_at_most_one_in_thirty_wrong_ones(name: str) -> None:
    found = tally(read(name))
    assert found.right + found.wrong > 30
    assert found.refused <= found.right * 0.12 and found.passed <= found.wrong / 30, found
    assert found.not_judged <= 0.06 * (found.right + found.wrong), found


@pytest.mark.parametrize("name", HARDER)
def test_of_harder_changes_it_passes_at_most_one_wrong_answer_in_six(name: str) -> None:
    found = tally(read(name))
    assert found.right + found.wrong > 70
    assert found.refused <= found.right / 5 and found.passed <= found.wrong / 6, found


@pytest.mark.parametrize("name", TEN_LANGUAGES)
def test_of_short_answers_in_ten_languages_it_passes_no_wrong_one_and_three_in_four_right_ones(name: str) -> None:
    found = tally(read(name))
    assert found.right + found.wrong >= 24
    assert found.refused <= found.right / 4 and not found.passed, found


@pytest.mark.parametrize(
    ("question", "expected", "right", "wrong"),
    [
        ("How can I pay?", "You can pay by card or cash.", "Card and cash are both accepted.", "You can only pay by card."),
        ("Comment payer ?", "On peut payer par carte ou en espèces.", "Par carte ou en espèces.", "On peut payer seulement par carte."),
        ("¿Hay terraza?", "Sí, el bar tiene terraza cubierta.", "El bar tiene una terraza cubierta.", "El bar tiene una terraza descubierta."),
        ("À quelle heure fermez-vous ?", "Nous fermons à 19 heures.", "À 19h00.", "Nous fermons à 18 h."),
        ("Hoe laat?", "De winkel sluit om 18 uur.", "De winkel sluit om 18:00.", "De winkel sluit om 17:00."),
    ],
)  # fmt: skip
def test_an_only_a_negating_prefix_and_another_hour_conflict(
    question: str, expected: str, right: str, wrong: str
) -> None:
    assert not conflict(expected, right, question) and conflict(expected, wrong, question)


@pytest.mark.parametrize(
    ("question", "expected", "right", "wrong"),
    [
        ("How often?", "Take it twice a day.", "Two times daily.", "Take it twice a week."),
        ("How?", "The valve must be open at all times.", "Keep the valve open.", "The valve must be closed at all times."),
        ("How cold?", "It must be minus 18 degrees.", "−18 °C", "It must be 18 degrees."),
        ("When do we eat?", "We eat at ten in the morning.", "At 10:00.", "We eat at ten in the evening."),
        ("When was it rebuilt?", "It was built in 1912 and rebuilt in 1948.", "In 1948.", "In 1912."),
        ("Can I come without a ticket?", "Without a ticket you can come on Mondays.", "Yes, on Mondays.", "You need a ticket."),
        ("Notice?", "Staff give one month, managers three.", "One month for staff, three for managers.", "Staff give three months, managers one."),
        ("Where to?", "All of Europe except Norway and Iceland.", "Europe, but not Iceland or Norway.", "All of Europe except Norway."),
        ("How often?", "It is checked twice a year.", "Every six months.", "It is checked twice a month."),
        ("Who may enter?", "Nobody but staff may enter.", "Only staff may enter.", "Staff and guests may enter."),
        ("What can I book?", "Every room except the hall.", "All rooms apart from the hall.", "You can book every room."),
        ("Was ist versichert?", "Alle Geräte außer Handys sind versichert.", "Mit Ausnahme von Handys sind alle Geräte versichert.", "Alle Geräte sind versichert, auch Handys."),
        ("Bis wann?", "Sie können bis zum 3. August stornieren.", "Bis 3. August.", "Sie können ab dem 3. August stornieren."),
        ("Are all taught in English?", "Not all courses are taught in English.", "Not all of the courses are taught in English.", "No courses are taught in English."),
        ("When out?", "The room must be empty by 11:00, but the bags may stay until noon.", "Room: 11:00. Bags: noon.", "The bags must be gone by 11:00, but the room may stay as it is until noon."),
        ("How often?", "Never take more than four tablets in one day.", "No more than 4 tablets a day.", "Never take fewer than four tablets in one day."),
        ("Can I cancel?", "You can cancel only if you move away.", "Not unless you move away.", "You can cancel at any time, for example if you move away."),
        ("Which port?", "It listens on port 80, and only on the local interface.", "Port 80, on the local interface alone.", "It listens on port 80, and on all interfaces."),
        ("Who mends it?", "The owner calls the plumber; the tenant pays him.", "The plumber is called by the owner.", "The tenant calls the plumber; the owner pays him."),
        ("Can I drink wine?", "Do not drink wine with these pills.", "No wine with these pills.", "Do not drink wine with these pills, but you may drink it after one hour."),
        ("How hot does it boil?", "Ethanol boils at 78 °C and freezes at -114 °C.", "At 172 °F.", "Ethanol freezes at 78 °C and boils at -114 °C."),
        ("Is luggage insured?", "It is insured, unless it was left in a car.", "If it was left in a car it is not covered; else it is insured.", "It is insured, even if it was left in a car."),
        ("How much?", "It costs up to 1500 euros.", "At most 1 500 euros.", "It costs 1500 euros upwards."),
        ("Which model has it?", "The Orion 5 has it.", "Orion 5.", "The Orion 5 Mini has it."),
    ],
)  # fmt: skip
def test_it_reads_rates_and_how_far_a_claim_reaches(question: str, expected: str, right: str, wrong: str) -> None:
    assert score(right, expected, question) >= 0.5 > score(wrong, expected, question)


def score(answer: str, expected: str, question: str = "", **case: object) -> float:
    return grade("claims", answer, expected, {"question": question, **case}, threshold=0.5).score


CAPITAL = "What is the capital of France?"


@pytest.mark.parametrize(
    ("answer", "passes"),
    [
        ("The capital is Paris.", True),
        ("Parisian cafés", False),
        ("It is not Paris", False),
        ("Either Paris or London", False),
        ("London or Paris", False),
        ("Paris, not London", True),
        ("Paris " + "and some other town " * 40, False),
    ],
)
def test_a_short_answer_is_wanted_affirmed_and_not_among_many(answer: str, passes: bool) -> None:
    assert (score(answer, "Paris", CAPITAL) >= 0.5) == passes


def test_it_fails_an_answer_that_gives_the_rejected_one_too() -> None:
    assert score("It is Paris. It is Lyon.", "Paris", CAPITAL, rejected="Lyon") == 0.0
    assert score("It is Paris in France", "Paris in France", CAPITAL, rejected="Paris") == 1.0


def test_what_matters_is_what_the_question_asks_for() -> None:
    rule = "Goods can be sent back within 30 days, and the postage is paid by us if they are broken."
    assert score("30 days", rule, "How long do I have to send goods back?") >= 0.5
    assert score("We pay the postage if they are broken.", rule, "How long do I have to send goods back?") < 0.5


def test_it_wants_every_step_of_a_procedure_and_in_order() -> None:
    steps, how = "Open the lid, insert the card, and press the green button.", "How do I start the machine?"
    assert score("1. Open the lid\n2. Insert the card\n3. Press the green button", steps, how) == 1.0
    assert score("Open the lid.", steps, how) < 0.5
    assert score("Press the green button, insert the card, and open the lid.", steps, how) == 0.0


def test_any_accepted_answer_will_do() -> None:
    assert score("Blue", "Red", "Which colour?", accepted=("Blue",)) == 1.0


def test_code_is_wanted_sign_by_sign() -> None:
    query = "SELECT a FROM t WHERE b > 3"
    assert score(f"Here you are:\n```sql\n{query}\n```", query) == 1.0
    assert score(query.replace(">", "<"), query) == 0.0
    assert score("Run `pip install request`.", "Run `pip install requests`.") == 0.0


def test_a_hidden_value_is_compared_by_its_number_in_the_conversation() -> None:
    expected, how = "Call the night desk at [PHONE_1].", "Which number do I call at night?"
    assert score("At night, call [PHONE_1].", expected, how) >= 0.5
    assert score("Call the night desk at [PHONE_2].", expected, how) == 0.0
    case = Case("c", "golden", how, expected)
    ready = calibrated(case, ["The desk is open from 8 to 17."])
    assert ready.discriminating and not graded(ready, "Call the night desk at [PHONE_2].").passed
