"""Eval cases, the results of an agent on them, and the digests that tie the two together."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Literal

from curation.gate.graders import GRADER_VERSION, Grade, Grader, GraderError, ModelError, forget, grade

CaseKind = Literal["golden", "regression", "sampled"]
Severity = Literal["normal", "never_again"]

TIMEOUT = "timeout"
"""The error of a result whose agent did not answer in time; every other error is free words without captured
text.
"""
ERROR_LENGTH = 200
CALLS = "calls"
SINGLE = "single"
UNGRADED = "no grade: "
"""How the error of a result begins where the model that grades it did not answer: no fault of the agent's."""


@dataclass(frozen=True)
class Case:
    """One eval case. `rejected` is None where the agent's answer was right; `context` is the canonical JSON of what the
    agent is given.

    A case that is not `discriminating` has no grader that tells right from wrong: it is answered but not
    counted. `steps` is the JSON of what the agent did for the expected answer, "" for nothing. `tier` says what its right answer rests on; no digest covers it, since it changes no outcome of the case.
    """

    id: str
    kind: CaseKind
    question: str
    expected: str
    rejected: str | None = None
    severity: Severity = "normal"
    tags: tuple[str, ...] = ()
    language: str = ""
    grader: str = ""
    threshold: float = 1.0
    discriminating: bool = False
    sources: tuple[str, ...] = ()
    context: str = ""
    accepted: tuple[str, ...] = ()
    also_rejected: tuple[str, ...] = ()
    tier: str = ""
    steps: str = ""

    @property
    def is_single(self) -> bool:
        """Whether its right answer rests on one person alone. A mark by a curator is a second one."""
        return self.tier == SINGLE and self.severity == "normal"

    @property
    def is_golden(self) -> bool:
        """Whether it worked in production and must keep working. A sampled case did where its answer was found right."""
        return self.kind == "golden" or (self.kind == "sampled" and self.rejected is None)


@dataclass(frozen=True)
class Attempt:
    """One more answer to a case, for telling a flake from a break. `steps` is the JSON of what the agent did, None where
    it does not say."""

    answer: str | None = None
    error: str | None = None
    score: float | None = None
    passed: bool = False
    steps: str | None = None


@dataclass(frozen=True)
class Result:
    """What an agent did with one case: `answer` or `error`, the `score` (None where not graded), later attempts, and what
    it said to variants of the question.

    `digest` is the case's digest when it was answered: it shows a result that was made for another wording of
    the case.
    """

    case: str
    answer: str | None = None
    error: str | None = None
    score: float | None = None
    passed: bool = False
    digest: str = ""
    repeats: tuple[Attempt, ...] = ()
    variants: tuple[Attempt, ...] = ()
    steps: str | None = None

    @property
    def graded(self) -> tuple[Attempt, ...]:
        """Every answer that has a grade."""
        return (*self.attempts, *self.variants)

    @property
    def attempts(self) -> tuple[Attempt, ...]:
        return (Attempt(self.answer, self.error, self.score, self.passed, self.steps), *self.repeats)


@dataclass(frozen=True)
class ResultSet:
    """One agent's results on one release. `run` names the run, `seal` is the digest of everything else
    here. `unreplayed` are the cases that depend on something which the agent was not given as it was: what it said to
    them is evidence of nothing.
    """

    run: str
    release: str
    cases_digest: str
    results: tuple[Result, ...]
    grader_version: str = GRADER_VERSION
    seal: str = ""
    unreplayed: tuple[str, ...] = ()

    @classmethod
    def sealed(
        cls,
        run: str,
        release: str,
        cases: Iterable[Case],
        results: Iterable[Result],
        unreplayed: Iterable[str] = (),
    ) -> ResultSet:
        """Return the set with its seal: the one way to make a set that a verdict accepts."""
        unsealed = cls(run, release, cases_digest(cases), tuple(results), unreplayed=tuple(unreplayed))
        return replace(unsealed, seal=results_digest(unsealed))


def case_digest(case: Case) -> str:
    """Return the sha256 (hex) of all that decides a case's outcome: texts, context, kind, severity, grader,
    threshold, slices.
    """
    known = _digests.get()
    if known is None:
        return _sha256(_covered(case))
    if id(case) not in known:  # by identity: equal cases may be written differently (1 and 1.0)
        known[id(case)] = (
            case,
            _sha256(_covered(case)),
        )  # the case with it, so that its identity is not given to another
    return known[id(case)][1]


def cases_digest(cases: Iterable[Case]) -> str:
    """Return the sha256 (hex) of a set of cases, whatever their order. A case that appears twice changes
    it.
    """
    return digest_of((case.id, case_digest(case)) for case in cases)


def digest_of(digests: Iterable[tuple[str, str]]) -> str:
    """Return the digest of a set of cases from their (id, digest) pairs."""
    return _sha256(sorted(digests))


def results_digest(results: ResultSet) -> str:
    return _sha256(replace(results, seal=""))


