"""What a question asks for, as graders ask it: its kind, one thing of several, steps."""

import re
from functools import lru_cache
from typing import Final

from curation.claims import read_question
from curation.decisions.question_types import Asks
from curation.decisions.question_types import asks as first_word

_PROCEDURE: Final = re.compile(
    r"\b(?:how (?:do|can|to|should|would)|what (?:do|should|must|shall|can) (?:i|we|you|one) do"
    r"|wie (?:kann|muss|soll|\w+e) ich|was (?:muss|soll|kann|mache|tue) ich|comment|que (?:dois|faire|faut)|cómo|qué (?:hago|debo)"
    r"|come|como|hoe|jak)\b",
    re.IGNORECASE,
)
_WHICH: Final = re.compile(
    r"\W*(?:(?:in|on|at|from|to|an|auf|aus|mit|à|dans|de|en|con|sur|pour|a) )?(?:which|welche|quel|cuál|qual|welk|któr"
    r"|what (?!do|does|did|is|are|was|were|can|could|should|must|may|might|will|would|shall|has|have|had|if|about|happens|makes|else|kinds?|sort)[a-z]+)",
    re.IGNORECASE,
)
RECENT: Final = 512
"""How many questions are remembered: a grader asks for the kind of one several times."""


@lru_cache(maxsize=RECENT)
def asks(question: str) -> Asks:
    """What a question asks for. One with a question word asks for more than yes or no, whatever it begins with."""
    kind = first_word(question)
    return Asks.OPEN if kind is Asks.YES_OR_NO and read_question(question).open else kind


@lru_cache(maxsize=RECENT)
def names_a_thing(question: str) -> bool:
    """Whether a question asks for a place, or for one thing of several."""
    return asks(question) is Asks.PLACE or which(question)


@lru_cache(maxsize=RECENT)
def which(question: str) -> bool:
    """Whether a question begins with "which"."""
    return _WHICH.match(question) is not None


@lru_cache(maxsize=RECENT)
def procedure(question: str) -> bool:
    """Whether a question asks for steps."""
    return bool(_PROCEDURE.search(question))


def forget() -> None:
    """Drop the questions that were read lately."""
    for known in (asks, names_a_thing, which, procedure):
        known.cache_clear()
