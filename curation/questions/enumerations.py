"""The order of enumerations: it is free between items that "and", "or" or a comma join, and nowhere else."""

from collections.abc import Sequence
from typing import Final

from curation.questions.words import Language

LONGEST_ITEM: Final = 3
"""Words. Of longer items nobody knows where they begin."""
MARKS: Final = frozenset(".?!;,")


def ordered(words: list[str], spoken: Language) -> list[str]:
    """The words with the items of each list in alphabetical order: "Visa and Mastercard" is "Mastercard and Visa"."""
    for place, word in enumerate(words):
        if word in spoken.sets["joiners"] and (span := listed(words, place, spoken)):
            start, second, end = span
            items = [*split_list(words[start:place]), words[second:end]]
            if sortable(items, words[start - 1] if start else "", spoken):
                *first, last = sorted(items)
                front = [part for item in first for part in (*item, ",")][:-1]
                return [*words[:start], *front, *words[place:second], *last, *ordered(words[end:], spoken)]
    return words


def listed(words: list[str], place: int, spoken: Language) -> tuple[int, int, int] | None:
    """Where the items before and after this "and" begin and end; none if that is in doubt."""
    sets = spoken.sets
    start = place
    while start and words[start - 1] not in sets["before"] and words[start - 1] not in sets["articles"]:
        start -= 1
    if start and words[start - 1] == "to" and words[start - 2] not in sets["towards"]:
        return None
    second = place + 1
    if second < len(words) and (words[second] in sets["articles"] or words[second] == words[start - 1]):
        second += 1
    end = second
    while end < len(words) and words[end] not in sets["after"] and words[end] not in MARKS:
        end += 1
    return (start, second, end) if start < place and second < end else None


def split_list(words: Sequence[str]) -> list[list[str]]:
    """The items between commas."""
    items: list[list[str]] = [[]]
    for word in words:
        if word == ",":
            items.append([])
        else:
            items[-1].append(word)
    return [item for item in items if item]


def sortable(items: list[list[str]], lead: str, spoken: Language) -> bool:
    """Whether the order of these items is free: in "red shoes and socks" nobody knows what is red."""
    lengths = {len(item) for item in items}
    if max(lengths) > LONGEST_ITEM or any(not spoken.sets["bound"].isdisjoint(item) for item in items):
        return False
    return len(lengths) == 1 or lead in spoken.sets["pair"]
