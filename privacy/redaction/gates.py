"""The one pass over a text that says which detectors need to look at it: an RE2 set of one pattern a detector."""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

import re2

from privacy.redaction.detectors import DETECTORS, LISTED, LONG, READ_WHOLE
from privacy.redaction.hits import Detector, Hit, Page
from privacy.redaction.policy import CompiledPolicy, CompiledTerm
from privacy.redaction.results import RedactionError

TERM_RANK = 99


DIGIT = re.compile("[0-9]")


class Gate:
    """The detectors of a policy, and the multi-pattern sets that open them.

    There are three sets: gates that count digits are kept apart from lists of words, and long lists from one another,
    since their states multiply in an automaton that knows both; a text without digits is looked at once.
    """

    def __init__(self, detectors: Sequence[Detector]) -> None:
        self._always = tuple(one for one in detectors if not one.gate)
        sets = (
            [one for one in detectors if one.gate and not one.digit],
            [one for one in detectors if one.digit and one.name not in LISTED],
            [one for one in detectors if one.digit and one.name in LISTED],
        )
        self._sets = [(compiled_set(members), members) for members in sets]

    def in_window(self, text: str) -> list[Detector]:
        """The detectors that need to look at a window of a text of which `long` has read the whole."""
        return [detector for detector in self.open(text) if detector.name not in READ_WHOLE]

    def open(self, text: str) -> list[Detector]:
        """The detectors that need to look at a text."""
        encoded = text.encode("utf-8", "replace")
        chosen = [*self._always]
        for matcher, members in self._sets if DIGIT.search(text) is not None else self._sets[:1]:
            opened = matcher(encoded)
            if not opened:
                raise RedactionError("gate gave up")
            for index in opened:
                if index < len(members):
                    chosen.append(members[index])
        return chosen

    def long(self, text: str) -> list[Hit]:
        """What may be longer than a window, from the whole text."""
        return [hit for find in LONG for hit in find(text)]


BOUNDARY = re.compile(r"\\b(?=(.?))")


def unmasked_boundaries(pattern: str) -> str:
    """The pattern with word boundaries that a mask does not make.

    So what is masked can shut a gate and never open one, and later looks at a text need no gates.
    """
    edge = r"[^0-9A-Za-z_\x00]"
    return BOUNDARY.sub(lambda match: rf"(?:$|{edge})" if match[1] in {"", "|", ")"} else rf"(?:^|{edge})", pattern)


def compiled_set(members: Sequence[Detector]) -> Callable[[bytes], list[int]]:
    """A function that gives the indexes of the gates that a text matches, and always one more, `len(members)`.

    Where RE2 runs out of memory it gives up without an error: then that last one is missing too.
    """
    options = re2.Options()
    options.max_mem = 64 << 20
    made = re2.Set.SearchSet(options)
    for detector in members:
        made.Add(unmasked_boundaries(detector.gate))
    made.Add(r"\z")  # the end alone: what matched everywhere would be noted at every character
    made.Compile()
    matcher: Callable[[bytes], list[int]] = made._set.Match  # the wrapper would encode and copy once more
    return matcher


@lru_cache(maxsize=64)
def gate(compiled: CompiledPolicy) -> Gate:
    """The gate of a policy."""
    return Gate([*DETECTORS, *map(_term_detector, compiled.terms)])


def _term_detector(term: CompiledTerm) -> Detector:
    def find(page: Page) -> list[Hit]:
        return [Hit(start, end, TERM_RANK, term.type, f"term:{term.type}") for start, end in term.matches(page.text)]

    return Detector(f"term {term.type}", "", find)
