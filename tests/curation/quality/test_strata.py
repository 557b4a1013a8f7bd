"""The audit's estimate: weights by what was drawn, periods, sorts, and what could not be judged."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.audit_statistics import World, simulate
from curation.quality.strata import SampledAnswer, audit

START = datetime(2026, 11, 2, 9, tzinfo=UTC)


def drawn(
    good: bool | None, number: int = 1, *, week: int = 0, doubted: bool = False, share: float = 1.0
) -> list[SampledAnswer]:
    at = START + timedelta(weeks=week)
    one = SampledAnswer(0, good, doubted, "", "", (), at, share=share, is_waiting=good is None)
    return [replace(one, interaction=place) for place in range(number)]


def test_an_answer_counts_by_what_it_stands_for() -> None:
    # 2 % of a good month, then 10 % of a bad one: ten good answers stand for five times as many as ten bad ones.
    found = audit([*drawn(True, 10, share=0.02), *drawn(False, 10, week=4, share=0.1)])
    assert found.estimate.rate == pytest.approx(5 / 6)


def test_a_figure_needs_a_judgement_of_each_sort() -> None:
    doubted = drawn(False, 8, doubted=True)
    found = audit([*doubted, *drawn(None, 40)])
    assert found.estimate.rate is None and "none of the answers that were only drawn at random" in found.words
    assert audit([*doubted, *drawn(True, 5), *drawn(None, 40)]).estimate.rate is not None


def test_weeks_that_are_not_judged_yet_are_not_spoken_of() -> None:
    found = audit([*drawn(True, 5), *drawn(None, 5, week=1)])
    assert (found.spoken_of, found.drawn) == (5, 10) and found.until == START.date()


def test_what_nobody_could_judge_may_be_all_good_or_all_bad() -> None:
    sure = audit(drawn(True, 100))
    unsure = audit([*drawn(True, 100), *(replace(one, is_waiting=False) for one in drawn(None, 25))])
    assert unsure.estimate.rate == 1.0 and unsure.estimate.high == 1.0
    assert unsure.estimate.low == pytest.approx(0.8 * sure.estimate.low, abs=0.01)
    erased = audit(drawn(True, 100), erased=0.1)
    assert erased.estimate.low == pytest.approx(0.9 * sure.estimate.low, abs=0.01)


def test_only_what_is_erased_of_the_days_in_question_widens_the_interval() -> None:
    judged = [*drawn(True, 50), *drawn(None, 50, week=1)]
    days = {(0, START.date()): 60.0, (0, (START + timedelta(weeks=1)).date()): 100.0}
    found = audit(judged, days=days)
    assert found.erased == pytest.approx(1 / 6) and found.spoken_of == 50
    assert audit(judged, days={(0, START.date()): 50.0}).erased == 0.0


ANY = st.builds(
    lambda good, week, doubted, share, number: drawn(good, number, week=week, doubted=doubted, share=share),
    st.sampled_from((True, False, None)),
    st.integers(0, 4),
    st.booleans(),
    st.sampled_from((0.01, 0.2, 1.0)),
    st.integers(1, 9),
)


@given(st.lists(ANY, max_size=12), st.sampled_from((0.0, 0.3)))
def test_any_sample_makes_an_estimate_or_says_why_there_is_none(
    parts: list[list[SampledAnswer]], erased: float
) -> None:
    sample = [one for part in parts for one in part]
    found = audit(sample, erased=erased)
    made = found.estimate
    assert 0 <= made.low <= made.high <= 1
    assert found.judged + found.waiting + found.unsure == found.drawn == len(sample)
    if made.rate is not None:
        assert made.low - 1e-9 <= made.rate <= made.high + 1e-9 and found.since is not None


def test_the_interval_holds_the_truth_where_quality_falls_and_half_is_judged() -> None:
    falling = (0.95, 0.9, 0.8, 0.6)
    found = simulate(World("falling", (500,) * 4, falling, (0.1,) * 4, 0.5), 60)
    assert found.now >= 0.9 and found.before <= 0.75


def test_all_good_is_exactly_all() -> None:
    # Shares that are no binary fractions add up to 0.9999999999999999.
    mixed = [each for week, share in enumerate((0.1, 0.15, 0.3)) for each in drawn(True, 7, week=week, share=share)]
    found = audit([*mixed, *drawn(True, 6, share=0.7, doubted=True)])
    assert found.estimate.rate == 1.0 and found.estimate.percent == "100%"
