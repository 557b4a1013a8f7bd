"""Graders that compare words: exact, normalised, token F1, fuzzy, and the registry in front of
them.
"""

from __future__ import annotations

import math
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.gate.graders import DEFAULT_GRADERS, GRADERS, GraderError, grade, grader
from curation.gate.graders.normalisation import blank, normalised, tokens

TEXTS = st.text(alphabet=st.characters(codec=None, categories=None), max_size=60)


def score(name: str, answer: str, expected: str, **case: object) -> float:
    return grade(name, answer, expected, case, threshold=1.0).score


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ｆｕｌｌ　ｗｉｄｔｈ １２", "full width 12"),
        ("STRASSE", "straße"),
        ("cafe\u0301", "café"),
        ("zero\u200bwidth", "zerowidth"),
        ("**Bold**, `code` — and\n\n> quoted", "bold code and quoted"),
        ("1,000 items", "1000 items"),
        ("٣٠ يوما", "30 يوما"),
        ("10kg", "10 kg"),
        ("don’t", "don't"),
        ("write to [EMAIL_1]", "write to [EMAIL_7]"),
    ],
)
def test_it_reads_texts_that_differ_in_layout_only_as_the_same_words(one: str, other: str) -> None:
    assert normalised(one) == normalised(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("3.5", "35"),
        ("-5", "5"),
        ("a < b", "a > b"),
        ("a != b", "a = b"),
        ("5%", "5"),
        ("résumé", "resume"),
        ("$5", "€5"),
        ("😀", "😢"),
        ("[EMAIL_1]", "[PHONE_1]"),
    ],
)
def test_it_keeps_what_changes_the_meaning(one: str, other: str) -> None:
    assert normalised(one) != normalised(other)


def test_it_splits_scripts_without_spaces_into_characters_and_keeps_marks_on_their_letters() -> None:
    assert tokens("東京都") == ("東", "京", "都")
    assert tokens("हिन्दी भाषा") == ("हिन्दी", "भाषा")
    assert tokens("ภาษา")[0] == "ภ"


@given(TEXTS)
def test_it_normalises_any_text_once_and_for_all(text: str) -> None:
    assert tokens(normalised(text)) == tokens(text) or blank(text) or "[" in text or ">" in text


@given(TEXTS, TEXTS)
def test_every_score_is_a_number_from_zero_to_one(answer: str, expected: str) -> None:
    for name in DEFAULT_GRADERS:
        result = grade(name, answer, expected, {"rejected": answer[::-1]}, threshold=0.5)
        assert 0.0 <= result.score <= 1.0
        assert result.passed == (result.score >= 0.5)


@given(st.text(min_size=1, max_size=80).filter(lambda text: not blank(text)))
def test_every_grader_passes_the_expected_answer_itself(text: str) -> None:
    for name in DEFAULT_GRADERS:
        assert score(name, text, text) == 1.0


def test_exact_tells_letters_apart_that_normalised_does_not() -> None:
    assert score("exact", " Paris\n", "Paris") == 1.0
    assert score("exact", "paris", "Paris") == 0.0
    assert score("normalised", "paris!", "Paris") == 1.0
    assert score("normalised", "Paris, France", "Paris") == 0.0


def test_token_f1_counts_shared_words_and_punishes_padding() -> None:
    assert score("token_f1", "a b c d", "a b") == pytest.approx(2 / 3, abs=1e-6)
    assert score("token_f1", "a a a a", "a b") == pytest.approx(1 / 3, abs=1e-6)
    assert score("token_f1", "x y", "a b") == 0.0


def test_fuzzy_sees_the_order_that_token_f1_does_not() -> None:
    one, other = "first pay then order then wait", "wait then order then pay first"
    assert score("token_f1", other, one) == 1.0
    assert score("fuzzy", other, one) < 0.7


@pytest.mark.parametrize("wrong", [math.nan, math.inf, -0.1, 1.1, True, "1", None])
def test_it_refuses_a_score_that_is_not_a_number_from_zero_to_one(wrong: object) -> None:
    with pytest.raises(GraderError) as refusal:
        grade("exact", "a", "a", {}, threshold=0.5, using=lambda answer, expected, case: wrong)  # type: ignore[arg-type]
    assert "score" in str(refusal.value)


@pytest.mark.parametrize("threshold", [0.0, -1.0, 1.5, math.nan])
def test_it_refuses_a_threshold_that_passes_everything_or_nothing(threshold: float) -> None:
    with pytest.raises(GraderError) as refusal:
        grade("exact", "a", "a", {}, threshold=threshold)
    assert "threshold" in str(refusal.value)


@pytest.mark.parametrize("answer", ["", " \n", "\u200b\u200d", "\ufeff", "\u2800", "\u3164"])
def test_nothing_to_see_never_passes(answer: str) -> None:
    result = grade("exact", answer, answer, {}, threshold=0.5)
    assert not result.passed


def test_it_refuses_an_endless_answer() -> None:
    with pytest.raises(GraderError) as refusal:
        grade("token_f1", "a" * 100_001, "a", {}, threshold=0.5)
    assert "longer" in str(refusal.value)


@pytest.mark.parametrize("name", ["", "unknown", "__class__", "exact "])
def test_it_knows_no_grader_by_another_name(name: str) -> None:
    with pytest.raises(GraderError) as refusal:
        grader(name)
    assert "no grader" in str(refusal.value)


def test_it_takes_no_options_for_a_plain_grader() -> None:
    with pytest.raises(GraderError) as refusal:
        grader("exact", strict=True)
    assert "options" in str(refusal.value)


def test_a_grade_never_quotes_the_texts() -> None:
    result = grade("token_f1", "secretword here", "secretword there", {"rejected": "secretword"}, threshold=0.9)
    assert "secretword" not in result.reason


def test_the_registry_needs_no_optional_package() -> None:
    assert tuple(GRADERS) == ("exact", "normalised", "claims", "calls", "token_f1", "fuzzy")
    assert "sentence_transformers" not in sys.modules


def test_the_embedding_grader_measures_the_angle() -> None:
    space = {"a": [1.0, 0.0], "b": [0.0, 1.0], "c": [-1.0, 0.0], "ab": [1.0, 1.0], "nan": [math.nan, 1.0]}
    close = grader("embedding", encode=lambda texts: [space[text] for text in texts])
    assert close("a", "a", {}) == 1.0
    assert close("a", "b", {}) == close("a", "c", {}) == 0.0
    assert close("ab", "a", {}) == pytest.approx(math.sqrt(0.5))
    with pytest.raises(GraderError) as refusal:
        close("nan", "a", {})
    assert "direction" in str(refusal.value)


def test_the_embedding_grader_says_what_it_lacks() -> None:
    with pytest.raises(GraderError) as nothing:
        grader("embedding")
    assert "name a model" in str(nothing.value)
