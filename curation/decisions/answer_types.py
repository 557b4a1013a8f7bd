"""Whether a short answer is of the type that its question asks for: an amount, a time, a place, a yes or no.

Only what plainly is of another type is told: "at the reception" is no number of guests. A text says what type it is by
closed lists of words; one that has a word of the question in it gets the benefit of the doubt where words are ambiguous.
"""

import re
from typing import Final

from curation.decisions.language import guess
from curation.decisions.question_types import Asks, asks
from curation.decisions.words import (
    COINS,
    ENDLESS,
    LIMITS,
    LITTLE,
    NO,
    PLACES,
    REPEATS,
    STEPS,
    UNITS,
    UNSPACED,
    YES,
    is_amount,
    tokens,
    without,
)

LONGEST: Final = 20
"""The most words of a text whose type is told."""
ARTICLES: Final = frozenset("a i en".split())
"""Of the words for a place in other languages those that are English for something else."""
SHORT: Final = 6
"""The most words of an amount by itself."""
HOW_TO: Final = re.compile(
    r"\W*(?:how (?:do|can|could|should|to)|wie (?:kann|\w+e) (?:ich|man)|comment|cómo|come|como|hoe (?:kan|\w+) (?:ik|je)|jak|как|nasıl)\b",
    re.IGNORECASE,
)
MONEY: Final = re.compile(r"[$€£¥₽₺%]")
NAMED_STEP: Final = re.compile(r"[>→/]|https?:")


def is_of_another_type(text: str, said: list[str], question: str, answer: str) -> bool:
    """Whether a text answers another type of question than was asked, and than the old answer answered."""
    if len(said) > LONGEST or UNSPACED.search(text):
        return False
    kind = asks(question)
    old = tokens(answer)
    if kind in (Asks.AMOUNT, Asks.TIME):
        if is_priced(answer, old) and not is_priced(text, said) and not any(map(str.isdigit, text)):
            return ENDLESS.isdisjoint(said)
        if not any(map(counts, old)) or not ENDLESS.isdisjoint(said):
            return False
        return not any(map(counts, said)) or (not UNITS.isdisjoint(old) and counts_something_else(text, said, question))
    if {*said} - LITTLE - without(said, tokens(question) + old):
        return False
    if kind is not Asks.OPEN and kind is not Asks.UNKNOWN and said[0] in REPEATS:
        return True
    if kind is Asks.OPEN and HOW_TO.match(question):
        return len(said) <= SHORT and any(map(counts, said)) and said[0] not in STEPS
    if kind is Asks.PLACE:
        places = PLACES - ARTICLES if guess(text) == "en" else PLACES
        return places.isdisjoint(said) and not NAMED_STEP.search(text) and not has_name(text)
    if kind is Asks.PERSON:
        return any(map(is_amount, said))
    return kind is Asks.YES_OR_NO and old[:1] != [] and old[0] in YES | NO and said[0] not in YES | NO | LIMITS


def is_priced(text: str, words: list[str]) -> bool:
    """Whether a text names a sum of money."""
    return MONEY.search(text) is not None or not COINS.isdisjoint(words)


def counts_something_else(text: str, said: list[str], question: str) -> bool:
    """Whether every number of a text counts what was not asked about: "three copies", where weeks are meant."""
    if MONEY.search(text) or not UNITS.isdisjoint(said):
        return False
    other = without(said, tokens(question)) - LITTLE
    numbers = [place for place, word in enumerate(said) if is_amount(word)]
    return bool(numbers) and all(said[place + 1 : place + 2] and said[place + 1] in other for place in numbers)


def counts(word: str) -> bool:
    """Whether a word is an amount, or what one is counted in."""
    return is_amount(word) or word in UNITS


def has_name(text: str) -> bool:
    """Whether a word after the first is written like a name."""
    return re.search(r"\w\W? [A-ZÀ-ÞА-Я]", text) is not None
