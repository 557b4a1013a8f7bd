"""How far raters agree beyond chance: Cohen's kappa for two, Krippendorff's alpha for many with gaps.

Cohen, "A Coefficient of Agreement for Nominal Scales" (1960); Krippendorff, "Computing Krippendorff's
Alpha-Reliability" (2011), nominal metric. With alpha from 0.80 labels are fit to publish, from 0.667 they need
adjudication; below that, improve the instructions.
"""

import math
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

Pair = tuple[Hashable, Hashable]
ENOUGH: Final = 30
"""With fewer items judged twice, single answers move a coefficient by a tenth: it is not shown as a figure."""
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


def verdict(low: float | None) -> str:
    """What a coefficient is good enough for, by the lower end of its interval: publish, adjudicate, block, or unknown."""
    if low is None:
        return "unknown"
    if low >= PUBLISH:
        return "publish"
    return "adjudicate" if low >= ADJUDICATE else "block"


def kappa(pairs: Iterable[tuple[Hashable, Hashable]]) -> Agreement:
    """Cohen's κ = (pₒ − pₑ) ÷ (1 − pₑ) for two raters who judged the same items."""
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
    """Krippendorff's α = 1 − Dₒ ÷ Dₑ for nominal data. Each unit maps raters to labels; None is a missing judgement.

    Units with fewer than two judgements say nothing about agreement and are left out.
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
    """α for items that two people each judged."""
    return alpha({0: one, 1: other} for one, other in pairs)


def interval(pairs: Sequence[Pair]) -> tuple[float, float] | None:
    """The 95 % interval of the agreement beyond chance of these pairs. None where all verdicts are the same, or there is
    one pair.

    Profile likelihood of the model in which a pair agrees by more than chance with probability κ, and is two independent
    judgements otherwise (Donner and Eliasziw, Statistics in Medicine 11 (1992) 1511-1519); joined with the exact limits of the
    share that differs, which hold where few do. Wider than needed rather than too narrow.
    """
    shares = Shares.of(pairs)
    if shares is None:
        return None
    best = shares.estimate()
    reach = CHI_SQUARE * (1 + SMALL / shares.n)
    top = max(shares.likelihood(best), shares.likelihood(0.0))

    def is_inside(value: float) -> bool:
        return 2 * (top - shares.likelihood(value)) <= reach

    low = 0.0 if is_inside(0.0) else limit(is_inside, best, 0.0)
    high = 1.0 if not shares.differ else limit(is_inside, best, 1.0)
    least, most = exact_limits(shares.differ, shares.n)
    return max(-1.0, min(low, 1 - most / shares.expected)), min(1.0, max(high, 1 - least / shares.expected))


CHI_SQUARE: Final = 3.841458820694124
SMALL: Final = 4.0  # widens the interval if there are few pairs
ROUNDS, STEPS = 60, 40
GOLDEN: Final = (math.sqrt(5) - 1) / 2


@dataclass(frozen=True, slots=True)
class Shares:
    """Pairs as the model sees them: for each label, how many pairs agree on it and how often it occurs in a differing
    pair.
    """

    n: int
    differ: int
    same: Mapping[Hashable, int]
    apart: Mapping[Hashable, int]

    @classmethod
    def of(cls, pairs: Sequence[Pair]) -> "Shares | None":
        same = Counter(one for one, other in pairs if one == other)
        apart = Counter(label for one, other in pairs if one != other for label in (one, other))
        labels = same.keys() | apart.keys()
        if len(labels) < 2 or len(pairs) < 2:
            return None
        every = {label: same[label] for label in labels}
        return cls(len(pairs), len(pairs) - same.total(), every, apart)

    @property
    def expected(self) -> float:
        """The share of pairs that would differ by chance."""
        return 1 - sum(((2 * self.same[label] + self.apart[label]) / (2 * self.n)) ** 2 for label in self.same)

    def likelihood(self, value: float) -> float:
        """The logarithm of the best likelihood at that agreement, over all shares of the labels (expectation-maximisation)."""
        shares = {label: (2 * same + self.apart[label]) / (2 * self.n) for label, same in self.same.items()}
        for _ in range(ROUNDS):
            draws = {
                label: self.apart[label] + same * (2 - value / (value + (1 - value) * shares[label]))
                for label, same in self.same.items()
            }
            total = sum(draws.values())
            before, shares = shares, {label: drawn / total for label, drawn in draws.items()}
            if max(abs(shares[label] - before[label]) for label in shares) < SETTLED:
                break
        found = self.differ * math.log(max(1 - value, TINY)) if self.differ else 0.0
        found += sum(number * math.log(max(shares[label], TINY)) for label, number in self.apart.items())
        return found + sum(
            same * math.log(max(shares[label] * (value + (1 - value) * shares[label]), TINY))
            for label, same in self.same.items()
            if same
        )

    def estimate(self) -> float:
        """The agreement with the highest likelihood, by golden-section search."""
        if not self.differ:
            return 1.0
        low, high = 0.0, 1.0
        for _ in range(STEPS):
            left, right = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
            if self.likelihood(left) > self.likelihood(right):
                high = right
            else:
                low = left
        return (low + high) / 2


TINY: Final = 1e-300
SETTLED: Final = 1e-9


def limit(is_inside: Callable[[float], bool], inside: float, outside: float) -> float:
    """Where the condition stops holding between the two, by bisection."""
    for _ in range(STEPS):
        middle = (inside + outside) / 2
        inside, outside = (middle, outside) if is_inside(middle) else (inside, middle)
    return inside


def exact_limits(count: int, n: int) -> tuple[float, float]:
    """The exact 95 % limits for a share. Clopper and Pearson, Biometrika 26 (1934) 404-413."""

    def at_most(share: float, most: int) -> float:
        if most < 0 or share >= 1.0:
            return 0.0 if most < n else 1.0
        if share <= 0.0:
            return 1.0
        ways = math.lgamma(n + 1)
        logs = (
            ways - math.lgamma(k + 1) - math.lgamma(n - k + 1) + k * math.log(share) + (n - k) * math.log(1 - share)
            for k in range(most + 1)
        )
        return sum(map(math.exp, logs))

    low = limit(lambda share: 1 - at_most(share, count - 1) < 0.025, 0.0, 1.0) if count else 0.0
    high = limit(lambda share: at_most(share, count) > 0.025, 0.0, 1.0) if count < n else 1.0
    return low, high
