"""The verdict beyond one run: coins, tries, anchors, units of near questions, and what a number of cases can show."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench.gate_statistics import Scenario, mixed, simulate
from curation.gate.verdicts import GatePolicy, History, Verdict, judge_early, judging, looks, verdict_document
from curation.gate.verdicts.cases import case_digest
from curation.gate.verdicts.documents import figures
from curation.gate.verdicts.history import Record
from curation.gate.verdicts.losses import Evidence, coins, lost, together
from curation.gate.verdicts.rates import cases_for, detectable
from curation.gate.verdicts.rounds import Unit, change_range, drop, drops, rate_range
from tests.curation.gate.test_verdicts import ALL_GOLDEN, CASES, codes, judge, run

FEW = {"g0", "g1", "g2"}


def test_a_case_that_is_a_coin_for_the_baseline_is_quarantined_and_stays_in_the_rate() -> None:
    old = run("old", ALL_GOLDEN, g0="+-+-+")
    verdict = judge(run("new", ALL_GOLDEN - {"g0"}, g0="-----"), old)
    assert verdict.passed and verdict.counts["quarantined"] == 1
    assert verdict.counts["passing"] == 29 and verdict.change is not None and verdict.change < 0


def test_a_candidate_cannot_make_its_own_cases_coins() -> None:
    names = ("g0", "g1", "g2", "g3", "g4")
    moody = run("new", ALL_GOLDEN - set(names), **dict.fromkeys(names, "+-+-+"))  # type: ignore[arg-type]
    verdict = judge(moody, run("old", ALL_GOLDEN))
    assert not verdict.passed and verdict.counts["quarantined"] == 0


def test_at_most_a_tenth_of_the_golden_cases_are_coins() -> None:
    even, uneven = Record(3, 6), Record(2, 6)
    records = (
        {f"a{n}": uneven for n in range(10)}
        | {f"b{n}": even for n in range(2)}
        | {f"c{n}": Record(6, 6) for n in range(8)}
    )
    assert coins(records) == {"b0", "b1"}
    assert coins({"a": Record(1, 2), **{f"c{n}": Record(6, 6) for n in range(19)}}) == frozenset()


def test_one_of_many_cases_that_could_be_lost_must_stand_out_more() -> None:
    broken = Evidence("broken", Record(6, 6), Record(0, 5))
    even = [Evidence(f"even {n}", Record(3, 6), Record(3, 5)) for n in range(5)]
    assert broken.p == pytest.approx(1 / 462)
    assert lost([broken], 0.004) == {"broken"} and lost([broken, *even], 0.004) == frozenset()
    assert lost([replace(broken, case=f"{n}") for n in range(5)], 0.004) == {"0", "1", "2", "3", "4"}
    assert together(even) > 0.3


def test_the_tries_of_a_version_are_judged_together() -> None:
    old = run("old", ALL_GOLDEN)
    bad, lucky = run("first try", ALL_GOLDEN - FEW), run("new", ALL_GOLDEN)
    assert judge(lucky, old).passed
    verdict = judge(lucky, old, history=History(tries=(bad,)))
    assert not verdict.passed and verdict.tries == 2 and verdict.change == pytest.approx(-1.5 / 50)


def test_many_small_losses_are_seen_against_the_first_run() -> None:
    first = run("old", ALL_GOLDEN)
    gone = [f"g{n}" for n in range(6)]
    before, now = run("before", ALL_GOLDEN - set(gone[:5])), run("new", ALL_GOLDEN - set(gone))
    allowed = {"max_regressions_golden": 1, "min_golden": 0.5}
    assert judge(now, before, **allowed).passed  # type: ignore[arg-type]
    verdict = judge(now, before, history=History(first=first), **allowed)  # type: ignore[arg-type]
    assert codes(verdict) == {"anchor_drop"}
    assert verdict.anchors[0].comparison.pairs.lost == 6
    assert "in golden cases: 6 worse, 0 better of 30" in verdict.reasons[0].detail


def test_the_best_of_many_runs_must_be_missed_by_more() -> None:
    best, before, now = run("best", ALL_GOLDEN), run("before", ALL_GOLDEN - FEW), run("new", ALL_GOLDEN - FEW)
    (of_one,) = judge(now, before, history=History(best=best)).anchors
    (of_ten,) = judge(now, before, history=History(best=best, best_of=10)).anchors
    assert of_ten.alpha == pytest.approx(of_one.alpha / 10)


def test_an_earlier_run_that_was_edited_is_not_believed() -> None:
    edited = replace(run("first", ALL_GOLDEN), seal="")
    verdict = judge(run("new", ALL_GOLDEN), run("old", ALL_GOLDEN), history=History(first=edited))
    assert (codes(verdict), verdict.could_judge) == ({"earlier_broken_seal"}, False)


def test_golden_cases_are_held_to_the_policys_rate_with_a_baseline_too() -> None:
    gone = {f"g{n}" for n in range(12)}
    old, now = run("old", ALL_GOLDEN - {"g0"}), run("new", ALL_GOLDEN - gone)
    assert "below_min_golden" in codes(judge(now, old, max_regressions_golden=30))


def test_a_first_run_must_reach_the_rate_to_the_case() -> None:
    few = [case for case in CASES if case.kind == "golden"][:11]
    assert judge(run("new", {case.id for case in few[1:]}, few), None, few).passed
    assert codes(judge(run("new", {case.id for case in few[2:]}, few), None, few)) == {"below_min_golden"}


def test_a_rate_that_was_accepted_before_refuses_no_equal_candidate() -> None:
    low = {f"g{n}" for n in range(15)}
    assert judge(run("new", low), run("before", low)).passed


def test_cases_of_one_unit_are_one_piece_of_evidence() -> None:
    names = {f"g{n}": "the same question" for n in range(8)}
    now, old = run("new", ALL_GOLDEN - set(names)), run("old", ALL_GOLDEN)
    apart, one = judge(now, old), judge(now, old, history=History(units=names))
    assert apart.p_value is not None and one.p_value is not None and apart.p_value < 0.001 < 0.1 < one.p_value
    assert len(one.comparison.units) == len(CASES) - 7 if one.comparison else False


def test_more_rounds_of_the_baseline_make_the_same_loss_stronger_evidence() -> None:
    once = [Unit(1, (1,), (0,))] * 3
    often = [Unit(1, (1,) * 6, (0,))] * 3
    assert drop(once) == pytest.approx(1 / 8) and drop(often) == pytest.approx(1 / 7**3)


def test_a_candidate_that_is_far_better_is_no_drop_however_unlikely_that_is() -> None:
    better = [Unit(1, (0,), (1,))] * 200
    found = drops([], better)
    assert found.everything == pytest.approx(1.0) and found.adjusted_everything == pytest.approx(1.0)
    assert drops(better, []).golden == pytest.approx(1.0) and found.two_sided < 1e-9
    assert drop(better) == pytest.approx(1.0)


def test_golden_and_other_cases_are_tested_together_and_apart_at_one_level() -> None:
    golden, others = [Unit(1, (1,), (0,))] * 6, [Unit(1, (0,), (1,))] * 20
    found = drops(golden, others)
    assert found.golden == pytest.approx(1 / 64) and found.everything > 0.9
    assert found.golden < found.adjusted_golden < 2 / 64


def test_intervals_of_several_rounds_and_units_hold_the_rate() -> None:
    units = [Unit(2, (2, 2), (1, 2))] * 10 + [Unit(1, (1, 1), (1, 1))] * 10
    low, high = change_range(units)
    assert low < -5 / 30 < high
    rate, low, high = rate_range([(unit.size, unit.after) for unit in units])
    assert low < rate < high and rate == pytest.approx(25 / 30)
    assert rate_range([]) == (0.0, 0.0, 1.0) and change_range([]) == (-1.0, 1.0)


def test_the_smallest_drop_that_is_seen_shrinks_with_the_cases() -> None:
    some = [detectable(n, 0.05, 0.032) for n in (50, 200, 1000)]
    assert all(found is not None for found in some)
    assert some == sorted(some, key=lambda found: -(found or 0)) and (some[0] or 0) > 0.1 > 0.03 > (some[-1] or 0)
    assert detectable(3, 0.05, 0.032) is None and cases_for(0.05, 0.05, 0.032) > 200


def test_the_document_says_what_was_compared_and_what_could_be_seen() -> None:
    document = verdict_document(judge(run("new", ALL_GOLDEN - {"g0"}), run("old", ALL_GOLDEN)))
    figures = document["figures"]
    assert isinstance(figures, dict) and (figures["lost"], figures["won"], figures["paired"]) == (1, 0, 50)
    assert figures["rate"]["cases"] == 50 and 0 < figures["detectable"] < 0.3


@pytest.mark.parametrize("name", ["coins", "flips"])
def test_an_unchanged_agent_is_seldom_refused(name: str) -> None:
    chances = mixed(20, (0.2, 0.5)) if name == "coins" else mixed(20, rest=0.95)
    assert simulate(Scenario(name, chances, chances), 20).refused <= 0.1


def test_an_agent_that_is_less_reliable_everywhere_is_refused() -> None:
    found = simulate(Scenario("less reliable", mixed(50), mixed(50, rest=0.85)), 20)
    assert found.refused >= 0.8 and found.change == pytest.approx(-0.15, abs=0.04)


@pytest.fixture
def early_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if these few cases were many."""
    monkeypatch.setattr(judging, "MANY", 10)


