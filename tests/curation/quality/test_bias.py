"""Estimates of quality: never without n and interval, and the audit right where the thumbs are not."""

from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bench.bias import TRUTH, run
from curation.quality.estimates import (
    Estimate,
    Judged,
    audit,
    by,
    ipw,
    naive,
    propensities,
    report,
    share,
    snipw,
    stratified,
    weighted_by_cell,
    wilson,
)


@pytest.mark.parametrize(("good", "n", "low"), [(3, 3, 0.44), (10, 10, 0.72), (35, 35, 0.90)])
def test_wilsons_lower_bound_for_all_good(good: int, n: int, low: float) -> None:
    assert wilson(good, n).low == pytest.approx(low, abs=0.005)
    assert wilson(good, n).high == 1.0


def test_wilsons_interval_is_the_published_one() -> None:
    # Newcombe (1998), table I: 81 of 263, Wilson without correction: 0.2553 to 0.3662.
    found = wilson(81, 263)
    assert found.low == pytest.approx(0.2553, abs=5e-5)
    assert found.high == pytest.approx(0.3662, abs=5e-5)
    zero = wilson(0, 20)  # the same table: 0 of 20: 0 to 0.1611
    assert zero.low == 0.0
    assert zero.high == pytest.approx(0.1611, abs=5e-5)


def test_there_is_no_rate_without_n_and_interval() -> None:
    with pytest.raises(TypeError):
        Estimate(0.8)  # type: ignore[call-arg]
    for bad in [(0.8, 0, 0.7, 0.9), (None, 5, 0.0, 1.0), (0.8, 5, 0.9, 1.0), (0.8, 5, 0.9, 0.7), (0.5, 9, 0.1, 1.2)]:
        with pytest.raises(ValueError, match=r"interval|estimate"):
            Estimate(*bad, "made")
    with pytest.raises(ValueError, match="between"):
        wilson(3, 2)


def test_an_estimate_prints_its_n_and_interval() -> None:
    assert str(wilson(80, 100)) == "80.0% (n = 100, 95 % 71.1% to 86.7%)"
    assert str(wilson(0, 0)) == "no data (n = 0)"


def test_the_naive_rate_counts_votes_alone() -> None:
    found = naive([Judged(True), Judged(False), Judged(None), Judged(True)])
    assert found.rate == pytest.approx(2 / 3)
    assert found.n == 3


def test_weights_undo_a_bias_whose_cause_is_known() -> None:
    records = [Judged(True, 0.8)] * 80 + [Judged(None, 0.8)] * 20
    records += [Judged(False, 0.2)] * 20 + [Judged(None, 0.2)] * 80
    assert naive(records).rate == pytest.approx(0.8)
    assert snipw(records).estimate.rate == pytest.approx(0.5)
    assert ipw(records).estimate.rate == pytest.approx(0.5)
    assert snipw(records).ess == pytest.approx(200**2 / (80 / 0.8**2 + 20 / 0.2**2))


def test_a_tiny_propensity_is_clipped() -> None:
    assert snipw([Judged(True, 0.0001), Judged(False, 0.05)]).estimate.rate == pytest.approx(0.5)


def test_equal_weights_are_worth_their_number() -> None:
    found = snipw([Judged(True, 0.5)] * 30 + [Judged(False, 0.5)] * 10)
    assert found.ess == pytest.approx(40)
    assert (found.estimate.low, found.estimate.high) == pytest.approx((wilson(30, 40).low, wilson(30, 40).high))


def test_a_weighted_rate_is_shown_only_where_it_rests_on_enough_and_the_audit_agrees() -> None:
    strong = snipw([Judged(True, 0.5)] * 160 + [Judged(False, 0.5)] * 40)
    assert strong.is_trusted(audit([True] * 80 + [False] * 20))
    assert not strong.is_trusted(audit([True] * 20 + [False] * 80))
    assert not strong.is_trusted(audit([]))
    assert not snipw([Judged(True, 0.5)] * 20).is_trusted(audit([True] * 20))


