"""Rules that were added for later files of answers, each tested alone, with cases that it must not affect."""

import pytest

from curation.claims import comparing, conflict, in_single_words, items, question_read, reading, says_opposite
from curation.claims.counting import swapped, swapped_within, turned_round
from curation.claims.forms import phrase
from curation.claims.reading import words_of
from curation.claims.widening import widens
from curation.decisions.question_types import KINDS, Asks, asks
from curation.gate.graders.asking import which
from curation.gate.graders.weights import button_held


def test_parts_that_changed_places_are_seen_behind_a_lead_in() -> None:
    plain, turned = "bees turn nectar into honey".split(), "I think bees turn honey into nectar today".split()
    assert swapped_within(tuple(plain), tuple(turned))
    assert not swapped_within(tuple(plain), ("I", "think", *plain, "today"))
    assert not swapped_within(("nectar", "honey"), ("honey", "nectar"))  # too short to say who does what


def test_items_around_an_and_change_places_freely() -> None:
    assert swapped(("tea", "before", "cake"), ("cake", "before", "tea"))
    assert not swapped(("tea", "and", "cake"), ("cake", "and", "tea"))


def test_the_order_of_words_says_little_where_a_case_says_who_does_it() -> None:
    assert not conflict(
        "Den Mieter bezahlt der Vermieter am Montag.", "Heute bezahlt der Vermieter den Mieter am Montag."
    )
    assert conflict("The landlord pays the tenant on Monday.", "Today the tenant pays the landlord on Monday.")


def test_a_deed_is_turned_round_unless_both_ways_are_said() -> None:
    herons, frogs = reading("Herons eat frogs."), reading("In spring, frogs eat herons.")
    both = reading("Herons eat frogs, and frogs eat herons.")
    assert turned_round(herons, frogs) and not turned_round(herons, both) and not turned_round(herons, herons)


def test_a_phrase_is_known_in_each_inflection_of_its_first_word() -> None:
    assert phrase("switched", "off", "en") == phrase("switch", "off", "en") != ""
    assert phrase("switched", "table", "en") == ""
    assert phrase("signed", "out", "en") == phrase("log", "out", "en")


def test_until_it_closes_is_as_long_as_it_is_open() -> None:
    assert not conflict("You may stay until the hall closes.", "You may stay as long as the hall is open.")
    assert conflict("You may stay when the hall is closed.", "You may stay when the hall is open.")


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("tap the top item", "tap the first entry"),
        ("tap the bottom option", "tap the last entry"),
        ("tap the second line", "tap the second entry"),
        ("no later than 45 minutes before departure", "at least 45 minutes before departure"),
        ("spätestens 2 Stunden vor dem Flug", "mindestens 2 Stunden vor dem Flug"),
        ("au plus tard 2 heures avant le vol", "au moins 2 heures avant le vol"),
        ("a más tardar 2 horas antes del vuelo", "al menos 2 horas antes del vuelo"),
        ("the film runs for 2 hours", "the film lasts 2 hours"),
        ("as a rule it rains", "normally it rains"),
    ],
)
def test_a_phrase_is_read_as_what_it_means(said: str, meant: str) -> None:
    assert in_single_words(said) == meant


def test_what_is_no_such_phrase_is_left_alone() -> None:
    for text in ("the top drawer", "the bus runs on Monday", "no later trains", "a second card"):
        assert in_single_words(text) == text


def test_the_words_of_a_limit_are_no_items_of_a_list() -> None:
    assert items(reading("at least bread and butter")) == items(reading("bread and butter"))
    assert items(reading("bread, butter, jam")) != items(reading("bread, butter"))


def test_only_inside_is_not_outside() -> None:
    outside = reading("You may smoke in the garden, but not outside the gate.")
    assert not widens(outside, reading("You may smoke only inside the gate."))
    hall = reading("You may smoke in the garden, but not in the hall.")
    assert widens(hall, reading("You may smoke only in the hall."))


def test_a_time_after_something_is_no_order_of_steps() -> None:
    assert not reading("You get it five days after the payment.").in_order
    assert reading("First open the lid, then press the button.").in_order


def test_answers_on_different_things_do_not_conflict_unless_they_are_short() -> None:
    one = "Ferries to the islands cross daily in summer, but the bridge is closed."
    other = "Museums in the old town charge students half, and the garden is open."
    assert not conflict(one, other)
    assert conflict("The bridge is closed.", "The bridge is open.")


LONG = (
    "The bus stops at the mill. The driver sells tickets. Dogs ride free. Bikes cost extra. The last bus leaves at {}."
)


def test_long_answers_conflict_in_yes_and_no_alone() -> None:
    assert len(reading(LONG.format(20)).claims) > comparing.BRIEF
    assert not conflict(LONG.format(20), LONG.format(22))
    assert conflict("The last bus leaves at 20.", "The last bus leaves at 22.")
    assert conflict("Yes. " + LONG.format(20), "No. " + LONG.format(20), "Is there a bus?")


def test_a_button_with_the_meaning_of_the_question_is_the_same_button() -> None:
    question = "How do I delete a photo?"
    wanted, given = reading("Open the photo and tap Remove.", question), reading("Open the photo, tap Erase.", question)
    claim = next(claim for claim in wanted.claims if claim.names)
    (name,) = claim.names
    assert button_held(name, claim, given, words_of(question, "en"))
    assert not button_held(name, claim, given, words_of("How do I print a photo?", "en"))


def test_what_before_a_noun_asks_for_one_thing_of_several() -> None:
    assert which("What colour is the bin?") and which("Which bin?")
    assert not which("What is the colour?") and not which("What kind of bin is it?")


def test_a_clause_takes_the_other_side_of_a_question() -> None:
    about = words_of("Is the pool open?", "en")
    assert says_opposite(reading("The pool is closed.").claims[0], about, "en")
    assert not says_opposite(reading("The pool is open.").claims[0], about, "en")


def test_a_question_says_how_often() -> None:
    assert question_read("What does the annual ticket cost?", "en").rates
    assert not question_read("What does the red ticket cost?", "en").rates


def test_the_first_question_word_says_what_is_asked_for() -> None:
    assert [kind for kind, _ in KINDS][:2] == [Asks.YES_OR_NO, Asks.AMOUNT]
    assert asks("Is it open, and when?") is Asks.YES_OR_NO
    assert asks("When is it open, and where?") is Asks.TIME
    assert asks("Tell me how many seats there are") is Asks.AMOUNT
    assert asks("Seats?") is Asks.UNKNOWN
