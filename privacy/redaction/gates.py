"""The one pass over a text that says which detectors need to look at it: an RE2 set of one pattern a detector."""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

import re2

from privacy.redaction.detectors import DETECTORS, LONG
from privacy.redaction.hits import Detector, Hit, Page
from privacy.redaction.policy import CompiledPolicy, CompiledTerm
from privacy.redaction.results import RedactionError

TERM_RANK = 99


DIGIT = re.compile("[0-9]")


class Gate:
    """The detectors of a policy, and the multi-pattern sets that open them."""

    def __init__(self, detectors: Sequence[Detector], always: Sequence[Detector]) -> None:
        self._always = list(always)
        groups: dict[tuple[str, bool], list[Detector]] = {}
        for detector in detectors:
            groups.setdefault((detector.group, detector.digit), []).append(detector)
        self._groups = [(digit, compiled_set(members), members) for (_, digit), members in groups.items()]

    def open(self, text: str) -> list[Detector]:
        """The detectors that need to look at a text."""
        encoded = text.encode("utf-8", "replace")
        digits = DIGIT.search(text) is not None
        chosen: list[Detector] = []
        for needs_digit, matches, members in self._groups:
            if needs_digit and not digits:
                continue
            found = matches(encoded)
            if len(found) > 1:
                chosen += [members[index] for index in found if index < len(members)]
            elif not found:
                raise RedactionError("gate gave up")
        return chosen + self._always

    def long(self, text: str) -> list[Hit]:
        """What may be longer than a window, from the whole text."""
        return [hit for find in LONG for hit in find(text)]


def compiled_set(members: Sequence[Detector]) -> Callable[[bytes], list[int]]:
    """A function that gives the indexes of the gates that a text matches, and always one more, `len(members)`.

    Where RE2 runs out of memory it gives up without an error: then that last one is missing too.
    """
    options = re2.Options()
    options.max_mem = 64 << 20
    made = re2.Set.SearchSet(options)
    for detector in members:
        made.Add(detector.gate)
    made.Add("")
    made.Compile()
    matcher: Callable[[bytes], list[int]] = made._set.Match  # the wrapper would encode and copy once more
    return matcher


@lru_cache(maxsize=64)
def gate(compiled: CompiledPolicy) -> Gate:
    """The gate of a policy."""
    return Gate(DETECTORS, [_term_detector(term) for term in compiled.terms])


def _term_detector(term: CompiledTerm) -> Detector:
    def find(page: Page) -> list[Hit]:
        return [Hit(start, end, TERM_RANK, term.type, f"term:{term.type}") for start, end in term.matches(page.text)]

    return Detector(f"term {term.type}", "", find)