def early(lost: set[str], asked: int, **policy: object) -> Verdict | None:
    """The verdict on the first answers to the cases of the first parts."""
    old = run("old", ALL_GOLDEN)
    first = [case for part in looks(CASES)[:asked] for case in part]
    some = run("new", ALL_GOLDEN - lost, first)
    return judge_early(CASES, some, old, GatePolicy.from_dict(policy), release="v1")


@pytest.mark.usefixtures("early_looks")
def test_a_plainly_worse_candidate_is_refused_before_all_is_asked() -> None:
    verdict = early(ALL_GOLDEN, 1)
    assert verdict is not None and not verdict.passed and verdict.could_judge
    assert codes(verdict) == {"plainly_worse"} and verdict.counts["not_asked"] == len(CASES) - len(looks(CASES)[0])
    assert verdict.unconfirmed == () and verdict.rate is not None and verdict.rate.cases < len(CASES)


def test_cases_that_a_proven_drop_explains_do_not_count_as_luck() -> None:
    worse = judge(run("new", ALL_GOLDEN - {f"g{n}" for n in range(12)}), run("old", ALL_GOLDEN)).comparison
    assert worse is not None and worse.interval[1] < 0 and worse.discordant == 0
    lucky = judge(run("new", ALL_GOLDEN - {"g0"}), run("old", ALL_GOLDEN - {"g1"})).comparison
    assert lucky is not None and lucky.discordant == pytest.approx(2 / lucky.pairs.total)


