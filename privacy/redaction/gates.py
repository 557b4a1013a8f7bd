"""The one pass over a text that says which detectors need to look at it: RE2 sets of one pattern a detector.

No gate opens at a mask: what a placeholder covers can shut one and never open one. So a later look at a text, of which more
is masked, asks only the sets that opened something before.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import re2

from privacy.redaction.anchors import OTHER_SCRIPT
from privacy.redaction.detectors import DETECTORS, LISTED, LONG, READ_WHOLE
from privacy.redaction.hits import Detector, Hit, Page
from privacy.redaction.policy import CompiledPolicy, CompiledTerm
from privacy.redaction.results import RedactionError

TERM_RANK: Final = 99
ASCII, LATIN, ANY = "ascii", "latin", "any"


DIGITS: Final = b"0123456789"


@dataclass(frozen=True, eq=False)
class GateSet:
    """The gates of some detectors in one automaton. `match` gives the indexes of `members` that a text opens.

    The last of them stands for no detector, and is always given.
    """

    match: Callable[[bytes], list[int]]
    members: Sequence[tuple[Detector, ...]]
    digit: bool


class Gate:
    """The detectors of a policy, and the multi-pattern sets that open them.

    There are three sets: gates that count digits and letters are kept apart from lists of words, since their states multiply
    in an automaton that knows both, and those that need a digit from those that do not: a text without digits is looked at
    once. So do those of other letters: text of ASCII and of Latin letters alone has sets of its own, far smaller ones.
    """

    def __init__(self, detectors: Sequence[Detector]) -> None:
        self._always = tuple(one for one in detectors if not one.gate)
        parts = (
            tuple(one for one in detectors if one.gate and not one.digit),
            tuple(one for one in detectors if one.digit and one.name not in LISTED),
            tuple(one for one in detectors if one.digit and one.name in LISTED),
        )
        self._sets = tuple(compiled_set(part, ANY) for part in parts)
        self._in_latin = tuple(compiled_set(tuple(one for one in part if one.in_latin), LATIN) for part in parts)
        self._in_ascii = tuple(compiled_set(tuple(one for one in part if one.in_ascii), ASCII) for part in parts)

    def sets(self, text: str) -> tuple[GateSet, ...]:
        """The sets that read a text."""
        if text.isascii():
            return self._in_ascii
        return self._sets if OTHER_SCRIPT.search(text) else self._in_latin

    def in_window(self, text: str) -> list[Detector]:
        """The detectors that need to look at a window of a text of which `long` has read the whole."""
        return [detector for detector in self.open(text, self.sets(text))[0] if detector.name not in READ_WHOLE]

    def open(self, text: str, sets: Iterable[GateSet]) -> tuple[list[Detector], list[GateSet]]:
        """The detectors that need to look at a text, and those of the sets that opened any of them."""
        encoded = text.encode("utf-8", "replace")
        digits = len(encoded.translate(None, DIGITS)) < len(encoded)
        chosen, opening = [*self._always], []
        for one in sets:
            if one.digit and not digits:
                continue
            opened = one.match(encoded)
            if not opened:
                raise RedactionError("gate gave up")
            if len(opened) > 1:
                opening.append(one)
                for index in opened:
                    chosen += one.members[index]
        return chosen, opening

    def long(self, text: str) -> list[Hit]:
        """What may be longer than a window, from the whole text."""
        return [hit for find in LONG for hit in find(text)]


BOUNDARY: Final = re.compile(r"\\b(?=(.?))")


def unmasked_boundaries(pattern: str) -> str:
    """The pattern with word boundaries that a mask does not make."""
    edge = r"[^0-9A-Za-z_\x00]"
    return BOUNDARY.sub(lambda match: rf"(?:$|{edge})" if match[1] in {"", "|", ")"} else rf"(?:^|{edge})", pattern)


def gate_for(detector: Detector, letters: str) -> str:
    """The part of a gate that texts of certain letters can match."""
    return {ASCII: detector.in_ascii, LATIN: detector.in_latin}.get(letters, detector.gate)


@lru_cache(maxsize=16)  # the gates of all policies are the same: what policies add is always open
def compiled_set(members: tuple[Detector, ...], letters: str) -> GateSet:
    """The gates of these detectors, and one more, which every text opens; for texts of certain letters.

    Where RE2 runs out of memory it gives up without an error: then that last one is missing too.
    """
    options = re2.Options()
    options.max_mem = 64 << 20
    if letters == ASCII:
        options.encoding = re2.Options.Encoding.LATIN1  # a byte is a letter: no states for parts of letters
    made = re2.Set.SearchSet(options)
    for detector in members:
        made.Add(unmasked_boundaries(gate_for(detector, letters)))
    made.Add(r"\z")  # the end alone: what matched everywhere would be noted at every character
    made.Compile()
    # The wrapper of Match would encode and copy once more.
    return GateSet(made._set.Match, [*((one,) for one in members), ()], any(one.digit for one in members))


@lru_cache(maxsize=64)
def gate(compiled: CompiledPolicy) -> Gate:
    """The gate of a policy."""
    return Gate([*DETECTORS, *map(_term_detector, compiled.terms)])


def _term_detector(term: CompiledTerm) -> Detector:
    def find(page: Page) -> list[Hit]:
        return [Hit(start, end, TERM_RANK, term.type, f"term:{term.type}") for start, end in term.matches(page.text)]

    return Detector(f"term {term.type}", "", find)
