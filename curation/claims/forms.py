"""Reduces a word to one form: without its ending, and with one word for all synonyms."""

import re
from functools import lru_cache

from curation.claims import vocabulary as lists
from curation.claims.words import LANGUAGES, MODALS, NEGATIONS, WEEKDAYS, lists_of

HARD = re.compile(r"[#=@~\[§]|\S+\.[a-z]{2,}|.*\d|https?:|www\.|--?[a-z]|[<>=≤≥≠!+]")
"""What is a fact by itself: a number, a date, a code, an address, a sign."""
_SUFFIXES = {
    "en": re.compile(r"(?<=\w{3})(?:ations?|ings?|edly|ied|ed|iers?|ers?|ies|es|s|ly|ions?|ments?|als?|ance|ness|ability|able|(?<=[^aeiou])y|e)$"),
    "de": re.compile(r"(?<=\w{3})(?:ungen|ung|lichen|liche|lich|ern|en|er|es|em|et|st|te|ten|t|e|n|s)$"),
    "fr": re.compile(r"(?<=\w{3})(?:ations?|ements?|ement|aient|ées?|és?|er|ez|ent|es|s|e|x)$"),
    "es": re.compile(r"(?<=\w{3})(?:aciones|ación|amente|mente|ando|iendo|adas?|ados?|idas?|idos?|ar|er|ir|an|en|as|os|es|a|o|e|s)$"),
    "it": re.compile(r"(?<=\w{3})(?:azioni|azione|amente|mente|ando|endo|ate|ati|ata|ato|ite|iti|ita|ito|are|ere|ire|i|e|a|o)$"),
    "pt": re.compile(r"(?<=\w{3})(?:ações|ação|amente|mente|ando|endo|adas?|ados?|idas?|idos?|ar|er|ir|am|em|as|os|es|a|o|e|s)$"),
    "nl": re.compile(r"(?<=\w{3})(?:ingen|ing|heden|heid|lijk|eren|en|er|de|te|t|e|s)$"),
    "pl": re.compile(r"(?<=\w{3})(?:ami|ach|owi|ego|emu|ymi|imi|ych|ów|om|ie|em|ą|ę|y|i|a|e|o|u)$"),
}  # fmt: skip


@lru_cache(maxsize=1 << 14)
def is_hard(word: str) -> bool:
    """Whether a word is a fact by itself."""
    return HARD.match(word) is not None


@lru_cache(maxsize=1 << 14)
def canonical(word: str, language: str) -> str:
    """The one form of a word: of its group of equal words, else its stem. Hard facts stay."""
    if is_hard(word):
        return word
    if word in WEEKDAYS and (len(word) > 3 or lists_of(language) == "en"):
        return f"~{WEEKDAYS[word]}"
    if "-" in word:
        return GROUP[language].get(word, word)
    if lists_of(language) == "en":
        word = IRREGULAR.get(word, word)
    base = stem(word, language)
    return GROUP[language].get(word) or _STEMMED[language].get(base) or base


@lru_cache(maxsize=1 << 14)
def stem(word: str, language: str) -> str:
    """A word without its ending, so that its inflections are one."""
    if word.endswith("ee") or word in ("under", "even"):
        return word  # an employee is no employer, "under" no "und", and "even" no evening
    short = _SUFFIXES[lists_of(language)].sub("", word)
    if lists_of(language) == "en":
        short = _SUFFIXES["en"].sub("", short) if len(short) > 6 else short
        if len(short) > 3 and short[-1] == short[-2] and short[-1] not in "aeious":
            short = short[:-1]
    return short


def _groups(language: str) -> dict[str, str]:
    """Each word's group by a mark. A word of two senses stays in its first group, and draws no others into it."""
    found = {"single": "#1"} if language == "en" else {}
    for group in lists.SAME[language]:
        words = [word for word in group.replace("ß", "ss").split() if word not in found]
        found |= dict.fromkeys(words, f"{words[0]}·") if words else {}
    return found


def _sides(language: str) -> dict[str, tuple[tuple[int, int], ...]]:
    """Each word's axes, with its side on each."""
    found: dict[str, set[tuple[int, int]]] = {}
    for axis, pair in enumerate(lists.OPPOSITE):
        for side, words in enumerate(pair.split("/")):
            for word in words.replace("ß", "ss").split():
                found.setdefault(canonical(word, language), set()).add((axis, side))
    return {word: tuple(sorted(axes)) for word, axes in found.items()}


def phrase(word: str, following: str, language: str) -> str:
    """The one form of two words that the lists have as one: "switched off", "log out"; "" for any others."""
    if following not in SECOND:
        return ""
    base = IRREGULAR.get(word, word) if lists_of(language) == "en" else word
    return _PHRASES[language].get(f"{stem(base, language)}-{following}", "")


def _by_stem(language: str) -> dict[str, str]:
    """The one form of each phrase of the lists, by the stem of its first word."""
    phrases = {word: word for word in _PAIRED} | {word: mark for word, mark in GROUP[language].items() if "-" in word}
    split = ((word.partition("-"), mark) for word, mark in phrases.items())
    return {f"{stem(first, language)}-{rest}": mark for (first, _, rest), mark in split}


IRREGULAR = {form: word for word, forms in lists.IRREGULAR.items() for form in forms.split()}
GROUP = {language: _groups(lists_of(language)) for language in LANGUAGES}
_PAIRED = frozenset(word for pair in lists.OPPOSITE for word in re.split(r"[ /]", pair) if "-" in word)
SECOND = frozenset(
    phrase.partition("-")[2] for words in (*GROUP.values(), _PAIRED) for phrase in words if "-" in phrase
)
_PHRASES = {language: _by_stem(language) for language in LANGUAGES}
_STEMMED = {
    language: {stem(word, language): mark for word, mark in reversed(GROUP[language].items()) if "-" not in word}
    for language in LANGUAGES
}
SIDES = {language: _sides(language) for language in LANGUAGES}
NEGATION = {language: frozenset(canonical(word, language) for word in NEGATIONS[language]) for language in LANGUAGES}
MODAL = {
    language: frozenset(
        canonical(word, language) for word in (*MODALS[language], *lists.ABILITY[lists_of(language)].split())
    )
    for language in LANGUAGES
}


def forms_of(words: frozenset[str]) -> frozenset[str]:
    """These words as each language reads them."""
    return frozenset(canonical(word, language) for language in LANGUAGES for word in words)
