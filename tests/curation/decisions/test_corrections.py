"""Which corrections are taught without review, counted on a file of cases in fifteen languages."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from curation.decisions.corrections import Flaw, flaw, may_answer
from curation.decisions.first_person import first_person
from curation.decisions.words import tokens

CASES = [json.loads(line) for line in Path(__file__).with_name("corrections.jsonl").read_text("utf-8").splitlines()]
ROUNDS = [
    json.loads(line)
    for line in Path(__file__).parents[3].joinpath("bench/labelled/corrections.jsonl").read_text("utf-8").splitlines()
]
DAYS = "How long can I return an order?", "You have 14 days from delivery."
INVOICES = "Where do I find my invoices?", "Under Profile, then Downloads."
INSTALL = "How do I install the client?", "Run conda install acme-client and then acme login."
FREE = "Is shipping to Norway free?", "No, shipping to Norway costs 9 euro."
SINGERS = "Show the names of all singers older than 30", "SELECT name FROM singer WHERE age > 20"
MASKS = "Should I wear a mask in the car?", "Wash your hands often and for at least 20 seconds."


def found(case: dict[str, Any]) -> Flaw | None:
    return flaw(case["correction"], case["question"], case["answer"])


@pytest.mark.parametrize(("written", "share"), [("first", 0.01), ("aside", 0.04)])
def test_nearly_nothing_is_taught_that_is_no_answer(written: str, share: float) -> None:
    bad = [case for case in CASES if case["written"] == written and case["wanted"] in ("refuse", "amend")]
    taught = [case["correction"] for case in bad if found(case) is None]
    assert len(bad) > 250 and len(taught) <= share * len(bad), taught


def test_full_sentences_that_are_no_answers_are_told_by_their_kind() -> None:
    bad = [case for case in ROUNDS if case["wanted"] in ("refuse", "amend")]
    taught = [case["correction"] for case in bad if found(case) is None]
    assert len(bad) > 250 and len(taught) <= 0.02 * len(bad), taught


def test_no_good_answer_is_kept_back() -> None:
    assert [case["correction"] for case in [*CASES, *ROUNDS] if case["wanted"] == "teach" and found(case)] == []


def test_what_is_shouted_goes_to_review() -> None:
    assert flaw("MORE SHOULD BE TOLD ABOUT FAMILIES") is Flaw.COMPLAINT
    assert flaw("SELECT COUNT(*) FROM SINGER") is None and flaw("NATO HQ BRUSSELS") is None


def test_what_takes_the_place_of_an_answer_has_no_flaw_by_itself() -> None:
    taught = [case for case in [*CASES, *ROUNDS] if found(case) is None]
    assert len(taught) > 300 and [case for case in taught if flaw(case["correction"], case["question"])] == []


@pytest.mark.parametrize(
    ("question", "answer", "text", "kind"),
    [
        ("Who repairs the lift?", "The caretaker repairs the lift.", "The lift stops at every floor of the house.", Flaw.NO_ANSWER),
        ("Who repairs the lift?", "The caretaker repairs the lift.", "The lift is repaired by the owner of the house.", None),
        ("Who runs the shop?", "The shop is run by a couple.", "Half the town knows that couple from the market.", Flaw.NO_ANSWER),
        ("Where do I leave the bike?", "Leave the bike in yard 3.", "You have to lock the bike before you leave.", Flaw.NO_ANSWER),
        ("How do I change my plan?", "Choose Plans in Billing.", "The new colours are rather pleasant for tired eyes.", Flaw.NO_ANSWER),
        ("How do I get to Bonn?", "Take the train at ten.", "We stood in the rain for an hour because of you.", Flaw.COMPLAINT),
        ("What does APR stand for?", "APR is a fee.", "Never shorten words without telling what they mean.", Flaw.INSTRUCTION),
        ("送料はいくらですか？", "送料は500円です。", "沖縄への送料も同じですか", Flaw.QUESTION),
        ("배송비는 얼마인가요?", "배송비는 3천 원입니다.", "제주도도 같은 금액인가요", Flaw.QUESTION),
        ("Was kostet der Eintritt?", "Der Eintritt kostet 10 Euro.", "statt 10 Euro muss da 12 Euro stehen", Flaw.FRAGMENT),
        ("Wie lange hält die Sohle?", "Die Sohle hält fünf Jahre.", "Bei uns ist nach einem Sommer alles gerissen.", Flaw.NO_ANSWER),
        (*DAYS, "Thirty days.", None),
        ("What does the ticket cost?", "The ticket costs 3 euro.", "4 euro a ride.", None),
        ("Who pays the plumber?", "The landlord pays the plumber.", "The tenant.", None),
        ("Wann ist Markt?", "Markt ist am Montag.", "Immer freitags.", None),
        ("¿Dónde está el buzón?", "El buzón está en la calle.", "En la pared de atrás.", None),
        ("How do I reverse a list without changing it?", "Use items.reverse().", "reversed(items)", None),
    ],
)  # fmt: skip
def test_what_answers_something_else_is_told_from_a_terse_answer(
    question: str, answer: str, text: str, kind: Flaw | None
) -> None:
    assert flaw(text, question, answer) == kind


def test_most_fragments_are_told_from_what_has_nothing_to_add() -> None:
    fragments = [found(case) == Flaw.FRAGMENT for case in CASES if case["wanted"] == "amend"]
    assert sum(fragments) >= 0.9 * len(fragments)


@pytest.mark.parametrize(
    ("asked", "text", "kind"),
    [
        (INVOICES, "no", Flaw.NO_ANSWER),
        (DAYS, "outdated", Flaw.NO_ANSWER),
        (DAYS, "14 is wrong", Flaw.NO_ANSWER),
        (DAYS, "No, it's 30 days", Flaw.FRAGMENT),
        (DAYS, "30 days, not 14", Flaw.FRAGMENT),
        (DAYS, "weiß nicht", Flaw.COMPLAINT),
        (DAYS, "maybe thirty days or perhaps a little more than that", Flaw.COMPLAINT),
        (INSTALL, "https://docs.example.com/install", Flaw.NO_ANSWER),
        (INSTALL, "use pip instead", Flaw.FRAGMENT),
        (INVOICES, "it moved", Flaw.NO_ANSWER),
        (INVOICES, "Good question. I don't know that either.", Flaw.NO_ANSWER),
        (DAYS, "Sure, you have 40 days.", Flaw.FRAGMENT),
        (INVOICES, "Every month, usually on the first.", Flaw.NO_ANSWER),
        (INVOICES, "Really? I looked under Profile already.", Flaw.QUESTION),
        (INVOICES, "Under Profile, then Downloads. Wrong!", Flaw.FRAGMENT),
        (INVOICES, "Please tell people that they have to log in.", Flaw.INSTRUCTION),
        (INVOICES, "I would rather speak to a human being about this.", Flaw.COMPLAINT),
        (INVOICES, "Bravo, another answer from the last century.", Flaw.COMPLAINT),
        (DAYS, "At the desk in the entrance hall, on workdays only.", Flaw.NO_ANSWER),
        (DAYS, "~~14~~ 30 days", Flaw.FRAGMENT),
        (INVOICES, "not under profile", Flaw.NO_ANSWER),
        (INVOICES, "I looked there twice and found only my old orders", Flaw.COMPLAINT),
        (FREE, "Yes", Flaw.FRAGMENT),
        (SINGERS, "age > 30", Flaw.FRAGMENT),
        (SINGERS, "Find the names of singers whose age is greater than 30 in the singer table", Flaw.FRAGMENT),
        (FREE, "Sure, and the parcel flies there by itself, too.", Flaw.COMPLAINT),
        (("Où est la cour ?", "La cour est à gauche."), "Elle est fermée quand j'arrive.", Flaw.NO_ANSWER),
        (("Como entro?", "Clique em Entrar."), "Já tentei isso três vezes e dá erro.", Flaw.NO_ANSWER),
        (("Nasıl ararım?", "Santrali arayın."), "Santralden beni kapıya yönlendirdiler.", Flaw.NO_ANSWER),
        (INVOICES, "They moved the whole page somewhere else last month.", Flaw.NO_ANSWER),
        (DAYS, "instead of 14 please 30 days", Flaw.FRAGMENT),
        (MASKS, "Gives general advice on washing hands, but nothing specific to cars or to masks.", Flaw.COMPLAINT),
        (MASKS, "The response is all about hands while masks are lacking here.", Flaw.COMPLAINT),
    ],
)
def test_what_does_not_answer_says_why(asked: tuple[str, str], text: str, kind: Flaw) -> None:
    assert flaw(text, *asked) == kind


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        (DAYS, "You have 30 days from delivery."),
        (DAYS, "It's 30 days."),
        (("How long may I return a coat?", "Ten."), "Thirty days from the day it came."),
        (("How long is a day ticket valid?", "A day ticket is valid for one year."), "A day ticket never expires."),
        (DAYS, "Good question. You have 30 days from delivery."),
        (INVOICES, "Under Account, then Billing."),
        (INVOICES, "Under My Account, then Billing."),
        (DAYS, "You have 30 days after your parcel was handed over."),
        (("Hur lång tid tar det?", "Det tar 10 min med bussen."), "Det tar 25 min med bussen."),
        (("Hur lång tid tar det?", "Det tar en timme med bussen."), "Det tar 25 min med bussen."),
        (("Wie keurt het goed?", "Financiën keurt je declaratie goed."), "Je leidinggevende keurt je declaratie goed."),
        (("Kargo ne zaman gelir?", "Kargo ertesi gün gelir."), "Kargo üç iş günü içinde gelir."),
        (("Wann kommt das Gehalt?", "Das Gehalt kommt am 15."), "Am letzten Werktag des Monats."),
        (("Quel est le délai ?", "Le délai est de trois jours."), "Dix jours ouvrés."),
        (("退货需要多少天？", "退货需要三天。"), "退货需要七个工作日。"),
        (INVOICES, "Open Settings > Billing and choose a month."),
        (INSTALL, "Run pip install acme-client and then acme login."),
        (FREE, "Yes, it is free."),
        (("When will I see my money?", "We take Visa and cash."), "A refund reaches your card within 5 working days."),
        (SINGERS, "SELECT name FROM singer WHERE age > 30"),
        (MASKS, "Wear one if you share the car with people from another household."),
        (("What is 17 times 6?", "96"), "102"),
        (("Is the pool heated?", "No."), "Yes."),
        (("How do I export?", "Use File."), "Select Export from the menu."),
        (("¿Hay un límite?", "Sí, de cinco."), "No existe un límite de pedidos por cliente."),
        (("Wer genehmigt Urlaub?", "Die Personalabteilung genehmigt Urlaub."), "Urlaub genehmigt die Teamleitung."),
    ],
)
def test_a_short_whole_answer_is_taught(asked: tuple[str, str], text: str) -> None:
    assert flaw(text, *asked) is None


def test_without_the_answer_that_it_replaces_a_short_text_may_be_one() -> None:
    assert flaw("30", DAYS[0]) is None


@pytest.mark.parametrize(
    "piece",
    [
        "not a but ",
        "a -> ",
        "30 ",
        "instead of ",
        "s/a/",
        "this gives ",
        "no, ",
        "ich habe ",
        "say the ",
        "we were ",
        "a? ",
    ],
)
def test_hostile_repetition_costs_no_time_beside_an_answer(piece: str) -> None:
    start = time.process_time()
    for text in (piece * 8, piece * 20_000):
        flaw(text, text, text)
    assert time.process_time() - start < 0.5


def test_a_hindi_word_keeps_its_vowel_signs() -> None:
    assert tokens("हाँ, मेरा ऑर्डर नहीं आया।") == ["हाँ", "मेरा", "ऑर्डर", "नहीं", "आया"]
    assert first_person("मेरा ऑर्डर नहीं आया।", "ऑर्डर कब आता है?") == {"मेरा"}


@pytest.mark.parametrize(
    "text",
    [
        "Here is what I found. The printer uses 256 watts. I hope this helps.",
        "In short: The printer uses 256 watts. Have a nice day.",
        "As our pages say: The printer uses 256 watts. Anything else?",
        "The printer uses 256 watts. Let me know if you need anything else!",
    ],
)
def test_an_answer_in_the_manner_of_agents_is_judged_without_its_courtesies(text: str) -> None:
    assert flaw(text, "How many watts does the printer use?", "The printer uses 100 watts. I hope this helps.") is None


@pytest.mark.parametrize(
    "text", ["I hope this helps.", "In short: no.", "That is wrong. I hope this helps.", "Anything else?"]
)
def test_a_courtesy_alone_is_no_answer(text: str) -> None:
    assert flaw(text, "How many watts does the printer use?", "The printer uses 100 watts.") is not None


@pytest.mark.parametrize(
    ("text", "kind", "may"),
    [
        ("Yes, you must still record the times for all children.", Flaw.FRAGMENT, True),
        ("Yes, you must record the times.", Flaw.FRAGMENT, False),  # too short
        ("That is wrong and everybody here knows that it is.", Flaw.COMPLAINT, False),
        ("bump the limit from 14 to 30 days", Flaw.FRAGMENT, False),  # an edit
    ],
)
def test_only_a_long_text_that_is_no_edit_may_be_an_answer_once_others_say_the_same(
    text: str, kind: Flaw, may: bool
) -> None:
    assert may_answer(text, kind, DAYS[1]) is may
