"""The verdict: a candidate's results against its baseline's. Pure, and it passes only what it could check in
full.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from curation.gate.verdicts.cases import Case, Result, ResultSet
from curation.gate.verdicts.integrity import (
    Reason,
    about,
    agent_failures,
    case_faults,
    older_faults,
    set_faults,
    unchanged,
)
from curation.gate.verdicts.policy import GatePolicy
from curation.gate.verdicts.significance import Pairs, change_interval, mcnemar, mcnemar_drop
from curation.gate.verdicts.slices import Slice, slice_outcomes

Change = Literal["fixed", "still_failing", "regressed", "newly_failing", "still_passing", "newly_passing"]
OUTCOMES: Final[tuple[Change, ...]] = (
    "fixed",
    "still_failing",
    "regressed",
    "newly_failing",
    "still_passing",
    "newly_passing",
)
_PAIRED: Final[Mapping[tuple[bool, bool], Change]] = {
    (True, True): "still_passing",
    (True, False): "regressed",
    (False, True): "fixed",
    (False, False): "still_failing",
}
MIN_DISCRIMINATING: Final = 0.5  # of the cases: with fewer that have a trusted grader there is no verdict
MIN_PAIRED: Final = 0.8  # of the counted cases: what a baseline of an older release must have answered unchanged
MAX_COPIED: Final = 0.5  # of long golden answers: what may newly equal the expected answer to the letter
LONG_ANSWER: Final = 40
"""Characters from which two independent answers are not the same to the letter by chance."""


@dataclass(frozen=True)
class CaseOutcome:
    """What became of one counted case. `before` is None where the baseline has no result for it.

    `flaky` says that its attempts, on either side, did not agree; `surprising` that the outcome differs from
    what the baseline (or, without one, the kind of case) leads to expect, and `confirmed` that it was
    repeated often enough.
    """

    case: Case
    outcome: Change
    before: bool | None
    after: bool
    flaky: bool
    surprising: bool
    confirmed: bool


@dataclass(frozen=True)
class Verdict:
    """Whether the candidate passes, whether it could be judged, why not, and the figures behind it.

    `change` is the candidate's pass rate less the baseline's over paired cases, `interval` its 95 % limits,
    `p_value` the two-sided exact McNemar p; all None without a baseline. `counts` covers outcomes of counted
    cases and what was left out.
    """

    passed: bool
    could_judge: bool
    reasons: tuple[Reason, ...]
    counts: Mapping[str, int] = field(default_factory=dict)
    p_value: float | None = None
    change: float | None = None
    interval: tuple[float, float] | None = None
    slices: tuple[Slice, ...] = ()
    outcomes: tuple[CaseOutcome, ...] = ()
    unconfirmed: tuple[str, ...] = ()


def judge_results(
    cases: Sequence[Case],
    candidate_results: ResultSet,
    baseline_results: ResultSet | None,
    policy: GatePolicy,
    *,
    release: str,
) -> Verdict:
    """Judge a candidate's results on the cases of `release`, paired with the baseline's.

    `cases` must come from the release itself, never from the sender of the results. Results that cannot be
    believed give a verdict that could not judge; everything else is judged in full, so that one run shows all
    that is wrong.
    """
    faults = case_faults(cases)
    faults = faults or set_faults(cases, candidate_results, release=release, repeats=policy.confirmations)
    baseline, baseline_faults = _usable_baseline(cases, candidate_results, baseline_results, policy, release)
    if faults or baseline_faults:
        return Verdict(False, False, tuple(faults + baseline_faults), {"cases": len(cases)})
    results = {result.case: result for result in candidate_results.results}
    outcomes = _outcomes(cases, results, baseline, policy)
    slices = slice_outcomes(((o.case, o.before, o.after) for o in outcomes), policy)
    blind = _too_little(cases, outcomes, baseline, policy)
    reasons = [
        *blind,
        *agent_failures(candidate_results.results),
        *_losses(outcomes, policy),
        *_drops(outcomes, slices, policy),
        *_absolute(outcomes, policy),
        *_copies(outcomes, results, baseline, policy),
    ]
    pairs = pairs_of(outcomes)
    return Verdict(
        passed=not reasons,
        could_judge=not blind,
        reasons=tuple(reasons),
        counts=_counts(cases, outcomes),
        p_value=None if baseline is None else mcnemar(pairs.lost, pairs.won),
        change=(pairs.won - pairs.lost) / pairs.total if baseline is not None and pairs.total else None,
        interval=None if baseline is None else change_interval(pairs),
        slices=slices,
        outcomes=outcomes,
        unconfirmed=tuple(o.case.id for o in outcomes if o.surprising and not o.confirmed),
    )


def needs_confirmation(verdict: Verdict) -> tuple[str, ...]:
    """Return the cases to ask the candidate again, `policy.confirmations` times each, before the verdict is
    final.

    Losses and gains alike: a gain by luck would be a loss of the next candidate. Add the attempts to `Result.repeats`,
    seal the set again and judge again; then nothing needs confirmation.
    """
    return verdict.unconfirmed


def pairs_of(outcomes: Iterable[CaseOutcome]) -> Pairs:
    """Return the paired counts of the outcomes that have a baseline result."""
    counts = Counter((outcome.before, outcome.after) for outcome in outcomes)
    return Pairs(counts[True, True], counts[True, False], counts[False, True], counts[False, False])


def _usable_baseline(
    cases: Sequence[Case],
    candidate: ResultSet,
    baseline: ResultSet | None,
    policy: GatePolicy,
    release: str,
) -> tuple[dict[str, Result] | None, list[Reason]]:
    """Return the baseline's results by case, and why they cannot be used."""
    if baseline is None:
        missing = [Reason("no_baseline", "the policy asks for a baseline")] if policy.require_baseline else []
        return None, missing
    if baseline.run == candidate.run:
        return None, [Reason("replayed", "the candidate's results are the baseline's run")]
    if baseline.release == release:
        faults = set_faults(cases, baseline, release=release)
    else:
        faults = older_faults(cases, baseline)
    usable = unchanged(cases, baseline)
    faults = faults or agent_failures(list(usable.values()))
    return usable, [replace(fault, code=f"baseline_{fault.code}") for fault in faults]