def case_view(case: Case) -> dict[str, object]:
    """Return what graders may know of the case apart from the expected answer."""
    return {
        "question": case.question,
        "rejected": case.rejected,
        "accepted": case.accepted,
        "also_rejected": case.also_rejected,
        "language": case.language,
        "kind": case.kind,
        "tags": case.tags,
    }


GradeOrError = Grade | GraderError
_remembered: ContextVar[dict[tuple[Case, str], GradeOrError] | None] = ContextVar("remembered", default=None)
_digests: ContextVar[dict[int, tuple[Case, str]] | None] = ContextVar("digests", default=None)
AT_ONCE = 8
"""Answers that wait for a model at the same time."""


@contextmanager
def remembering() -> Iterator[None]:
    """Grade equal answers to a case once for as long as the context is open: a verdict looks at each result again,
    to find scores that were not earned, and at the baseline's, which are often the same. No longer: answers are
    people's words, and nobody would look for them in a cache.
    """
    token, digests = _remembered.set({}), _digests.set({})
    try:
        yield
    finally:
        _remembered.reset(token)
        _digests.reset(digests)
        forget()


def grade_case(case: Case, answer: str, *, using: Mapping[str, Grader] | None = None) -> Grade:
    """Grade one answer by the case's own grader and threshold. Raises GraderError."""
    memory = _remembered.get()
    known = None if memory is None else memory.get((case, answer))
    if isinstance(known, GraderError):
        raise known
    if known is not None:
        return known
    configured = (using or {}).get(case.grader)
    made = grade(case.grader, answer, case.expected, case_view(case), threshold=case.threshold, using=configured)
    if memory is not None and configured is None:  # what a model says is remembered where it was asked ahead
        memory[case, answer] = made
    return made


def grade_whole(case: Case, answer: str, steps: str | None, *, using: Mapping[str, Grader] | None = None) -> Grade:
    """Grade an answer with the steps that led to it: where the case has steps and the agent says its own, a right answer
    passes only with the same calls. Raises GraderError.
    """
    made = grade_case(case, answer, using=using)
    if not made.passed or not case.steps or steps is None:
        return made
    called = grade(CALLS, steps, case.steps, {}, threshold=1.0)
    return made if called.passed else Grade(0.0, False, f"the calls differ: {called.reason}", CALLS)


def grade_ahead(asked: Iterable[tuple[Case, str | None]], using: Mapping[str, Grader]) -> None:
    """Grade the answers whose grader waits for a model, several at a time, to be remembered; `using` are those graders.

    Only within `remembering`; what the model did not answer is remembered as well, and raised when it is asked for.
    """
    memory = _remembered.get()
    if memory is None or not using:
        return
    wanted = dict.fromkeys(
        (case, said) for case, said in asked if said is not None and case.discriminating and case.grader in using
    )
    waiting = [pair for pair in wanted if pair not in memory]

    def ask(pair: tuple[Case, str]) -> GradeOrError:
        case, answer = pair
        model = using[case.grader]
        try:
            return grade(case.grader, answer, case.expected, case_view(case), threshold=case.threshold, using=model)
        except GraderError as problem:
            return problem

    with ThreadPoolExecutor(AT_ONCE) as pool:
        memory |= zip(waiting, pool.map(ask, waiting), strict=True)


def graded(
    case: Case,
    answer: str | None,
    *,
    error: str | None = None,
    steps: str | None = None,
    using: Mapping[str, Grader] | None = None,
) -> Result:
    """Return the result of one answer (or of the error in its place). A grader's failure becomes the result's
    error.

    A case that is not discriminating is kept ungraded.
    """
    attempt = attempted(case, answer, error=error, steps=steps, using=using)
    return Result(
        case.id, attempt.answer, attempt.error, attempt.score, attempt.passed, case_digest(case), steps=attempt.steps
    )


def attempted(
    case: Case,
    answer: str | None,
    *,
    error: str | None = None,
    steps: str | None = None,
    using: Mapping[str, Grader] | None = None,
) -> Attempt:
    """Return one graded attempt, for `Result.repeats`."""
    if error is not None or answer is None:
        return Attempt(None, (error or "no answer")[:ERROR_LENGTH])
    if not case.discriminating:
        return Attempt(answer, steps=steps)
    try:
        outcome = grade_whole(case, answer, steps, using=using)
    except ModelError as problem:
        return Attempt(answer, f"{UNGRADED}{problem}"[:ERROR_LENGTH], steps=steps)
    except GraderError as problem:
        return Attempt(answer, f"grader: {problem}"[:ERROR_LENGTH], steps=steps)
    return Attempt(answer, None, outcome.score, outcome.passed, steps)


def _covered(case: Case) -> dict[str, object]:
    """What a case's digest covers: steps only where there are some, so that other cases keep the digest that they had."""
    return {name: value for name, value in vars(case).items() if name != "tier" and (name != "steps" or value)}


def _sha256(value: object) -> str:
    # NaN stays distinguishable ("NaN") and lone surrogates are escaped: whatever was stored has one digest.
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), default=vars)
    return hashlib.sha256(text.encode()).hexdigest()
