"""What can be told of a text by looking at it: its size, whether it is whole, refuses, or is noise."""

import re
from typing import Final

from curation import remarks
from curation.language import EVIDENCE

PLACEHOLDER: Final = re.compile(r"\[[A-Z][A-Z_]*_\d+\]")
BYTES_PER_TOKEN: Final = 4


REFUSALS: Final = remarks.phrases(remarks.REFUSALS, before=r"\W*")
SMALL_TALK: Final = remarks.phrases(remarks.SMALL_TALK, before=r"\W*")
REFUSAL_CHARS: Final = 600
"""A longer text that opens with an apology mostly goes on to help."""

OPEN_ENDS: Final = frozenset(
    "the a an and or but of to with which because if than their your its my our der die das und oder mit für dem "
    "den ein eine le la les des du et ou un une el los las y o por il lo gli e che het een en met".split()
)
LAST_WORD: Final = re.compile(r"(?<=\s)([^\W\d_]+)$")
WHOLE: Final = re.compile(r"[.!?:;)\]}\"'`»”’>*|。！？…]\s*$")
LONG_ENOUGH: Final = 40

RUN_CHARS: Final = 15
RUN: Final = re.compile(r"(\S)\1{14,}")
LONGEST_WORD: Final = 24
NO_VOWEL: Final = re.compile(r"[^aeiouyäöüáéíóúàèìòùâêîôûåæøœ]{5,}", re.IGNORECASE)
KEYBOARD: Final = re.compile(r"(?:asdf|qwer|zxcv|hjkl|sdfg|dfgh|fghj|uiop|jkl;)", re.IGNORECASE)


def tokens(text: str) -> int:
    """About how many tokens a model's tokenizer makes of a text: a quarter of its UTF-8 bytes, rounded up."""
    return -(-len(text if text.isascii() else text.encode()) // BYTES_PER_TOKEN)


def refuses(text: str) -> bool:
    """Whether the text declines to answer and does little else."""
    return len(text) <= REFUSAL_CHARS and REFUSALS.match(text.replace("’", "'")) is not None


def is_small_talk(text: str) -> bool:
    """Whether the text only greets or thanks."""
    return SMALL_TALK.match(text) is not None


def truncated(text: str) -> str:
    """How one can tell that the text is cut off; empty where it is whole or nothing tells."""
    end = text.rstrip()
    if end.count("```") % 2:
        return "a block of code is left open"
    if len(end) < LONG_ENOUGH or WHOLE.search(end[-4:]):
        return ""
    if end[-1] in ",([{" or end.endswith((" -", " \u2013", " \u2014")):
        return f"it ends in {end[-1]!r}"
    last = LAST_WORD.search(end[-24:])
    if last and last[1].islower() and last[1] in OPEN_ENDS:
        return f"it ends in {last[1]!r}"
    return ""


def gibberish(text: str) -> tuple[str, float] | None:
    """Why the text is noise, with the figure; None where it may be language, code or data."""
    words = text.split()
    if not words:
        return None
    if max(map(len, words)) >= RUN_CHARS and (match := RUN.search(text)):
        run = match.end() - match.start()
        if match[1].isalnum() and run * 3 > len(text):
            return f"one character {run} times", run
    if len(words) >= 20 and (share := len(set(words)) / len(words)) < 0.12:
        return f"{share:.0%} of its words are distinct", round(share, 3)
    if text.isascii() and EVIDENCE.keys().isdisjoint(words[:30]):
        odd = sum(1 for word in words if is_no_word(word))
        if odd * 2 > len(words):
            return f"{odd} of its {len(words)} words are no words", round(odd / len(words), 3)
    return None


def is_no_word(word: str) -> bool:
    """Whether a run of letters has no vowel where a word would, or follows the keys of a keyboard."""
    return len(word) <= LONGEST_WORD and word.isalpha() and bool(NO_VOWEL.search(word) or KEYBOARD.search(word))
