"""Cases whose right answer rests on one person: reported apart, and none of them refuses alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import pytest

from curation.gate.figures import in_words
from curation.gate.verdicts import Case, Verdict, verdict_document
from curation.gate.verdicts.history import History, Record
from curation.gate.verdicts.losses import Evidence, together, together_without_one
from curation.gate.verdicts.rounds import Unit, drops, sure_drops
from tests.curation.gate.test_verdicts import ALL_GOLDEN, CASES, codes, judge, run

Severity = Literal["normal", "never_again"]
ONE_PERSON = {"g0", "g1", "g2", "r0"}


def tiered(names: set[str] = ONE_PERSON, severity: Severity = "normal") -> list[Case]:
    """The usual cases; those named rest on one person."""
    return [
        replace(case, tier="single", severity=severity) if case.id in names else replace(case, tier="several")
        for case in CASES
    ]


def against_all_right(lost: set[str], cases: list[Case], **marks: str) -> Verdict:
    return judge(run("new", ALL_GOLDEN - lost, cases, **marks), run("old", ALL_GOLDEN, cases), cases)


def test_a_lost_single_case_refuses_nobody_alone_and_is_counted_apart() -> None:
    verdict = against_all_right({"g0"}, tiered(), g0="-----")
    assert verdict.passed and verdict.counts["regressed"] == 1
    assert verdict.single is not None and verdict.single.lost == 1
    assert verdict.single.rate.cases == 4 and verdict.single.rate.value == 2 / 4
    assert codes(against_all_right({"g3"}, tiered(), g3="-----")) == {"golden_regressions"}


def test_a_correction_of_one_person_that_is_lost_again_refuses_nobody_alone() -> None:
    cases = tiered()
    before = run("old", ALL_GOLDEN | {"r0", "r1"}, cases)
    assert judge(run("new", ALL_GOLDEN | {"r1"}, cases), before, cases).passed
    assert codes(judge(run("new", ALL_GOLDEN | {"r0"}, cases), before, cases)) == {"fixed_regressions"}


def test_many_lost_single_cases_refuse_together() -> None:
    everything = {case.id for case in CASES}
    lost = {f"g{n}" for n in range(8)}
    assert "significant_drop" in codes(against_all_right(lost, tiered(everything)))


def test_two_lost_single_cases_refuse_together_where_repetition_leaves_no_doubt() -> None:
    everything = {case.id for case in CASES}
    assert "less_reliable" in codes(against_all_right({"g0", "g1"}, tiered(everything), g0="-----", g1="-----"))
    assert against_all_right({"g0"}, tiered(everything), g0="-----").passed


def test_a_case_that_must_never_fail_again_is_no_single_one() -> None:
    cases = tiered({"g0"}, severity="never_again")
    assert "never_again" in codes(against_all_right({"g0"}, cases, g0="-----"))


def test_the_rounds_of_one_single_case_do_not_make_a_drop() -> None:
    steady = [Unit(1, (1,) * 6, (1,) * 6) for _ in range(20)]
    broken = Unit(1, (1,) * 6, (0,) * 6)
    assert drops([broken, *steady], []).adjusted_golden < 0.002
    assert sure_drops([broken, *steady], [], 0.03).adjusted_golden < 0.002
    weak = replace(broken, single=True)
    assert sure_drops([weak, *steady], [], 0.03).adjusted_golden == 1.0
    assert sure_drops([weak, replace(weak), *steady], [], 0.03).adjusted_golden < 0.002
    assert sure_drops([replace(weak, after=(1,))], [], 0.03).adjusted_golden == 1.0


def test_a_long_record_of_one_single_case_does_not_refuse_with_the_luck_of_others() -> None:
    broken, lucky = Evidence("a", Record(16, 16), Record(0, 5)), Evidence("b", Record(5, 6), Record(4, 5))
    assert together([broken, lucky]) < 0.002
    assert together_without_one([broken, lucky], {"a"}, 0.002) > 0.5
    assert together_without_one([broken, lucky], {"b"}, 0.002) < 0.002
    assert together_without_one([broken, replace(broken, case="c")], {"a", "c"}, 0.002) < 0.002


@pytest.mark.parametrize(("tier", "passes"), [("single", True), ("several", False)])
def test_one_failing_single_case_does_not_keep_a_small_first_run_below_the_floor(tier: str, passes: bool) -> None:
    few = [replace(case, tier=tier) for case in CASES[:8]]
    verdict = judge(run("new", ALL_GOLDEN - {"g0"}, few), None, few, min_cases=5)
    assert verdict.passed is passes


def test_the_figures_name_the_single_cases_with_n_and_interval() -> None:
    figures = verdict_document(against_all_right({"g0"}, tiered(), g0="-----"))["figures"]
    assert isinstance(figures, dict)
    words = dict(in_words({"change": -0.02, "interval": (-0.1, 0.05), "p_value": 1.0}, figures))
    said = words["Cases that rest on one person"]
    assert said.startswith("50.0% (95 % ") and "n = 4" in said
    assert "change -25.0 points" in said and "1 lost; losing one does not refuse a candidate" in said
    assert said.endswith("count as lost only against the first and the best run")
    firm = verdict_document(judge(run("new", ALL_GOLDEN), run("old", ALL_GOLDEN)))["figures"]
    assert isinstance(firm, dict) and firm["single"] is None


@pytest.mark.parametrize(("anchored", "unseen"), [(True, 1), (False, 5)])
def test_a_baseline_slips_by_one_single_case_a_version_until_the_first_run_shows_it(
    anchored: bool, unseen: int
) -> None:
    cases = tiered({case.id for case in CASES})
    steady = dict.fromkeys(ALL_GOLDEN, "+++++")
    first = before = run("v0", ALL_GOLDEN, cases, **steady)
    passed = 0
    while passed < 5:
        lost = {f"g{number}" for number in range(passed + 1)}
        after = run(f"v{passed}x", ALL_GOLDEN - lost, cases, **(steady | dict.fromkeys(lost, "-----")))
        if not judge(after, before, cases, history=History(first=first) if anchored else None).passed:
            break
        before, passed = after, passed + 1
    assert passed == unseen
