"""Which texts can be an answer, and which only comment on one."""

import time

import pytest

from curation.decisions.corrections import Flaw, flaw, same

ANSWERS = """
42
No, you cannot do that before 2024.
Yes.
The answer is 42.
Go to Settings > Security and choose Reset.
Please contact support at [EMAIL_1].
Make sure that the device is off, then hold the button for ten seconds.
It's not possible to change the name after the order was placed.
It doesn't work on Sundays.
It is not true that you must pay in advance.
This does not include VAT.
You must have an account first.
Add two eggs and stir.
Your contract ends on 1 May; a wrong address can be corrected until then.
Good question: see the page on refunds.
Das ist im Preis enthalten.
Non è necessario pagare.
No es necesario pagar.
SELECT avg(capacity), max(capacity) FROM stadium
是的，您可以在设置中更改。
"""
REMARKS = """
complaint: this is wrong, fix it
complaint: wrong
complaint: No, that's not correct
complaint: Wrong. The capital is Canberra.
complaint: This answer does not address the question at all.
complaint: You didn't answer my question
complaint: bad answer
complaint: off topic
complaint: Great answer, thanks!
complaint: I don't know
complaint: Das ist falsch
complaint: c'est faux
complaint: No es correcto
complaint: È sbagliato
complaint: Errado.
complaint: Dit is onjuist
complaint: это неправильно
complaint: 这是错误的
instruction: Please answer in German
instruction: make it shorter
instruction: too long
instruction: translate this to French
instruction: Could you please rewrite it
instruction: Add more details
instruction: Use simpler words
instruction: You should have mentioned the fee
instruction: don't mention the competitor
instruction: In step 2 replace 2014 with 2013.
instruction: Bitte auf Deutsch
instruction: Responde en español
instruction: 请用中文回答
question: What do you mean?
question: And for children under twelve?
placeholder: [EMAIL_1]
placeholder: [PHONE_1], [PERSON_2].
empty: ...
"""


@pytest.mark.parametrize("text", ANSWERS.strip().splitlines())
def test_an_answer_passes(text: str) -> None:
    assert flaw(text) is None


@pytest.mark.parametrize("line", REMARKS.strip().splitlines())
def test_a_remark_is_told_by_its_kind(line: str) -> None:
    kind, text = line.split(": ", 1)
    assert flaw(text) == Flaw(kind)


@pytest.mark.parametrize(
    "aside",
    [
        "It is late, FIX it",
        "Two eggs. Try again.",
        "Two eggs, please correct",
        "Two eggs in this reply",
        "From step 3 in step 4",
        "Two eggs is what the Question asks",
        "Two eggs and it doesn't really address the sum",
        "Two eggs, not what I meant",
        "Two eggs makes no sense",
        "Two eggs, the response lacks salt",
        "Two eggs, a terrible answer",
        "Zwei Eier – try again",
    ],
)
def test_an_aside_is_found_wherever_it_stands(aside: str) -> None:
    assert flaw(aside) == Flaw.COMPLAINT


def test_a_typographic_apostrophe_is_read_like_a_plain_one() -> None:
    assert flaw("That’s not right") == flaw("That's not right") == Flaw.COMPLAINT


def test_a_long_answer_may_speak_of_answers() -> None:
    text = "Open the form. " * 20 + "If the answer is wrong, please correct it in the form."
    assert flaw(text) is None
    assert flaw("This is wrong. " + text) == Flaw.COMPLAINT


def test_an_answer_that_ends_in_a_question_is_still_an_answer() -> None:
    assert flaw("Your parcel arrives on Monday. Is there anything else?") is None


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ("It takes five days.", "it takes  five days", True),
        ("“Yes”", "yes!", True),
        ("a < 3", "a > 3", False),
        ("5+3", "5-3", False),
        ("1.5 hours", "15 hours", False),
        ("SELECT *", "SELECT", False),
        ("ﬁve", "five", True),
    ],
)
def test_two_texts_say_the_same_when_only_case_spacing_and_punctuation_differ(
    one: str, other: str, equal: bool
) -> None:
    assert same(one, other) is equal


@pytest.mark.parametrize(
    "piece",
    [
        "no, ",
        "please, ",
        "this answer ",
        "really ",
        "swap a ",
        "it is ",
        "??? ",
        "the answer is ",
        "thanks ",
        "good good ",
    ],
)
def test_hostile_repetition_costs_no_time(piece: str) -> None:
    start = time.process_time()
    flaw(piece * 20_000)
    assert time.process_time() - start < 0.2
