"""Reads dates and times of the day: "15 June", "17 Uhr", "half past ten", "las diez y media". And how often something is:
"twice a week", "pro Monat", "cada seis horas". Such a rate is `/2/604800`: two times in so many seconds.
"""

import re
from typing import Final

from curation.claims import vocabulary as lists
from curation.claims.numerals import NUMBERS, Clause, Place
from curation.claims.words import LANGUAGES, lists_of, spellings

MONTHS = spellings(lists.MONTHS)
NO_MONTH = frozenset({"may", "march", "mar", "dec", "mars", "mai"})
"""Months that are other words when they are not in capitals."""
TO = frozenset("to till until through bis à a hasta até tot do fino al".split())
_OF = frozenset({"de", "of", "di", "del", "."})
_SHORT_DATE = re.compile(r"#?(\d\d?)[./](\d\d?)$")
_YEAR = re.compile(r"(?:19|20)\d\d$")
_AROUND: Final = {
    "en": (("half", "past", 30), ("quarter", "past", 15), ("quarter", "to", -15)),
    "de": (("halb", "", -30), ("viertel", "nach", 15), ("viertel", "vor", -15)),
    "nl": (("half", "", -30), ("kwart", "over", 15), ("kwart", "voor", -15)),
}
"""Words before an hour, and the minutes that they add."""
_BEHIND: Final = {
    "fr": (("et", "demie", 30), ("et", "quart", 15), ("moins", "le", -15)),
    "es": (("y", "media", 30), ("y", "cuarto", 15), ("menos", "cuarto", -15)),
    "pt": (("e", "meia", 30),),
    "it": (("e", "mezza", 30), ("e", "mezzo", 30)),
}
"""Words behind an hour, and the minutes that they add."""
_HOURS = frozenset("heure heures h las la le alle".split())
_PARTS: Final = {
    "en": (("a", "in the morning"), ("p", "in the afternoon"), ("p", "in the evening"), ("p", "at night")),
    "de": (
        *(("a", f"{uhr}{part}") for uhr in ("", "uhr ") for part in ("morgens", "vormittags", "früh")),
        *(("p", f"{uhr}{part}") for uhr in ("", "uhr ") for part in ("nachmittags", "abends")),
    ),
    "fr": tuple(
        (half, f"{hour} du {part}") for hour in ("heures", "h") for half, part in (("a", "matin"), ("p", "soir"))
    ),
    "es": (("a", "de la mañana"), ("p", "de la tarde"), ("p", "de la noche")),
}
"""Words behind an hour, and the half of the day that they mean. Each word of them is a token."""
_SAID: Final = {language: tuple((half, words.split()) for half, words in parts) for language, parts in _PARTS.items()}
_NAMED: Final = {
    "en": {"noon": 12, "midday": 12, "midnight": 0},
    "de": {"mitternacht": 0},
    "fr": {"midi": 12, "minuit": 0},
    "es": {"mediodía": 12, "medianoche": 0},
}


SPOKEN: Final = {
    language: frozenset(_NAMED.get(lists_of(language), {}))
    | {word for word, _, _ in _AROUND.get(lists_of(language), ())}
    for language in LANGUAGES
}
"""The words that a spoken time begins with."""


def clock(hour: int, minute: int, half: str | None) -> str:
    """The time of a day, in 24 hours."""
    if half:
        hour = hour % 12 + (12 if half in "pP" else 0)
    return f"@{hour:02}:{minute:02}"


def o_clock(number: str, at: Place) -> bool:
    """Append a time of day if the number is one: "17 Uhr", "from 9 to 5 o'clock", "las 10 y media"."""
    if at.peek() in ("am", "pm") and number.isdigit():
        half = at.peek()[0]
        at.next += 1
        at.clause.append(clock(int(number), 0, half))
        return True
    if number.isdigit() and (_part_behind(int(number), at) or _minutes_behind(int(number), at)):
        return True
    if at.peek() not in ("uhr", "o'clock") and (at.peek(), at.peek(1)) != ("o", "'clock"):
        return False
    at.next += 1
    if len(at.clause) > 1 and at.clause[-1] in TO and re.fullmatch(r"#\d\d?", at.clause[-2]):
        at.clause[-2:] = [clock(int(at.clause[-2][1:]), 0, None), "to"]
    at.clause.append(clock(int(float(number)), 0, None))
    return True


