"""Agreement coefficients against published worked examples."""

import pytest

from curation.review.agreement import Agreement, Pair, alpha, alpha_of_pairs, interval, kappa

# Krippendorff (2011), section C: four observers, twelve units, nominal data, missing values; alpha is 0.743.
OBSERVERS = (
    "1 2 3 3 2 1 4 1 2 . . .",
    "1 2 3 3 2 2 4 1 2 5 . 3",
    ". 3 3 3 2 3 4 2 2 5 1 .",
    "1 2 3 3 2 4 4 1 2 5 1 .",
)


def krippendorff_units() -> list[dict[object, object]]:
    rows = [observer.split() for observer in OBSERVERS]
    return [
        {observer: None if row[unit] == "." else row[unit] for observer, row in enumerate(rows)} for unit in range(12)
    ]


def test_alpha_is_that_of_krippendorffs_example_with_missing_data() -> None:
    found = alpha(krippendorff_units())
    assert found.value == pytest.approx(0.743, abs=0.0005)
    assert (found.units, found.ratings) == (11, 40)
    assert found.verdict == "adjudicate"


def test_alpha_is_that_of_krippendorffs_binary_example() -> None:
    # Krippendorff (2011), section A: two observers, ten units; alpha is 0.095.
    first, second = "0100000000", "1110010100"
    found = alpha({"a": a, "b": b} for a, b in zip(first, second, strict=True))
    assert found.value == pytest.approx(0.095, abs=0.0005)
    assert found.verdict == "block"


def test_kappa_is_that_of_the_grant_proposals_example() -> None:
    # The two-reader example of fifty proposals: yes/yes 20, yes/no 5, no/yes 10, no/no 15; kappa is 0.40.
    pairs = [("y", "y")] * 20 + [("y", "n")] * 5 + [("n", "y")] * 10 + [("n", "n")] * 15
    found = kappa(pairs)
    assert found.value == pytest.approx(0.40, abs=0.0005)
    assert (found.units, found.observed) == (50, 0.7)


def test_perfect_agreement_is_one_and_opposition_is_below_zero() -> None:
    assert kappa([("a", "a"), ("b", "b")]).value == 1.0
    assert alpha([{1: "a", 2: "a"}, {1: "b", 2: "b"}]).value == 1.0
    opposed = kappa([("a", "b"), ("b", "a")]).value
    assert opposed is not None
    assert opposed < 0


def test_nothing_is_claimed_where_nothing_could_disagree() -> None:
    assert kappa([]) == alpha([]) == Agreement(None, 0, 0, None)
    assert kappa([("a", "a")] * 9).value is None
    assert alpha([{1: "a", 2: "a"}] * 9).verdict == "unknown"


def test_a_unit_with_one_judgement_says_nothing_of_agreement() -> None:
    two: list[dict[int, str | None]] = [{1: "a", 2: "a"}, {1: "b", 2: "b"}, {1: "a", 2: "b"}]
    assert alpha([*two, {1: "c", 2: None}]) == alpha(two)


# How 91 couples answer one question (rows: husbands), the data `SexualFun` of R's package vcd, from Hout, Duncan and Sobel
# (1987) by way of Agresti (1990): its manual's `Kappa(SexualFun)` gives 0.1293 with a standard error of 0.0686.
COUPLES = ((7, 7, 2, 3), (2, 8, 3, 7), (1, 5, 4, 9), (2, 8, 9, 14))


def couples() -> list[Pair]:
    return [(i, j) for i, row in enumerate(COUPLES) for j, number in enumerate(row) for _ in range(number)]


def test_the_interval_of_kappa_is_that_of_the_couples() -> None:
    found, reach = kappa(couples()), interval(couples(), kappa)
    assert found.units == 91 and found.value == pytest.approx(0.1293, abs=0.0001)
    assert reach == pytest.approx((0.1293 - 1.96 * 0.0686, 0.1293 + 1.96 * 0.0686), abs=0.01)


def test_the_interval_narrows_as_more_is_judged() -> None:
    one, four = interval(couples(), alpha_of_pairs), interval(couples() * 4, alpha_of_pairs)
    assert one and four and (one[1] - one[0]) / (four[1] - four[0]) == pytest.approx(2, abs=0.1)


def test_there_is_no_interval_where_nothing_could_disagree() -> None:
    assert interval([], kappa) is interval([("a", "a")] * 9, kappa) is interval([("a", "b")], alpha_of_pairs) is None
