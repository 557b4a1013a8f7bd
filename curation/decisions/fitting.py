"""Whether a correction fits its question and takes the place of the answer.

A text of `ENOUGH` words is complete, unless it tells a story or speaks of the answer. Shorter texts are judged in
`short_answers`.
"""

import re
from enum import StrEnum
from typing import Final

from curation.decisions.first_person import tells_of_writer
from curation.decisions.past import recalls
from curation.decisions.question_types import HOW_TO, Asks, Pair, is_of_another_type
from curation.decisions.remarks import OPENING, SUBJECTLESS
from curation.decisions.short_answers import ENDED, REPLY, carries, denies, fits, is_unended, judges
from curation.decisions.words import (
    ALONE,
    DENIALS,
    DOUBTFUL,
    LITTLE,
    SIGNS,
    STEPS,
    THESE,
    THINGS,
    YES,
    is_amount,
    is_code,
    is_statement,
    new_words,
    size,
)

ENOUGH: Final = 8
"""The fewest words of a text that is taken for complete."""
START: Final = 3
"""The words by which a text begins like the answer that it rewrites."""
LONGEST_NOTE: Final = 12
"""The most words of a note, which breaks off without a full stop."""
STORY: Final = 40
"""The most words of a story of its writer."""
REMARK: Final = 60
"""The most words of a remark; a longer text explains something."""
REPLY_WORDS: Final = 20
"""The most words of a reply to the agent; a longer text that opens with a yes or a no ("Sure, here are …") goes on to answer."""
ABOUT_DOING: Final = re.compile(r"\bwhat (?:does|do|did|will|would|can)\b", re.IGNORECASE)
"""A question about what something does, which a verb without a subject answers."""
DOUBT: Final = re.compile(r"[^.!?？\n]{1,40}[?？]+[\"')\s]*\w")
"""A short question that is thrown back at the agent, and more text."""
PROHIBITS: Final = re.compile(r"\W*(?:don'?t|do not|never) \w", re.IGNORECASE)
ACTS: Final = re.compile(
    r"\b(?:i|we|you|one|my|should|must|may|can|could|is|are|do|does|allowed|avoid|safe|happens|how|tips?)\b",
    re.IGNORECASE,
)
"""A question that a prohibition may answer: it speaks of what people do."""
DEFINES: Final = re.compile(
    r"\b(?:what (?:does|do|did)\b.*\b(?:mean|stand for)|what is meant|definition of)\b", re.IGNORECASE
)
POINTER: Final = re.compile(r"\W*(?:(?:https?://|www\.)\S+|[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}/\S*)\W*")


class Flaw(StrEnum):
    """Why a correction is no answer."""

    EMPTY = "empty"
    PLACEHOLDER = "placeholder"
    COMPLAINT = "complaint"  # or praise: it speaks of the answer and gives none
    INSTRUCTION = "instruction"
    QUESTION = "question"
    FRAGMENT = "fragment"  # it carries a fact that belongs into the answer
    NO_ANSWER = "no_answer"  # it is about something else than was asked


def misfit(text: str, question: str, answer: str) -> Flaw | None:
    """Why the text does not fit the question or the place of the answer; None where it does."""
    pair = Pair(text, question, answer)
    said = pair.said
    if said == pair.asked:
        return Flaw.QUESTION
    if len(said) <= REPLY_WORDS and (DOUBT.match(text) and not DOUBT.match(answer)):
        return Flaw.QUESTION
    if prohibits(pair):
        return Flaw.INSTRUCTION
    if adds_a_remark(said, pair.old):
        return Flaw.FRAGMENT
    if len(said) <= REPLY_WORDS and replies(text) and pair.kind not in (Asks.YES_OR_NO, Asks.UNKNOWN):
        return Flaw.FRAGMENT if len(said) > 1 else Flaw.NO_ANSWER  # it answers the agent, not the question
    if POINTER.fullmatch(text):
        return None if POINTER.fullmatch(answer) else Flaw.NO_ANSWER
    if is_statement(answer) and not is_code(text):
        return Flaw.FRAGMENT
    if len(said) <= REPLY_WORDS and points_back(pair):
        return Flaw.NO_ANSWER
    if size(said, text) >= ENOUGH:
        return remark(pair) if len(said) <= REMARK else None
    return short(pair)


