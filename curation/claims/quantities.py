"""Reads words as clauses, with each number, date and time in one spelling; says when two of them are the same quantity.

A number is `#30`, with its unit `#30 day`; a date `=06-15` or `=2024-06-15`; the time of a day `@17:00`; a rate, which
`rates` reads, `/2/604800`.
"""

import re
from functools import lru_cache
from typing import Final

from curation.claims import vocabulary as lists
from curation.claims.numerals import (
    FRACTIONS,
    NUMBERS,
    ORDINALS,
    Clause,
    Place,
    fraction,
    is_label,
    is_ordinal,
    no_number,
    number_of,
    short,
    with_sign,
    worded,
)
from curation.claims.times import (
    MONTHS,
    NO_MONTH,
    RATE,
    SPOKEN,
    TO,
    add_date,
    clock,
    day_of_month,
    o_clock,
    same_day,
    same_rate,
    spoken,
)
from curation.claims.words import BREAK, END, FUNCTION, LANGUAGES, apart

_SCALES: Final = {  # people write "50 km" for "50 km/h", so a speed is compared as a length
    "length": {"mm": 1e-3, "cm": 1e-2, "m": 1.0, "km": 1e3, "mi": 1609.344, "kmh": 1e3, "mph": 1609.344, "ft": 0.3048, "inch": 0.0254, "yard": 0.9144},
    "mass": {"mg": 1e-6, "g": 1e-3, "kg": 1.0, "t": 1e3, "lb": 0.45359237, "oz": 0.02835},
    "volume": {"ml": 1e-3, "cl": 1e-2, "l": 1.0, "gallon": 3.785, "pint": 0.473},
    "time": {"ms": 1e-3, "sec": 1.0, "min": 60.0, "hour": 3600.0, "day": 86400.0, "week": 604800.0},
    "months": {"month": 1.0, "year": 12.0},
    "data": {"kb": 1.0, "mb": 1e3, "gb": 1e6, "tb": 1e9},
    "power": {"w": 1.0, "kw": 1e3},
}  # fmt: skip
_SCALE = {unit: (name, factor) for name, units in _SCALES.items() for unit, factor in units.items()}
MONTH: Final = 30.4 * 86400.0
CLOSE, LOOSE = 0.01, 0.025
"""How far two amounts may be apart, as a share: where units fit, and where months are days."""
TEMPERATURES, DEGREE = frozenset({"°c", "°f"}), "°"
_DEGREES: Final = frozenset("° degrees degree grad degrés degré grados grado".split())
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
    if unit in {*TEMPERATURES, DEGREE}:
        return "temperature"
    name = _SCALE[unit][0] if unit in _SCALE else unit
    return "time" if name == "months" else name


@lru_cache(maxsize=1 << 14)
def equal(one: str, other: str) -> bool:
    """Whether two hard facts are the same: 6 months, half a year and 0.5 years; 17 and 17:00."""
    if one == other:
        return True
    left, right = value(one), value(other)
    if "=" in (one[0], other[0]) and one[0] != other[0]:
        return same_day(one, other) or same_day(other, one)
    if left and right:
        if not left[1] and not right[1]:
            return False  # 2.10 and 2.1 may be versions
        if left[1] == right[1] or not left[1] or not right[1]:
            return left[0] == right[0]
        return _same_amount(left, right)
    if one[0] == "/" or other[0] == "/":
        return same_rate(one, other) or same_rate(other, one)
    if one[0] == "@" or other[0] == "@":
        return _same_moment(one, other) or _same_moment(other, one)
    return (
        one.startswith("=") and other.startswith("=") and (one[1:].endswith(other[1:]) or other[1:].endswith(one[1:]))
    )


def _same_amount(one: tuple[float, str], other: tuple[float, str]) -> bool:
    """Whether two amounts in different units are the same. A month has about 30 days, a kilobyte 1,000 or 1,024 bytes."""
    if {one[1], other[1]} == TEMPERATURES:
        celsius, fahrenheit = (one[0], other[0]) if one[1] == "°c" else (other[0], one[0])
        return abs(celsius * 9 / 5 + 32 - fahrenheit) < 1  # people round to whole degrees
    if DEGREE in (one[1], other[1]):
        return one[0] == other[0] and not TEMPERATURES.isdisjoint((one[1], other[1]))
    here, there = _SCALE.get(one[1]), _SCALE.get(other[1])
    if not here or not there or dimension(one[1]) != dimension(other[1]):
        return False
    first, second = one[0] * here[1], other[0] * there[1]
    if here[0] != there[0]:
        first, second = (
            amount * (MONTH if name == "months" else 1) for amount, name in ((first, here[0]), (second, there[0]))
        )
    room = LOOSE if here[0] != there[0] or here[0] == "data" else CLOSE
    return abs(first - second) <= room * max(abs(first), abs(second))


