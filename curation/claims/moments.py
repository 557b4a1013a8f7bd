"""Reads dates and times of the day: "15 June", "17 Uhr", "half past ten", "las diez y media"."""

import re
from typing import Final

from curation.claims import vocabulary as lists
from curation.claims.numerals import NUMBERS, Place
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
    if number.isdigit() and 0 <= int(number) <= 24 and _is_time(at):
        at.next += 1
        at.clause.append(clock(int(number), 0, None))
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


def _is_time(at: Place) -> bool:
    """Whether "19 heures" or "19 uur" is a time of day: "à 19 heures", but not "de 2 à 3 heures" or "à 2 heures de Paris"."""
    if (*at.clause[-1:], at.peek()) not in _AT_HOURS or at.peek(1) in ("de", "d"):
        return False
    return not at.clause[-2:-1] or at.clause[-2][0] not in "#@"


_AT_HOURS = frozenset({("à", "heures"), ("dès", "heures"), ("vers", "heures"), ("om", "uur"), ("rond", "uur")})


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
