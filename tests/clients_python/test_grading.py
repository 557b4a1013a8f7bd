"""The local grader."""

from __future__ import annotations

import pytest

from flywheel_client.grading import UnknownGrader, grade

RETURN = "You have 30 days to return it."


@pytest.mark.parametrize(
    ("answer", "expected", "rejected", "passed"),
    [
        ("Paris", "Paris", None, True),
        ("It is PARIS, of course.", "Paris", None, True),
        ("It is Parish.", "Paris", None, False),
        ("You have thirty days.", RETURN, None, False),
        ("You have 30 days to return your order.", RETURN, "You have 14 days to return it.", True),
        ("You have 14 days to return it.", RETURN, None, False),
        ("You have 14 days to return it.", RETURN, "You have 14 days to return it.", False),
        ("", RETURN, None, False),
        ("", RETURN, "No.", False),
        ("パリです", "パリ", None, True),
        ("ﬁne, 1.5 kg", "Fine 1.5 kg", None, True),
        ("15 kg", "1.5 kg", None, False),
        ("👍", "👍", None, True),
        ("👎", "👍", None, False),
    ],
)
def test_it_passes_what_contains_or_resembles_the_expected_answer(
    answer: str, expected: str, rejected: str | None, passed: bool
) -> None:
    assert grade(answer, expected, rejected).passed is passed


def test_the_release_s_own_grader_is_used() -> None:
    assert not grade("It is Paris.", "Paris", grader="normalised").passed
    assert grade("It is Paris.", "Paris", grader={"name": "contains"}).passed
    assert grade("a b c d", "a b", grader={"name": "token_f1", "threshold": 0.5}).passed
    assert not grade("a b c d", "a b", grader={"name": "token_f1", "threshold": 0.9}).passed


@pytest.mark.parametrize("grader", ["judge", {"name": "embedding"}, {"name": "token_f1", "threshold": "high"}])
def test_a_grader_that_only_the_server_has_is_not_guessed(grader: object) -> None:
    with pytest.raises(UnknownGrader):
        grade("a", "a", grader=grader)  # type: ignore[arg-type]
