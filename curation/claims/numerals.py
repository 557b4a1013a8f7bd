"""Reads numbers that are written in words or digits: "two hundred and six", "1.000", "three quarters"."""

import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from curation.claims import vocabulary as lists
from curation.claims.words import LANGUAGES, UNKNOWN, lists_of

Clause = list[str]

_GROUPED = re.compile(r"[-−]?\d{1,3}(?:[.,'’\u00a0\u202f]\d{3})+$")
_AND: Final = {"en": "and", "es": "y", "fr": "et", "pt": "e", "it": "e"}
"""The word inside a number: "a hundred and six", "treinta y dos"."""
_NO_PART = frozenset("first second last each every this next per #3 #4".split())
"""Before a quarter: then it is a part of the year."""


@dataclass(slots=True)
class Place:
    """How far the reading has come: the token that is next, and the clause that grows."""

    tokens: list[str]
    language: str
    next: int = 0
    clause: Clause = field(default_factory=list)
    low: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.low = [token.lower() for token in self.tokens]

    def peek(self, ahead: int = 0) -> str:
        place = self.next + ahead
        return self.low[place] if place < len(self.low) else ""


def _numbers(language: str) -> dict[str, float]:
    """The number words of a language."""
    found: dict[str, float] = {word: number for number, word in enumerate(lists.NUMBERS[language].split())}
    found |= {word: 30 + 10 * place for place, word in enumerate(lists.TENS[language].split())}
    joint, one = {"de": ("und", "ein"), "nl": ("en", "een")}.get(language, ("", ""))
    if joint:
        ones = [one, *lists.NUMBERS[language].split()[2:10]]
        for place, ten in enumerate((lists.NUMBERS[language].split()[20], *lists.TENS[language].split()[:7]), start=2):
            for number, word in enumerate(ones, start=1):
                found[word + ("ën" if language == "nl" and word.endswith("e") else joint) + ten] = 10 * place + number
    for place, words in enumerate(lists.ORDINALS.get(language, ()), start=lists.FIRST_ORDINAL):
        found |= dict.fromkeys(words.split(), place)
    return {word.replace("ß", "ss"): number for word, number in (found | lists.MORE_NUMBERS[language]).items()}


NUMBERS = {language: _numbers(lists_of(language)) for language in LANGUAGES}
ORDINALS = {
    language: frozenset(" ".join(lists.ORDINALS.get(lists_of(language), ())).replace("ß", "ss").split())
    for language in LANGUAGES
}
FRACTIONS = {language: lists.FRACTIONS.get(lists_of(language), {}) for language in LANGUAGES}


def worded(low: str, at: Place) -> float:
    """The value of a number that begins with this word, with the words that belong to it."""
    numbers, joint = NUMBERS[at.language], _AND.get(lists_of(at.language), "")
    value = numbers[low]
    while True:
        ahead = int(bool(joint) and at.peek() == joint)
        more = numbers.get(at.peek(ahead))
        if more is None or (ahead and not _joined(value, more)):
            return value
        if value >= 1000 and value % 1000 == 0 and more < 1000 and not ahead:
            at.next += 1
            return value + worded(at.tokens[at.next - 1].lower(), at)
        if not ahead and value < more and (more >= 100 or at.peek() in lists.DOZENS):
            value *= more
        elif (20 <= value % 100 <= 90 and value % 10 == 0 and more < 10) or (value >= 100 and _joined(value, more)):
            value += more
        else:
            return value
        at.next += 1 + ahead


def _joined(value: float, more: float) -> bool:
    """Whether the second number adds to the first one: "hundred and six", "treinta y dos"."""
    if 20 <= value < 100:
        return value % 10 == 0 and more < 10
    return value >= 100 and value % 100 == 0 and 0 < more < 100


def fraction(low: str, at: Place) -> float | None:
    """The part that begins with this word, a half or three quarters; None where it begins none."""
    parts, numbers = FRACTIONS[at.language], NUMBERS[at.language]
    before = at.clause[-1] if at.clause else ""
    if low in parts and not (low.startswith("quarter") and before in _NO_PART):
        return parts[low]
    times = int(low) if low.isdigit() else numbers.get(low, 0)
    if 0 < times < 10 and (part := parts.get(at.peek())) is not None and part < 0.5:
        at.next += 1
        return times * part
    return None


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


_MINUS: Final = frozenset("minus moins menos meno min".split())
_NO_MINUS: Final = frozenset("au du le al lo por pelo a".split())
"""Words before "moins" that make a limit of it: "au moins 18"."""
_SUBJECTS: Final = frozenset(
    "the a an you your we our they their it its he his she her all this that these i my".split()
)
"""Words behind a "once" that is a "when"."""
_AFTER_ONE = frozenset("is are was in on at of with for from to that which who and or not".split())
_ARTICLES = frozenset("the this that which a other".split())


def is_label(at: Place) -> bool:
    """Whether the capital that was just read names something: "hall B", "Ctrl+S". Not at the start, where all begins so."""
    before, after = at.tokens[at.next - 2] if at.next > 1 else "", at.tokens[at.next : at.next + 1]
    capitals = any(len(word) > 1 and word.isupper() for word in (before, *after))
    return bool(at.clause) and at.tokens[at.next - 1] != "I" and not capitals


def is_ordinal(at: Place) -> bool:
    """Whether "second" counts what follows: "the second floor", not "per second"."""
    return at.clause[-1:] in (["the"], ["on"], ["a"]) and at.peek().isalpha() and at.peek() not in _AFTER_ONE


def _is_pronoun(at: Place) -> bool:
    """Whether "one" is a pronoun: "the yellow one", "the one in the hall"."""
    if at.peek().isalpha() and at.peek() not in _AFTER_ONE:
        return False
    return not _ARTICLES.isdisjoint(at.clause[-2:])


def short(number: str) -> str:
    """Without the noughts at the end: 2.50 euros are 2.5. Without a unit it may be a version, and they count."""
    return number.rstrip("0").rstrip(".") if "." in number else number


def no_number(low: str, at: Place) -> bool:
    """Whether a number word is none here: "one" for a thing, "once" for "when", which is appended."""
    if low == "once" and at.peek() in _SUBJECTS:
        at.clause.append("when")
        return True
    return low == "one" and _is_pronoun(at)


def with_sign(number: str, at: Place) -> str:
    """A number with the sign that a "minus" before it is, which is taken off the clause."""
    before = at.clause[-2:]
    if number[0] == "-" or not before or before[-1] not in _MINUS or before[0] in _NO_MINUS:
        return number
    at.clause.pop()
    return f"-{number}"
