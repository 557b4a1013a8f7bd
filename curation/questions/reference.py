"""Whether a question can be understood without the turns before it."""

from typing import Final

from curation.questions.wording import bare, split
from curation.questions.words import Language, recognise

ENOUGH: Final = 2
"""Words with content of their own: with one alone, as in "What is the limit?", the dialogue tells which is meant."""


def stands_alone(question: str) -> bool:
    """Whether a question says by itself what it asks about. In doubt, and in a language without lists, it does not."""
    raw = split(question)
    if (spoken := recognise([word.lower() for word in raw])) is None:
        return False
    found = bare(question, raw, spoken)
    if len(found) != 1:
        return False
    sets, words = spoken.sets, found[0]
    if words[0] not in sets["starts"] or words[1:2] == ["not"] or not sets["open"].isdisjoint(words):
        return False
    return not refers(words, spoken) and sum(word not in sets["light"] for word in words) >= ENOUGH


def refers(words: list[str], spoken: Language) -> bool:
    """Whether a noun with a definite article may mean one that was spoken of: "the limit", not "the limit for cash"."""
    sets = spoken.sets
    for place, word in enumerate(words):
        if word not in sets["definite"]:
            continue
        end = place + 1
        while end < len(words) and words[end] not in sets["light"]:
            end += 1
        if words[end - 1] not in sets["unique"] and (end == len(words) or words[end] not in sets["complement"]):
            return True
    return False