def _outcomes(
    cases: Sequence[Case],
    results: Mapping[str, Result],
    baseline: Mapping[str, Result] | None,
    policy: GatePolicy,
) -> tuple[CaseOutcome, ...]:
    return tuple(
        _outcome(case, results[case.id], (baseline or {}).get(case.id), policy) for case in cases if case.discriminating
    )


def _outcome(case: Case, result: Result, before: Result | None, policy: GatePolicy) -> CaseOutcome:
    confirmed = len(result.repeats) >= policy.confirmations
    after, mixed = _settled(result, repeated=confirmed), _mixed(result)
    if before is None:
        # A golden case worked in production; a regression case is known to fail until an agent gets it right.
        usual, then = case.kind == "golden", None
        named: Change = "newly_passing" if after else "newly_failing" if usual else "still_failing"
    else:
        usual = then = _settled(before, repeated=True)
        mixed = mixed or _mixed(before)
        named = ("still_passing" if usual else "fixed") if after else ("regressed" if usual else "still_failing")
    surprising = result.passed != usual
    return CaseOutcome(case, named, then, after, mixed, surprising, confirmed)


def _settled(result: Result, *, repeated: bool) -> bool:
    """Return whether the case counts as passed: by its repetitions, where it was repeated (a tie fails).

    The first answer chose the case for repetition, so it says nothing more: counting it counts luck twice.
    """
    if not result.repeats or not repeated:
        return result.passed
    return sum(attempt.passed for attempt in result.repeats) * 2 > len(result.repeats)


def _mixed(result: Result) -> bool:
    return len({attempt.passed for attempt in result.attempts}) > 1


def _too_little(
    cases: Sequence[Case],
    outcomes: Sequence[CaseOutcome],
    baseline: Mapping[str, Result] | None,
    policy: GatePolicy,
) -> list[Reason]:
    """Return why the counted cases are too few to judge by."""
    counted = len(outcomes)
    reasons = []
    if counted < policy.min_cases:
        reasons.append(Reason("too_few_cases", f"{counted} counted cases, {policy.min_cases} are needed"))
    if counted < MIN_DISCRIMINATING * len(cases):
        reasons.append(
            Reason("too_few_discriminating", f"{counted} of {len(cases)} cases have a grader that can be trusted")
        )
    paired = sum(outcome.before is not None for outcome in outcomes)
    if baseline is not None and paired < MIN_PAIRED * counted:
        reasons.append(
            Reason("baseline_unpaired", f"the baseline answered {paired} of {counted} cases as they are now")
        )
    return reasons


