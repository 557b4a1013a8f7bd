"""The one pass over a text that says which detectors need to look at it: an RE2 set of one pattern a detector."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import re2

from privacy.redaction.detectors import DETECTORS, LONG
from privacy.redaction.hits import Detector, Hit, Page
from privacy.redaction.policy import CompiledPolicy, CompiledTerm
from privacy.redaction.results import RedactionError

TERM_RANK = 99


class Gate:
    """The detectors of a policy, and the multi-pattern set that opens them."""

    def __init__(self, detectors: Sequence[Detector], always: Sequence[Detector]) -> None:
        options = re2.Options()
        options.max_mem = 64 << 20
        options.never_nl = False
        self._detectors = tuple(detectors)
        self._always = tuple(always)
        self._sentinel = len(self._detectors)
        wrapped = re2.Set.SearchSet(options)
        for detector in self._detectors:
            wrapped.Add(detector.gate)
        wrapped.Add("")  # always there: its absence tells that RE2 gave up, which it does without an error
        wrapped.Compile()
        self._set: Any = wrapped

    def open(self, text: str) -> list[Detector]:
        """The detectors that need to look at a text."""
        found = self._set.Match(text.encode("utf-8", "replace"))
        if self._sentinel not in found:
            raise RedactionError("gate gave up")
        chosen = [self._detectors[index] for index in sorted(found) if index != self._sentinel]
        return chosen + list(self._always) if self._always else chosen

    def long(self, text: str) -> list[Hit]:
        """What may be longer than a window, from the whole text."""
        return [hit for find in LONG for hit in find(text)]


@lru_cache(maxsize=64)
def gate(compiled: CompiledPolicy) -> Gate:
    """The gate of a policy."""
    return Gate(DETECTORS, [_term_detector(term) for term in compiled.terms])


def _term_detector(term: CompiledTerm) -> Detector:
    def find(page: Page) -> list[Hit]:
        return [Hit(start, end, TERM_RANK, term.type, f"term:{term.type}") for start, end in term.matches(page.text)]

    return Detector(f"term {term.type}", "", find)
