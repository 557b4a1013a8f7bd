"""Graders by name. `grade` is the one way to a score: it refuses what is not a number from 0 to 1."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from curation.gate.graders.embedding import embedding_grader
from curation.gate.graders.facts import facts
from curation.gate.graders.grades import (
    MAX_ANSWER,
    CaseView,
    Grade,
    Grader,
    GraderError,
    ModelError,
    NotApplicableError,
    checked,
)
from curation.gate.graders.judge import judge_grader
from curation.gate.graders.normalisation import blank
from curation.gate.graders.overlap import fuzzy, token_f1
from curation.gate.graders.strings import contains, exact, same_words

__all__ = [
    "DEFAULT_GRADERS",
    "GRADERS",
    "GRADER_VERSION",
    "CaseView",
    "Grade",
    "Grader",
    "GraderError",
    "ModelError",
    "NotApplicableError",
    "family",
    "grade",
    "grader",
]

GRADER_VERSION: Final = "2"
"""Raised with every change that can move a score: results graded by another version are stale."""

GRADERS: Final[Mapping[str, Grader]] = {
    "exact": exact,
    "normalised": same_words,
    "contains": contains,
    "facts": facts,
    "token_f1": token_f1,
    "fuzzy": fuzzy,
}
"""The graders that need nothing but the texts: same texts, same score, on any machine."""

_CONFIGURED: Final[Mapping[str, Callable[..., Grader]]] = {
    "embedding": embedding_grader,
    "judge": judge_grader,
}

DEFAULT_GRADERS: Final = tuple(GRADERS)
"""Candidates in the order in which calibration tries them: from the strictest and simplest on."""


def family(name: str) -> str:
    """The kind of grader behind a name: `judge` of `judge:1a2b3c4d`, which says which model and how it is asked."""
    return name.partition(":")[0]


def grader(name: str, **options: object) -> Grader:
    """Return the grader of that name; `embedding` and `judge` take options (see their modules).

    Raises GraderError for an unknown name or where an optional package is missing.
    """
    if name in GRADERS:
        if options:
            raise GraderError(f"{name} takes no options")
        return GRADERS[name]
    if name in _CONFIGURED:
        return _CONFIGURED[name](**options)
    raise GraderError("there is no grader of that name")


def grade(
    name: str, answer: str, expected: str, case: CaseView, *, threshold: float, using: Grader | None = None
) -> Grade:
    """Grade one answer. `using` is a configured grader for a name that needs one; raises GraderError, never
    guesses.
    """
    if len(answer) > MAX_ANSWER:
        raise GraderError(f"{name}: the answer is longer than {MAX_ANSWER} characters")
    limit = checked(threshold, f"{name} threshold")
    if limit == 0.0:
        raise GraderError(f"{name}: a threshold of 0 would pass everything")
    if blank(answer):
        return Grade(0.0, False, "the answer is empty", name)
    score = checked((using or grader(name))(answer, expected, case), name)
    passed = score >= limit
    return Grade(score, passed, f"{score:.3f} {'reaches' if passed else 'is below'} {limit:.3f}", name)
