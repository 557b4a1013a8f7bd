"""How far raters agree beyond chance: Cohen's kappa for two, Krippendorff's alpha for many with gaps.

Cohen, "A Coefficient of Agreement for Nominal Scales" (1960); Krippendorff, "Computing Krippendorff's
Alpha-Reliability" (2011), nominal metric. Alpha from 0.80 up is fit to publish, from 0.667 to be adjudicated;
below, mend the instructions.
"""

import math
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

Pair = tuple[Hashable, Hashable]
Z95: Final = 1.959964
ENOUGH: Final = 30
"""Below so many items judged twice a coefficient moves by a tenth with every other answer: it is not shown as a figure."""
PUBLISH: Final = 0.80
ADJUDICATE: Final = 0.667


@dataclass(frozen=True, slots=True)
class Agreement:
    """A coefficient with what it rests on. `value` is None where nothing could disagree: one category, or no
    pairs.

    `units` are the items that at least two raters judged, `ratings` their judgements, `observed` the share of
    pairs that agree.
    """

    value: float | None
    units: int
    ratings: int
    observed: float | None

    @property
    def verdict(self) -> str:
        """What the value is good for: publish, adjudicate, block, or unknown."""
        if self.value is None:
            return "unknown"
        if self.value >= PUBLISH:
            return "publish"
        return "adjudicate" if self.value >= ADJUDICATE else "block"


def kappa(pairs: Iterable[tuple[Hashable, Hashable]]) -> Agreement:
    """Cohen's κ = (pₒ − pₑ) ÷ (1 − pₑ) of two raters who judged the same items."""
    judged = list(pairs)
    n = len(judged)
    if not n:
        return Agreement(None, 0, 0, None)
    observed = sum(a == b for a, b in judged) / n
    first, second = Counter(a for a, _ in judged), Counter(b for _, b in judged)
    expected = sum(first[label] * second[label] for label in first) / n**2
    value = None if expected == 1 else (observed - expected) / (1 - expected)
    return Agreement(value, n, 2 * n, observed)


def alpha(units: Iterable[Mapping[Any, Hashable | None]]) -> Agreement:
    """Krippendorff's α = 1 − Dₒ ÷ Dₑ for nominal data. Each unit maps raters to labels; None is a judgement
    not made.

    Units with fewer than two judgements say nothing of agreement and are left out.
    """
    totals: Counter[Hashable] = Counter()
    disagreement, kept = 0.0, 0
    for unit in units:
        labels = Counter(label for label in unit.values() if label is not None)
        m = labels.total()
        if m < 2:
            continue
        kept += 1
        totals.update(labels)
        disagreement += (m * m - sum(count * count for count in labels.values())) / (m - 1)
    n = totals.total()
    if not kept:
        return Agreement(None, 0, 0, None)
    observed = disagreement / n
    expected = (n * n - sum(count * count for count in totals.values())) / (n * (n - 1))
    value = None if expected == 0 else 1 - observed / expected
    return Agreement(value, kept, n, 1 - observed)


def alpha_of_pairs(pairs: Iterable[Pair]) -> Agreement:
    """α of items that two people judged each."""
    return alpha({0: one, 1: other} for one, other in pairs)


def interval(pairs: Sequence[Pair], coefficient: Callable[[Iterable[Pair]], Agreement]) -> tuple[float, float] | None:
    """The 95 % interval of a coefficient of these pairs, -1 to 1; None where it has no value, or hangs on one pair.

    The jackknife: the coefficient is found without each pair in turn, and its error is √((n−1)/n · Σ(θᵢ−θ̄)²). It takes
    no chance and no distribution; pairs that are alike are left out once and counted. Efron, "The Jackknife, the Bootstrap
    and Other Resampling Plans" (1982), section 3.
    """
    n, whole = len(pairs), coefficient(pairs).value
    if whole is None or n < 2:
        return None
    counts = Counter(pairs)
    without: list[tuple[float, int]] = []
    for pair, number in counts.items():
        left = coefficient((counts - Counter([pair])).elements()).value
        if left is None:
            return None
        without.append((left, number))
    mean = sum(value * number for value, number in without) / n
    error = math.sqrt((n - 1) / n * sum(number * (value - mean) ** 2 for value, number in without))
    return max(-1.0, whole - Z95 * error), min(1.0, whole + Z95 * error)
