"""The facts grader: numbers, dates, URLs and names that the expected answer states, and what speaks against
them.

Patterns only, no language model: it reads digits in every script, dates written the common ways (month names
in English, German, French and Spanish), English number words up to twelve, and capitalised names.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal

from curation.gate.graders.grades import CaseView, NotApplicableError, text_of
from curation.gate.graders.normalisation import tokens, visible
from privacy.redaction import PLACEHOLDER

Kind = Literal["number", "date", "url", "name"]

FACT_SHARE = 0.75
"""Share of the score that the facts decide; the words around them decide the rest, so that facts alone do not
answer.
"""
ROOM, TIMES = 50, 4
"""An answer may have that many tokens, and as many times those of the expected one, before its length counts."""
_RECENT = 128
_DECIMAL = re.compile(r"\d")
_WEIGHT: dict[Kind, int] = {"number": 3, "date": 3, "url": 3, "name": 1}

_URL = re.compile(r"(?:https?://|www\.)[^\s<>\"'()\[\]{}]{1,2000}", re.IGNORECASE)
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan januar jänner janvier enero",
            "february feb februar février febrero",
            "march mar märz mars marzo",
            "april apr avril abril",
            "may mai mayo",
            "june jun juni juin junio",
            "july jul juli juillet julio",
            "august aug août agosto",
            "september sep sept septembre septiembre",
            "october oct oktober octobre octubre",
            "november nov novembre noviembre",
            "december dec dezember décembre diciembre",
        ),
        start=1,
    )
    for name in names.split()
}
_YMD = re.compile(r"(?<!\d)(\d{4})(?:[-/.]|\s?年\s?)(\d{1,2})(?:[-/.]|\s?月\s?)(\d{1,2})(?!\d)日?")
_DMY = re.compile(r"(?<![\d.])(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})(?!\d)")
_DAY_FIRST = re.compile(
    r"(?<!\d)(\d{1,2})(?:st|nd|rd|th|\.)?\s+(?:of\s+|de\s+)?([^\W\d_]{3,10})\b\.?,?(?:\s+(?:de\s+)?(\d{4})\b)?"
)
_MONTH_FIRST = re.compile(r"(?<!\w)([^\W\d_]{3,10})\.?\s+(\d{1,2})(?:st|nd|rd|th)?\b(?:,?\s+(\d{4})\b)?")
_NUMBER = re.compile(r"(?:(?<![\w.)\]])-)?(?:\d{1,3}(?:[.,’']\d{3})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,]\d+)?)")
_THIN_SPACE = re.compile(r"(?<=\d)[\u00a0\u202f\u2009](?=\d{3}(?!\d))")
_UNIT = re.compile(r"\s?(%|[^\W\d_]+)")
_MONEY = re.compile(r"[$€£¥₹₽₩₪₺₴฿]\s?$")
_NUMBER_WORDS = {
    word: str(number)
    for number, word in enumerate(
        ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"), start=2
    )
}
_WORD = re.compile(r"[^\W\d_][\w’'&-]*")
_SENTENCE_END = frozenset('.!?:;。！？\n•*–—"“(#|>')


@dataclass(frozen=True)
class Fact:
    """One stated fact: `values` are the readings it allows (3/4/2024 is two dates), `unit` what a number
    counts.
    """

    kind: Kind
    values: frozenset[str]
    unit: str = ""

    def agrees(self, other: Fact) -> bool:
        """Say whether both can mean the same. A number agrees whatever its unit: "30 days" and "30-day" both
        say 30.
        """
        return self.kind == other.kind and not self.values.isdisjoint(other.values)


def facts(answer: str, expected: str, case: CaseView, /) -> float:
    """Return the weighted share of the expected facts that `answer` states (75 %), and of its words (25 %).

    0.0 where the answer contradicts: another number of the same unit instead of the expected one, or a fact
    that only the rejected answer states. Less in proportion where the answer is far longer than the expected
    one: who recites everything states every fact. Raises NotApplicableError where the expected answer states
    no number, date or URL and no two names.
    """
    wanted = stated(expected)
    if not any(fact.kind != "name" for fact in wanted) and len(wanted) < 2:
        raise NotApplicableError("facts: the expected answer states none")
    given = stated(answer)
    if contradicted(wanted, given) or _refused(given, wanted, case):
        return 0.0
    words = tokens(answer)
    held = " " + " ".join(words) + " "
    total = sum(_WEIGHT[fact.kind] for fact in wanted)
    found = sum(_WEIGHT[fact.kind] for fact in wanted if _stands(fact, given, held))
    right = tokens(expected)
    share = FACT_SHARE * found / total + (1.0 - FACT_SHARE) * _recall(words, right)
    return share * min(1.0, (ROOM + TIMES * len(right)) / max(1, len(words)))


def contradicted(wanted: tuple[Fact, ...], given: tuple[Fact, ...]) -> bool:
    """Say whether a wanted number or date is missing while another one of the same unit stands in its place.

    An unexpected URL or name contradicts nothing: answers may cite more than was asked.
    """
    for fact in wanted:
        if fact.kind in ("name", "url") or any(fact.agrees(other) for other in given):
            continue
        rivals = (other for other in given if other.kind == fact.kind and other.unit == fact.unit)
        if any(not any(rival.agrees(known) for known in wanted) for rival in rivals):
            return True
    return False


@lru_cache(maxsize=_RECENT)
def stated(text: str) -> tuple[Fact, ...]:
    """Return the facts of `text`, each once, in the order number kinds, names. Redaction placeholders are no
    facts.
    """
    rest = visible(_THIN_SPACE.sub("", PLACEHOLDER.sub(" ", text)))
    found: dict[Fact, None] = {}
    numeric = _DECIMAL.search(rest) is not None
    for take in (_urls, _dates, _numbers) if numeric else (_urls, _numbers):
        facts_found, rest = take(rest)
        found.update(dict.fromkeys(facts_found))
    found.update(dict.fromkeys(_names(rest)))
    return tuple(found)


def _stands(fact: Fact, given: tuple[Fact, ...], held: str) -> bool:
    """Say whether the answer states the fact. A name counts in any case ("paris"), a number only as a
    number.
    """
    if fact.kind == "name":
        return any(f" {value} " in held for value in fact.values)
    return any(fact.agrees(other) for other in given)


def _refused(given: tuple[Fact, ...], wanted: tuple[Fact, ...], case: CaseView) -> bool:
    """Say whether the answer repeats a number, date or URL that the rejected answer alone states."""
    rejected = text_of(case, "rejected")
    if not rejected:
        return False
    known = (*wanted, *stated(text_of(case, "question")))
    only = [fact for fact in stated(rejected) if fact.kind != "name" and not any(fact.agrees(other) for other in known)]
    return any(fact.agrees(other) for fact in only for other in given)


def _recall(given: tuple[str, ...], wanted: tuple[str, ...]) -> float:
    return sum((Counter(given) & Counter(wanted)).values()) / len(wanted) if wanted else 0.0


def _urls(text: str) -> tuple[list[Fact], str]:
    found = []
    for match in _URL.finditer(text):
        bare = re.sub(r"^(?:https?://)?(?:www\.)?", "", match[0], flags=re.IGNORECASE).rstrip(".,;:!?*/")
        host, slash, path = bare.partition("/")
        found.append(Fact("url", frozenset({host.casefold() + slash + path})))
    return found, _URL.sub(" ", text)


def _dates(text: str) -> tuple[list[Fact], str]:
    found: list[Fact] = []

    def take(pattern: re.Pattern[str], text: str, *orders: tuple[int, int, int]) -> str:
        """Take the dates that the pattern finds out of the text; `orders` say which group is year, month and
        day.
        """

        def read(match: re.Match[str]) -> str:
            fact = _date(*((match[year] or "", match[month], match[day]) for year, month, day in orders))
            if not fact.values:
                return match[0]
            found.append(fact)
            return " "

        return pattern.sub(read, text)

    rest = take(_YMD, text, (1, 2, 3))
    # 3/4/2024 is April in most places and March in some: both readings stay possible.
    rest = take(_DMY, rest, (4, 3, 1), (4, 1, 3))
    rest = take(_DAY_FIRST, rest, (3, 2, 1))
    return found, take(_MONTH_FIRST, rest, (3, 1, 2))


def _date(*readings: tuple[str, str, str]) -> Fact:
    """Return the date fact of (year, month, day) readings; without a year it is a day of any year
    (`--04-03`).
    """
    values = set()
    for year, month, day in readings:
        whole = int(year) + (2000 if len(year) == 2 else 0) if year else 2000
        number = int(month) if month.isdecimal() else _MONTHS.get(month.lower(), 0)
        try:
            moment = date(whole, number, int(day))
        except ValueError:
            continue  # a thirteenth month, or a word that names none: not this reading
        values.add(moment.isoformat() if year else f"-{moment.isoformat()[4:]}")
    return Fact("date", frozenset(values))


def _numbers(text: str) -> tuple[list[Fact], str]:
    found = []
    for match in _NUMBER.finditer(text):
        money = _MONEY.search(text, max(0, match.start() - 2), match.start())
        found.append(Fact("number", _readings(match[0]), "money" if money else _unit(text, match.end())))
    for match in _WORD.finditer(text):
        value = _NUMBER_WORDS.get(match[0].lower())
        if value:
            found.append(Fact("number", frozenset({value}), _unit(text, match.end())))
    return found, _NUMBER.sub(" ", text)


def _unit(text: str, start: int) -> str:
    """Return what follows a number: its percent sign or the next word, in the singular of languages that add
    an s.
    """
    behind = _UNIT.match(text, start)
    unit = behind[1].casefold() if behind else ""
    return unit.removesuffix("s") or unit


def _readings(written: str) -> frozenset[str]:
    """Return the values a written number can have: "1,000" is a thousand, and one for who writes decimal
    commas.
    """
    plain = "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in written)
    marks = [char for char in plain if not char.isdigit() and char != "-"]
    if not marks:
        return frozenset({_canonical(plain)})
    bare = re.sub(r"[^\d-]", "", plain)
    head, _, tail = plain.rpartition(marks[-1])
    decimal = re.sub(r"[^\d-]", "", head) + "." + tail
    grouped = len(tail) == 3
    if len(set(marks)) == 2:
        return frozenset({_canonical(decimal)})
    if len(marks) > 1 or marks[0] in "’'":
        return frozenset({_canonical(bare)})
    return frozenset({_canonical(bare), _canonical(decimal)}) if grouped else frozenset({_canonical(decimal)})


def _canonical(number: str) -> str:
    whole, _, part = number.partition(".")
    sign = "-" if whole.startswith("-") else ""
    text = (whole.lstrip("-").lstrip("0") or "0") + ("." + part.rstrip("0") if part.rstrip("0") else "")
    return sign + text


def _names(text: str) -> list[Fact]:
    """Return the runs of capitalised words, without a word that merely opens a sentence ("Refunds take…")."""
    runs: list[list[str]] = [[]]
    behind = 0
    for match in _WORD.finditer(text):
        gap = text[behind : match.start()]
        opens = behind == 0 or not _SENTENCE_END.isdisjoint(gap)
        if opens or gap.strip(" "):
            runs.append([])
        if match[0][0].isupper() and (not opens or _odd(match[0])):
            runs[-1].append(match[0])
        elif runs[-1]:
            runs.append([])
        behind = match.end()
    names = (" ".join(tokens(" ".join(run))) for run in runs if run)
    return [Fact("name", frozenset({name})) for name in names if len(name) > 1]


def _odd(word: str) -> bool:
    """Say whether the word is capitalised beyond its first letter (IBM): no sentence start makes it so."""
    return sum(char.isupper() for char in word) > 1
