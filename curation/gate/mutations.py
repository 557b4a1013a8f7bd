"""Texts that test a grader before it is trusted with a case: the expected answer in another form, which it must
pass, and its opposites, which it must fail.

Made by rule from the text alone: the same case gives the same texts. Not every one is good prose; each is read by a
grader as a person would read it.
"""

import re
from collections.abc import Iterator
from itertools import islice, zip_longest
from typing import Final

from curation.claims import (
    EVIDENCE,
    LANGUAGES,
    UNITS,
    in_single_words,
    language_for,
    negation_of,
    number_words,
    opposites_of,
    reading,
)
from curation.decisions.language import UNKNOWN, guess
from curation.decisions.question_types import Asks
from curation.gate.graders.asking import asks, procedure
from curation.gate.graders.strings import verbatim
from privacy.redaction import PLACEHOLDER

COURTESY: Final = {
    "en": ("Sure, here is the answer: ", " I hope this helps."),
    "de": ("Gerne, hier ist die Antwort: ", " Ich hoffe, das hilft."),
    "fr": ("Bien sûr, voici la réponse : ", " J'espère que cela vous aide."),
    "es": ("Claro, esta es la respuesta: ", " Espero que esto ayude."),
    "it": ("Certo, ecco la risposta: ", " Spero che questo aiuti."),
    "pt": ("Claro, aqui está a resposta: ", " Espero ter ajudado."),
    "nl": ("Natuurlijk, hier is het antwoord: ", " Ik hoop dat dit helpt."),
    "pl": ("Oczywiście, oto odpowiedź: ", " Mam nadzieję, że to pomoże."),
}
OPENING: Final = COURTESY["en"][0]
REFUSALS: Final = ("I don't know.", "Sorry, I cannot help with that.")
MOST_OF_A_KIND: Final = 3
"""Opposites of one kind that are tried: a long answer has hundreds of numbers."""
STEPS: Final = 3
"""Sentences or clauses from which a procedure must not lose half."""
OTHER_NAME: Final = "Kazbegi"
FEW: Final = 12
"""Words up to which a text may have none of the little words that tell its language."""
_SENTENCE = re.compile(r"(?<=[^\d][.!?])\s+(?=\S)")
_NUMBER = re.compile(r"(?<![\w.,:/-])\d+(?![\w/:-]|[.,]\d)")
_CODE = re.compile(r"(?<![\w.])(?=\w*\d)(?=\w*[A-Za-z])[A-Za-z0-9]{2,}(?:[-.]\w+)*(?!\w)")
_MARKER = re.compile(r"\s*\(?\d+[.)]")
_WORD = re.compile(r"[^\W\d_]+")
_NAME = re.compile(r"(?<=[^\W\d_] )(?<![.!?:] )[A-Z][^\W\d_]{2,}(?= |[,.;]|$)")
_UNITS: Final = (
    ("days", "weeks"),
    ("day", "week"),
    ("hours", "days"),
    ("weeks", "days"),
    ("months", "years"),
    ("years", "months"),
    ("minutes", "hours"),
    ("km", "miles"),
    ("kg", "tons"),
    ("euros", "dollars"),
    ("euro", "dollar"),
    ("GB", "TB"),
    ("Tage", "Wochen"),
    ("Tagen", "Wochen"),
    ("Stunden", "Tage"),
    ("Jahre", "Monate"),
    ("Monate", "Jahre"),
    ("jours", "semaines"),
    ("heures", "jours"),
    ("mois", "ans"),
    ("días", "semanas"),
    ("horas", "días"),
    ("meses", "años"),
    ("%", "euros"),
)
_COUNTED = re.compile(r"\d\s?$")
"""Before a unit: the minutes of "90 min" are no minimum."""
_SIGNS: Final = (
    ("<>", "="),
    ("!=", "="),
    ("=", "<>"),
    ("<", ">"),
    (">", "<"),
    (" AND ", " OR "),
    (" OR ", " AND "),
    (" ASC", " DESC"),
    (" DESC", " ASC"),
)


def other_forms(text: str, question: str = "") -> tuple[str, ...]:
    """The same answer in other forms: wrapped in courtesy, in small letters, as a list, with digits for words, and the
    number alone where a number is asked for.
    """
    language = language_for(text, question)
    opening, closing = COURTESY[language]
    forms = [
        f"\n  {text.casefold()} \n",
        opening + text,
        text.rstrip() + ("" if text.rstrip()[-1:] in ".!?" else ".") + closing,
    ]
    sentences = _SENTENCE.split(text)
    if 1 < len(sentences) < 12 and "\n" not in text.strip():
        forms.append("\n".join(f"- {sentence}" for sentence in sentences))
    forms += [form for form in (number_words(text, language),) if form != text]
    facts = [fact for claim in reading(text, question).claims for fact in claim.words if fact[0] == "#"]
    if asks(question) is Asks.AMOUNT and len(facts) == len(found := re.findall(r"\d+(?:[.,]\d+)*", text)) == 1:
        forms += re.findall(rf"{found[0]}\s?(?:[%€$]|[^\W\d_]+)(?! (?:per|pro|par|por|an?|each)\b)", text)[:1]
    return tuple(forms)


