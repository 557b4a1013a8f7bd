"""The turn before says what a lone value is: `What is your SSN?`, then `345678901`."""

import pytest

from privacy.redaction import redact, redact_json
from tests import factories as cast


@pytest.mark.parametrize(
    ("asked", "text", "kind"),
    [
        ("Could you confirm your social security number?", "078051120", "NATIONAL_ID"),
        ("Wie lautet Ihre Kartennummer?", "5425 2334 3010 9904", "CARD"),
        ("Quelle est votre date de naissance ?", "12/04/1985", "BIRTH_DATE"),
        ("¿Cuál es su código postal?", "28013", "POSTCODE"),
        ("What is your phone number?", "555 0142 88", "PHONE"),
        ("Please enter the code we sent you.", "902133", "SECRET"),
        ("What password did you use?", "hunter-Oak-3", "SECRET"),
        ("May I have your full name, please?", "kaito tanaka", "PERSON"),
        ("¿Cómo se llama usted?", "maría gonzález", "PERSON"),
        ("What is your account number?", "88301-2277", "ACCOUNT"),
        ("Passport number?", "sure, it's AX4433221", "NATIONAL_ID"),
        ("What is your address?", "it is 14 Oak Lane, Leeds", "ADDRESS"),
    ],
)
def test_a_question_names_what_stands_alone_in_the_answer(asked: str, text: str, kind: str) -> None:
    assert redact(text, asked=asked).findings == {kind: 1}


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ("What is your name?", "yes please"),
        ("What is your name?", "I told you that it does not work"),
        ("How many lamps do you need?", "12"),
        ("Which colour?", "the blue one"),
        ("Your order has shipped.", "345678901"),
        ("Where do I change my address in the shop?", "Address is on page 12 of your profile."),
        ("Wo ändere ich meine Adresse?", "Das können Sie auf Seite 12 tun."),
    ],
)
def test_other_answers_stay(asked: str, text: str) -> None:
    assert redact(text, asked=asked) == text


def test_it_holds_between_the_turns_of_a_structure() -> None:
    turns = [{"role": "assistant", "content": "What is your SSN?"}, {"role": "user", "content": "345678901"}]
    assert redact_json(turns).value[1]["content"] == "[NATIONAL_ID_1]"


@pytest.mark.django_db
def test_a_captured_question_is_read_with_the_turn_before_it() -> None:
    shop = cast.project()
    context = [{"role": "assistant", "content": "Wie ist Ihr Name?"}]
    stored = cast.row(cast.asked(shop, question="oluwaseun adeyemi", context=context))
    assert stored.question == "[PERSON_1]"


@pytest.mark.django_db
def test_a_captured_answer_is_read_with_its_question() -> None:
    shop = cast.project()
    stored = cast.row(cast.asked(shop, question="What is the account number you have for me?", answer="88301-2277"))
    assert stored.answer == "[ACCOUNT_1]"
