"""Numbers with their units, and when two of them are the same quantity."""

from typing import Final

_SCALES: Final = {  # people write "50 km" for "50 km/h", so a speed is compared as a length
    "length": {"mm": 1e-3, "cm": 1e-2, "m": 1.0, "km": 1e3, "mi": 1609.344, "kmh": 1e3, "mph": 1609.344, "ft": 0.3048, "inch": 0.0254},
    "mass": {"mg": 1e-6, "g": 1e-3, "kg": 1.0, "t": 1e3, "lb": 0.45359237},
    "volume": {"ml": 1e-3, "l": 1.0},
    "time": {"ms": 1e-3, "sec": 1.0, "min": 60.0, "hour": 3600.0, "day": 86400.0, "week": 604800.0},
    "months": {"month": 1.0, "year": 12.0},
    "data": {"kb": 1.0, "mb": 1e3, "gb": 1e6, "tb": 1e9},
    "power": {"w": 1.0, "kw": 1e3},
}  # fmt: skip
_SCALE = {unit: (name, factor) for name, units in _SCALES.items() for unit, factor in units.items()}
_MONEY: Final = frozenset({"eur", "usd", "gbp", "chf", "pln", "cent"})


def value(fact: str) -> tuple[float, str] | None:
    """The number and the unit of `#30 day`; None for a fact that is no number."""
    if not fact.startswith("#"):
        return None
    number, _, unit = fact[1:].partition(" ")
    try:
        return float(number), unit
    except ValueError:
        return None  # a version


def dimension(unit: str) -> str:
    """What a unit measures; a unit that is unknown measures itself."""
    if unit in _MONEY:
        return "money"
    name = _SCALE[unit][0] if unit in _SCALE else unit
    return "time" if name == "months" else name


def equal(one: str, other: str) -> bool:
    """Whether two hard facts are the same: 6 months, half a year and 0.5 years; 17 and 17:00."""
    if one == other:
        return True
    left, right = value(one), value(other)
    if left and right:
        if not left[1] and not right[1]:
            return False  # 2.10 and 2.1 may be versions
        if left[1] == right[1] or not left[1] or not right[1]:
            return left[0] == right[0]
        here, there = _SCALE.get(left[1]), _SCALE.get(right[1])
        if here and there and here[0] == there[0]:
            first, second = left[0] * here[1], right[0] * there[1]
            return abs(first - second) <= 0.01 * max(abs(first), abs(second))
        return False
    if one[0] == "@" or other[0] == "@":
        return _moment(one) == _moment(other) and "~" in one + other
    return (
        one.startswith("=") and other.startswith("=") and (one[1:].endswith(other[1:]) or other[1:].endswith(one[1:]))
    )


def _moment(fact: str) -> str:
    """A time of day, or the number of an hour, in one form: 9, 9 o'clock and 9:00."""
    if fact.startswith("#") and fact[1:].isdigit():
        return f"@{fact[1:]:0>2}:00"
    return fact.rstrip("~")


def rival(one: str, other: str) -> bool:
    """Whether two different facts answer the same kind of question: two lengths, two days, two times."""
    left, right = value(one), value(other)
    if left and right:
        return dimension(left[1]) == dimension(right[1])
    if one[0] == other[0] and one[0] in "=@~":
        return True
    if left or right or one[0] in "=@~" or other[0] in "=@~" or "/" in one + other:
        return False
    return _shape(one) == _shape(other)


def _shape(code: str) -> str:
    """The shape of a code: A12 and B12 have one. Hidden values have one shape a type: `[PHONE_1]`."""
    if code.startswith("["):
        return code.rpartition("_")[0]
    return "".join("9" if char.isdigit() else "a" if char.isalpha() else char for char in code)