def test_propensities_are_smoothed_shares_of_each_cell() -> None:
    found = propensities([("a", True), ("a", False), ("b", False)])
    assert found == {"a": pytest.approx(2 / 4), "b": pytest.approx(1 / 3)}


def test_groups_have_estimates_and_small_ones_are_left_out() -> None:
    monday = datetime(2026, 2, 9, tzinfo=UTC)
    records = [Judged(True, agent_version="v1", language="en", tags=("pay", "card"), at=monday)] * 9
    records += [Judged(False, agent_version="v2", language="de", at=monday)] * 4
    assert list(by(records, "agent_version")) == ["v1"]
    assert by(records, "agent_version")["v1"].n == 9
    assert set(by(records, "tag")) == {"card", "pay"}
    assert by(records, "week")["2026-W07"].n == 13
    with pytest.raises(KeyError):
        by(records, "colour")


def test_a_report_has_the_audit_first_and_the_gap_beside_it() -> None:
    records = [Judged(True, 0.05)] * 40 + [Judged(False, 0.2)] * 40 + [Judged(None, 0.1)] * 500
    found = report(records, [True] * 80 + [False] * 20)
    assert found.audit.rate == 0.8
    assert found.gap == pytest.approx(0.3)
    assert found.interactions == 580
    assert set(found.groups) == {"agent_version", "language", "tag", "week"}
    assert report(records, []).gap is None


def test_the_audit_covers_the_truth_where_the_thumbs_are_far_off() -> None:
    found = {row.name: row for row in run(120, interactions=4_000, sample=500)}
    assert found["audit"].covered >= 0.9
    assert found["audit"].mean == pytest.approx(TRUTH, abs=0.02)
    assert found["thumbs"].covered == 0.0
    assert found["thumbs"].mean < 0.6


COUNTS = st.tuples(st.integers(0, 400), st.integers(0, 400), st.integers(0, 400)).map(
    lambda numbers: (max(numbers), sorted(numbers)[1], min(numbers))
)


@given(st.lists(COUNTS, max_size=4))
@example([(1, 1, 1), (36, 36, 36)])
@example([(1, 1, 1), (48, 48, 48)])
def test_counts_of_any_strata_make_an_estimate(strata: list[tuple[int, int, int]]) -> None:
    made = stratified(strata)
    assert 0 <= made.low <= made.high <= 1
    if made.rate is not None:
        assert made.low - 1e-9 <= made.rate <= made.high + 1e-9
        if all(good == judged for _, judged, good in strata):
            assert made.rate == pytest.approx(1.0)


def test_answers_that_are_all_good_or_all_bad_make_an_estimate_however_many_are_judged() -> None:
    for small in range(1, 40):
        for large in range(1, 40):
            assert stratified([(small, small, small), (large, large, large)]).rate == pytest.approx(1.0)
            assert stratified([(small, small, 0), (large, large, 0)]).rate == 0.0


@given(st.lists(COUNTS, max_size=6))
def test_counts_of_any_cells_make_a_weighted_estimate(cells: list[tuple[int, int, int]]) -> None:
    made = weighted_by_cell(cells).estimate
    assert 0 <= made.low <= made.high <= 1


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 1)), max_size=30))
def test_votes_of_any_propensity_make_a_weighted_estimate(votes: list[tuple[bool, float]]) -> None:
    for found in (snipw, ipw):
        made = found(Judged(good, propensity) for good, propensity in votes).estimate
        assert made.rate is None or 0 <= made.rate <= 1


def test_a_share_is_mended_where_rounding_alone_is_wrong() -> None:
    assert share(1.0000000000000002) == 1.0 and share(-1e-17) == 0.0
    with pytest.raises(ValueError, match="between 0 and 1"):
        share(1.01)