def spoken(low: str, at: Place) -> bool:
    """Append a time of day that begins with this word: "half past ten", "noon"."""
    language = lists_of(at.language)
    if (hour := _NAMED.get(language, {}).get(low)) is not None:
        at.clause.append(clock(hour, 0, None))
        return True
    for word, then, minutes in _AROUND.get(language, ()):
        if low != word or (then and at.peek() != then):
            continue
        ahead = int(bool(then))
        said = at.peek(ahead)
        found = int(said) if said.isdigit() else int(NUMBERS[at.language].get(said, -1))
        if 0 <= found <= 24 and (then or at.peek(1) not in lists.FRACTIONS.get(language, {})):
            at.next += ahead + 1
            _append(found * 60 + minutes, at)
            return True
    return False


def _part_behind(hour: int, at: Place) -> bool:
    """Append the time of an hour with the part of the day behind it: "ten in the morning"."""
    if not 0 < hour <= 12:
        return False
    for half, words in _SAID.get(lists_of(at.language), ()):
        if at.peek() == words[0] and all(at.peek(place) == word for place, word in enumerate(words)):
            at.next += len(words)
            at.clause.append(clock(hour, 0, "a" if hour == 12 and half == "p" and words[-1] == "night" else half))
            return True
    return False


def _minutes_behind(hour: int, at: Place) -> bool:
    """Append the time of an hour with the minutes behind it: "dix heures et demie"."""
    named = at.peek() in _HOURS
    if not 0 <= hour <= 24 or not (named or (at.clause and at.clause[-1] in _HOURS)):
        return False
    for joint, part, minutes in _BEHIND.get(lists_of(at.language), ()):
        if (at.peek(named), at.peek(named + 1)) == (joint, part):
            at.next += named + 2 + (part == "le")
            _append(hour * 60 + minutes, at)
            return True
    return False


