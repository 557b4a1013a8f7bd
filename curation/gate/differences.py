"""How a candidate's answer differs from the expected one, word by word, for the page of a run."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

LONGEST = 600
"""Words of an answer that are compared: the comparison takes time in proportion to the product of both lengths."""
_WORD = re.compile(r"\s*\S+")


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of words: in both answers, only in the expected one (`lost`), or only in the candidate's (`new`)."""

    kind: Literal["same", "lost", "new"]
    text: str


def difference(expected: str, given: str) -> list[Part]:
    """The candidate's answer in parts, with what it lost of the expected one where it was. Empty if they share nothing
    that is worth showing, or are too long.
    """
    ours, theirs = _WORD.findall(expected), _WORD.findall(given)
    if not ours or not theirs or max(len(ours), len(theirs)) > LONGEST:
        return []
    matcher = SequenceMatcher(None, [_plain(word) for word in ours], [_plain(word) for word in theirs], autojunk=False)
    if matcher.ratio() < 1 / 3:
        return []
    parts: list[Part] = []
    for step, start, end, first, last in matcher.get_opcodes():
        if step == "equal":
            parts.append(Part("same", "".join(theirs[first:last])))
            continue
        parts += [Part("lost", "".join(ours[start:end]))] if start < end else []
        parts += [Part("new", "".join(theirs[first:last]))] if first < last else []
    return parts


def _plain(word: str) -> str:
    return word.strip(" \n\t.,;:!?\"'()*").casefold()