@pytest.mark.usefixtures("early_looks")
def test_advice_after_an_early_end_is_for_a_run_that_asks_all_cases() -> None:
    verdict = early(ALL_GOLDEN, 1)
    assert verdict is not None and verdict.comparison is not None
    full = GatePolicy().levels.rates
    assert verdict.level < full
    assert figures(verdict)["needed"] == verdict.comparison.needed(full) < verdict.comparison.needed(verdict.level)


@pytest.mark.usefixtures("early_looks")
def test_a_candidate_that_is_a_little_worse_is_asked_all_cases() -> None:
    assert early(FEW, 2) is None and early(set(), 1) is None


@pytest.mark.usefixtures("early_looks")
def test_an_early_look_believes_no_spoiled_baseline() -> None:
    first = looks(CASES)[0]
    spoiled = replace(run("old", ALL_GOLDEN), seal="other")
    assert judge_early(CASES, run("new", set(), first), spoiled, GatePolicy(), release="v1") is None


@pytest.mark.usefixtures("early_looks")
def test_the_parts_hold_every_case_once_and_are_looked_at_from_ten_cases_on() -> None:
    parts = looks(CASES)
    assert sorted(case.id for part in parts for case in part) == sorted(case.id for case in CASES)
    assert [len(part) for part in parts] == [12, 13, 25]
    assert [len(part) for part in looks(CASES[:18])] == [18]
    assert looks(CASES) == looks(CASES[::-1])


def test_all_levels_together_are_the_chance_of_a_false_refusal() -> None:
    assert sum(vars(GatePolicy(alpha=0.04).levels).values()) == pytest.approx(0.04)


def test_few_cases_are_asked_at_once() -> None:
    assert looks(CASES) == [sorted(CASES, key=case_digest)]
