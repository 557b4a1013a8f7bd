"""The verdict: a candidate's results against its baseline's. Pure, and it passes only what it could check in
full.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Final

from curation.gate.verdicts import refusals
from curation.gate.verdicts.cases import Case, Result, ResultSet, case_digest
from curation.gate.verdicts.families import Families, families
from curation.gate.verdicts.history import History, records
from curation.gate.verdicts.integrity import (
    Reason,
    agent_failures,
    case_faults,
    header_faults,
    older_faults,
    set_faults,
    unchanged,
)
from curation.gate.verdicts.outcomes import OUTCOMES, CaseOutcome, outcomes_of
from curation.gate.verdicts.policy import GatePolicy
from curation.gate.verdicts.rates import Anchor, Comparison, Rate, SingleCases, candidate_rate, compare, tries_of
from curation.gate.verdicts.slices import Answered, Slice, slice_outcomes

MIN_DISCRIMINATING: Final = 0.5  # of the cases: with fewer that have a trusted grader there is no verdict
MIN_PAIRED: Final = 0.8  # of the counted cases: what a baseline of an older release must have answered unchanged
LOOKS: Final = (0.1, 0.25, 0.5)  # of the cases: when a first round is looked at before its end
LEAST_LOOKED_AT: Final = 10  # cases
MANY = 200  # with fewer cases all are asked: to see everything that was lost is worth more than the calls
MIN_ANCHORED: Final = 10  # counted cases that an earlier run must share to be compared with


@dataclass(frozen=True)
class Verdict:
    """Whether the candidate passes, whether it could be judged, why not, and the figures behind it.

    `rate` is the pass rate of the candidate's first answers, in all its tries; `comparison` sets them against the
    baseline's. `change`, `interval` and `p_value` are its figures, all None without a baseline: the change of the pass
    rate of first answers over paired cases, its 95 % limits, and the two-sided exact p. `counts` covers outcomes of
    counted cases and what was left out. `level` is the p at which a drop of the rates refuses here, `full_level` that of
    a run that asks every case, which is larger than that of an early look.
    """

    passed: bool
    could_judge: bool
    reasons: tuple[Reason, ...]
    counts: Mapping[str, int] = field(default_factory=dict)
    rate: Rate | None = None
    comparison: Comparison | None = None
    anchors: tuple[Anchor, ...] = ()
    single: SingleCases | None = None
    families: Families | None = None
    tries: int = 1
    level: float = 0.05
    full_level: float = 0.05
    slices: tuple[Slice, ...] = ()
    outcomes: tuple[CaseOutcome, ...] = ()
    unreplayed: tuple[str, ...] = ()
    unconfirmed: tuple[str, ...] = ()

    @property
    def p_value(self) -> float | None:
        return None if self.comparison is None else self.comparison.drops.two_sided

    @property
    def change(self) -> float | None:
        return None if self.comparison is None else self.comparison.change

    @property
    def interval(self) -> tuple[float, float] | None:
        return None if self.comparison is None else self.comparison.interval


def judge_results(
    cases: Sequence[Case],
    candidate_results: ResultSet,
    baseline_results: ResultSet | None,
    policy: GatePolicy,
    *,
    release: str,
    history: History | None = None,
) -> Verdict:
    """Judge a candidate's results on the cases of `release`, paired with the baseline's.

    `cases` must come from the release itself, never from the sender of the results. Results that cannot be
    believed give a verdict that could not judge; everything else is judged in full, so that one run shows all
    that is wrong.
    """
    past = history or History()
    faults = case_faults(cases)
    faults = faults or set_faults(cases, candidate_results, release=release, repeats=policy.confirmations)
    baseline, baseline_faults = _usable_baseline(cases, candidate_results, baseline_results, policy, release)
    baseline_faults += [replace(one, code=f"earlier_{one.code}") for run in past.runs() for one in header_faults(run)]
    if faults or baseline_faults:
        return Verdict(False, False, tuple(dict.fromkeys(faults + baseline_faults)), {"cases": len(cases)})
    return _in_full(cases, candidate_results, baseline_results, baseline, policy, past)


def _in_full(
    cases: Sequence[Case],
    candidate_results: ResultSet,
    baseline_results: ResultSet | None,
    baseline: Mapping[str, Result] | None,
    policy: GatePolicy,
    past: History,
) -> Verdict:
    """Judge results that can be believed: every reason to refuse, not only the first."""
    results = {result.case: result for result in candidate_results.results}
    left_out = frozenset(candidate_results.unreplayed)
    asked = [case for case in cases if case.id not in left_out]
    runs, levels = tries_of(asked, results, past.tries), policy.levels
    own = (baseline_results, *past.record) if baseline_results is not None else ()
    outcomes = outcomes_of(asked, runs, baseline, records(asked, own), policy, levels.cases)
    counted = [outcome.case for outcome in outcomes]
    allowed = (policy.max_regressions_golden, policy.max_regressions_fixed)
    comparison = (
        None if baseline is None else compare(counted, runs, baseline, past, level=levels.rates, allowed=allowed)
    )
    anchors = tuple(_anchors(counted, runs, past, levels.anchors, but=baseline_results))
    slices = slice_outcomes(
        (Answered(o.case, o.first_before, o.first, past.unit(o.case)) for o in outcomes), levels.slices
    )
    variants = families(counted, results, baseline)
    blind = _too_little(cases, outcomes, baseline, policy, left_out)
    falls = refusals.drops(comparison, levels.rates)
    reasons = [
        *blind,
        *agent_failures(candidate_results.results),
        *refusals.losses(outcomes, policy),
        *refusals.together(outcomes, policy, levels.together),
        *falls,
        *refusals.slice_drops(slices),
        *refusals.brittle(variants, levels.families),
        *refusals.anchor_drops(anchors),
        *refusals.absolute(outcomes, anchors, policy, levels.floor),
        *refusals.copies(outcomes, results, baseline, policy),
    ]
    return Verdict(
        passed=not reasons,
        could_judge=not blind,
        reasons=tuple(reasons),
        counts=_counts(cases, outcomes, left_out),
        rate=candidate_rate(counted, runs, past) if counted else None,
        comparison=comparison,
        anchors=anchors,
        single=_single(outcomes, runs, baseline, past, levels.rates),
        families=variants,
        tries=len(runs),
        level=levels.rates,
        full_level=levels.rates,
        slices=slices,
        outcomes=outcomes,
        unreplayed=tuple(sorted(left_out)),
        # A candidate that is plainly worse is refused by its first answers; asking it again would cost and change nothing.
        unconfirmed=() if falls else tuple(o.case.id for o in outcomes if o.wanted and not o.confirmed),
    )


def judge_early(
    cases: Sequence[Case],
    asked: ResultSet,
    baseline_results: ResultSet,
    policy: GatePolicy,
    *,
    release: str,
    history: History | None = None,
) -> Verdict | None:
    """Judge the first answers to some of the cases, and return the refusal where they are plainly worse; else None.

    Which cases are asked first must be settled before the first answer. `LOOKS` looks share one part of `alpha`, so that
    together they refuse an agent that did not change no more often than that.
    """
    past, level = history or History(), policy.levels.early / len(LOOKS)
    known = {result.case: result for result in asked.results}
    counted = [case for case in cases if case.id in known and case.discriminating and case.id not in asked.unreplayed]
    baseline, faults = _usable_baseline(cases, asked, baseline_results, policy, release)
    if faults or baseline is None or set_faults([case for case in cases if case.id in known], asked, release=release):
        return None
    allowed = (policy.max_regressions_golden, policy.max_regressions_fixed)
    comparison = compare(counted, [known], baseline, past, level=level, allowed=allowed)
    falls = refusals.drops(comparison, level)
    if not falls:
        return None
    own = records(counted, (baseline_results, *past.record))
    outcomes = outcomes_of(counted, [known], baseline, own, policy, policy.levels.cases)
    note = f"after {len(known)} of {len(cases)} cases; the others were not asked"
    return Verdict(
        passed=False,
        could_judge=True,
        reasons=(
            *(Reason("plainly_worse", f"{fall.detail}, {note}") for fall in falls),
            *agent_failures(asked.results),
        ),
        counts=_counts(cases, outcomes, frozenset(asked.unreplayed)) | {"not_asked": len(cases) - len(known)},
        rate=candidate_rate(counted, [known], past),
        comparison=comparison,
        level=level,
        full_level=policy.levels.rates,
        outcomes=outcomes,
        unreplayed=tuple(sorted(asked.unreplayed)),
    )


def looks(cases: Sequence[Case]) -> list[list[Case]]:
    """The cases in the parts that are asked one after another, with a look after each. Their order is by their digests,
    so nobody chose it. Fewer than `MANY` are asked at once.
    """
    ranked = sorted(cases, key=case_digest)
    if len(ranked) < MANY:
        return [ranked]
    places = [place for share in LOOKS if (place := round(share * len(ranked))) >= LEAST_LOOKED_AT]
    return [ranked[start:end] for start, end in pairwise([0, *places, len(ranked)])]


def needs_confirmation(verdict: Verdict) -> tuple[str, ...]:
    """Return the cases to ask the candidate again, `policy.confirmations` times each, before the verdict is
    final: those that surprise, and golden ones without a record of how reliably they are answered.

    Add the attempts to `Result.repeats`, seal the set again and judge again; then nothing needs confirmation.
    """
    return verdict.unconfirmed


def _anchors(
    cases: Sequence[Case],
    runs: Sequence[Mapping[str, Result]],
    past: History,
    alpha: float,
    *,
    but: ResultSet | None,
) -> Iterator[Anchor]:
    """Compare with the first and the best of the earlier runs, where they share enough cases and are not the baseline."""
    seen = {but.run} if but is not None else set()
    for name, run, of in (("first", past.first, 1), ("best", past.best, past.best_of)):
        if run is None or run.run in seen:
            continue
        seen.add(run.run)
        level = alpha / 2 / max(1, of)
        comparison = compare(cases, runs, unchanged(cases, run), past, level=level)
        if comparison.pairs.total >= MIN_ANCHORED:
            yield Anchor(name, run.run, comparison, level)


def _single(
    outcomes: Sequence[CaseOutcome],
    runs: Sequence[Mapping[str, Result]],
    baseline: Mapping[str, Result] | None,
    past: History,
    level: float,
) -> SingleCases | None:
    apart = [outcome for outcome in outcomes if outcome.case.is_single]
    if not apart:
        return None
    cases = [outcome.case for outcome in apart]
    return SingleCases(
        candidate_rate(cases, runs, past),
        None if baseline is None else compare(cases, runs, baseline, past, level=level),
        sum(outcome.outcome == "regressed" for outcome in apart),
    )


def _usable_baseline(
    cases: Sequence[Case],
    candidate: ResultSet,
    baseline: ResultSet | None,
    policy: GatePolicy,
    release: str,
) -> tuple[dict[str, Result] | None, list[Reason]]:
    """Return the baseline's results by case, and why they cannot be used."""
    if baseline is None:
        missing = [Reason("no_baseline", "the policy requires a baseline")] if policy.require_baseline else []
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


