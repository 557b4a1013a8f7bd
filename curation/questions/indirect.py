"""Indirect questions as direct ones: "how I can pay" after "could you tell me" is "how can I pay"."""

from typing import Final

from curation.questions.words import Language

FARTHEST: Final = 7
"""Words after the beginning of the subject, among which its auxiliary is looked for."""
MEASURES: Final = {"takes": "take", "costs": "cost", "lasts": "last"}


def direct(words: list[str], spoken: Language) -> list[str]:
    """An indirect question as a direct one: "how I can pay" is "how can I pay"."""
    sets = spoken.sets
    if not sets["questions"] or len(words) < 3:
        return words
    whether = words[0] in sets["whether"]
    if not whether and words[0] not in sets["questions"]:
        return words
    if "final" in sets["order"]:
        return finite_first(words, spoken, whether)
    return auxiliary_first(words, spoken, whether)


def finite_first(words: list[str], spoken: Language, whether: bool) -> list[str]:
    """German and Dutch: the finite verb comes from the end to behind the question word."""
    sets = spoken.sets
    if whether:
        return [words[-1], *words[1:-1]]
    start = next((n for n, word in enumerate(words) if n and word in sets["subjects"]), 0)
    if start == 2 and words[1] not in sets["degrees"] and words[0] not in sets["which"]:
        return words  # the verb is there already
    start = start or (2 if words[1] in sets["degrees"] else 1)
    return [*words[:start], words[-1], *words[start:-1]]


def auxiliary_first(words: list[str], spoken: Language, whether: bool) -> list[str]:
    """English: the auxiliary goes before the subject, and "do" comes where there is none."""
    sets = spoken.sets
    start = 1 if whether else next((n for n, word in enumerate(words) if n and word in sets["subjects"]), 0)
    if not whether and (words[1] in sets["auxiliaries"] or words[1] == "to"):
        return words
    front = [] if whether else words[:start]
    if start:
        for place in range(start + 1, min(len(words), start + FARTHEST)):
            if words[place] in sets["auxiliaries"]:
                return [*front, words[place], *words[start:place], *words[place + 1 :]]
        if words[-1] in MEASURES and not whether:
            return [*front, "does", *words[start:-1], MEASURES[words[-1]]]
        if words[start] in ("i", "you", "we", "they"):
            return [*front, "do", *words[start:]]
        return words[1:] if whether else words
    if words[-1] in MEASURES and words[1] in sets["degrees"]:
        return [*words[:2], "does", *words[2:-1], MEASURES[words[-1]]]
    if words[-1] in ("is", "are"):
        degree = 2 if words[1] in sets["degrees"] else 1
        return [*words[:degree], words[-1], *words[degree:-1]]
    return words
