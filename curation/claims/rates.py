"""Reads how often something is: "twice a week", "pro Monat", "cada seis horas". A rate is `/2/604800`: two times in so
many seconds.
"""

import re
from typing import Final

from curation.claims import vocabulary as lists
from curation.claims.numerals import Clause

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
