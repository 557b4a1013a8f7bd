"""Estimates of quality always have n and an interval, and the audit is right where thumbs are not."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.bias import TRUTH, run
from curation.quality.estimates import Estimate, interval, percent, pooled, share, weighted_by_cell, wilson


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
    assert interval(0.0, 0) == (0.0, 1.0)


def test_weights_undo_a_bias_whose_cause_is_known() -> None:
    found = weighted_by_cell([(10_000, 8_000, 8_000), (10_000, 2_000, 0)])
    assert found.estimate.rate == pytest.approx(0.5, abs=1e-3)
    assert found.ess == pytest.approx(20_000**2 / (8_000 / 0.8**2 + 2_000 / 0.2**2), rel=1e-3)


def test_a_propensity_far_below_the_usual_is_clipped_and_said() -> None:
    rare = weighted_by_cell([(98, 49, 0), (1_000_000, 1, 1)])
    assert rare.clipped == pytest.approx(1 / 50)
    usual = weighted_by_cell([(10_000, 100, 80), (10_000, 200, 160)])
    assert usual.clipped == 0.0 and usual.estimate.rate == pytest.approx(0.8)


def test_equal_weights_are_worth_their_number() -> None:
    found = weighted_by_cell([(78, 40, 30)])
    assert found.ess == pytest.approx(40)
    assert (found.estimate.low, found.estimate.high) == pytest.approx((wilson(30, 40).low, wilson(30, 40).high))


def test_a_weighted_rate_is_borne_out_by_an_audit_that_could_have_refuted_it() -> None:
    strong = weighted_by_cell([(400, 200, 160)])
    assert strong.is_trusted(wilson(160, 200)) and not strong.is_trusted(wilson(40, 200))
    assert not strong.is_trusted(wilson(16, 20)) and not strong.is_trusted(wilson(0, 0))
    assert not weighted_by_cell([(40, 20, 20)]).is_trusted(wilson(200, 200))
    assert not replace(strong, clipped=0.2).is_trusted(wilson(160, 200))


def test_rounding_never_says_all_or_none_of_less() -> None:
    assert (percent(1.0), percent(0.0), percent(0.5)) == ("100%", "0%", "50%")
    assert percent(1999 / 2000) == "99.95%" and percent(1 / 2000) == "0.1%"
    assert percent(1 - 1e-9, 1) == "over 99.9999%" and percent(1e-9) == "under 0.0001%"
    assert str(wilson(1999, 2000)).startswith("99.95%")


def test_slices_are_drawn_towards_the_whole_the_more_the_fewer_were_judged() -> None:
    small, large, *_ = pooled([(0.0, 5), (0.95, 500), (0.5, 300), (0.9, 400)])
    assert 0.0 < small < 0.8 and large == pytest.approx(0.95, abs=0.01)
    assert pooled([(0.8, 10), (0.75, 20)])[0] == pytest.approx(pooled([(0.8, 10), (0.75, 20)])[1])
    assert pooled([(0.3, 9)]) == [0.3] and pooled([]) == []


def test_the_audit_covers_the_truth_where_the_thumbs_are_far_off() -> None:
    found = {row.name: row for row in run(120, interactions=4_000, sample=500)}
    assert found["audit"].covered >= 0.9
    assert found["audit"].mean == pytest.approx(TRUTH, abs=0.02)
    assert found["thumbs"].covered == 0.0
    assert found["thumbs"].mean < 0.6


COUNTS = st.tuples(st.integers(0, 400), st.integers(0, 400), st.integers(0, 400)).map(
    lambda numbers: (max(numbers), sorted(numbers)[1], min(numbers))
)


@given(st.lists(COUNTS, max_size=6))
def test_counts_of_any_cells_make_a_weighted_estimate(cells: list[tuple[int, int, int]]) -> None:
    made = weighted_by_cell(cells).estimate
    assert 0 <= made.low <= made.high <= 1


def test_a_share_is_mended_where_rounding_alone_is_wrong() -> None:
    assert share(1.0000000000000002) == 1.0 and share(-1e-17) == 0.0
    with pytest.raises(ValueError, match="between 0 and 1"):
        share(1.01)
