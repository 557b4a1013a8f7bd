"""What a number of cases can show: the smallest drop that would be seen, and how many cases a smaller one takes."""

from __future__ import annotations

from math import ceil, sqrt
from statistics import NormalDist

POWER = 0.8
LEAST_DISCORDANT = 0.02  # share of cases answered differently that is reckoned with at least


def cases_for(drop: float, discordant: float, alpha: float, power: float = POWER) -> int:
    """The cases it takes to refuse a true drop of the pass rate with that chance.

    `discordant` is the share of cases that two runs answer differently without any drop. R. J. Connor, Biometrics 43
    (1987) 207-211.
    """
    different = min(1.0, max(discordant, LEAST_DISCORDANT) + drop)
    level, chance = NormalDist().inv_cdf(1 - alpha), NormalDist().inv_cdf(power)
    return ceil((level * sqrt(different) + chance * sqrt(max(0.0, different - drop * drop))) ** 2 / drop**2)


def detectable(units: int, discordant: float, alpha: float, power: float = POWER) -> float | None:
    """The smallest drop that this many cases refuse with that chance; None where not even a drop of everything is."""
    if units == 0 or cases_for(1.0, discordant, alpha, power) > units:
        return None
    low, high = 0.0, 1.0
    while high - low > 0.0005:
        middle = (low + high) / 2
        low, high = (low, middle) if cases_for(middle, discordant, alpha, power) <= units else (middle, high)
    return high