def readable(text: str, question: str = "") -> bool:
    """Whether the text is in a language whose opposites can be told: one with lists, or too short for any."""
    language = guess(f"{question} {text}")
    return language in LANGUAGES or (language == UNKNOWN and len(text.split()) <= FEW)


def opposites(text: str, question: str = "") -> tuple[str, ...]:
    """Answers that claim something else in nearly the same words, up to a few of each kind."""
    if verbatim(text):
        made = [_other_signs(text), _numbers(text), _codes(text)]
    else:
        made = [_negated(text, language_for(text, question)), _numbers(text), _turned(text), _units(text), _codes(text)]
        made += [
            _hidden(text),
            _names(text, question),
            _swapped(text),
            _first_step(text) if procedure(question) else iter(()),
        ]
    rounds = zip_longest(*(islice(kind, MOST_OF_A_KIND) for kind in made))  # one of each kind first
    found = [one for each in rounds for one in each if one]
    return tuple(dict.fromkeys(one for one in found if one != text))


def _numbers(text: str) -> Iterator[str]:
    for match in _NUMBER.finditer(text):
        if _MARKER.match(text, text.rfind("\n", 0, match.start()) + 1, match.end() + 1):
            continue  # the number of a list item
        yield f"{text[: match.start()]}{int(match[0]) + 1}{text[match.end() :]}"


def _units(text: str) -> Iterator[str]:
    for unit, other in _UNITS:
        yield re.sub(
            rf"(\d\s?|\b(?:two|three|five|ten|zwei|drei|deux|trois|dos|tres) ){unit}(?!\w)",
            rf"\g<1>{other}",
            text,
            count=1,
        )


def _codes(text: str) -> Iterator[str]:
    for match in _CODE.finditer(text):
        code = match[0]
        place = next(at for at, char in enumerate(code) if char.isdigit())
        yield (
            text[: match.start()]
            + code[:place]
            + str((int(code[place]) + 1) % 10)
            + code[place + 1 :]
            + text[match.end() :]
        )


def _hidden(text: str) -> Iterator[str]:
    """Another hidden value: redaction numbers the values of a conversation, so that equal ones have one number."""
    for match in PLACEHOLDER.finditer(text):
        yield f"{text[: match.start()]}[{match[1]}_{int(match[2]) + 90}]{text[match.end() :]}"


def _names(text: str, question: str) -> Iterator[str]:
    """Another name in the place of one that the question does not give."""
    asked_about = question.casefold()
    for match in _NAME.finditer(text):
        if (low := match[0].casefold()) not in EVIDENCE and low not in UNITS and low not in asked_about:
            yield text[: match.start()] + OTHER_NAME + text[match.end() :]


def _swapped(text: str) -> Iterator[str]:
    """Two names of one sentence exchanged."""
    for sentence in _SENTENCE.split(text):
        names = list(dict.fromkeys(match[0] for match in _NAME.finditer(sentence) if match[0].lower() not in UNITS))
        if len(names) == 2 and not re.search(rf" (?:and|or|und|et|y|e|o|ou|oder) |{names[0]} {names[1]}", sentence):
            swap = dict(zip(names, names[::-1], strict=True))
            changed = _WORD.sub(lambda match, swap=swap: swap.get(match[0], match[0]), sentence)
            yield text.replace(sentence, changed)


def _negated(text: str, language: str) -> Iterator[str]:
    """The first and the last sentence turned round."""
    sentences = _SENTENCE.split(text)
    whole = [place for place, one in enumerate(sentences) if len(one.split()) >= STEPS and "?" not in one] or [0]
    for place in dict.fromkeys((whole[0], whole[-1])):
        yield " ".join([*sentences[:place], negation_of(sentences[place], language), *sentences[place + 1 :]])


def _turned(text: str) -> Iterator[str]:
    """A word replaced by its opposite. A word of a phrase stays: "as short as" is no opposite of "as long as"."""
    read = set(_WORD.findall(in_single_words(text)))
    for match in _WORD.finditer(text):
        if match[0] not in read or (match[0].lower() in UNITS and _COUNTED.search(text[: match.start()])):
            continue
        for other in islice(opposites_of(match[0]), 1):
            yield text[: match.start()] + other + text[match.end() :]


def _other_signs(text: str) -> Iterator[str]:
    for sign, other in _SIGNS:
        if sign in text:
            yield text.replace(sign, other, 1)


def _first_step(text: str) -> Iterator[str]:
    """The first step alone, of several."""
    steps = [step for step in re.split(r"(?<=[.!?;,])\s+|\n", text) if len(step.split()) > 1]
    if len(steps) >= STEPS:
        yield steps[0]
