"""Every grader in the gate's table is complete."""

from pathlib import Path

import pytest

from curation.gate import thresholds
from curation.gate.calibration import DEFAULT_THRESHOLDS
from curation.gate.case_graders import STRICT
from curation.gate.graders import GONE, KINDS, LEAST, MODELS, GraderError, GraderKind, grade
from curation.gate.model_graders import SET_UP
from curation.gate.verdicts import GatePolicy

TEXT = tuple(name for name, kind in KINDS.items() if kind.grade and not kind.steps)


@pytest.mark.parametrize("name", TEXT)
def test_a_grader_passes_the_expected_answer_and_fails_another(name: str) -> None:
    right = grade(name, "The fee is 30 euros.", "The fee is 30 euros.", {}, threshold=1.0)
    assert right.passed and not grade(name, "Ask at 45 desks.", "The fee is 30 euros.", {}, threshold=1.0).passed


@pytest.mark.parametrize("name", LEAST)
def test_a_threshold_of_every_grader_that_takes_one_can_be_set_by_a_policy(name: str) -> None:
    assert GatePolicy(thresholds={"golden": {name: 0.7}}).thresholds["golden"][name] == 0.7
    assert DEFAULT_THRESHOLDS["golden"][name] == LEAST[name] <= KINDS[name].highest


def test_the_page_of_thresholds_draws_a_curve_for_every_grader_of_texts_that_takes_one() -> None:
    assert [name for name in TEXT if name in LEAST] == list(thresholds.LIKENESS)


def test_graders_without_a_threshold_are_tried_first() -> None:
    assert list(KINDS)[: len(STRICT)] == list(STRICT)


def test_every_grader_that_asks_a_model_says_what_to_set_up() -> None:
    assert set(SET_UP) == set(MODELS)


@pytest.mark.parametrize("name", KINDS)
def test_the_documentation_names_every_grader(name: str) -> None:
    assert f"`{name}`" in "\n".join(page.read_text() for page in Path("docs").rglob("*.md"))


@pytest.mark.parametrize("both", [{}, {"grade": KINDS["exact"].grade, "make": KINDS["judge"].make}])
def test_a_grader_of_neither_or_both_sorts_is_refused(both: dict[str, object]) -> None:
    with pytest.raises(GraderError):
        GraderKind(**both)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", sorted(GONE))
def test_a_policy_that_has_a_threshold_of_a_grader_that_is_gone_still_holds(name: str) -> None:
    stored = {"thresholds": {"golden": {name: 0.8, "claims": 0.6}}}
    assert GatePolicy.from_dict(stored).thresholds == {"golden": {"claims": 0.6}}
