"""Whether a correction is an answer or only a remark about one, and whether it fits its question and
takes the place of the answer.

The patterns are anchored or bounded, and read at most the first `READ` characters: a correction that opens
with a complaint is one however it goes on, for "That is wrong, it is 42 days" would teach an agent to say
"That is wrong". A text taken for a complaint by mistake costs a reviewer one look; a complaint taken for an
answer is taught. A text of `ENOUGH` words is complete, unless it tells a story or speaks of the answer; shorter ones are
judged in `short_answers`.
"""

import re
import unicodedata
from collections.abc import Iterator
from enum import StrEnum
from functools import cache
from itertools import zip_longest
from typing import Final

import re2

from curation.decisions import fragments, remarks
from curation.decisions.first_person import tells_of_writer
from curation.decisions.past import recalls
from curation.decisions.question_types import HOW_TO, Asks, Pair, is_of_another_type
from curation.decisions.remarks import OPENING, SUBJECTLESS, phrases
from curation.decisions.short_answers import ENDED, REPLY, carries, denies, fits, is_unended, judges
from curation.decisions.words import (
    ALONE,
    CODE,
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
from feedback.texts.blanks import is_blank
from privacy.redaction import PLACEHOLDER


class Flaw(StrEnum):
    """Why a correction is no answer."""

    EMPTY = "empty"
    PLACEHOLDER = "placeholder"
    COMPLAINT = "complaint"  # or praise: it speaks of the answer and gives none
    INSTRUCTION = "instruction"
    QUESTION = "question"
    FRAGMENT = "fragment"  # it carries a fact that belongs into the answer
    NO_ANSWER = "no_answer"  # it is about something else than was asked


EDGES: Final = ".,;:!?\"'`´‘’“”„«»…。，、！？؟।"
READ: Final = 400
SHOUT: Final = 4
"""The fewest words in capitals that are shouted: fewer may be a name or an abbreviation."""
SHORT: Final = 240
"""In a text up to this long a remark counts wherever it stands; in a longer one only at the start."""


@cache
def complaints() -> re.Pattern[str]:
    """How a complaint begins. This pattern and the two below take 0.1 s to compile, so no command does it at its start."""
    return phrases(remarks.COMPLAINTS, before=r"\W*" + remarks.LEAD_IN)


@cache
def instructions() -> re.Pattern[str]:
    """How an instruction begins."""
    return phrases(remarks.INSTRUCTIONS, before=r"\W*" + remarks.LEAD_IN + remarks.PLEASE)


@cache
def asides() -> re.Pattern[str]:
    """What is a complaint wherever it stands in a short text."""
    return phrases(remarks.ASIDES, before="")


ASIDE_GATE: Final = re2.compile(f"(?i){'|'.join(map(re2.escape, remarks.ASIDE_WORDS))}")
"""One pass of an automaton, of ASCII text; mostly nothing is left to search."""
ASKS: Final = re.compile(r"[?？؟]\s*[\"'”’)\]]*\s*$")
UNMARKED: Final = re.compile(
    r"\W*(?:where|how|when|what|who|why|which \w+) (?:can|do|does|did|is|are|should|would|will) (?:i|you|we|it|that|this|they|he|she)\b[^.!\n]*[.!]?\s*$",
    re.IGNORECASE,
)
"""A question without its mark."""
PARTICLE: Final = re.compile(
    r"(?:です|ます|でしょう|ません|でした|ました|の|ん)か[。\s]*$|[吗嗎呢][。\s]*$|(?:나요|까요|가요|[합입습됩갑]니까|는지요)[.\s]*$|(?<!\d )\bm[ıiuü](?:y[ıiuü]m|y[ıiuü]z|s[ıi]n[ıi]z)?[.\s]*$"
)
"""The word at the end that makes a question of a sentence."""
CHOICE: Final = re.compile(r"\b(?:or|oder|ou|lub|czy|eller|или|veya)\b|还是|還是|または|それとも|아니면", re.IGNORECASE)
CLOSE: Final = re.compile(
    r"(?<=[.!?…])\s+(?:i hope (?:this|that|it) (?:helps|answers your question)|hope (?:this|that) helps|have a (?:nice|good|great|lovely) (?:day|evening|weekend|one)|(?:is there )?anything else(?: (?:i|we) can (?:do|help)[^.!?]{0,30})?"
    r"|(?:just |please )?let (?:me|us) know if [^.!?]{3,80}|feel free to (?:ask|reach out|contact|write|call)[^.!?]{0,60}|(?:please )?see (?:the|our) (?:help|support) (?:pages?|cent(?:er|re)) for (?:more|details|further \w+)"
    r"|ich hoffe,? das hilft[^.!?]{0,20}|einen schönen tag(?: noch)?|(?:kann ich )?sonst noch etwas[^.!?]{0,30}|espero que (?:te|le|os|les)? ?(?:sirva|ayude|ajude)[^.!?]{0,20}|que tenga (?:un )?buen día|j'espère que cela (?:vous|t')? ?aide[^.!?]{0,20}"
    r"|bonne journée|spero (?:di esserti stato utile|che (?:ti|le) sia utile|che (?:questo )?aiuti)|buona giornata|tenha um bom dia|ik hoop dat (?:dit|het) helpt|fijne dag(?: nog)?|mam nadzieję,? że to pomoże|miłego dnia)[.!?\s]*$",
    re.IGNORECASE,
)
"""A courtesy after an answer, in the manner of agents."""
ENDS_SENTENCE: Final = re.compile(r"[.!。！।\n](?:\s|$)|[。！]")


__all__ = ["Flaw", "flaw", "may_answer", "same"]


def words(text: str) -> Iterator[str]:
    """The words that make a difference: without case, spacing, and punctuation around words.

    Signs inside and between words count, for `a < 3` and `a > 3` are different answers.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return (bare for word in text.casefold().split() if (bare := word.strip(EDGES)))


def same(text: str, other: str) -> bool:
    """Whether two texts say the same, word for word; mostly an early word settles it."""
    return text == other or all(one == two for one, two in zip_longest(words(text), words(other)))


def flaw(text: str, question: str = "", answer: str = "") -> Flaw | None:
    """Why the text is no answer to the question, in place of this answer; None where it may be one.

    "Wrong" is a complaint, but not where the question asks whether something is right or wrong. Without the
    answer that it replaces, nothing is said of how well a text fits.
    """
    text = CLOSE.sub("", text)
    if answer and fragments.is_edit(text, answer):
        return Flaw.FRAGMENT
    found = flaw_alone(text)
    may_be_named = found in (Flaw.COMPLAINT, Flaw.INSTRUCTION) or (found is None and CHOICE.search(question))
    if may_be_named and is_named(text, question):
        return None
    return found or (misfit(text, question, answer) if answer else None)


def may_answer(text: str, flaw: Flaw, answer: str) -> bool:
    """Whether a text that does not fit may still be an answer, if other people say the same. A change of the old answer
    that is written down as one never is.
    """
    if flaw not in (Flaw.FRAGMENT, Flaw.NO_ANSWER) or fragments.is_edit(text, answer):
        return False
    return size(list(words(text)), text) >= ENOUGH


def is_named(text: str, question: str) -> bool:
    """Whether the question itself names the text as one of its answers."""
    said = set(words(text))
    return bool(said) and said <= set(words(question))


def flaw_alone(text: str) -> Flaw | None:
    """The same whatever was asked."""
    if not any(map(str.isalnum, text)) or is_blank(text):
        return Flaw.EMPTY
    if not any(map(str.isalnum, PLACEHOLDER.sub("", text))):
        return Flaw.PLACEHOLDER
    if is_shouted(text):
        return Flaw.COMPLAINT
    opening = " ".join(text[:READ].replace("’", "'").split())
    if complaints().match(opening):
        return Flaw.COMPLAINT
    if instructions().match(opening):
        return Flaw.INSTRUCTION
    if len(text) <= SHORT and (not opening.isascii() or ASIDE_GATE.search(opening)) and asides().search(opening):
        return Flaw.COMPLAINT
    if (
        UNMARKED.match(opening)
        or PARTICLE.search(text[-20:])
        or (ASKS.search(text[-20:]) and not ENDS_SENTENCE.search(text.rstrip()))
    ):
        return Flaw.QUESTION
    return None


def is_shouted(text: str) -> bool:
    """Whether a text of some words is in capitals. Of eighteen in real logs each remarked on the answer."""
    return text.isupper() and len(text.split()) >= SHOUT and not CODE.search(text)


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
