"""Makes the opposite of a sentence, and its numbers in words, from the closed word lists. Calibration tests graders with them."""

import re
from collections.abc import Iterator
from typing import Final

from curation.claims import vocabulary as lists
from curation.claims.comparing import PARTICLES
from curation.claims.times import EACH
from curation.claims.words import EVIDENCE, NEGATIONS, language_of, lists_of, split

MOST_WORDS: Final = 12
_SMALL_NUMBER = re.compile(r"(?<![\w.,:/$€£-])\d{1,2}(?![\w/:.%-]|[.,]\d| ?[a-zA-Z]\b)")
_AFTER: Final = {
    "en": "is are was were can may must will should do does has have could would",
    "de": "ist sind war kann können darf dürfen wird werden hat haben muss soll sollte",
    "nl": "is zijn kan mag wordt worden heeft hebben moet zal",
}
"""Verbs that a negation follows. In other languages it stands before the verb."""
_BEFORE: Final = {
    "es": "es son está están puede pueden debe tiene hay se",
    "it": "è sono può possono deve ha si",
    "pt": "é são está pode podem deve tem há se",
    "pl": "jest są może można ma trzeba",
    "fr": "est sont peut peuvent pouvez doit doivent devez faut a ont avez",
}
_NOT: Final = {"en": "not", "de": "nicht", "fr": "pas", "es": "no", "it": "non", "pt": "não", "nl": "niet", "pl": "nie"}
_NO: Final = {"en": "No", "de": "Nein", "fr": "Non", "es": "No", "it": "No", "pt": "Não", "nl": "Nee", "pl": "Nie"}
_LEADING: Final = {
    "en": "Do not",
    "de": "Nicht",
    "fr": "Ne pas",
    "es": "No",
    "it": "Non",
    "pt": "Não",
    "nl": "Niet",
    "pl": "Nie",
}
_YES: Final = {"en": "Yes", "de": "Ja", "fr": "Oui", "es": "Sí", "it": "Sì", "pt": "Sim", "nl": "Ja", "pl": "Tak"}
_ONE_WORD: Final = frozenset({"en", "de", "nl"})
"""Where one word negates. Elsewhere two belong together."""
_LEAD = re.compile(r"\s*(?:yes|no|ja|nein|oui|non|sí|sì|sim|não|nee|tak|nie)\b[,.:!]\s*", re.IGNORECASE)


def language_for(text: str, question: str = "") -> str:
    """The language whose lists the text is read by."""
    return lists_of(language_of([token.lower() for token in split(f"{question} {text}")]))


def negation_of(sentence: str, language: str) -> str:
    """The sentence with one negation more, or without the one that it has."""
    lead = _LEAD.match(sentence)
    rest = sentence[lead.end() :] if lead else sentence
    turned = _negation_turned(rest, language)
    if not lead:
        return turned
    negative = lead[0].strip(" ,.:!").lower() in ("no", "nein", "non", "não", "nee", "nie")
    return f"{_YES[language] if negative else _NO[language]}, {turned}"


def _negation_turned(sentence: str, language: str) -> str:
    negations = "|".join(sorted(NEGATIONS[language], key=len, reverse=True))
    if found := re.search(rf"(?<!\w)(?:{negations})(?!\w)\s*", sentence, re.IGNORECASE):
        rest = sentence[: found.start()] + sentence[found.end() :]
        if language in _ONE_WORD:
            return rest
        return re.sub(rf"(?<!\w)(?:{negations})(?!\w)\s*", "", rest, flags=re.IGNORECASE)
    word = _NOT[language]
    before = r"n'\g<0> pas" if language == "fr" else rf"{word} \g<0>"
    for verbs, form in ((_AFTER.get(language), rf"\g<0> {word}"), (_BEFORE.get(language), before)):
        if verbs and (found := re.search(rf"\b(?:{verbs.replace(' ', '|')})\b", sentence, re.IGNORECASE)):
            return sentence[: found.start()] + found.expand(form) + sentence[found.end() :]
    return f"{_LEADING[language]} {sentence[:1].lower()}{sentence[1:]}"


def opposites_of(word: str) -> Iterator[str]:
    """The words on the other side of a word, in its capitals."""
    other = _OPPOSITES.get(word.lower())
    if other:
        yield other.capitalize() if word[0].isupper() else other


def _opposites() -> dict[str, str]:
    """A word of the other side for each word that has one sense."""
    found: dict[str, str] = {}
    for pair in lists.OPPOSITE:
        sides = [side.split() for side in pair.split("/")]
        for mine, yours in (sides, sides[::-1]):
            found |= {
                word: yours[0].replace("-", " ")
                for word in mine
                if word not in EVIDENCE and word not in PARTICLES and word not in EACH  # "none six hours" is no answer
            }
    return found


_OPPOSITES = _opposites()


def number_words(text: str, language: str) -> str:
    """The text with digits for its number words, or where it has none, the words for its numbers up to twelve."""
    words = lists.NUMBERS[language].split()
    values = {word: str(number) for number, word in enumerate(words) if number > 1}
    tens = (*lists.TENS[language].split(), *words[20:])
    joined = "|".join((*values, *tens, *lists.MORE_NUMBERS[language]))
    alone = rf"(?<![-\w])(?<!hundred and )[^\W\d_]+(?![-\w]| (?:{joined})\b)"
    digits = re.sub(alone, lambda match: values.get(match[0].lower(), match[0]), text)
    if digits != text:
        return digits
    names = {number: word for word, number in values.items() if int(number) <= MOST_WORDS}
    return _SMALL_NUMBER.sub(lambda match: names.get(match[0], match[0]), text)
