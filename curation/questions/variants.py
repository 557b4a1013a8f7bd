"""Variants of a question whose right answer is the same by construction: typing slips, another case, courtesy, list
items in another order. An agent's answers to them show how brittle it is. They are made by rule from the question only:
every run asks the same ones, so two agents can be compared.
"""

import re
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Final

from curation.claims import EVIDENCE, language_for, opposites_of

MOST: Final = 10
OPENINGS: Final = {
    "en": ("Hello, ", "Could you help me? "),
    "de": ("Hallo, ", "Können Sie mir helfen? "),
    "fr": ("Bonjour, ", "Pouvez-vous m'aider ? "),
    "es": ("Hola, ", "¿Me puede ayudar? "),
    "it": ("Buongiorno, ", "Mi può aiutare? "),
    "pt": ("Olá, ", "Pode ajudar-me? "),
    "nl": ("Hallo, ", "Kunt u mij helpen? "),
    "pl": ("Dzień dobry, ", "Czy może mi pan pomóc? "),
}
THANKS: Final = {
    "en": " Thank you!",
    "de": " Vielen Dank!",
    "fr": " Merci !",
    "es": " ¡Gracias!",
    "it": " Grazie!",
    "pt": " Obrigado!",
    "nl": " Bedankt!",
    "pl": " Dziękuję!",
}
LONG: Final = 6
"""Letters from which on a word is still recognisable with a slip in it."""
_WORD = re.compile(r"(?<![\w\[/.@:'’-])[^\W\d_]+(?![\w\]/@:'’-]|\.\w)")
_LIST = re.compile(r"([^\W\d_]+), ([^\W\d_]+),? (and|or|und|oder|et|ou|y|o|e|en|of|i|lub) ([^\W\d_]+)")


def variants(question: str, number: int) -> tuple[str, ...]:
    """Up to this many variants, all different from each other and from the question."""
    made = dict.fromkeys(one for one in _made(question) if one != question)
    return tuple(islice(made, number))


def _made(question: str) -> Iterator[str]:
    language = language_for(question)
    slips = _slips(question)
    hello, helping = OPENINGS[language]
    yield next(slips, question)
    yield _WORD.sub(lambda match: match[0].lower(), question)
    yield hello + question
    yield _LIST.sub(r"\4, \1 \3 \2", question)
    yield question.rstrip().rstrip("?!. ")
    yield next(slips, question)
    yield question.rstrip() + THANKS[language]
    yield helping + question
    yield next(slips, question)
    yield f"  {question.rstrip()}\n"
    yield hello + question.rstrip() + THANKS[language]
    yield from slips


def _slips(question: str) -> Iterator[str]:
    """Two letters swapped, one left out, one doubled, each inside a different long word that does not reverse the
    meaning.
    """
    words = [match for match in _WORD.finditer(question) if _is_plain(match[0])]
    for place, match in enumerate(words):
        slip = SLIPS[place % len(SLIPS)](match[0])
        yield question[: match.start()] + slip + question[match.end() :]


def _is_plain(word: str) -> bool:
    low = word.casefold()
    return len(word) >= LONG and word.islower() and low not in EVIDENCE and not any(True for _ in opposites_of(low))


def _exchanged(word: str) -> str:
    middle = len(word) // 2
    return word[:middle] + word[middle + 1] + word[middle] + word[middle + 2 :]


def _shortened(word: str) -> str:
    middle = len(word) // 2
    return word[:middle] + word[middle + 1 :]


def _doubled(word: str) -> str:
    middle = len(word) // 2
    return word[:middle] + word[middle] + word[middle:]


SLIPS: Final[tuple[Callable[[str], str], ...]] = (_exchanged, _shortened, _doubled)