def _losses(outcomes: Sequence[CaseOutcome], policy: GatePolicy) -> list[Reason]:
    lost = [o for o in outcomes if o.outcome == "regressed"]
    golden = [o.case.id for o in lost if o.case.kind == "golden"]
    fixed = [o.case.id for o in lost if o.case.kind == "regression"]
    grave = [
        o.case.id for o in outcomes if o.case.severity == "never_again" and o.outcome in ("regressed", "newly_failing")
    ]
    unsure = sum(not o.confirmed for o in lost)
    note = f" ({unsure} not confirmed by repetition)" if unsure and policy.confirmations else ""
    reasons = about("never_again", f"never-again cases fail{note}", grave) if policy.never_again else []
    if len(golden) > policy.max_regressions_golden:
        reasons += about("golden_regressions", f"golden cases fail that the baseline passed{note}", golden)
    if len(fixed) > policy.max_regressions_fixed:
        reasons += about("fixed_regressions", f"corrected cases fail again that the baseline passed{note}", fixed)
    return reasons


def _drops(outcomes: Sequence[CaseOutcome], slices: Sequence[Slice], policy: GatePolicy) -> list[Reason]:
    """Return the significant drops: over all cases, over golden ones (which fixes elsewhere must not hide),
    in slices.
    """
    reasons = []
    golden = pairs_of(o for o in outcomes if o.case.kind == "golden")
    for name, pairs in (("all counted cases", pairs_of(outcomes)), ("golden cases", golden)):
        p = mcnemar_drop(pairs.lost, pairs.won)
        if pairs.lost and p <= policy.alpha:
            detail = f"{name}: {pairs.lost} lost, {pairs.won} won, one-sided p = {p:.2g}"
            reasons.append(Reason("significant_drop", detail))
    for part in slices:
        if part.dropped:
            detail = f"{part.dimension}: {part.pairs.lost} lost, {part.pairs.won} won of {part.pairs.total}"
            reasons.append(Reason("slice_drop", detail))
    return reasons


def _absolute(outcomes: Sequence[CaseOutcome], policy: GatePolicy) -> list[Reason]:
    """Return the refusal of golden cases that no baseline answers for and that fail too often."""
    alone = [o for o in outcomes if o.before is None and o.case.kind == "golden"]
    passing = sum(o.after for o in alone)
    if passing >= policy.min_golden * len(alone):
        return []
    rate = f"{passing} of {len(alone)} golden cases pass, {policy.min_golden:.0%} are asked for"
    return [Reason("below_min_golden", rate, tuple(o.case.id for o in alone if not o.after))]


def _copies(
    outcomes: Sequence[CaseOutcome],
    results: Mapping[str, Result],
    baseline: Mapping[str, Result] | None,
    policy: GatePolicy,
) -> list[Reason]:
    """Return the refusal of expected answers handed back: letter for letter where the baseline used words of
    its own.

    Without a baseline an agent whose own answers became the golden cases looks the same: nothing is said
    then.
    """
    golden = [o.case for o in outcomes if o.case.kind == "golden" and len(o.case.expected.strip()) >= LONG_ANSWER]
    copied = [
        case.id
        for case in golden
        if baseline is not None
        and case.id in baseline
        and _copied(results[case.id], case)
        and not _copied(baseline[case.id], case)
    ]
    # One or two exact repeats among a handful of cases happen; a habit does not.
    if len(copied) < 3 or len(copied) <= MAX_COPIED * len(golden):
        return []
    return about("copied_expected", "golden answers newly equal the expected answer to the letter", copied)


def _copied(result: Result, case: Case) -> bool:
    return result.answer is not None and result.answer.strip() == case.expected.strip()


def _counts(cases: Sequence[Case], outcomes: Sequence[CaseOutcome]) -> dict[str, int]:
    named = Counter(outcome.outcome for outcome in outcomes)
    return {
        "cases": len(cases),
        "counted": len(outcomes),
        "not_counted": len(cases) - len(outcomes),
        "never_again_not_counted": sum(c.severity == "never_again" and not c.discriminating for c in cases),
        "passing": sum(outcome.after for outcome in outcomes),
        **{outcome: named[outcome] for outcome in OUTCOMES},
        "flaky": sum(outcome.flaky for outcome in outcomes),
        "unconfirmed": sum(outcome.surprising and not outcome.confirmed for outcome in outcomes),
    }