def _same_moment(about: str, other: str) -> bool:
    """Whether "9", "9 o'clock" or "half past nine" may be that time, or the number that it was read from."""
    if not about.endswith("~"):
        return False
    hour, minute = int(about[1:3]), about[4:6]
    if number := value(other):
        if number[1] in ("hour", "min"):  # "une heure et demie"
            return number[0] * _SCALE[number[1]][1] == 60 * (60 * hour + int(minute))
        return minute == "00" and number[0] == hour
    if other[0] != "@" or other[4:6] != minute:
        return False
    return (int(other[1:3]) - hour) % (12 if hour <= 12 else 24) == 0


@lru_cache(maxsize=1 << 14)
def rival(one: str, other: str) -> bool:
    """Whether two different facts answer the same kind of question: two lengths, two days, two times."""
    left, right = value(one), value(other)
    if left and right:
        return dimension(left[1]) == dimension(right[1])
    if one[0] == other[0] and (one[0] in "=@~" or (RATE.match(one) and RATE.match(other))):
        return True
    if left or right or one[0] in "=@~" or other[0] in "=@~" or "/" in one + other:
        return False
    return _shape(one) == _shape(other)


def _shape(code: str) -> str:
    """The shape of a code: A12 and B12 have one. Hidden values have one shape a type: `[PHONE_1]`."""
    if code.startswith("["):
        return code.rpartition("_")[0]
    return "".join("9" if char.isdigit() else "a" if char.isalpha() else char for char in code)


_PLAIN_NUMBER = re.compile(r"[-−]?\d+(?:[.,'’\u00a0\u202f]\d+)*(?:st|nd|rd|th)?$")
_TIME = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))?(?::\d{2})?\s?(?:h|([ap])\.?m\.?)?$", re.IGNORECASE)
_YMD = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})$")
_DMY = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4}|\d{2})$")
_SIGNS: Final = END | BREAK
_BETWEEN = frozenset("working business calendar full whole consecutive volle ganze".split())
"""Words between a number and its unit."""
_ONE = frozenset({"a", "an"})
_AND = frozenset(words[0] for words in lists.AND_A_HALF)
_TIMES = frozenset({"times", "per", "once", "twice"})
_OF_A = frozenset({"of", "a", "an", "d", "de", "einer", "the"})
_PER = frozenset("per an a pro par por all' al je".split())

UNITS = {spelling: unit for unit, words in lists.UNITS.items() for spelling in (unit, *words.split())}
_SPECIAL = {
    language: frozenset({"ein", "second"}) | _ONE | SPOKEN[language] | NUMBERS[language].keys() | MONTHS.keys()
    for language in LANGUAGES
}
"""The words of more than one letter that may be a number, a date or a time: others need no look at their neighbours."""


def read(tokens: list[str], language: str) -> list[tuple[Clause, str]]:
    """The clauses of a text, each with the sign that ends it."""
    clauses: list[tuple[Clause, str]] = []
    at = Place(tokens, language)
    numbers, fractions = NUMBERS[language], FRACTIONS[language]
    parts = not fractions.keys().isdisjoint(at.low)
    special = _SPECIAL[language]
    while at.next < len(tokens):
        token, low = tokens[at.next], at.low[at.next]
        at.next += 1
        if low.isalnum() and len(low) > 1 and not (parts or low in special or low[0].isdigit() or "ß" in low):
            at.clause.append(low)  # a plain word, as most are: nothing below applies to it
            continue
        if token in _SIGNS:
            if at.clause:
                clauses.append((at.clause, token))
                at.clause = []
            elif clauses and token in END and clauses[-1][1] not in END:
                clauses[-1] = (clauses[-1][0], token)
            continue
        if "ß" in low:
            low = low.replace("ß", "ss")
        if low.isalpha():
            if low not in special and len(low) > 1 and not parts:
                at.clause.append(low)
            elif low == "ein" and at.peek() in _SIGNS | {""}:
                at.clause.append(low)  # "schaltet es ein": no number
            elif len(low) == 1 and token != low and is_label(at):
                at.clause.append(f"§{low}")
            elif low in _ONE and at.language != "de" and _is_one_unit(at):
                _number("1", at, low)
            elif low in SPOKEN[language] and spoken(low, at):
                continue
            elif parts and (low in fractions or at.peek() in fractions) and (part := fraction(low, at)) is not None:
                _part(part, at)
            elif low == "second" and is_ordinal(at):
                at.clause.append("#2 th")
            elif low in numbers or low in MONTHS:
                _worded(low, at)
            else:
                at.clause.append(low)
        elif parts and at.peek() in fractions and (part := fraction(low, at)) is not None:
            _part(part, at)
        elif low[0].isdigit() or low[0] in "-−":
            _digits(low, at)
        elif "'" in low:
            at.clause.extend(apart(low, language))
        else:
            at.clause.append(low.rstrip(".,;:!?"))
    if at.clause:
        clauses.append((at.clause, ""))
    return clauses


def _is_one_unit(at: Place) -> bool:
    """Whether "a" counts: "a month" does, "twice a month" and "a second card" do not."""
    if at.peek() == "second" and at.peek(1).isalpha() and at.peek(1) not in FUNCTION[at.language]:
        return False
    lasts = _SCALE.get(UNITS.get(at.peek(), ""), ("",))[0] in ("time", "months")
    return lasts and not any(word[0] in "#@%" or word in _TIMES for word in at.clause[-2:])


