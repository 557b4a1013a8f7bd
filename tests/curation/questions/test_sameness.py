"""Which questions are the same: the key that evidence about an answer is pooled by.

`pairs.jsonl` has pairs of questions that are the same or differ, `alone.jsonl` questions that can or cannot be understood
without the turns before them. Nobody looked at those marked `aside` while the lists were written.
"""

import json
import re
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from curation.questions import words
from curation.questions.sameness import canonical, only_greets, question_key, stands_alone
from curation.questions.words import CODES, language
from feedback.texts.fingerprints import normalise

HERE = Path(__file__).parent
PAIRS: list[dict[str, Any]] = [json.loads(line) for line in (HERE / "pairs.jsonl").read_text().splitlines()]
ALONE: list[dict[str, Any]] = [json.loads(line) for line in (HERE / "alone.jsonl").read_text().splitlines()]
QUESTIONS: list[str] = sorted({pair[side] for pair in PAIRS for side in "ab"})
CARD = [{"role": "user", "content": "Tell me about your card."}, {"role": "assistant", "content": "It is blue."}]
LOAN = [{"role": "user", "content": "Tell me about your loans."}, {"role": "assistant", "content": "They are cheap."}]
# The least share of rewordings joined, seen and set aside alike. All are well above what a fingerprint joins, which is 1 %.
RECALL = 0.6
CASED = re.compile(rf"\b(?:{'|'.join(language('en').cased)})\b")  # other words in another case
TELLING = set(
    """
    not never without before after from under over with if only all some must should may why when where who which
    nicht nie ohne vor nach von mit muss soll darf wann wo warum alle einige
    pas sans avant après dois quand où pourquoi tous quelques plus moins
    no sin antes después debo cuándo dónde todos algunos más menos
    non senza prima dopo devo quando dove tutti alcuni più meno
    não sem depois devo onde todas algumas mais menos
    niet geen zonder voor na mag moet wanneer waar alle sommige
    nie bez przed po muszę kiedy gdzie wszystkie niektóre
    """.split()
)


def joined(pair: dict[str, Any]) -> bool:
    return canonical(pair["a"]) == canonical(pair["b"])


def test_no_two_different_questions_are_joined() -> None:
    assert [(pair["a"], pair["b"]) for pair in PAIRS if not pair["same"] and joined(pair)] == []


@pytest.mark.parametrize("aside", [0, 1])
@pytest.mark.parametrize("lang", CODES)
def test_most_rewordings_are_joined(lang: str, aside: int) -> None:
    found = [joined(pair) for pair in PAIRS if pair["same"] and pair["lang"] == lang and pair["aside"] == aside]
    assert sum(found) / len(found) >= RECALL


def test_no_question_loses_a_word_that_changes_it() -> None:
    lost = []
    for question in QUESTIONS:
        words = question.split()
        for place, word in enumerate(words):
            without = " ".join(words[:place] + words[place + 1 :])
            if word.lower() in TELLING and canonical(without) == canonical(question):
                lost.append((word, question))
    assert lost == []


def test_case_and_the_last_mark_make_no_difference() -> None:
    changed = [
        question
        for question in QUESTIONS
        if not CASED.search(question)
        and not canonical(question) == canonical(question.lower()) == canonical(f"  {question.rstrip('?.! ')} ")
    ]
    assert changed == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Is a MB more than a KB?", "is a mb more than a kb"),
        ("What is 7-3?", "What is 7 - 3?"),
        ("Does it cost $5?", "Does it cost 5 dollars?"),
        ("In Python, how do I sort a list?", "How do I sort a list in Python?"),
        ("Café: où est-ce que je peux payer ?", "Cafe\u0301: où est-ce que je peux payer ?"),
        ("If I lose my card, what do I do?", "What should I do if I lose my card?"),
        ("Was muss ich tun, um mich anzumelden?", "Wie melde ich mich an?"),
    ],
)
def test_two_ways_of_writing_are_one_question(one: str, other: str) -> None:
    assert canonical(one) == canonical(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("What does != mean?", "What does = mean?"),
        ("What is the decorator @property?", "What is the decorator property?"),
        ("Sind Sie versichert?", "Ist sie versichert?"),
        ("Kann man mich sehen?", "Kann ich mich sehen?"),
        ("¿Se puede ver mi perfil?", "¿Puedo ver mi perfil?"),
        ("Kun je mijn adres zien?", "Kan ik mijn adres zien?"),
        ("What are my liabilities?", "What is my liability?"),
        ("Is a driver required to stop at the border?", "Do I need a driver to stop at the border?"),
        ("Can a flight be cancelled because of snow?", "Can I cancel a flight because of snow?"),
        ("Does each work in Ruby?", "Does every work in Ruby?"),
        ("Who is WHO?", "Who is who?"),
        ("Are there discounts for two?", "Do you have two discounts?"),
        ("What time does the new shop open?", "When does the new shop open?"),
        ("Write a script in Python", "How do I write a script in Python?"),
        ("Sort this list in Python", "How do I sort a list in Python?"),
        ("What is your address?", "What is the address?"),
        ("Kommt er am Montag?", "Kommt er montags?"),
        ("Are red shoes and socks in stock?", "Are red socks and shoes in stock?"),
        ("Should I install and restart it?", "Should I restart and install it?"),
    ],
)
def test_a_list_joins_no_two_questions_that_only_look_alike(one: str, other: str) -> None:
    assert canonical(one) != canonical(other)


