"""Whether a question can be understood without the turns before it."""

from typing import Final

from curation.questions.wording import composed, courteous, framed, prepared, question_first, split
from curation.questions.words import Language, recognise

ENOUGH: Final = 2
"""Words with content of their own: with one alone, as in "What is the limit?", the dialogue tells which is meant."""


def stands_alone(question: str) -> bool:
    """Whether a question says by itself what it asks about.

    In doubt it does not, nor in a language without lists: evidence of two dialogues is then kept apart, which costs less than
    to pool what differs. Measured on turns of real dialogues: see the explanation of curation.
    """
    text = composed(question)
    raw = split(text)
    if not raw or (spoken := recognise([word.lower() for word in raw], text)) is None:
        return False
    sets = spoken.sets
    asked = [words for part in prepared(text, raw, spoken) if (words := courteous(part, spoken, False))]
    if raw[0].lower() in sets["continuers"] or len(asked) != 1:
        return False
    if asked[0][0] in sets["statements"] and "-".join(asked[0][:2]) not in sets["existence"]:
        return False
    plain = [word for word in question_first(asked[0], spoken) if word != ","]
    words = framed(plain, spoken)
    if not words or words[0] not in sets["starts"] or not sets["follow_up"].isdisjoint(words[1:2]):
        return False
    told = words[2:] if "-".join(words[:2]) in sets["existence"] else words
    if not sets["open"].isdisjoint(told) or refers(words, spoken):
        return False
    return tells(words, spoken) or tells(plain, spoken)


def refers(words: list[str], spoken: Language) -> bool:
    """Whether a noun with a definite article may mean one that was spoken of: "the limit", not "the limit for cash"."""
    sets = spoken.sets
    for place, word in enumerate(words):
        if word not in sets["definite"]:
            continue
        end = place + 1
        while end < len(words) and words[end] not in sets["light"] and words[end] not in sets["complement"]:
            end += 1
        if words[end - 1] not in sets["unique"] and (end == len(words) or words[end] not in sets["complement"]):
            return True
    return False


def tells(words: list[str], spoken: Language) -> bool:
    """Whether these words have content of their own, and among them a code, or a noun after an article or a preposition.

    "How do I avoid getting caught?" has no such noun.
    """
    sets = spoken.sets
    own = [place for place, word in enumerate(words) if word not in sets["light"]]
    return len(own) >= ENOUGH and any(
        not words[place].isalpha()
        or words[place - 1] in sets["anchors"]
        or (words[place - 1] == "to" and words[place - 2] in sets["towards"])
        for place in own
        if place
    )
