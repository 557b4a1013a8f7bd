"""Finds other occurrences of values that were found: a name found in one line is hidden in the next one too."""

from typing import Final

import re2

from privacy.redaction.hits import Hit
from privacy.redaction.lexicon import ORDINARY, ORGANISATION, PLACE, STOP, closed_words, kind_of
from privacy.redaction.numbering import PERSON, parts_of

SHORTEST: Final = 4
PLAIN: Final = 10_000  # below this many characters, two plain searches show whether a value occurs only once
CHEAP: Final = 20_000_000  # values times length: below this, a plain search is quickest
BATCH: Final = 400
MAX_VALUES: Final = 8_000


def repeats(text: str, hits: list[Hit], known: dict[str, Hit]) -> list[Hit]:
    """Hits on every further occurrence of the values that were hit, now or before, where it is not part of a longer
    word. `known` holds the values of earlier rounds, and gets those of this one.
    """
    long = len(text) > PLAIN
    values = {value: hit for value, hit in known.items() if long or value in text} if known else {}
    for hit in hits:
        start, end = hit.start, hit.end
        if end - start < SHORTEST:
            continue
        value = text[start:end]
        if hit.type == PERSON and " " in value:
            for part in value.split():
                again = text.find(part, end) >= 0 or text.find(part, 0, start) >= 0
                if again and part[0].isupper() and part in parts_of(part) and stands_for_person(part):
                    known[part] = values[part] = hit
        known[value] = hit
        if long or text.find(value) != start or text.find(value, end) >= 0:
            values[value] = hit
    if not values:
        return []
    if len(values) * len(text) <= CHEAP:
        found = [place for value in values for place in _plain(text, value)]
    else:
        found = _batched(text, list(values)[:MAX_VALUES])
    covered = {(hit.start, hit.end) for hit in hits}
    new = [place for place in found if place not in covered and stands_alone(text, *place)]
    return [values[text[start:end]].at(start, end) for start, end in new]


def stands_for_person(word: str) -> bool:
    """Whether a part of a name is nothing else."""
    return not kind_of(word) & (ORDINARY | STOP | PLACE | ORGANISATION) and word.lower() not in closed_words()


def _plain(text: str, value: str) -> list[tuple[int, int]]:
    places: list[tuple[int, int]] = []
    at = text.find(value)
    while at >= 0:
        places.append((at, at + len(value)))
        at = text.find(value, at + len(value))
    return places


def _batched(text: str, values: list[str]) -> list[tuple[int, int]]:
    places: list[tuple[int, int]] = []
    options = re2.Options()
    options.max_mem = 256 << 20
    for start in range(0, len(values), BATCH):
        batch = sorted(values[start : start + BATCH], key=len, reverse=True)
        places += [m.span() for m in re2.compile("|".join(map(re2.escape, batch)), options).finditer(text)]
    return places


def stands_alone(text: str, start: int, end: int) -> bool:
    """Whether a stretch is not a part of a longer word or number."""
    return not ((start > 0 and in_word(text, start)) or (end < len(text) and in_word(text, end)))


def in_word(text: str, place: int) -> bool:
    """Whether the characters before and at a place belong to one word or number."""
    before, at = text[place - 1], text[place]
    return (before.isalnum() or before == "_") and (at.isalnum() or at == "_")
