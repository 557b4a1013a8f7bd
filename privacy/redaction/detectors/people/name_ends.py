"""Finds the end of a name from its beginning: words with capitals, or in lower case if the text leaves no doubt."""

import re
from typing import Final

from privacy.redaction.detectors.people.name_forms import CAPITALISED, CONTRACTION, LOWER_NAME, SEQUENCE
from privacy.redaction.hits import Page
from privacy.redaction.lexicon import (
    CLOSED,
    COMMON,
    FIRST,
    LAST,
    ORDINARY,
    ORGANISATION,
    PLACE,
    STOP,
    kind_of,
    possible,
    sure,
)

STREETWISE: Final = re.compile(
    r"\s(?:street|avenue|road|lane|drive|boulevard|st|ave|rd|blvd|way|court|apartments?|hotel|inn|bank|airport|station)\b"
)


def kinds(text: str, start: int, end: int) -> list[int]:
    """What the lexicon knows about the words of a stretch."""
    return [kind_of(word) for word in CAPITALISED.of(text).findall(text, start, end) if len(word) > 1]


def organised(text: str, start: int, end: int) -> bool:
    """Whether a stretch of capitalised words names an organisation or consists only of ordinary words."""
    words = kinds(text, start, end)
    return (
        not words
        or any(kind & ORGANISATION and not kind & FIRST for kind in words)
        or all(kind & (STOP | ORDINARY) and not kind & FIRST for kind in words)
    )


def sequence(page: Page, start: int, *, bare: bool, pair: bool = False) -> int:
    """Where the name of capitalised words at `start` ends; 0 if they are not one. `bare`: even a word that is also an
    ordinary one counts, since the text leaves no doubt. `pair`: one word is not enough.
    """
    if not page.text[start : start + 1].isupper():
        return 0  # quicker than the pattern
    match = SEQUENCE.of(page.text).match(page.text, start)
    if not match:
        return 0
    end = start
    names = 0
    known: list[int] = []  # what the lexicon knows of the words, but for initials
    for token in CAPITALISED.of(page.text).finditer(page.text, start, match.end()):
        word, stop = token.group(), token.end()
        if names and len(word) == 1 and not (word == "I" and page.text[stop : stop + 1] == " "):
            end, names = stop, names + 1
            continue
        kind = STOP if not word.isalpha() and CONTRACTION.search(word) else page.kind(token.start(), stop)
        if kind & CLOSED and not (names == 0 and bare and kind & FIRST and CLAUSE_END.match(page.text, stop)):
            break
        if kind & (STOP | ORGANISATION) and not (
            bare and names == 0 and kind & (FIRST | LAST) and not kind & ORGANISATION
        ):
            if kind & ORGANISATION and names:
                return 0
            break
        if len(word) > 1 and not possible(kind) and not (bare and names < 2 and not kind & PLACE):
            break
        if not bare and names == 0 and (kind & PLACE or (kind & ORDINARY and not kind & FIRST)):
            break
        end, names = stop, names + 1
        if len(word) > 1:
            known.append(kind)
    if names == 1 and not bare and known == [0] and page.text[start:end].isupper():
        return 0  # a placeholder of a manual, an acronym
    if not names or STREETWISE.match(page.low, end) or (page.text[start:end].isupper() and end - start < 5):
        return 0
    if names > 1 and (suffix := SUFFIX.match(page.text, end)):
        known += kinds(page.text, end, suffix.end())
        end = suffix.end()
    named = any(kind & (FIRST | LAST) for kind in known)
    if pair and (names < 2 or not named):
        return end if any(sure(kind) for kind in known) else 0
    return end if bare or names > 1 or named else 0


CLAUSE_END: Final = re.compile(r"\s*(?:[.,!?;:)\"'\n]|\Z)")
SUFFIX: Final = re.compile(r",? (?:Jr|Sr|II|III|IV|PhD|Ph\.D|Psyd|Psy\.D|Psy|Np|MD|M\.D|Lcsw|Lmft|Mft|Rn|Dds|Esq)\b\.?")


def lower_name(page: Page, start: int, *, known_only: bool) -> int:
    """Where a name in lower case ends: one or two words, none of them ordinary."""
    end = 0
    for place in range(3):
        word = LOWER_NAME.of(page.low).match(page.low, start)
        if not word:
            break
        kind = kind_of(word.group())
        good = (
            bool(kind & (FIRST | LAST))
            and not kind & STOP
            and (
                not kind & ORDINARY
                or (place == 0 and bool(kind & (FIRST | COMMON)))
                or (place > 0 and bool(kind & LAST) and len(word.group()) > 3)
            )
        )
        if not (good and not (known_only and kind & (ORDINARY | PLACE))) and not (
            kind == 0 and not known_only and len(word.group()) > 2
        ):
            break
        end = word.end()
        if page.low[end : end + 1] != " ":
            break
        start = end + 1
    return end
