"""One pass over a text that decides which detectors need to read it: RE2 sets with one pattern per detector. No gate
opens at a mask: a placeholder can close a gate but never open one. So a later round, in which more is masked, asks only
the sets that opened something before.

Long text is read in windows. They overlap, and none begins in the middle of what the one before cut in two. Reading
stays linear: a window that begins further back reaches at least as far beyond what it reads again.

The detectors are imported when the first text is redacted, because compiling their patterns takes longer than most
commands.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import re2

from privacy.redaction.anchors import OTHER_SCRIPT
from privacy.redaction.hits import Detector, Hit, Page
from privacy.redaction.policy import CompiledPolicy, CompiledTerm
from privacy.redaction.results import RedactionError

TERM_RANK: Final = 99
ASCII, LATIN, ANY = "ascii", "latin", "any"
WINDOW: Final = 8_192  # characters that are read at once
OVERLAP: Final = 1_024  # the context that neighbouring windows share
LONGEST: Final = (
    16_384  # a longer value that is cut in two is not read again: what was found of it is extended to its end
)
REST: Final = 65_536
BETWEEN: Final = 2  # what may stand between two parts of a hit, such as two cookies
INTRODUCED: Final = 128  # characters before a token that say what it is: `Authorization: Bearer`
BREAK: Final = re.compile(r"\s\S*\Z")
# The characters of tokens and their assignments: no white space, quotes, brackets or commas.
RUN: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_.~+/=%:?&#@!$*;"
ON: Final = re.compile(rf"[{re.escape(RUN)}]{{0,{REST}}}+")


DIGITS: Final = b"0123456789"


@dataclass(frozen=True, eq=False)
class GateSet:
    """The gates of some detectors in one automaton. `match` gives the indexes of `members` that a text opens.

    The last of them is no detector and always matches.
    """

    match: Callable[[bytes], list[int]]
    members: Sequence[tuple[Detector, ...]]
    digit: bool


class Gate:
    """The detectors of a policy, and the multi-pattern sets that open them.

    There are three sets: gates that need a digit are kept apart, since a text without digits is looked at once; of those, gates
    that count digits and letters are kept apart from lists of words, since their states multiply in an automaton that knows
    both. More sets are slower: a short text is read with a cold cache, once for each. Text of ASCII and of Latin letters
    alone has sets of its own, far smaller ones.
    """

    def __init__(self, detectors: Sequence[Detector]) -> None:
        from privacy.redaction.detectors import LISTED, LONG, READ_WHOLE

        self._long, self._read_whole = LONG, READ_WHOLE
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
        return self._sets if has_other_script(text) else self._in_latin

    def in_window(self, text: str) -> list[Detector]:
        """The detectors that need to read a window of a text that `long` has read as a whole."""
        return [detector for detector in self.open(text, self.sets(text))[0] if detector.name not in self._read_whole]

    def open(self, text: str, sets: Iterable[GateSet]) -> tuple[list[Detector], list[GateSet]]:
        """The detectors that need to read a text, and the sets that opened any of them."""
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
        """Findings that may be longer than a window, from the whole text."""
        return [hit for find in self._long for hit in find(text)]


def has_other_script(text: str) -> bool:
    """Whether a text has letters of other scripts than Latin."""
    try:
        text.encode("latin-1")  # much quicker than the pattern, and enough for most texts
    except UnicodeEncodeError:
        return OTHER_SCRIPT.search(text) is not None
    return False


BOUNDARY: Final = re.compile(r"\\b(?=(.?))")


def unmasked_boundaries(pattern: str) -> str:
    """The pattern with word boundaries that do not match at a mask."""
    edge = r"[^0-9A-Za-z_\x00]"
    return BOUNDARY.sub(lambda match: rf"(?:$|{edge})" if match[1] in {"", "|", ")"} else rf"(?:^|{edge})", pattern)


def gate_for(detector: Detector, letters: str) -> str:
    """The part of a gate that texts of certain letters can match."""
    return {ASCII: detector.in_ascii, LATIN: detector.in_latin}.get(letters, detector.gate)


@lru_cache(maxsize=32)  # the gates of all policies are the same: what policies add is always open
def compiled_set(members: tuple[Detector, ...], letters: str) -> GateSet:
    """The gates of these detectors, and one more that every text opens; for texts of certain letters. If RE2 runs out
    of memory it gives up without an error: then that last one is missing too.
    """
    options = re2.Options()
    options.max_mem = 64 << 20
    if letters == ASCII:
        options.encoding = re2.Options.Encoding.LATIN1  # a byte is a letter: no states for parts of letters
    made = re2.Set.SearchSet(options)
    for detector in members:
        made.Add(unmasked_boundaries(gate_for(detector, letters)))
    made.Add(r"\z")  # only at the end: a pattern that matches everywhere would be recorded at every character
    made.Compile()
    # The wrapper of Match would encode and copy once more.
    return GateSet(made._set.Match, [*((one,) for one in members), ()], any(one.digit for one in members))


@lru_cache(maxsize=64)
def gate(compiled: CompiledPolicy) -> Gate:
    """The gate of a policy."""
    from privacy.redaction.detectors import DETECTORS

    return Gate([*DETECTORS, *map(_term_detector, compiled.terms)])


def _term_detector(term: CompiledTerm) -> Detector:
    def find(page: Page) -> list[Hit]:
        return [Hit(start, end, TERM_RANK, term.type, f"term:{term.type}") for start, end in term.matches(page.text)]

    return Detector(f"term {term.type}", "", find)


def first_window(text: str) -> tuple[int, int]:
    """The first window of a text."""
    return 0, window_end(text, WINDOW + OVERLAP)


def next_window(text: str, end: int, hits: Iterable[Hit]) -> tuple[int, int]:
    """The window after one that ended at `end`, with `hits` as places in the text."""
    begins = [hit.start for hit in hits if hit.end >= end - BETWEEN]
    if text[end] in RUN:
        before = text[max(0, end - LONGEST) : end]
        begins.append(end - len(before) + len(before.rstrip(RUN)))
    earliest = min((begin for begin in begins if end - begin < LONGEST), default=end)
    begin = window_begin(text, max(0, min(end - OVERLAP, earliest - INTRODUCED)))
    return begin, window_end(text, max(begin + WINDOW + OVERLAP, end + (end - begin)))


def to_its_end(text: str, end: int, hit: Hit) -> Hit:
    """A hit of a window that ended at `end`; one that is cut there and too long to be read again goes on as far as a token does."""
    if hit.end < end - BETWEEN or end - hit.start < LONGEST:
        return hit
    rest = ON.match(text, hit.end)
    return hit.at(hit.start, rest.end()) if rest else hit


def window_end(text: str, end: int) -> int:
    """Where a window ends that should end here: at white space a little before, if there is any."""
    if end >= len(text):
        return len(text)
    blank = BREAK.search(text, end - 128, end)
    return blank.start() if blank else end


def window_begin(text: str, begin: int) -> int:
    """Where a window begins that should begin here."""
    blank = BREAK.search(text, max(0, begin - 128), begin)
    return blank.start() if blank else begin
