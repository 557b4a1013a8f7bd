"""Whether a text of few words has the kind and the shape of an answer to its question.

It needs evidence that it answers: it rewrites the agent's answer, or has the amount, time, place or person that the question
asks for. Short remarks come in endless forms and every language, so a text without such evidence goes to a reviewer.
"""

import re
from itertools import pairwise
from typing import Final

from curation.decisions.first_person import tells_of_writer
from curation.decisions.past import recalls
from curation.decisions.question_types import NAMED_STEP, Asks, Pair
from curation.decisions.words import (
    ADDS,
    ADDS_ONLY_IN,
    CHANGES,
    CODE,
    DENIALS,
    DOUBTFUL,
    LIMITS,
    LITTLE,
    NEGATIONS,
    NEVER,
    NO,
    PLACES,
    STEPS,
    VALUES,
    YES,
    is_amount,
    is_command,
    is_unit,
    keeps_code,
    new_words,
    size,
)

SHARED, SIZE = 0.5, 0.6
"""How much of a rewritten answer the old one has at least, and how long it is at least, as a share of the old one."""
SENTENCE: Final = 5
"""The fewest words of a sentence that is complete by itself."""
TERSE: Final = 2
"""The most words of an answer that is no sentence, so that its correction need not be one."""
WHOLE: Final = re.compile(r"[A-ZÀ-ÞΑ-ΩА-Я\u0590-\ud7af].*[.!。！]\W*", re.DOTALL)
"""A sentence with its capital and its full stop."""
VALUE: Final = re.compile(r"[A-ZÀ-ÞА-Я\d][^.!?]*[.!]\s*")
"""An amount with its capital and its full stop."""
TITLES: Final = frozenset(
    "the my your our der die das mein le la il lo el los las o a de het mr mrs ms dr prof herr frau mme señor señora sr sra signor signora pan pani".split()
)
"""With which a person or an office is named."""
CALL: Final = re.compile(r"`?[\w.]+\([^()\n]*\)`?;?")
CALLED: Final = re.compile(r"\w\(")
CLOSED: Final = frozenset({Asks.AMOUNT, Asks.TIME, Asks.PLACE, Asks.PERSON, Asks.YES_OR_NO})
NAMEABLE: Final = frozenset({Asks.PERSON, Asks.PLACE, Asks.OPEN})
NAME: Final = re.compile(r"[A-ZÀ-ÞА-Я][\w'-]+(?: [A-ZÀ-ÞА-Я][\w'-]+){0,2}\.?")
REPLY: Final = re.compile(r"\W*(\w+)\s*(?:[,.;:!，。、！]|$)")
"""A first word with its comma. Without one, a Spanish "no" only negates the verb that follows."""
SIGNS_OF_DENIAL: Final = frozenset("不没沒")
"""Negations in scripts without spaces, where each sign is a token."""
ENDED: Final = re.compile(r"[.!。！:;)\]}`]\W*$")
LIST: Final = re.compile(r"^\s*(?:\d{1,2}[.)]|[-*•])\s+\S", re.MULTILINE)


def fits(pair: Pair) -> bool:
    """Whether a short text answers a question of this kind, or rewrites the answer."""
    is_reply = denies(pair.said)
    if not (is_reply or brought(pair) - NEGATIONS):  # no new word: only a sign or the order may have changed
        return not brought(pair) and len(pair.said) >= SIZE * len(pair.old)
    if tells_of_writer(pair) or adds(pair) or tells(pair):
        return False
    if recalls(pair):
        return False
    if len(LIST.findall(pair.text)) > 1:
        return True
    if is_command(pair.text) or steps_again(pair) or calls_again(pair) or is_terse_value(pair):
        return True
    if CODE.search(pair.answer):
        return pair.text.lstrip().startswith("```") or keeps_code(pair.text, pair.said, pair.old)
    if len(pair.old) <= TERSE and is_alike(pair):
        return True
    if is_unended(pair.text, pair.answer):
        return rewrites(pair) and (pair.said[:1] == pair.old[:1] or pair.kind not in CLOSED)
    if is_reply and pair.kind is Asks.YES_OR_NO:
        return size(pair.said, pair.text) > TERSE and takes_up(pair) and not {*pair.said} <= YES | LITTLE
    return rewrites(pair) or is_value(pair)


def carries(pair: Pair) -> bool:
    """Whether a text that is no answer has a fact for one: a number, a name, code, or a word of the answer's."""
    if denies(pair.said):
        return not judges(pair)
    fresh = brought(pair)
    if judges(pair) or not fresh - NEGATIONS or tells_of_writer(pair):
        return False
    if (
        pair.said[0] in ADDS | LIMITS
        or any(map(is_amount, fresh))
        or CODE.search(pair.text)
        or NAMED_STEP.search(pair.text)
    ):
        return True
    if pair.kind in NAMEABLE and NAME.fullmatch(pair.text):
        return True
    known = {*pair.old, *pair.asked} if CODE.search(pair.answer) else {*pair.old}
    return not (known - LITTLE).isdisjoint(pair.said)


def judges(pair: Pair) -> bool:
    """Whether a short text passes judgement in words that neither the question nor the answer has."""
    return not DOUBTFUL.isdisjoint({*pair.said}.difference(pair.old, pair.asked))


def brought(pair: Pair) -> set[str]:
    """The words that the answer did not have."""
    return {*pair.said}.difference(pair.old)


def denies(said: list[str]) -> bool:
    """Whether the first word is a yes or a no."""
    return said[:1] != [] and (said[0] in YES or said[0] in NO)


