"""Which questions are the same: the key that evidence about an answer is pooled by."""

import pytest

from curation.questions.sameness import canonical, question_key, stands_alone

CARD = [{"role": "user", "content": "Tell me about your card."}, {"role": "assistant", "content": "It is blue."}]
LOAN = [{"role": "user", "content": "Tell me about your loans."}, {"role": "assistant", "content": "They are cheap."}]


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


def test_a_question_that_stands_alone_has_one_key_in_every_dialogue() -> None:
    question = "How do I reset my password?"
    assert question_key(question, CARD) == question_key(question, LOAN) == question_key(question)


@pytest.mark.parametrize(
    "question", ["And how much is that?", "What is the limit?", "How much does it cost?", "In Germany?"]
)
def test_a_question_that_needs_its_dialogue_has_a_key_for_each(question: str) -> None:
    assert not stands_alone(question)
    assert len({question_key(question), question_key(question, CARD), question_key(question, LOAN)}) == 3


def test_a_hidden_value_joins_no_two_interactions() -> None:
    question = "Is [PERSON_1] in the office?"
    assert question_key(question, salt=b"1") != question_key(question, salt=b"2")
    assert question_key("Are you in the office?", salt=b"1") == question_key("Are you in the office?", salt=b"2")


def test_a_hidden_value_in_a_turn_that_does_not_count_leaves_the_key() -> None:
    told = [{"role": "user", "content": "I am [PERSON_1]."}]
    assert question_key("How do I reset my password?", told, salt=b"1") == question_key("How do I reset my password?")
    assert question_key("How much is it?", told, salt=b"1") != question_key("How much is it?", told, salt=b"2")


def test_a_language_without_lists_is_compared_as_it_is_written() -> None:
    assert canonical("Hur ändrar jag min adress?") == "hur ändrar jag min adress"
    assert canonical("パスワードを変更するには？") == "パスワードを変更するには"


def test_a_greeting_alone_stays_a_greeting() -> None:
    assert canonical("Hello!") == "hello"
    assert canonical("So what?") == "so what"
