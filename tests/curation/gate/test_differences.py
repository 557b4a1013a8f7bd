"""The candidate's answer against the expected one, word by word."""

from curation.gate.reports import LONGEST, Part, difference


def test_words_that_are_lost_and_new_are_marked_where_they_are() -> None:
    found = difference("The fee is 30 euros.", "The fee is 40 euros.")
    assert found == [Part("same", "The fee is"), Part("lost", " 30"), Part("new", " 40"), Part("same", " euros.")]


def test_case_and_punctuation_are_no_difference() -> None:
    assert {part.kind for part in difference("Open it, then close it.", "open it; then CLOSE it")} == {"same"}


def test_answers_with_little_in_common_or_too_long_are_shown_as_they_are() -> None:
    assert difference("The fee is 30 euros.", "Ask somebody else about that, please.") == []
    assert difference("a " * (LONGEST + 1), "a " * (LONGEST + 1)) == []
    assert difference("", "a") == []
