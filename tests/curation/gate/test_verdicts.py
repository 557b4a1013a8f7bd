"""The verdict: what a candidate gained and lost, how sure that is, and what a project lets pass."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.gate.verdicts import (
    TIMEOUT,
    Case,
    GatePolicy,
    History,
    PolicyError,
    ResultSet,
    Verdict,
    attempted,
    case_digest,
    cases_digest,
    graded,
    judge_results,
    needs_confirmation,
    refusals,
    slices,
    verdict_document,
)
from curation.gate.verdicts.rounds import Unit, drop, drops
from curation.gate.verdicts.significance import Pairs, change_interval, holm

GOLDEN = [
    Case(
        f"g{i}",
        "golden",
        f"q{i}",
        f"right {i}",
        tags=(f"t{i % 2}",),
        language=("en", "de")[i % 2],
        sources=("s",),
    )
    for i in range(30)
]
CORRECTED = [Case(f"r{i}", "regression", f"p{i}", f"right {i}", f"wrong {i}") for i in range(20)]
CASES = [replace(case, grader="normalised", discriminating=True) for case in (*GOLDEN, *CORRECTED)]


def run(name: str, right: Iterable[str], cases: list[Case] = CASES, **repeats: str) -> ResultSet:
    """Return a run that answers `right` rightly; repeats like g3="++-" add attempts to a case."""
    known = set(right)
    results = []
    for case in cases:
        result = graded(case, case.expected if case.id in known else "no idea")
        marks = repeats.get(case.id, "+++++" if name == "old" and case.kind == "golden" and result.passed else "")
        attempts = tuple(attempted(case, case.expected if mark == "+" else "no idea") for mark in marks)
        results.append(replace(result, repeats=attempts))
    return ResultSet.sealed(name, "v1", cases, results)


ALL_GOLDEN = {f"g{i}" for i in range(30)}


def judge(
    candidate: ResultSet,
    baseline: ResultSet | None = None,
    cases: list[Case] = CASES,
    history: History | None = None,
    **policy: object,
) -> Verdict:
    return judge_results(cases, candidate, baseline, GatePolicy.from_dict(policy), release="v1", history=history)


def codes(verdict: Verdict) -> set[str]:
    return {reason.code for reason in verdict.reasons}


def test_it_passes_a_candidate_that_fixes_and_breaks_nothing() -> None:
    verdict = judge(run("new", ALL_GOLDEN | {"r0", "r1"}, r0="+++++", r1="+++++"), run("old", ALL_GOLDEN))
    assert (verdict.passed, verdict.could_judge, verdict.reasons) == (True, True, ())
    assert verdict.counts["fixed"] == 2
    assert verdict.counts["still_failing"] == 18
    assert verdict.change == pytest.approx(2 / 50)
    assert verdict.p_value == 0.5


def test_it_sorts_cases_by_what_became_of_them() -> None:
    verdict = judge(run("new", (ALL_GOLDEN - {"g0"}) | {"r0"}), run("old", (ALL_GOLDEN - {"g1"}) | {"r1"}))
    named = {outcome.case.id: outcome.outcome for outcome in verdict.outcomes}
    assert (named["g0"], named["g1"], named["r0"], named["r1"]) == (
        "regressed",
        "fixed",
        "fixed",
        "regressed",
    )
    assert (named["g2"], named["r2"]) == ("still_passing", "still_failing")


def test_it_refuses_a_broken_golden_case_however_much_is_fixed() -> None:
    verdict = judge(run("new", (ALL_GOLDEN - {"g0"}) | {f"r{i}" for i in range(20)}), run("old", ALL_GOLDEN))
    assert codes(verdict) == {"golden_regressions"}
    assert verdict.reasons[0].cases == ("g0",)
    assert verdict.could_judge


def test_it_refuses_the_loss_of_a_correction_that_the_baseline_had() -> None:
    assert codes(judge(run("new", ALL_GOLDEN), run("old", ALL_GOLDEN | {"r0"}))) == {"fixed_regressions"}


def test_a_policy_may_allow_losses_but_not_of_a_never_again_case() -> None:
    cases = [replace(case, severity="never_again") if case.id == "g1" else case for case in CASES]
    old = run("old", ALL_GOLDEN, cases)
    assert judge(run("new", ALL_GOLDEN - {"g0"}, cases), old, cases, max_regressions_golden=5).passed
    lost = judge(run("new", ALL_GOLDEN - {"g1"}, cases), old, cases, max_regressions_golden=5)
    assert codes(lost) == {"never_again"}


def test_it_refuses_a_significant_drop_that_the_limits_allow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slices, "MIN_SLICE", 100)
    few, many = ALL_GOLDEN - {"g0", "g2", "g4"}, ALL_GOLDEN - {f"g{i}" for i in range(7)}
    old = run("old", ALL_GOLDEN)
    assert judge(run("new", few), old, max_regressions_golden=10).passed
    assert codes(judge(run("new", many), old, max_regressions_golden=10)) == {"significant_drop"}


def test_fixes_elsewhere_do_not_hide_a_drop_in_golden_cases(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slices, "MIN_SLICE", 100)
    many = (ALL_GOLDEN - {f"g{i}" for i in range(6)}) | {f"r{i}" for i in range(20)}
    verdict = judge(run("new", many), run("old", ALL_GOLDEN), max_regressions_golden=3)
    verdict = replace(verdict, reasons=verdict.reasons[1:])
    assert [(reason.code, reason.detail[:12]) for reason in verdict.reasons] == [("significant_drop", "golden cases")]


def test_it_refuses_a_drop_in_one_slice() -> None:
    english = {f"g{i}" for i in range(0, 20, 2)}
    gains = {f"g{i}" for i in range(1, 21, 2)}
    old, new = run("old", ALL_GOLDEN - gains), run("new", ALL_GOLDEN - english)
    verdict = judge(new, old, max_regressions_golden=20)
    assert codes(verdict) == {"slice_drop"}
    dropped = {(part.dimension, part.value) for part in verdict.slices if part.dropped}
    assert dropped == {("language", "en"), ("tag", "t0")}
    assert {reason.detail.partition(":")[0] for reason in verdict.reasons} == {"language en", "tag t0"}


def test_a_drop_names_no_source() -> None:
    pairs = Pairs(both=0, lost=9, won=0, neither=1)
    part = slices.Slice("source", "https://shop.example/private", 10, 1, pairs, (-1.0, -0.5), 0.01, dropped=True)
    assert [reason.detail for reason in refusals.slice_drops([part])] == ["one source: 9 lost, 0 won of 10"]


def test_every_slice_is_reported_by_tag_language_source_and_kind() -> None:
    verdict = judge(run("new", ALL_GOLDEN), run("old", ALL_GOLDEN))
    shown = {(part.dimension, part.value): (part.cases, part.passing) for part in verdict.slices}
    assert shown["kind", "golden"] == (30, 30)
    assert shown["kind", "regression"] == (20, 0)
    assert shown["language", "de"] == shown["tag", "t1"] == (15, 15)
    assert shown["source", "s"] == (30, 30)


def test_a_loss_is_unconfirmed_until_it_was_repeated() -> None:
    old = run("old", ALL_GOLDEN)
    first = judge(run("new", ALL_GOLDEN - {"g3"}), old)
    assert needs_confirmation(first) == ("g3",)
    assert "not confirmed" in first.reasons[0].detail
    again = judge(run("new", ALL_GOLDEN - {"g3"}, g3="-----"), old)
    assert needs_confirmation(again) == ()
    assert codes(again) == {"golden_regressions"}


@pytest.mark.parametrize(
    ("repeats", "outcome"),
    [("+++++", "still_passing"), ("+-+-+", "still_passing"), ("+--+-", "unsure"), ("-----", "regressed")],
)
def test_a_case_is_lost_where_luck_does_not_explain_its_repetitions(repeats: str, outcome: str) -> None:
    verdict = judge(run("new", ALL_GOLDEN - {"g3"}, g3=repeats), run("old", ALL_GOLDEN))
    assert [one.outcome for one in verdict.outcomes if one.case.id == "g3"] == [outcome]
    assert verdict.passed is (outcome != "regressed")
    assert verdict.counts["flaky"] == int("+" in repeats)


def test_a_case_that_the_baseline_was_asked_once_cannot_be_proven_lost() -> None:
    verdict = judge(run("new", ALL_GOLDEN - {"g3"}, g3="-----"), run("old", ALL_GOLDEN, g3=""))
    assert verdict.passed and verdict.counts["unsure"] == 1


def test_several_cases_that_pass_less_often_refuse_together() -> None:
    names = ("g3", "g5", "g7", "g9")
    verdict = judge(run("new", ALL_GOLDEN - set(names), **dict.fromkeys(names, "+--+-")), run("old", ALL_GOLDEN))  # type: ignore[arg-type]
    assert "less_reliable" in codes(verdict)
    assert judge(run("new", ALL_GOLDEN - {"g3"}, g3="+--+-"), run("old", ALL_GOLDEN)).passed


def test_too_few_repetitions_decide_nothing() -> None:
    verdict = judge(run("new", ALL_GOLDEN - {"g3"}, g3="++++"), run("old", ALL_GOLDEN))
    assert not verdict.passed
    assert needs_confirmation(verdict) == ("g3",)


def test_a_lucky_gain_is_confirmed_too() -> None:
    old = run("old", ALL_GOLDEN)
    assert needs_confirmation(judge(run("new", ALL_GOLDEN | {"r4"}), old)) == ("r4",)
    assert judge(run("new", ALL_GOLDEN | {"r4"}, r4="-----"), old).counts["fixed"] == 0


def test_a_lucky_gain_of_the_baseline_does_not_bind_the_candidate() -> None:
    verdict = judge(run("new", ALL_GOLDEN), run("old", ALL_GOLDEN | {"r4"}, r4="-----"))
    assert verdict.passed


def test_without_a_baseline_it_asks_for_a_share_of_golden_cases() -> None:
    three, four = ALL_GOLDEN - {"g0", "g1", "g2"}, ALL_GOLDEN - {"g0", "g1", "g2", "g3"}
    first = judge(run("new", three))
    assert first.passed
    assert (first.p_value, first.change, first.interval) == (None, None, None)
    assert first.counts["newly_failing"] == 3
    assert first.counts["still_failing"] == 20
    assert codes(judge(run("new", four))) == {"below_min_golden"}


def test_without_a_baseline_it_expects_golden_cases_to_pass_and_corrected_ones_to_fail() -> None:
    verdict = judge(run("new", (ALL_GOLDEN - {"g0"}) | {"r0"}))
    assert {one.case.id for one in verdict.outcomes if one.surprising} == {"g0", "r0"}


def test_a_golden_case_without_a_record_is_asked_again_and_a_corrected_one_where_it_surprises() -> None:
    first = judge(run("new", ALL_GOLDEN | {"r0"}))
    assert set(needs_confirmation(first)) == ALL_GOLDEN | {"r0"}
    assert needs_confirmation(judge(run("new", ALL_GOLDEN), run("old", ALL_GOLDEN))) == ()


def test_a_candidate_that_is_plainly_worse_is_not_asked_again() -> None:
    verdict = judge(run("new", set()), run("old", ALL_GOLDEN))
    assert "significant_drop" in codes(verdict) and needs_confirmation(verdict) == ()


def test_without_a_baseline_a_never_again_golden_case_must_pass() -> None:
    cases = [replace(case, severity="never_again") if case.id in ("g1", "r1") else case for case in CASES]
    assert codes(judge(run("new", ALL_GOLDEN - {"g1"}, cases), None, cases)) == {"never_again"}


def test_a_policy_may_ask_for_a_baseline() -> None:
    verdict = judge(run("new", ALL_GOLDEN), require_baseline=True)
    assert (codes(verdict), verdict.could_judge) == ({"no_baseline"}, False)


def test_cases_that_no_grader_tells_apart_are_answered_but_not_counted() -> None:
    cases = [replace(case, discriminating=case.kind == "golden") for case in CASES]
    old, new = run("old", ALL_GOLDEN, cases), run("new", ALL_GOLDEN, cases)
    verdict = judge(new, old, cases)
    assert verdict.passed
    assert (verdict.counts["counted"], verdict.counts["not_counted"]) == (30, 20)


@pytest.mark.parametrize(("counted", "code"), [(24, "too_few_discriminating"), (9, "too_few_cases")])
def test_it_cannot_judge_by_too_few_trusted_cases(counted: int, code: str) -> None:
    cases = [replace(case, discriminating=index < counted) for index, case in enumerate(CASES)]
    verdict = judge(run("new", ALL_GOLDEN, cases), None, cases)
    assert code in codes(verdict)
    assert not verdict.could_judge


def test_a_baseline_of_an_older_release_counts_where_its_cases_are_unchanged() -> None:
    before = [replace(case, expected="other words") if case.id == "g0" else case for case in CASES if case.id != "g1"]
    old = replace(run("old", ALL_GOLDEN | {"r0"}, before), release="v0", seal="")
    old = ResultSet.sealed("old", "v0", before, old.results)
    verdict = judge(run("new", ALL_GOLDEN), old)
    assert codes(verdict) == {"fixed_regressions"}
    unpaired = {outcome.case.id for outcome in verdict.outcomes if outcome.before is None}
    assert unpaired == {"g0", "g1"}


def test_a_baseline_that_shares_too_little_cannot_be_compared_with() -> None:
    before = CASES[:20]
    old = ResultSet.sealed("old", "v0", before, run("old", ALL_GOLDEN, before).results)
    verdict = judge(run("new", ALL_GOLDEN), old)
    assert ("baseline_unpaired" in codes(verdict), verdict.could_judge) == (True, False)


def test_timeouts_and_errors_refuse_but_the_rest_is_judged() -> None:
    new = run("new", ALL_GOLDEN)
    results = list(new.results)
    results[0] = graded(CASES[0], None, error=TIMEOUT)
    results[1] = graded(CASES[1], None, error="HTTP 500")
    verdict = judge(ResultSet.sealed("new", "v1", CASES, results), run("old", ALL_GOLDEN))
    assert codes(verdict) == {"timed_out", "errored", "golden_regressions", "significant_drop"}
    assert verdict.could_judge


def test_a_grader_that_cannot_grade_is_an_error_of_the_result() -> None:
    case = Case("f", "golden", "q", "a word", grader="exact", threshold=0.0, discriminating=True)
    result = graded(case, "an answer")
    assert (result.passed, result.score) == (False, None)
    assert result.error is not None
    assert result.error.startswith("grader: exact")


def test_details_never_quote_answers() -> None:
    verdict = judge(run("new", set()), run("old", ALL_GOLDEN))
    assert "no idea" not in repr([reason.detail for reason in verdict.reasons])


FIELDS = {
    "id": "x",
    "kind": "regression",
    "question": "x",
    "expected": "x",
    "rejected": "x",
    "severity": "never_again",
    "tags": ("x",),
    "language": "x",
    "accepted": ("x",),
    "also_rejected": ("x",),
    "grader": "exact",
    "threshold": 0.5,
    "discriminating": False,
    "sources": ("x",),
    "context": "x",
    "steps": "x",
}


@pytest.mark.parametrize("name", FIELDS)
def test_every_field_of_a_case_is_in_its_digest(name: str) -> None:
    changed = replace(CASES[0], **{name: FIELDS[name]})  # type: ignore[arg-type]
    assert case_digest(changed) != case_digest(CASES[0])


def test_the_digests_cover_every_field_and_no_order() -> None:
    assert set(FIELDS) == set(vars(CASES[0])) - {"tier"}
    assert case_digest(replace(CASES[0], tier="single")) == case_digest(CASES[0])
    assert cases_digest(CASES) == cases_digest(CASES[::-1])
    assert cases_digest([*CASES, CASES[0]]) != cases_digest(CASES)
    assert len(case_digest(replace(CASES[0], question="\ud800"))) == 64


@pytest.mark.parametrize(
    "values",
    [
        {"max_regressions_golden": -1},
        {"max_regressions_fixed": 1.5},
        {"alpha": 0.0},
        {"alpha": math.nan},
        {"alpha": 0.9},
        {"min_golden": 1.1},
        {"min_golden": True},
        {"min_cases": 0},
        {"min_cases": "3"},
        {"never_again": 0},
        {"confirmations": -1},
        {"min_golden": math.inf},
        {"unknown": 1},
    ],
)
def test_it_refuses_a_policy_that_makes_no_sense(values: dict[str, object]) -> None:
    with pytest.raises(PolicyError) as refusal:
        GatePolicy.from_dict(values)
    assert next(iter(values)) in str(refusal.value)


def test_a_policy_survives_being_stored() -> None:
    policy = GatePolicy(max_regressions_golden=2, min_golden=0.8)
    assert GatePolicy.from_dict(policy.to_dict()) == policy


def test_a_stored_policy_may_name_what_is_no_setting_any_more() -> None:
    assert GatePolicy.from_dict({"max_copied": 0.9, "min_slice": 3, "min_cases": 4}) == GatePolicy(min_cases=4)


def test_a_score_that_changed_after_the_grading_breaks_the_seal() -> None:
    new = run("new", ALL_GOLDEN, g3="++-++")
    first, *rest = new.results
    assert "broken_seal" not in codes(judge(new))
    assert "broken_seal" in codes(judge(replace(new, results=(replace(first, score=0.5), *rest))))


def test_a_stored_verdict_holds_no_captured_text() -> None:
    document = verdict_document(judge(run("new", ALL_GOLDEN - {"g0"}), run("old", ALL_GOLDEN)))
    text = json.dumps(document, allow_nan=False)
    assert "right 1" not in text
    assert "no idea" not in text
    assert document["unconfirmed"] == ["g0"]


def pairs(lost: int, won: int, same: int = 3) -> list[Unit]:
    """Units of one case and one round."""
    return [Unit(1, (1,), (0,))] * lost + [Unit(1, (0,), (1,))] * won + [Unit(1, (1,), (1,))] * same


def test_with_one_round_and_one_case_a_unit_the_test_is_mcnemars() -> None:
    assert drops(pairs(7, 1), []).two_sided == pytest.approx(0.0703125)
    assert drops([], pairs(3, 3)).two_sided == drops([], []).two_sided == 1.0
    assert drop(pairs(10, 0)) == pytest.approx(1 / 1024)
    assert drop(pairs(0, 10)) == pytest.approx(1.0)
    assert 0.0 < drop(pairs(600, 400)) < 1e-9


def test_intervals_agree_with_published_examples() -> None:
    # Newcombe 1998 and Bentur et al. 2009, as printed in texts on paired proportions.
    assert change_interval(Pairs(20, 2, 12, 16)) == pytest.approx((0.0562, 0.3292), abs=1e-4)
    assert change_interval(Pairs(1, 7, 1, 12)) == pytest.approx((-0.5069, -0.0256), abs=1e-4)
    assert change_interval(Pairs(0, 0, 0, 0)) == (-1.0, 1.0)


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 60), st.integers(0, 60))
def test_the_interval_holds_the_change_and_mirrors(both: int, lost: int, won: int, neither: int) -> None:
    pairs = Pairs(both, lost, won, neither)
    low, high = change_interval(pairs)
    assert -1.0 <= low <= (won - lost) / max(1, pairs.total) + 1e-9
    assert high >= (won - lost) / max(1, pairs.total) - 1e-9
    mirrored = change_interval(Pairs(both, won, lost, neither))
    assert mirrored == pytest.approx((-high, -low), abs=1e-9)


def test_holm_adjusts_for_how_many_were_looked_at() -> None:
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([]) == []