def _part(part: float, at: Place) -> None:
    """Append a part of something: half an hour is 0.5 hours, half of the seats are 50 %."""
    if at.clause[-1:] == ["#1"]:
        at.clause.pop()  # "eine halbe Stunde"
    ahead = next((place for place in range(3) if at.peek(place) not in _OF_A), 3)
    unit = UNITS.get(at.peek(ahead), "") if at.peek(ahead) != "s" else ""
    if unit in _SCALE:
        at.next += ahead + 1
        at.clause.append(f"#{part:g} {unit}")
    else:
        at.clause.append(f"#{round(100 * part)} %")


def _worded(low: str, at: Place) -> None:
    """Append a number that is written in words, or a month with its day."""
    if low not in NUMBERS[at.language]:
        named = low not in NO_MONTH or at.tokens[at.next - 1][0].isupper()
        if named and _PLAIN_NUMBER.match(at.peek()) and 0 < (number := int(re.sub(r"\D", "", at.peek()))) <= 31:
            at.next += 1
            add_date(MONTHS[low], number, at)
        else:
            at.clause.append(low)
        return
    if no_number(low, at):
        return
    found = str(worded(low, at))
    if low in ORDINALS[at.language]:
        found += "th"
    if not day_of_month(found.rstrip("th"), at) and not o_clock(found, at):
        _number(found, at, low)


def _digits(low: str, at: Place) -> None:
    """Append what begins with a digit: a date, a time, a number or a code."""
    if (match := _YMD.match(low)) or (match := _DMY.match(low)):
        year, month, day = match.groups() if low[4:5] == "-" else match.groups()[::-1]
        at.clause.append(f"={year if len(year) == 4 else f'20{year}'}-{int(month):02}-{int(day):02}")
    elif _PLAIN_NUMBER.match(low):
        number = number_of(low, at.language) + ("th" if low[-1] in "tdh" else "")
        if day_of_month(number.rstrip("th"), at) or o_clock(number, at):
            return
        if at.peek() == "h" and at.language == "fr" and number.isdigit():
            at.next += 1
            at.clause.append(clock(int(number), 0, None))
        else:
            _number(number, at, "")
    elif (match := _TIME.match(low)) and (":" in low or "h" in low or low[-1] in "m."):
        at.clause.append(clock(int(match[1]), int(match[2] or 0), match[3]))
    else:
        at.clause.append(low)


def _number(number: str, at: Place, word: str) -> None:
    """Append a number, with the unit before or behind it."""
    clause = at.clause
    number = with_sign(number, at)
    if len(clause) > 1 and clause[-1] in TO and clause[-2][0] == "#":
        clause[-1] = "to"
    if clause and clause[-1] in ("$", "€", "£"):
        clause[-1] = f"#{short(number)} {UNITS[clause[-1]]}"
        return
    if number.endswith("th"):
        clause.append(f"#{number[:-2]} th")
        return
    number = _and_a_half(number, at)
    unit, length = _unit(at, word)
    if not unit:
        clause.append(f"#{number}")
        return
    if at.peek() in _BETWEEN:
        clause.append(at.peek())
    at.next += length
    if (start := _range_start(clause)) is not None:
        clause[start] += f" {unit}"  # the first number of a range has the unit of the last
    clause.append(f"#{short(_and_a_half(number, at))} {unit}")


def _and_a_half(number: str, at: Place) -> str:
    """The number with the half that may follow: "two and a half hours", "an hour and a half"."""
    if at.peek() not in _AND:
        return number
    for words in lists.AND_A_HALF:
        if all(at.peek(place) == word for place, word in enumerate(words)):
            at.next += len(words)
            return str(float(number) + 0.5)
    return number


def _unit(at: Place, word: str) -> tuple[str, int]:
    """The unit that follows a number and how many tokens it takes; a single letter is none after a number word."""
    following = at.peek()
    if following == "per" and at.peek(1) == "cent":
        return "%", 2
    if following in _DEGREES:
        scaled = at.peek(1) in ("c", "celsius", "f", "fahrenheit")
        return (f"°{at.peek(1)[0]}", 2) if scaled else (DEGREE, 1)
    if following in ("°c", "°f"):
        return following, 1
    ahead = int(following in _BETWEEN)
    unit = UNITS.get(at.peek(ahead), "")
    if not unit or (len(following) == 1 and word):
        return "", 0
    if unit in ("km", "mi") and at.peek(ahead + 1) in _PER and UNITS.get(at.peek(ahead + 2)) == "hour":
        return {"km": "kmh", "mi": "mph"}[unit], ahead + 3
    return unit, ahead + 1


def _range_start(clause: Clause) -> int | None:
    """The place of the first number of a range that a clause ends with, if it has no unit yet."""
    end = len(clause) - 1 - (clause[-1:] != [] and clause[-1] in _BETWEEN)
    found = end > 0 and clause[end] in ("to", "or", "and") and clause[end - 1][0] == "#" and " " not in clause[end - 1]
    return end - 1 if found else None
