"""Grading is remembered for one verdict, and no longer."""

from typing import Any

import pytest

from curation.claims.reading import duty_of, question_read, reading, words_of
from curation.gate import judging
from curation.gate.graders import CaseView, Grade, grade
from curation.gate.graders.asking import asks
from curation.gate.graders.normalisation import tokens
from curation.gate.verdicts import Case, grade_case, graded, remembering
from tests.curation.gate_world import good, released

CASE = Case("one", "golden", "When?", "At ten.", grader="exact", discriminating=True)


def test_equal_answers_are_graded_once_within_a_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def counted(name: str, answer: str, expected: str, case: CaseView, **more: Any) -> Grade:
        asked.append(answer)
        return grade(name, answer, expected, case, **more)

    monkeypatch.setattr("curation.gate.verdicts.cases.grade", counted)
    with remembering():
        results = [graded(CASE, answer) for answer in ("At ten.", "At nine.", "At ten.")]
    assert [result.passed for result in results] == [True, False, True]
    assert asked == ["At ten.", "At nine."]
    grade_case(CASE, "At ten.")
    assert len(asked) == 3


def test_a_configured_grader_is_asked_each_time() -> None:
    asked: list[str] = []

    def voting(answer: str, expected: str, case: object, /) -> float:
        asked.append(answer)
        return 1.0

    with remembering():
        for _ in range(2):
            grade_case(CASE, "At ten.", using={"exact": voting})
    assert len(asked) == 2


def test_another_threshold_is_another_grade() -> None:
    strict = Case("one", "golden", "When?", "At ten.", grader="fuzzy", threshold=1.0, discriminating=True)
    loose = Case("one", "golden", "When?", "At ten.", grader="fuzzy", threshold=0.1, discriminating=True)
    with remembering():
        assert [grade_case(case, "At nine.").passed for case in (strict, loose)] == [False, True]


@pytest.mark.django_db
def test_no_text_stays_in_memory_after_curation_a_release_and_a_gate() -> None:
    """A text that a worker kept would outlive its erasure."""
    release = released()
    judging.run(release, good, judging.CandidateIn("x"), concurrency=1)
    for read in (reading, words_of, question_read, duty_of, tokens, asks):
        assert read.cache_info().currsize == 0, read
