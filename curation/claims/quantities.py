"""Reads words as clauses, with each number, date and time in one spelling; says when two of them are the same quantity.

A number is `#30`, with its unit `#30 day`; a date `=06-15` or `=2024-06-15`; the time of a day `@17:00`.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from curation.claims import vocabulary as lists
from curation.claims.words import BREAK, END, LANGUAGES, UNKNOWN, apart, lists_of, spellings

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


Clause = list[str]

_PLAIN_NUMBER = re.compile(r"[-−]?\d+(?:[.,'’\u00a0\u202f]\d+)*(?:st|nd|rd|th)?$")
_TIME = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))?(?::\d{2})?\s?(?:h|([ap])\.?m\.?)?$", re.IGNORECASE)
_YMD = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})$")
_DMY = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4}|\d{2})$")
_YEAR = re.compile(r"(?:19|20)\d\d$")
_GROUPED = re.compile(r"[-−]?\d{1,3}(?:[.,'’\u00a0\u202f]\d{3})+$")
_SIGNS: Final = END | BREAK
_OF = frozenset({"de", "of", "di", "del", "."})
_NO_MONTH = frozenset({"may", "march", "mar", "dec", "mars", "mai"})
"""Months that are other words when they are not in capitals."""
_BETWEEN = frozenset("working business calendar full whole consecutive volle ganze".split())
"""Words between a number and its unit."""
_TO = frozenset("to till until through bis à a hasta até tot do fino al".split())
_PER = frozenset("per an a pro par por all' al je".split())


def _numbers(language: str) -> dict[str, int]:
    """The number words of a language."""
    found = {word: number for number, word in enumerate(lists.NUMBERS[language].split())}
    found |= {word: 30 + 10 * place for place, word in enumerate(lists.TENS[language].split())}
    joint, one = {"de": ("und", "ein"), "nl": ("en", "een")}.get(language, ("", ""))
    if joint:
        ones = [one, *lists.NUMBERS[language].split()[2:10]]
        for place, ten in enumerate((lists.NUMBERS[language].split()[20], *lists.TENS[language].split()[:7]), start=2):
            for number, word in enumerate(ones, start=1):
                found[word + ("ën" if language == "nl" and word.endswith("e") else joint) + ten] = 10 * place + number
    return {word.replace("ß", "ss"): number for word, number in (found | lists.MORE_NUMBERS[language]).items()}


NUMBERS = {language: _numbers(lists_of(language)) for language in LANGUAGES}
MONTHS = spellings(lists.MONTHS)
UNITS = {spelling: unit for unit, words in lists.UNITS.items() for spelling in (unit, *words.split())}


def read(tokens: list[str], language: str) -> list[tuple[Clause, str]]:
    """The clauses of a text, each with the sign that ends it."""
    clauses: list[tuple[Clause, str]] = []
    at = _Place(tokens, language)
    numbers = NUMBERS[language]
    while at.next < len(tokens):
        token = tokens[at.next]
        at.next += 1
        if token in _SIGNS:
            if at.clause:
                clauses.append((at.clause, token))
                at.clause = []
            elif clauses and token in END and clauses[-1][1] not in END:
                clauses[-1] = (clauses[-1][0], token)
            continue
        low = token.lower()
        if "ß" in low:
            low = low.replace("ß", "ss")
        if low.isalpha():
            if low == "ein" and at.peek() in _SIGNS | {""}:
                at.clause.append(low)  # "schaltet es ein": no number
            elif low in numbers or low in MONTHS:
                _worded(low, at)
            else:
                at.clause.append(low)
        elif low[0].isdigit() or low[0] in "-−":
            _digits(low, at)
        elif "'" in low:
            at.clause.extend(apart(low, language))
        else:
            at.clause.append(low.rstrip(".,;:!?"))
    if at.clause:
        clauses.append((at.clause, ""))
    return clauses


@dataclass(slots=True)
class _Place:
    """How far the reading has come: the token that is next, and the clause that grows."""

    tokens: list[str]
    language: str
    next: int = 0
    clause: Clause = field(default_factory=list)

    def peek(self, ahead: int = 0) -> str:
        place = self.next + ahead
        return self.tokens[place].lower() if place < len(self.tokens) else ""


def _worded(low: str, at: _Place) -> None:
    """Append a number that is written in words, or a month with its day."""
    numbers = NUMBERS[at.language]
    if low not in numbers:
        named = low not in _NO_MONTH or at.tokens[at.next - 1][0].isupper()
        if named and _PLAIN_NUMBER.match(at.peek()) and 0 < (day := int(re.sub(r"\D", "", at.peek()))) <= 31:
            at.next += 1
            _date(MONTHS[low], day, at)
        else:
            at.clause.append(low)
        return
    value = numbers[low]
    while (more := numbers.get(at.peek())) is not None:
        if more >= 100 and value < more:
            value *= more
        elif 20 <= value % 100 <= 90 and value % 10 == 0 and more < 10:
            value += more
        else:
            break
        at.next += 1
    if not _day(str(value), at) and not _o_clock(str(value), at):
        _number(str(value), at, low)


def _digits(low: str, at: _Place) -> None:
    """Append what begins with a digit: a date, a time, a number or a code."""
    if (match := _YMD.match(low)) or (match := _DMY.match(low)):
        year, month, day = match.groups() if low[4:5] == "-" else match.groups()[::-1]
        at.clause.append(f"={year if len(year) == 4 else f'20{year}'}-{int(month):02}-{int(day):02}")
    elif _PLAIN_NUMBER.match(low):
        number = number_of(low, at.language)
        if _day(number, at):
            return
        if _o_clock(number, at):
            return
        if at.peek() == "h" and at.language == "fr" and number.isdigit():
            at.next += 1
            at.clause.append(clock(int(number), 0, None))
        else:
            _number(number, at, "")
    elif (match := _TIME.match(low)) and (":" in low or low[-1] in "hm."):
        at.clause.append(clock(int(match[1]), int(match[2] or 0), match[3]))
    else:
        at.clause.append(low)


def _o_clock(number: str, at: _Place) -> bool:
    """Append a time of day if the number is one: "17 Uhr", "from 9 to 5 o'clock"."""
    if at.peek() in ("am", "pm") and number.isdigit():
        half = at.peek()[0]
        at.next += 1
        at.clause.append(clock(int(number), 0, half))
        return True
    if at.peek() not in ("uhr", "o'clock") and (at.peek(), at.peek(1)) != ("o", "'clock"):
        return False
    at.next += 1
    if len(at.clause) > 1 and at.clause[-1] in _TO and re.fullmatch(r"#\d\d?", at.clause[-2]):
        at.clause[-2:] = [clock(int(at.clause[-2][1:]), 0, None), "to"]
    at.clause.append(clock(int(float(number)), 0, None))
    return True


def _day(number: str, at: _Place) -> bool:
    """Append a date if a month follows the number: "15 June", "15. Juni", "15 de junio"."""
    ahead = int(at.peek() in _OF)
    month = at.peek(ahead)
    if month not in MONTHS or not number.isdigit() or not 0 < int(number) <= 31:
        return False
    if month in _NO_MONTH and not at.tokens[at.next + ahead][0].isupper() and at.language == "en":
        return False
    at.next += ahead + 1
    _date(MONTHS[month], int(number), at)
    return True


def _date(month: int, day: int, at: _Place) -> None:
    ahead = int(at.peek() in (",", "de", "of", "del"))
    year = f"{at.peek(ahead)}-" if _YEAR.match(at.peek(ahead)) else ""
    at.next += ahead + 1 if year else 0
    at.clause.append(f"={year}{month:02}-{day:02}")


def _number(number: str, at: _Place, word: str) -> None:
    """Append a number, with the unit before or behind it."""
    clause = at.clause
    if len(clause) > 1 and clause[-1] in _TO and clause[-2][0] == "#":
        clause[-1] = "to"
    if clause and clause[-1] in ("$", "€", "£"):
        clause[-1] = f"#{_short(number)} {UNITS[clause[-1]]}"
        return
    unit, length = _unit(at, word)
    if not unit:
        clause.append(f"#{number}")
        return
    if at.peek() in _BETWEEN:
        clause.append(at.peek())
    at.next += length
    if (start := _range_start(clause)) is not None:
        clause[start] += f" {unit}"  # the first number of a range has the unit of the last
    clause.append(f"#{_short(number)} {unit}")


def _unit(at: _Place, word: str) -> tuple[str, int]:
    """The unit that follows a number and how many tokens it takes; a single letter is none after a number word."""
    following = at.peek()
    if following == "per" and at.peek(1) == "cent":
        return "%", 2
    if following in ("°", "degrees", "grad", "degrés", "grados") and at.peek(1) in ("c", "celsius", "f", "fahrenheit"):
        return f"°{at.peek(1)[0]}", 2
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


def _short(number: str) -> str:
    """Without the noughts at the end: 2.50 euros are 2.5. Without a unit it may be a version, and they count."""
    return number.rstrip("0").rstrip(".") if "." in number else number


def clock(hour: int, minute: int, half: str | None) -> str:
    """The time of a day, in 24 hours."""
    if half:
        hour = hour % 12 + (12 if half in "pP" else 0)
    return f"@{hour:02}:{minute:02}"


@lru_cache(maxsize=2048)
def number_of(written: str, language: str) -> str:
    """The value of a written number. "1.000" is a thousand where the decimal sign is a comma."""
    plain = "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in written)
    sign = "-" if plain[:1] in "-−" else ""
    plain = plain.lstrip("-−").rstrip("stndrh")
    marks = [char for char in plain if not char.isdigit()]
    if marks:
        decimal = "." if language in ("en", UNKNOWN) else ","
        if len(set(marks)) == 1 and _GROUPED.match(plain) and (marks[0] != decimal or len(marks) > 1):
            plain = re.sub(r"\D", "", plain)
        elif len(marks) > 1 and marks[-1] == marks[0]:
            return sign + plain  # a version or an address
        else:
            head, _, tail = plain.rpartition(marks[-1])
            plain = re.sub(r"\D", "", head) + "." + tail
    whole, dot, part = plain.partition(".")
    return sign + (whole.lstrip("0") or "0") + dot + part