def test_a_courtesy_changes_no_key() -> None:
    assert question_key("How do I reset my password?") == question_key(
        "Hi, could you tell me how I can reset my password?"
    )


def test_the_scope_makes_another_question() -> None:
    plain, german = (
        question_key("Do you ship to Iceland?"),
        question_key("Do you ship to Iceland?", scope=["locale:de"]),
    )
    assert plain != german
    assert german != question_key("Do you ship to Iceland?", scope=["plan:pro"])


def test_the_scope_has_no_order() -> None:
    one, other = (
        question_key("Do you ship?", scope=scope) for scope in (["plan:pro", "locale:de"], ["locale:de", "plan:pro"])
    )
    assert one == other


def test_a_question_that_stands_alone_has_its_bare_key_after_greetings_and_another_after_other_turns() -> None:
    question = "How do I reset my password?"
    greeted = [{"role": "user", "content": "Hello!"}, {"role": "assistant", "content": "Hi!"}]
    assert question_key(question, greeted) == question_key(question)
    assert len({question_key(question), question_key(question, CARD), question_key(question, LOAN)}) == 3


@pytest.mark.parametrize(
    ("said", "greets"),
    [
        ("Hi, how can I help you today?", True),
        ("Goedemorgen! Waarmee kan ik u helpen?", True),
        ("Guten Abend! Wie kann ich Ihnen helfen?", True),
        ("¡Buenas tardes! ¿En qué puedo ayudarle?", True),
        ("Hello! Which card do you have?", False),
        ("Guten Tag, es geht um die Karte.", False),
        ("How can I help my son with it?", False),
    ],
)
def test_an_offer_of_help_is_a_greeting_and_what_says_more_is_none(said: str, greets: bool) -> None:
    turns = [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": said}]
    question = "How do I reset my password?"
    assert (question_key(question, turns) == question_key(question)) is greets


@pytest.mark.parametrize(
    "question", ["And how much is that?", "What is the limit?", "How much does it cost?", "In Germany?"]
)
def test_a_question_that_needs_its_dialogue_has_a_key_for_each(question: str) -> None:
    assert len({question_key(question), question_key(question, CARD), question_key(question, LOAN)}) == 3


def test_a_turn_counts_by_what_it_asks() -> None:
    polite = [{**CARD[0], "content": "Hi, tell me about your card, please."}, CARD[1]]
    assert question_key("What is the limit?", CARD) == question_key("What is the limit?", polite)


def test_no_question_that_needs_its_dialogue_stands_alone() -> None:
    assert [case["question"] for case in ALONE if not case["alone"] and stands_alone(case["question"])] == []


def test_nearly_every_question_that_stands_alone_is_found() -> None:
    found = [stands_alone(case["question"]) for case in ALONE if case["alone"]]
    assert sum(found) / len(found) >= 0.9


def test_a_hidden_value_joins_no_two_interactions() -> None:
    question = "Is [PERSON_1] in the office?"
    assert question_key(question, salt=b"1") != question_key(question, salt=b"2")
    assert question_key("Are you in the office?", salt=b"1") == question_key("Are you in the office?", salt=b"2")


def test_a_hidden_value_in_a_turn_counts() -> None:
    told = [{"role": "user", "content": "I am [PERSON_1]."}]
    assert question_key("How much is it?", told, salt=b"1") != question_key("How much is it?", told, salt=b"2")


def test_a_language_without_lists_is_compared_as_it_is_written() -> None:
    assert canonical("Hur ändrar jag min adress?") == "hur ändrar jag min adress"
    assert canonical("パスワードを変更するには？") == "パスワードを変更するには"


def test_a_greeting_alone_stays_a_greeting() -> None:
    assert canonical("Hello!") == "hello"
    assert canonical("So what?") == "so what"


def test_a_long_text_is_compared_as_it_is_written() -> None:
    text = "How can I reset my password? " * 30
    assert canonical(text) == normalise(text)


@pytest.mark.parametrize("code", CODES)
def test_the_lists_are_read_whole(code: str) -> None:
    spoken = language(code)
    assert spoken.sets["marks"] and spoken.sets["open"] and spoken.rules["frames"]


@pytest.mark.parametrize("code", CODES)
def test_no_word_of_a_list_leads_to_another_that_leads_on(code: str) -> None:
    spoken = language(code)
    for table in (spoken.words, spoken.forms):
        assert {left: right for left, right in table.items() if right in table and table[right] != right} == {}


@pytest.mark.parametrize("code", CODES)
def test_no_wording_is_listed_twice_with_different_meanings(code: str) -> None:
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for name, rules in language(code).rules.items():
        for first, entries in rules.items():
            for rest, instead in entries:
                found[name, " ".join([first, *rest])].add(" ".join(instead))
    assert {key: values for key, values in found.items() if len(values) > 1} == {}


def test_the_readme_explains_every_section() -> None:
    page = (Path(words.__file__).parent / "README.md").read_text()
    assert words.SECTIONS - set(re.findall(r"`(\w+)`", page)) == set()


def test_long_laughter_is_read_in_linear_time() -> None:
    began = time.process_time()
    assert not only_greets("haha" * 14 + "? x")
    assert time.process_time() - began < 0.1
