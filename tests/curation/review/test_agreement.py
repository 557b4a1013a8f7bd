"""Agreement coefficients against published worked examples."""

import random

import pytest

from curation.review.agreement import Agreement, Pair, alpha, interval, kappa, verdict

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


def test_alpha_is_that_of_krippendorffs_binary_example() -> None:
    # Krippendorff (2011), section A: two observers, ten units; alpha is 0.095.
    first, second = "0100000000", "1110010100"
    found = alpha({"a": a, "b": b} for a, b in zip(first, second, strict=True))
    assert found.value == pytest.approx(0.095, abs=0.0005)


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
    assert alpha([{1: "a", 2: "a"}] * 9).value is None


@pytest.mark.parametrize(("low", "word"), [(0.81, "publish"), (0.7, "adjudicate"), (0.5, "block"), (None, "unknown")])
def test_what_a_coefficient_is_good_for_is_said_by_its_lower_end(low: float | None, word: str) -> None:
    assert verdict(low) == word


def test_a_unit_with_one_judgement_says_nothing_of_agreement() -> None:
    two: list[dict[int, str | None]] = [{1: "a", 2: "a"}, {1: "b", 2: "b"}, {1: "a", 2: "b"}]
    assert alpha([*two, {1: "c", 2: None}]) == alpha(two)


# How 91 couples answer one question (rows: husbands), the data `SexualFun` of R's package vcd, from Hout, Duncan and Sobel
# (1987) by way of Agresti (1990): its manual's `Kappa(SexualFun)` gives 0.1293 with a standard error of 0.0686.
COUPLES = ((7, 7, 2, 3), (2, 8, 3, 7), (1, 5, 4, 9), (2, 8, 9, 14))


def couples() -> list[Pair]:
    return [(i, j) for i, row in enumerate(COUPLES) for j, number in enumerate(row) for _ in range(number)]


def test_the_interval_of_the_couples_holds_the_published_one() -> None:
    found, reach = kappa(couples()), interval(couples())
    assert found.units == 91 and found.value == pytest.approx(0.1293, abs=0.0001)
    assert reach is not None and reach[0] <= 0.1293 - 1.96 * 0.0686 and 0.26 < reach[1] < 0.33


def test_the_interval_narrows_as_more_is_judged() -> None:
    one, four = interval(couples()), interval(couples() * 4)
    assert one and four and (one[1] - one[0]) / (four[1] - four[0]) > 1.6


def test_perfect_agreement_of_thirty_pairs_may_be_less() -> None:
    found = interval([("a", "a")] * 15 + [("b", "b")] * 15)
    assert found is not None and 0.6 < found[0] < 0.9 and found[1] == 1.0


def test_the_interval_holds_the_truth_at_thirty_pairs_with_few_differences() -> None:
    rng, held, agreement = random.Random(6), 0, 0.9
    for _ in range(40):
        pairs: list[Pair] = []
        for _ in range(30):
            one, other = (rng.choices("ab", (0.8, 0.2))[0] for _ in range(2))
            pairs.append((one, one) if rng.random() < agreement else (one, other))
        found = interval(pairs)
        held += found is None or found[0] <= agreement <= found[1]
    assert held >= 37


def test_there_is_no_interval_where_nothing_could_disagree() -> None:
    assert interval([]) is interval([("a", "a")] * 9) is interval([("a", "b")]) is None