def _append(minutes: int, at: Place) -> None:
    """Append a time that may be of the morning or of the evening."""
    at.clause.append(clock(minutes // 60 % 24, minutes % 60, None) + "~")


def day_of_month(number: str, at: Place) -> bool:
    """Append a date if a month follows the number: "15 June", "15. Juni", "15 de junio"."""
    ahead = int(at.peek() in _OF)
    month = at.peek(ahead)
    if month not in MONTHS or not number.isdigit() or not 0 < int(number) <= 31:
        return False
    if month in NO_MONTH and not at.tokens[at.next + ahead][0].isupper() and at.language == "en":
        return False
    at.next += ahead + 1
    add_date(MONTHS[month], int(number), at)
    return True


def add_date(month: int, number: int, at: Place) -> None:
    """Append the day of a month, with the year that follows."""
    ahead = int(at.peek() in (",", "de", "of", "del"))
    year = f"{at.peek(ahead)}-" if _YEAR.match(at.peek(ahead)) else ""
    at.next += ahead + 1 if year else 0
    at.clause.append(f"={year}{month:02}-{number:02}")


def same_day(date: str, other: str) -> bool:
    """Whether "3.8." is the third of August."""
    found = _SHORT_DATE.match(other)
    return found is not None and date[0] == "=" and date.endswith(f"{int(found[2]):02}-{int(found[1]):02}")


RATE: Final = re.compile(r"/\d+/")
_CLOSE: Final = 0.01
_DAY: Final = 86400.0
_NIGHT: Final = 1.1 * _DAY
"""A price per night is none per day, so they are no one interval."""
_MONTH: Final = 30.4 * _DAY
_SECONDS: Final = {"min": 60.0, "hour": 3600.0, "day": _DAY, "week": 7 * _DAY, "month": _MONTH, "year": 12 * _MONTH}
_UNITS: Final = {word: _SECONDS[unit] for unit in _SECONDS for word in (unit, *lists.UNITS[unit].split())} | {
    "night": _NIGHT, "nacht": _NIGHT, "nuit": _NIGHT, "noche": _NIGHT, "notte": _NIGHT,
}  # fmt: skip
_ADVERBS: Final = {
    word: _SECONDS[unit]
    for unit, words in {
        "hour": "hourly stündlich",
        "day": "daily täglich quotidien quotidienne quotidiennement diario diaria diariamente quotidiano giornaliero dagelijks codziennie dziennie",
        "week": "weekly wöchentlich hebdomadaire semanal semanalmente settimanale wekelijks tygodniowo",
        "month": "monthly monatlich mensuel mensuelle mensual mensualmente mensile mensal maandelijks miesięcznie",
        "year": "yearly annually annual jährlich annuel annuelle anual anualmente annuale jaarlijks rocznie",
    }.items()
    for word in words.split()
} | {"nightly": _NIGHT}
EACH: Final = frozenset("per pro par por each every jede jeden jeder jedes chaque cada ogni elke iedere ieder".split())
"""Words that make a rate of a unit behind them."""
_AFTER_AMOUNT: Final = frozenset("a an je am im al à au ao il het the die la l all na".split())
"""Words that do so behind a number: "2 € la hora", "zweimal die Woche"."""
_EVERY: Final = (("tous", "les"), ("toutes", "les"), ("todos", "los"), ("todas", "las"), ("in", "der"), ("a", "la"))
_EVERY_SOME: Final = EACH | {"alle", "co", "om"}
"""Words that make a rate of a number of units: "alle 20 Minuten"."""
_WITHIN: Final = frozenset({"in", "en", "dans"})
_TIMES: Final = frozenset("time times mal fois vez veces volta volte vezes keer maal raz razy".split())


def with_rates(clause: Clause) -> Clause:
    """The clause with its rates in one form."""
    if _SIGNS.isdisjoint(clause):
        return clause
    found: Clause = []
    place = 0
    while place < len(clause):
        seconds, length = _interval(clause, place, found)
        if length:
            things = _counted_things(found)
            rate = _rate(seconds, found)
            found.insert(len(found) - things, rate)
            place += length
        else:
            found.append(clause[place])
            place += 1
    return found


_SIGNS: Final = EACH | _AFTER_AMOUNT | _EVERY_SOME | _ADVERBS.keys() | {"tous", "toutes", "todos", "todas", "in"}


def _interval(clause: Clause, place: int, before: Clause) -> tuple[float, int]:
    """The seconds of the interval that begins there, and its length in words: 0 where none does."""
    word = clause[place]
    if word in _ADVERBS:
        return _ADVERBS[word], 1
    if word not in _SIGNS:
        return 0.0, 0
    length = 1 + (tuple(clause[place : place + 2]) in _EVERY)
    following = clause[place + length] if place + length < len(clause) else ""
    things = _counted_things(before)
    counted = bool(before) and (before[-1][0] == "#" or before[-1] in _TIMES or things)
    every = word in EACH or (length == 2 and (counted or word not in ("in", "a")))
    if following in _UNITS and (every or (counted and word in _AFTER_AMOUNT)):
        return _UNITS[following], length + 1
    if word in _WITHIN and things and following[:3] == "#1 ":
        return _SECONDS.get(following[3:], 0.0), length + 1  # "four tablets in one day"
    if following[:1] == "#" and (word in _EVERY_SOME or (every and length == 2)):
        number, _, unit = following[1:].partition(" ")
        if unit in _SECONDS:
            return float(number) * _SECONDS[unit], length + 1
    return 0.0, 0


def _rate(seconds: float, before: Clause) -> str:
    """The rate, with the number of times that stands before it, which is taken away."""
    times = "1"
    counted = before[:-1] if before and before[-1] in _TIMES else before
    if counted and counted[-1][0] == "#" and counted[-1][1:].isdigit():
        times = counted[-1][1:]
        del before[len(counted) - 1 :]
    elif _counted_things(before):
        times = before.pop(-2)[1:]
    return f"/{times}/{seconds:g}"


def _counted_things(before: Clause) -> bool:
    """Whether a number of things was said last: "four tablets"."""
    return len(before) > 1 and before[-1].isalpha() and before[-2][0] == "#" and before[-2][1:].isdigit()


def same_rate(rate: str, other: str) -> bool:
    """Whether two facts are one rate: twice a year is every six months, and the 2 of a "2"."""
    if not RATE.match(rate):
        return False
    if RATE.match(other):
        one, two = _frequency(rate), _frequency(other)
        return abs(one - two) <= _CLOSE * max(one, two)
    return other == f"#{rate.split('/')[1]}" != "#1"


def _frequency(fact: str) -> float:
    """How many times a second a rate is."""
    _, times, seconds = fact.split("/")
    return float(times) / float(seconds)
