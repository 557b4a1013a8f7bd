"""Graders by name. `grade` is the only way to a score; it refuses anything but a number from 0 to 1.

Owns how an answer is compared with the expected one. To add a grader, write its function in a module here and add one
line to `KINDS`; calibration, the policy's thresholds and the page of thresholds read that table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from curation.claims import forget as forget_claims
from curation.gate.graders import asking, normalisation
from curation.gate.graders.calls import calls
from curation.gate.graders.claims import claims
from curation.gate.graders.embedding import embedding_grader
from curation.gate.graders.grades import (
    MAX_ANSWER,
    CaseView,
    Grade,
    Grader,
    GraderError,
    ModelError,
    accepted_of,
    checked,
)
from curation.gate.graders.judge import judge_grader
from curation.gate.graders.normalisation import blank
from curation.gate.graders.overlap import fuzzy, token_f1
from curation.gate.graders.strings import exact, same_words

__all__ = [
    "DEFAULT_GRADERS",
    "GONE",
    "GRADERS",
    "GRADER_VERSION",
    "KINDS",
    "LEAST",
    "MODELS",
    "CaseView",
    "Grade",
    "Grader",
    "GraderError",
    "GraderKind",
    "ModelError",
    "family",
    "forget",
    "grade",
    "grader",
]

GRADER_VERSION: Final = "10"
"""Raised with every change that can move a score: results graded by another version are stale."""


@dataclass(frozen=True, kw_only=True)
class GraderKind:
    """What the gate knows of a grader: `grade` where it needs nothing but the texts, else `make`, for one that asks a
    model and costs a call for each answer.

    With `steps` it compares what the agents did, and judges in addition to the grader of the answer.
    `least` is the threshold until reviewed answers say better, None for a grader that only says yes or no. Above
    `highest` a likeness means "nearly the same text", and says nothing of right or wrong. A `likeness` is not trusted
    with code and queries, where one sign changes the meaning.
    """

    grade: Grader | None = None
    make: Callable[..., Grader] | None = None
    steps: bool = False
    least: float | None = None
    highest: float = 1.0
    likeness: bool = False

    def __post_init__(self) -> None:
        if (self.grade is None) == (self.make is None):
            raise GraderError("a grader has either grade or make")


KINDS: Final[Mapping[str, GraderKind]] = {
    "exact": GraderKind(grade=exact),
    "normalised": GraderKind(grade=same_words),
    "claims": GraderKind(grade=claims, least=0.5),
    "calls": GraderKind(grade=calls, steps=True),
    "token_f1": GraderKind(grade=token_f1, least=0.5, highest=0.9, likeness=True),
    "fuzzy": GraderKind(grade=fuzzy, least=0.5, highest=0.9, likeness=True),
    "judge": GraderKind(make=judge_grader, least=0.5, highest=0.9),
    "embedding": GraderKind(make=embedding_grader, least=0.8, highest=0.95, likeness=True),
}
"""Every grader, in the order in which calibration tries them: from the strictest and simplest on."""

GONE: Final = frozenset({"contains", "facts"})
"""Graders that there were once; `claims` has taken their place."""

GRADERS: Final[Mapping[str, Grader]] = {name: kind.grade for name, kind in KINDS.items() if kind.grade}
"""The graders that need nothing but the texts: same texts, same score, on any machine."""

LEAST: Final[Mapping[str, float]] = {name: kind.least for name, kind in KINDS.items() if kind.least is not None}
"""The graders that take a threshold, each with its default."""

MODELS: Final = tuple(name for name, kind in KINDS.items() if kind.make)
"""The graders that ask a model: a policy names them, an installation sets them up."""

DEFAULT_GRADERS: Final = tuple(name for name in GRADERS if not KINDS[name].steps)
"""What calibration tries where no model is asked."""


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
    if name in KINDS and (make := KINDS[name].make):
        return make(**options)
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
    asked = using or grader(name)
    accepted = accepted_of(case) if using is None else ()  # a model that grades is asked once an answer
    score = max(checked(asked(answer, right, case), name) for right in (expected, *accepted))
    passed = score >= limit
    return Grade(score, passed, f"{score:.3f} {'reaches' if passed else 'is below'} {limit:.3f}", name)


def forget() -> None:
    """Drop the texts that graders read lately. Whoever graded many calls it at the end: no text outlives its erasure in
    the memory of a process.
    """
    forget_claims()
    normalisation.forget()
    asking.forget()
