"""A small deterministic grader for machines without a server.

It is a local approximation: the server's gate knows more graders, calibrates them per case and compares
with a baseline. Its verdict decides.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# Words, with decimals kept whole; scripts without spaces count by character.
TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W\d_]+")
THRESHOLD = 0.6


class UnknownGrader(LookupError):
    """The case asks for a grader that only the server has."""


@dataclass(frozen=True, slots=True)
class Grade:
    """``score``: token F1 with the expected answer, 0 to 1. ``why``: the rule that decided."""

    passed: bool
    score: float
    why: str


def grade(
    answer: str,
    expected: str,
    rejected: str | None = None,
    grader: Mapping[str, Any] | str | None = None,
) -> Grade:
    """Grade one answer. ``grader``: the one that the release names, ``"name"`` or ``{"name", "threshold"?}``.
    By default an answer passes if it contains the expected one, or shares enough of its words and all its
    numbers; it never passes if it is at least as close to the rejected answer. Raises ``UnknownGrader``.
    """
    name, threshold = _chosen(grader)
    said, wanted = tokens(answer), tokens(expected)
    score = token_f1(said, wanted)
    if rejected is not None and token_f1(said, tokens(rejected)) >= score:
        return Grade(False, score, "as close to the rejected answer")
    if not wanted:
        return Grade(answer.strip() == expected.strip(), score, "exact")
    return Grade(GRADERS[name](said, wanted, threshold), score, name)


def tokens(text: str) -> list[str]:
    """The words and numbers of a text, ignoring case, punctuation and compatibility forms."""
    return TOKEN.findall(unicodedata.normalize("NFKC", text).casefold())


def token_f1(said: Sequence[str], wanted: Sequence[str]) -> float:
    """The harmonic mean of precision and recall over tokens with multiplicity (as SQuAD counts it)."""
    shared = (Counter(said) & Counter(wanted)).total()
    return 2 * shared / (len(said) + len(wanted)) if shared else 0.0


def _chosen(grader: Mapping[str, Any] | str | None) -> tuple[str, float]:
    fields = {"name": grader} if isinstance(grader, str) else dict(grader or {})
    name, threshold = fields.get("name", "default"), fields.get("threshold", THRESHOLD)
    if name not in GRADERS or isinstance(threshold, bool) or not isinstance(threshold, int | float):
        raise UnknownGrader(str(name))
    return name, threshold


def _equal(said: Sequence[str], wanted: Sequence[str], threshold: float) -> bool:
    return list(said) == list(wanted)


def _contains(said: Sequence[str], wanted: Sequence[str], threshold: float) -> bool:
    size = len(wanted)
    return any(list(said[start : start + size]) == list(wanted) for start in range(len(said) - size + 1))


def _overlaps(said: Sequence[str], wanted: Sequence[str], threshold: float) -> bool:
    return token_f1(said, wanted) >= threshold


def _default(said: Sequence[str], wanted: Sequence[str], threshold: float) -> bool:
    # A changed number changes few tokens but the whole meaning.
    numbers = {token for token in wanted if token[0].isdigit()}
    return _contains(said, wanted, threshold) or (numbers <= set(said) and _overlaps(said, wanted, threshold))


GRADERS: Mapping[str, Callable[[Sequence[str], Sequence[str], float], bool]] = {
    "default": _default,
    "exact": _equal,
    "normalised": _equal,
    "contains": _contains,
    "token_f1": _overlaps,
}
