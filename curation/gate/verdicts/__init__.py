"""May this agent replace that one? Cases and results, what a project demands, and the verdict over both."""

from curation.gate.verdicts.cases import (
    TIMEOUT,
    Attempt,
    Case,
    Result,
    ResultSet,
    attempted,
    case_digest,
    cases_digest,
    grade_ahead,
    grade_case,
    graded,
    remembering,
    results_digest,
)
from curation.gate.verdicts.documents import verdict_document
from curation.gate.verdicts.history import History
from curation.gate.verdicts.integrity import Reason
from curation.gate.verdicts.judging import Verdict, judge_early, judge_results, looks, needs_confirmation
from curation.gate.verdicts.outcomes import CaseOutcome
from curation.gate.verdicts.policy import GatePolicy, PolicyError
from curation.gate.verdicts.slices import Slice

__all__ = [
    "TIMEOUT",
    "Attempt",
    "Case",
    "CaseOutcome",
    "GatePolicy",
    "History",
    "PolicyError",
    "Reason",
    "Result",
    "ResultSet",
    "Slice",
    "Verdict",
    "attempted",
    "case_digest",
    "cases_digest",
    "grade_ahead",
    "grade_case",
    "graded",
    "judge_early",
    "judge_results",
    "looks",
    "needs_confirmation",
    "remembering",
    "results_digest",
    "verdict_document",
]