def _too_little(
    cases: Sequence[Case],
    outcomes: Sequence[CaseOutcome],
    baseline: Mapping[str, Result] | None,
    policy: GatePolicy,
    left_out: Collection[str],
) -> list[Reason]:
    """Return why the counted cases are too few to judge by."""
    counted = len(outcomes)
    more = f"; {len(left_out)} depend on something that the agent was not given" if left_out else ""
    reasons = []
    if counted < policy.min_cases:
        reasons.append(Reason("too_few_cases", f"{counted} counted cases, {policy.min_cases} are needed"))
    if counted < MIN_DISCRIMINATING * len(cases):
        reasons.append(
            Reason("too_few_discriminating", f"{counted} of {len(cases)} cases have a grader that can be trusted{more}")
        )
    paired = sum(outcome.before is not None for outcome in outcomes)
    if baseline is not None and paired < MIN_PAIRED * counted:
        reasons.append(
            Reason("baseline_unpaired", f"the baseline answered {paired} of {counted} cases as they are now")
        )
    return reasons


def _counts(cases: Sequence[Case], outcomes: Sequence[CaseOutcome], left_out: Collection[str]) -> dict[str, int]:
    named = Counter(outcome.outcome for outcome in outcomes)
    return {
        "cases": len(cases),
        "counted": len(outcomes),
        "not_counted": len(cases) - len(outcomes),
        "not_replayed": len(left_out),
        "never_again_not_counted": sum(c.severity == "never_again" and not c.discriminating for c in cases),
        "passing": sum(outcome.first for outcome in outcomes),
        **{outcome: named[outcome] for outcome in OUTCOMES},
        "flaky": sum(outcome.flaky for outcome in outcomes),
        "unconfirmed": sum(outcome.surprising and not outcome.confirmed for outcome in outcomes),
    }