def prohibits(pair: Pair) -> bool:
    """Whether a text forbids something where nobody asked what to do: it speaks to the agent."""
    if not PROHIBITS.match(pair.text) or PROHIBITS.match(pair.answer):
        return False
    return DEFINES.search(pair.question) is not None or not ACTS.search(pair.question)


def adds_a_remark(said: list[str], old: list[str]) -> bool:
    """Whether a text is the whole old answer with a short remark before or behind it."""
    if not 0 < len(old) < len(said):
        return False
    rest = said[len(old) :] if said[: len(old)] == old else said[: -len(old)] if said[-len(old) :] == old else []
    return not (DOUBTFUL | DENIALS | YES).isdisjoint(rest)


def remark(pair: Pair) -> Flaw | None:
    """What a text of enough words is where it only tells a story or speaks of the answer."""
    text, said, is_prose = pair.text, pair.said, not is_code(pair.text)
    if len(said) <= STORY and is_prose and tells_of_writer(pair):
        return Flaw.NO_ANSWER
    if is_casual(pair) or is_stray(pair):
        return Flaw.NO_ANSWER
    if is_prose and is_of_another_type(pair):
        return Flaw.NO_ANSWER
    if said[:START] == pair.old[:START]:
        return None  # it rewrites the answer
    if SUBJECTLESS.match(text) and not SUBJECTLESS.match(pair.answer) and not ABOUT_DOING.search(pair.question):
        return Flaw.COMPLAINT
    if speaks_of_texts(text, {*said}) and speaks_of_texts(text, new_words(said, pair.asked)):
        return Flaw.COMPLAINT
    return None


def points_back(pair: Pair) -> bool:
    """Whether a text points at something that only the old answer names: "half of that team". It cannot take its place."""
    said = pair.said
    pointed = [at for at, this in enumerate(said[:-1], 1) if this in THESE]
    if not pointed:
        return False
    own = new_words(pair.old, pair.asked) - LITTLE
    return any(said[at] in own and said[at] not in said[: at - 1] for at in pointed)


def is_casual(pair: Pair) -> bool:
    """Whether a text is dashed off, without a capital or a full stop, and tells of what is not so."""
    if not pair.text[:1].islower() or ENDED.search(pair.text):
        return False
    return pair.kind is not Asks.YES_OR_NO and not DENIALS.isdisjoint(pair.fresh)


def is_stray(pair: Pair) -> bool:
    """Whether a text is a note that has no word of what was asked, or that tells what once happened."""
    text, said, is_tied = pair.text, pair.said, pair.is_tied
    if len(said) > LONGEST_NOTE:
        return False
    is_figure = pair.kind in (Asks.AMOUNT, Asks.TIME) and any(map(is_amount, said))  # "within 5 working days"
    if not (is_tied or is_figure or DOUBTFUL.isdisjoint(pair.fresh)):
        return True
    if recalls(pair):
        return True
    if not is_tied and said[0] in THINGS and HOW_TO.match(pair.question) and STEPS.isdisjoint(said):
        return True  # it tells of something else than how to do it
    return not is_tied and is_unended(text, pair.answer) and text[:1].islower() and said[0] not in STEPS


def short(pair: Pair) -> Flaw | None:
    """What a text of few words is."""
    if not fits(pair):
        return Flaw.FRAGMENT if carries(pair) else Flaw.NO_ANSWER
    is_other = not is_code(pair.text) and is_of_another_type(pair)
    return Flaw.NO_ANSWER if judges(pair) or is_other else None


def speaks_of_texts(text: str, words: set[str]) -> bool:
    """Whether a text speaks of an answer: by a word that nothing else needs, or by two signs of different kinds."""
    if not words.isdisjoint(ALONE):
        return True
    signs = sum(not words.isdisjoint(group) for group in SIGNS)
    return signs + (OPENING.match(text) is not None) >= 2


def replies(text: str) -> bool:
    """Whether a text opens with a yes or no to somebody."""
    first = REPLY.match(text)
    return first is not None and denies([first[1].casefold()])
