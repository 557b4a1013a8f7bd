"""Rewrites indirect questions as direct ones: "how I can pay" after "could you tell me" is "how can I pay"."""

from typing import Final

from curation.questions.words import Language

WITHOUT_S: Final = frozenset("i you we they".split())
PRONOUNS: Final = WITHOUT_S | {"he", "she", "it"}
MEASURES: Final = {"takes": "take", "costs": "cost", "lasts": "last"}


def direct(words: list[str], spoken: Language) -> list[str]:
    """An indirect question as a direct one; anything else is unchanged."""
    sets = spoken.sets
    if not sets["questions"] or len(words) < 3:
        return words
    whether = words[0] in sets["whether"]
    if not whether and words[0] not in sets["questions"]:
        return words
    if whether and "," in words:
        return words  # "if I lose my card, what do I do" is a condition
    if "final" in sets["order"]:
        return finite_first(words, spoken, whether)
    return auxiliary_first(words, spoken, whether)


def finite_first(words: list[str], spoken: Language, whether: bool) -> list[str]:
    """German and Dutch: the finite verb moves from the end to just after the question word."""
    sets = spoken.sets
    if whether:
        return [words[-1], *words[1:-1]]
    start = next((n for n, word in enumerate(words) if n and word in sets["subjects"]), 0)
    if not start:
        if words[-1] not in sets["finite"]:
            return words
        start = 2 if words[1] in sets["degrees"] else 1
    if start > 2 or (start == 2 and words[1] not in sets["degrees"] and words[0] not in sets["which"]):
        return words  # the verb is already there
    return [*words[:start], words[-1], *words[start:-1]]


def auxiliary_first(words: list[str], spoken: Language, whether: bool) -> list[str]:
    """English: the auxiliary moves before the subject; without one, "do" is added."""
    sets = spoken.sets
    start = 1 if whether else next((n for n, word in enumerate(words) if n and word in sets["subjects"]), 0)
    if not whether and (words[1] in ("to", "if") or not sets["auxiliaries"].isdisjoint(words[1:start])):
        return words  # already direct, or not a question: "how to pay", "what if I pay"
    front = [] if whether else words[:start]
    if start:
        for place in range(start + 1, len(words)):
            if words[place] in sets["auxiliaries"]:
                if words[place + 1 : place + 2] and words[place + 1] in PRONOUNS:
                    return words  # already direct: "how far from home can I go"
                return [*front, words[place], *words[start:place], *words[place + 1 :]]
        if words[-1] in MEASURES and not whether:
            return [*front, "does", *words[start:-1], MEASURES[words[-1]]]
        if words[start] in WITHOUT_S:
            return [*front, "do", *words[start:]]
        return words[1:] if whether else words
    if words[-1] in MEASURES and words[1] in sets["degrees"]:
        return [*words[:2], "does", *words[2:-1], MEASURES[words[-1]]]
    if words[-1] in ("is", "are"):
        degree = 2 if words[1] in sets["degrees"] else 1
        return [*words[:degree], words[-1], *words[degree:-1]]
    return words