def tells(pair: Pair) -> bool:
    """Whether a short text tells of a change, or only of what is not so."""
    fresh = brought(pair).difference(pair.asked)
    denies_it = not (DENIALS | SIGNS_OF_DENIAL).isdisjoint(fresh)
    if denies_it and pair.kind is not Asks.YES_OR_NO and not repeats(pair):
        return True
    return not CHANGES.isdisjoint(fresh)


def repeats(pair: Pair) -> bool:
    """Whether a text is a sentence about what was asked: it has two words of the question."""
    words = {*pair.said} - LITTLE
    return len(words - new_words([*words], pair.asked)) > 1 and WHOLE.fullmatch(pair.text) is not None


def adds(pair: Pair) -> bool:
    """Whether a text only adds to the answer: "and oak"."""
    first = pair.said[0]
    if first not in ADDS or pair.said[:1] == pair.old[:1]:
        return False
    only = ADDS_ONLY_IN.get(first)
    return only is None or not only.isdisjoint(pair.languages)


def takes_up(pair: Pair) -> bool:
    """Whether a yes or a no has its comma, or takes up a word of the question or the answer: "no use at all" does neither."""
    return REPLY.match(pair.text) is not None or not ({*pair.said} - LITTLE).isdisjoint([*pair.asked, *pair.old])


def steps_again(pair: Pair) -> bool:
    """Whether a text keeps half of the words of a step: as a sentence that begins like it, or as its command alone."""
    kept = [word for word in pair.said if word in {*pair.old}]
    if len(pair.said) <= TERSE or len(kept) <= SHARED * len(pair.said):
        return False
    if pair.said[0] in STEPS and pair.said[:1] == pair.old[:1]:
        return WHOLE.fullmatch(pair.text) is not None
    programs = {word for step, word in pairwise(pair.old) if step in STEPS}
    return pair.said[0] in programs and LITTLE.isdisjoint(pair.said)


def calls_again(pair: Pair) -> bool:
    """Whether a text is a call of a function by itself, in place of an answer that has one."""
    return CALL.fullmatch(pair.text.strip()) is not None and CALLED.search(pair.answer) is not None


def is_terse_value(pair: Pair) -> bool:
    """Whether a text of two words is the amount, the time or the person that was asked for, with its full stop: "Six months."."""
    if len(pair.said) != TERSE or not VALUE.fullmatch(pair.text):
        return False
    if pair.kind is Asks.PERSON:
        return pair.said[0] in TITLES and bool(brought(pair) - LITTLE)
    if pair.kind not in (Asks.AMOUNT, Asks.TIME):
        return False
    value = [word for word in pair.said if is_amount(word)]
    if pair.kind is Asks.TIME:
        return bool(value)
    return bool(value) and any(map(is_unit, pair.said)) and any(map(is_unit, pair.old))


def rewrites(pair: Pair) -> bool:
    """Whether a text is the old answer with some of it changed; a longer one keeps a word that means something."""
    if len(pair.old) <= TERSE:
        return False
    there = {*pair.old}
    kept = [word for word in pair.said if word in there]
    if pair.kind in (Asks.AMOUNT, Asks.TIME) and not (any(map(is_amount, brought(pair))) or WHOLE.fullmatch(pair.text)):
        return False
    is_like = len(pair.said) >= SIZE * len(pair.old) and len(kept) >= SHARED * len(pair.said)
    return is_like and (len(pair.old) < SENTENCE or not LITTLE.issuperset(kept))


def is_alike(pair: Pair) -> bool:
    """Whether a text has the shape of an answer of a word or two: a number, a yes, a name."""
    if denies(pair.old) or pair.kind is Asks.YES_OR_NO:
        return denies(pair.said)
    if any(map(str.isdigit, pair.answer)):
        return any(map(str.isdigit, pair.text))
    return len(pair.said) <= TERSE + 1 and pair.text[:1].isupper() == pair.answer[:1].isupper()


def is_value(pair: Pair) -> bool:
    """Whether a text brings what the question asks for, with words around it that make it whole."""
    is_whole = len(pair.said) >= SENTENCE and WHOLE.fullmatch(pair.text) is not None
    if pair.kind in (Asks.AMOUNT, Asks.TIME):
        shared = ({*pair.said} - LITTLE - VALUES).intersection([*pair.old, *pair.asked])
        is_kind = pair.kind is Asks.TIME or any(map(is_unit, pair.said))
        is_tied = bool(shared) or (is_kind and WHOLE.fullmatch(pair.text) is not None)
        is_endless = not NEVER.isdisjoint(pair.said) and repeats(pair)
        return len(pair.said) > TERSE and is_tied and (is_endless or any(map(is_amount, brought(pair))) or is_day(pair))
    if pair.kind is Asks.PLACE:
        start = pair.said if is_sentence(pair) else pair.said[:1]
        names = not PLACES.isdisjoint(start) and bool(brought(pair) - LITTLE)
        return len(pair.said) > TERSE and (names or NAMED_STEP.search(pair.text) is not None)
    if pair.kind is Asks.PERSON and is_sentence(pair):
        return not {*pair.asked}.isdisjoint({*pair.said} - LITTLE)
    return is_whole


def is_day(pair: Pair) -> bool:
    """Whether a text tells a time without a number: "on the last working day of the month"."""
    return pair.kind is Asks.TIME and pair.said[0] in PLACES and any(map(is_unit, brought(pair)))


def is_sentence(pair: Pair) -> bool:
    """Whether a text of three words or more is a sentence that says what is so, not what is not."""
    return len(pair.said) > TERSE and WHOLE.fullmatch(pair.text) is not None and NEGATIONS.isdisjoint(pair.said)


def is_unended(text: str, answer: str) -> bool:
    """Whether a text breaks off like a note, in place of an answer in sentences."""
    return ENDED.search(answer) is not None and not ENDED.search(text)
