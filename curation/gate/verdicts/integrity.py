"""Whether a set of results can be trusted: complete, for these cases, of this release, and graded by the
graders.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

from curation.gate.graders import GRADER_VERSION, GRADERS, GraderError
from curation.gate.graders.normalisation import blank
from curation.gate.verdicts.cases import (
    TIMEOUT,
    UNGRADED,
    Attempt,
    Case,
    CaseKind,
    Result,
    ResultSet,
    case_digest,
    digest_of,
    grade_whole,
    results_digest,
)

_NAMED = 5
_TOLERANCE = 1e-6


@dataclass(frozen=True)
class Reason:
    """Why a verdict is what it is: a `code` to act on, a `detail` to read (free of captured text), the cases
    it is about.
    """

    code: str
    detail: str
    cases: tuple[str, ...] = ()


def case_faults(cases: Sequence[Case]) -> list[Reason]:
    if not cases:
        return [Reason("no_cases", "the release has no eval cases")]
    twice = [name for name, count in Counter(case.id for case in cases).items() if count > 1]
    bad = [case.id for case in cases if not _sound(case)]
    return [
        *about("duplicate_case", "cases appear more than once", twice),
        *about("bad_case", "cases have no usable kind, severity, grader or threshold", bad),
    ]


def set_faults(cases: Sequence[Case], results: ResultSet, *, release: str, repeats: int | None = None) -> list[Reason]:
    """Return the reasons to distrust a whole set of results for exactly these cases of this release."""
    faults = header_faults(results)
    if results.release != release:
        faults.append(Reason("wrong_release", "the results are of another release"))
    digests = [(case.id, case_digest(case)) for case in cases]
    if results.cases_digest != digest_of(digests):
        faults.append(Reason("stale_cases", "the results were made for other wordings or settings of the cases"))
    known = {case.id: case for case in cases}
    given = Counter(result.case for result in results.results)
    unknown = sum(count for name, count in given.items() if name not in known)
    if unknown:
        # Not named: an unknown id is whatever the caller sent.
        faults.append(Reason("unknown_case", f"{unknown} results are of cases that the release does not have"))
    faults += about("missing_result", "cases have no result", [name for name in known if not given[name]])
    faults += result_faults(known, dict(digests), results.results, repeats=repeats)
    return faults


def older_faults(cases: Sequence[Case], results: ResultSet) -> list[Reason]:
    """Return the reasons to distrust a baseline of an older release on its unchanged cases."""
    same = unchanged(cases, results)
    known = {case.id: case for case in cases if case.id in same}
    digests = {name: result.digest for name, result in same.items()}
    twice = [result for result in results.results if result.case in same]
    return header_faults(results) + result_faults(known, digests, twice)


def unchanged(cases: Iterable[Case], results: ResultSet) -> dict[str, Result]:
    """Return the results, by case, that were made for exactly the present wording and settings of their
    case, with all that it depends on.
    """
    digests = {case.id: case_digest(case) for case in cases if case.id not in results.unreplayed}
    return {result.case: result for result in results.results if digests.get(result.case) == result.digest}


def result_faults(
    known: Mapping[str, Case],
    digests: Mapping[str, str],
    results: Sequence[Result],
    *,
    repeats: int | None = None,
) -> list[Reason]:
    """Return what is wrong with single results: repeated, for another wording, malformed, or with a score
    that is not theirs.
    """
    known_results = [result for result in results if result.case in known]
    counts = Counter(result.case for result in known_results)

    def those(bad: Callable[[Case, Result], bool]) -> list[str]:
        return [result.case for result in known_results if bad(known[result.case], result)]

    malformed = set(those(lambda case, result: not all(map(_well_formed, result.graded))))
    whole = [result for result in known_results if result.case not in malformed]
    odd = {result.case for result in whole if _odd_score(known[result.case], result)}
    forged = [r.case for r in whole if r.case not in odd and _forged(known[r.case], r)]
    return [
        *about("duplicate_result", "cases have more than one result", [c for c, n in counts.items() if n > 1]),
        *about(
            "stale_result",
            "results were made for another wording or setting of their case",
            those(lambda case, result: result.digest != digests[case.id]),
        ),
        *about("malformed", "results are neither an answer nor an error, or of the wrong types", malformed),
        *about("invalid_score", "results have a score that is not a number from 0 to 1, or none", odd),
        *about("tampered", "results have a score or a pass that their answer does not earn", forged),
        *about(
            "silent_grader",
            "answers were not graded, because the model that grades them did not answer",
            those(lambda case, result: _ungraded(result)),
        ),
        *about(
            "too_many_repeats",
            f"results were repeated more than {repeats} times",
            those(lambda case, result: repeats is not None and len(result.repeats) > repeats),
        ),
    ]


def agent_failures(results: Sequence[Result]) -> list[Reason]:
    """Return the cases that the agent did not answer: these refuse, they do not stop the judging."""
    timed_out, errored, empty = [], [], []
    for result in results:
        errors = {attempt.error for attempt in result.graded if attempt.error is not None}
        if TIMEOUT in errors:
            timed_out.append(result.case)
        if errors - {TIMEOUT}:
            errored.append(result.case)
        if any(attempt.answer is not None and blank(attempt.answer) for attempt in result.graded):
            empty.append(result.case)
    return [
        *about("timed_out", "cases were not answered in time", timed_out),
        *about("errored", "cases ended in an error", errored),
        *about("empty_answer", "answers are empty", empty),
    ]


def header_faults(results: ResultSet) -> list[Reason]:
    faults = []
    if results.seal != results_digest(results):
        faults.append(Reason("broken_seal", "the results were changed after they were made"))
    if results.grader_version != GRADER_VERSION:
        faults.append(Reason("stale_grader", "the results were graded by another version of the graders"))
    if not results.run:
        faults.append(Reason("malformed", "the results name no run"))
    return faults


def _sound(case: Case) -> bool:
    if not case.id or case.kind not in get_args(CaseKind) or case.severity not in ("normal", "never_again"):
        return False
    return not case.discriminating or (bool(case.grader) and _is_share(case.threshold) and case.threshold > 0)


def _well_formed(attempt: Attempt) -> bool:
    """Say whether the attempt is an answer, graded or not, or an error that passes nothing."""
    answer, error, passed = _as_stored(attempt.answer), _as_stored(attempt.error), _as_stored(attempt.passed)
    if not isinstance(passed, bool):
        return False
    if error is not None:
        return isinstance(error, str) and bool(error) and not passed
    steps = _as_stored(attempt.steps)
    return isinstance(answer, str) and (steps is None or isinstance(steps, str))


def _ungraded(result: Result) -> bool:
    """Say whether the grader failed on one of the attempts."""
    return any(isinstance(one.error, str) and one.error.startswith(UNGRADED) for one in result.graded)


def _as_stored(value: object) -> object:
    """Return the value without its declared type: what comes out of a file or a request keeps no promise."""
    return value


def _odd_score(case: Case, result: Result) -> bool:
    scores = [attempt.score for attempt in result.graded if attempt.error is None]
    if not case.discriminating:
        return any(score is not None for score in scores)
    return not all(_is_share(score) for score in scores)


def _forged(case: Case, result: Result) -> bool:
    return any(_unearned(case, attempt) for attempt in result.graded if attempt.error is None)


def _unearned(case: Case, attempt: Attempt) -> bool:
    """Say whether the attempt's score or pass is not what its answer gets. Graders that need a model are
    taken at their score.
    """
    if not case.discriminating:
        return attempt.passed
    if attempt.answer is None or attempt.score is None:
        return True
    if case.grader not in GRADERS:
        return attempt.passed != (attempt.score >= case.threshold and not blank(attempt.answer))
    try:
        grade = grade_whole(case, attempt.answer, attempt.steps)
    except GraderError:
        return True
    return attempt.passed != grade.passed or abs(attempt.score - grade.score) > _TOLERANCE


def _is_share(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return math.isfinite(value) and 0.0 <= value <= 1.0


def about(code: str, what: str, names: Iterable[str]) -> list[Reason]:
    """Return one reason about the named cases, or none where none is named."""
    listed = sorted(set(names))
    if not listed:
        return []
    shown = ", ".join(listed[:_NAMED]) + (f" and {len(listed) - _NAMED} more" if len(listed) > _NAMED else "")
    return [Reason(code, f"{len(listed)}: {what}: {shown}", tuple(listed))]
