"""Why a candidate is refused: each function looks for one kind of loss, and returns its reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from curation.gate.verdicts import losses as evidence
from curation.gate.verdicts.cases import Case, Result
from curation.gate.verdicts.families import Families
from curation.gate.verdicts.integrity import Reason, about
from curation.gate.verdicts.outcomes import CaseOutcome, tested
from curation.gate.verdicts.policy import GatePolicy
from curation.gate.verdicts.rates import Anchor, Comparison
from curation.gate.verdicts.rounds import Unit
from curation.gate.verdicts.significance import at_most
from curation.gate.verdicts.slices import Slice

MAX_COPIED: Final = 0.5  # of long golden answers: what may newly equal the expected answer to the letter
LONG_ANSWER: Final = 40
"""Characters from which two independent answers are not the same to the letter by chance."""


def losses(outcomes: Sequence[CaseOutcome], policy: GatePolicy) -> list[Reason]:
    lost = [o for o in outcomes if o.outcome == "regressed" and not o.case.is_single]
    golden = [o.case.id for o in lost if o.is_golden]
    fixed = [o.case.id for o in lost if not o.is_golden]
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


def together(outcomes: Sequence[CaseOutcome], policy: GatePolicy, alpha: float) -> list[Reason]:
    """Return the refusal of many cases that pass less often than they did, where no single one is proven lost."""
    failing = [o.case.id for o in outcomes if o.outcome in ("unsure", "regressed")]
    if len(failing) <= policy.max_regressions_golden + policy.max_regressions_fixed:
        return []
    single = {o.case.id for o in outcomes if o.case.is_single}
    p = evidence.together_without_one(tested(outcomes), single, alpha)
    if p > alpha:
        return []
    return about(
        "less_reliable", f"cases pass less often than for the baseline when asked again (p = {p:.2g})", failing
    )


def drops(comparison: Comparison | None, alpha: float) -> list[Reason]:
    """Return the significant drops of the first answers: over all cases, and over golden ones, which fixes elsewhere
    must not hide.
    """
    if comparison is None:
        return []
    reasons = {}
    for found in comparison.tests:
        for name, units, p, adjusted in (
            ("all counted cases", comparison.units, found.everything, found.adjusted_everything),
            ("golden cases", comparison.golden, found.golden, found.adjusted_golden),
        ):
            if adjusted <= alpha / len(comparison.tests):
                detail = f"{name}: {_moved(units)}, one-sided p = {p:.2g} ({adjusted:.2g} adjusted for two tests)"
                reasons[name] = Reason("significant_drop", detail)
    return list(reasons.values())


def _moved(units: Sequence[Unit]) -> str:
    lost, won = sum(unit.change < 0 for unit in units), sum(unit.change > 0 for unit in units)
    return f"{lost} worse, {won} better of {len(units)} at the first answer"


def brittle(found: Families | None, alpha: float) -> list[Reason]:
    """Return the refusal of an agent that is put off by the wording more than its baseline was."""
    if found is None or found.p is None or found.change is None or found.p > alpha:
        return []
    detail = (
        f"{100 * found.change:+.1f} points of the variants of {found.paired} questions, one-sided p = {found.p:.2g}"
    )
    return [Reason("more_brittle", detail, found.brittle)]


def slice_drops(slices: Sequence[Slice]) -> list[Reason]:
    """Return the drops of single slices. The page shows which source; a detail names none, for those are captured."""
    return [
        Reason("slice_drop", f"{_named(part)}: {part.pairs.lost} lost, {part.pairs.won} won of {part.pairs.total}")
        for part in slices
        if part.dropped
    ]


def _named(part: Slice) -> str:
    return "one source" if part.dimension == "source" else f"{part.dimension} {part.value}"


def anchor_drops(anchors: Sequence[Anchor]) -> list[Reason]:
    """Return the drops against earlier runs, each over the cases where it is the surest: all, or the golden ones."""
    return [
        Reason(
            "anchor_drop",
            f"worse than the {one.name} run, {one.run}, in {_surest(one.comparison)}, p = {one.p:.2g}",
        )
        for one in anchors
        if one.p <= one.alpha
    ]


def _surest(found: Comparison) -> str:
    if found.drops.adjusted_golden <= found.drops.adjusted_everything:
        return f"golden cases: {_moved(found.golden)}"
    return f"all counted cases: {_moved(found.units)}"


def absolute(
    outcomes: Sequence[CaseOutcome], anchors: Sequence[Anchor], policy: GatePolicy, alpha: float
) -> list[Reason]:
    """Return the refusal of golden cases that pass less often than the policy asks for, at the first answer.

    A first run must reach the rate. Later ones are refused where they fall below it beyond chance, in all golden cases or
    in those that the baseline does not have; unless every earlier run is below it too, which somebody accepted.
    """
    golden = [o for o in outcomes if o.is_golden]
    alone = [o for o in golden if o.first_before is None]
    if len(alone) == len(golden):
        return _floor(golden, policy, 1.0) if _passing(golden) < policy.min_golden * len(golden) else []
    paired = [o for o in golden if o.first_before is not None]
    known = [sum(bool(o.first_before) for o in paired) / len(paired)]
    known += [
        sum(unit.before[0] for unit in one.comparison.golden) / sum(unit.size for unit in one.comparison.golden)
        for one in anchors
        if one.comparison.golden
    ]
    accepted = max(known) < policy.min_golden
    return (_floor(golden, policy, alpha / 2) if not accepted else []) or _floor(alone, policy, alpha / 2)


def _floor(golden: Sequence[CaseOutcome], policy: GatePolicy, alpha: float) -> list[Reason]:
    passing = _passing(golden)
    failing = [o for o in golden if not o.first]
    if len(failing) == 1 and failing[0].case.is_single:
        return []
    if not golden or at_most(passing, len(golden), policy.min_golden) > alpha:
        return []
    rate = f"{passing} of {len(golden)} golden cases pass, {policy.min_golden:.0%} are required"
    return [Reason("below_min_golden", rate, tuple(o.case.id for o in failing))]


def _passing(outcomes: Sequence[CaseOutcome]) -> int:
    return sum(outcome.first for outcome in outcomes)


def copies(
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
    golden = [o.case for o in outcomes if o.is_golden and len(o.case.expected.strip()) >= LONG_ANSWER]
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
