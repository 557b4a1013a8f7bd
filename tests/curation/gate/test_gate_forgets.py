"""A gate run forgets the cases of an erased person, and its result remains valid."""

from typing import Any

import pytest

from curation.gate import judging
from curation.gate.agent_versions import CandidateIn
from curation.gate.runs import kept_results, run_seal, without_cases
from curation.models import GateRun
from privacy.erasure import erasure
from privacy.models import Purpose
from tests import factories as cast
from tests.curation.gate_world import WRONG, good, released

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def run() -> GateRun:
    """A candidate lost every case that an earlier one had passed."""
    release = released()
    judging.run(release, good, CandidateIn("today"), concurrency=1)
    return judging.run(release, lambda question, context: WRONG, CandidateIn("worse"), concurrency=1)


def said(run: GateRun) -> str:
    """Everything that the run itself keeps."""
    return repr(GateRun.objects.filter(pk=run.pk).values("reasons", "counts", "policy").get())


@pytest.mark.parametrize("purpose", [None, Purpose.CAPTURE, Purpose.EVALUATION])
def test_an_erased_case_leaves_the_reasons_of_every_run(run: GateRun, purpose: str | None) -> None:
    assert "'shop-0'" in said(run) and "shop-1," in said(run) and "shop-0," in said(run)
    before = len(run.reasons)
    erasure.erase(cast.person(run.project, "person-0"), purpose)
    assert "shop-0'" not in said(run) and "shop-0," not in said(run)
    assert "shop-1," in said(run) and "shop-10" in said(run)
    run.refresh_from_db()
    assert len(run.reasons) == before and "(erased)" in said(run)


def test_who_takes_back_training_alone_stays_a_case(run: GateRun) -> None:
    before = said(run)
    erasure.erase(cast.person(run.project, "person-0"), Purpose.TRAINING)
    assert said(run) == before


def test_its_seal_holds(run: GateRun) -> None:
    erasure.erase(cast.person(run.project, "person-0"))
    run.refresh_from_db()
    assert run.seal == run_seal(run) and kept_results(run).seal


@pytest.mark.parametrize(
    ("gone", "cases", "detail"),
    [
        ("3", ["1", "13"], "3: cases ended in an error: 1, 13, (erased)"),
        ("1", ["13", "3"], "3: cases ended in an error: (erased), 13, 3"),
        ("7", ["1", "13", "3"], "3: cases ended in an error: 1, 13, 3"),
    ],
)
def test_only_the_very_name_is_taken_out(gone: str, cases: list[str], detail: str) -> None:
    reason: dict[str, Any] = {
        "code": "errored",
        "detail": "3: cases ended in an error: 1, 13, 3",
        "cases": ["1", "13", "3"],
    }
    assert without_cases(reason, {gone}) == {"code": "errored", "detail": detail, "cases": cases}


def test_a_name_is_told_from_the_number_of_those_not_named() -> None:
    reason = {"code": "errored", "detail": "9: answers are empty: 1, 2, 4 and 4 more", "cases": ["1", "2", "4"]}
    assert without_cases(reason, {"4"})["detail"] == "9: answers are empty: 1, 2, (erased) and 4 more"
