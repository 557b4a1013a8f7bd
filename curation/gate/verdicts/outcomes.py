"""The outcome of each case: by the first answers, by the repetitions, and by how reliable the baseline was."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from curation.gate.verdicts import losses
from curation.gate.verdicts.cases import Case, Result
from curation.gate.verdicts.history import Record
from curation.gate.verdicts.losses import Evidence
from curation.gate.verdicts.policy import GatePolicy

Change = Literal[
    "fixed", "still_failing", "regressed", "unsure", "quarantined", "newly_failing", "still_passing", "newly_passing"
]
OUTCOMES: Final[tuple[Change, ...]] = (
    "fixed",
    "still_failing",
    "regressed",
    "unsure",
    "quarantined",
    "newly_failing",
    "still_passing",
    "newly_passing",
)
_PAIRED: Final[Mapping[tuple[bool, bool], Change]] = {
    (True, True): "still_passing",
    (True, False): "unsure",
    (False, True): "fixed",
    (False, False): "still_failing",
}
Runs = Sequence[Mapping[str, Result]]


@dataclass(frozen=True)
class CaseOutcome:
    """What became of one counted case. `before` is None where the baseline has no result for it.

    `before` and `after` are settled by repetitions, where there are any; `first_before` and `first` are the first
    answers, which the rates are about; `failed` says that the first answer of any try failed. `flaky` says that its attempts, on either side, did not agree; `surprising` that
    the outcome is not what the baseline (or, without one, the kind of case) leads to expect; `wanted` that it should be
    asked again, and `confirmed` that it was asked often enough. `before_record` is how often the baseline's answers
    passed.
    """

    case: Case
    outcome: Change
    before: bool | None
    after: bool
    first_before: bool | None
    first: bool
    failed: bool
    flaky: bool
    surprising: bool
    wanted: bool
    confirmed: bool
    before_record: Record
    repeats: Record

    @property
    def is_golden(self) -> bool:
        return self.case.is_golden

    @property
    def is_unconfirmed_loss(self) -> bool:
        """Whether it failed where the baseline passed, and was not asked again as the policy wants."""
        return self.before is True and not self.first and not self.confirmed

    @property
    def tested(self) -> Evidence | None:
        """The evidence that it is lost; None where it was not chosen for repetition by a failure."""
        if self.before is None or not self.failed or not self.repeats.answers:
            return None
        if not self.is_golden and not self.before:
            return None
        return Evidence(self.case.id, self.before_record, self.repeats)


def outcomes_of(
    cases: Sequence[Case],
    runs: Runs,
    baseline: Mapping[str, Result] | None,
    records: Mapping[str, Record],
    policy: GatePolicy,
    alpha: float,
) -> tuple[CaseOutcome, ...]:
    """The outcomes of the counted cases; `alpha` is the chance of calling any lost where nothing changed."""
    counted = [case for case in cases if case.discriminating]
    golden = {case.id: records[case.id] for case in counted if case.is_golden}
    coins = losses.coins(golden) if baseline is not None else frozenset()
    found = [_outcome(case, runs, baseline, records[case.id], policy, case.id in coins) for case in counted]
    firm, single = ([one for one in found if one.case.is_single is weak] for weak in (False, True))
    # Tested apart: a single case refuses nobody, so it shall not take from the level of those that do.
    proven = losses.lost(tested(firm), alpha) | losses.lost(tested(single), alpha)
    lost = (proven - coins) | {
        one.case.id for one in found if one.is_unconfirmed_loss and policy.confirmations and one.outcome == "unsure"
    }
    return tuple(replace(one, outcome="regressed") if one.case.id in lost else one for one in found)


def tested(outcomes: Iterable[CaseOutcome]) -> list[Evidence]:
    """The evidence of all cases that failed. Those that are quarantined belong to it: they were chosen by the baseline's
    record, and what is left without them has records that are too good, which look like losses.
    """
    return [found for one in outcomes if (found := one.tested) is not None]


def _outcome(
    case: Case,
    runs: Runs,
    baseline: Mapping[str, Result] | None,
    record: Record,
    policy: GatePolicy,
    is_coin: bool,
) -> CaseOutcome:
    result, before = runs[0][case.id], (baseline or {}).get(case.id)
    repeats = [attempt for run in runs for attempt in run[case.id].repeats]
    confirmed = len(result.repeats) >= policy.confirmations
    after = _majority([one.passed for one in repeats]) if repeats and confirmed else result.passed
    mixed = any(map(_mixed, (result, *([before] if before else []))))
    golden = case.is_golden
    if before is None:
        # A golden case worked in production; a regression case is known to fail until an agent gets it right.
        usual, then = golden, None
        named: Change = "newly_passing" if after else "newly_failing" if usual else "still_failing"
    else:
        usual = then = _settled(before)
        named = "quarantined" if is_coin else _PAIRED[usual, after]
    surprising = result.passed != usual
    return CaseOutcome(
        case=case,
        outcome=named,
        before=then,
        after=after,
        first_before=None if before is None else before.passed,
        first=result.passed,
        failed=not all(run[case.id].passed for run in runs),
        flaky=mixed,
        surprising=surprising,
        wanted=_is_wanted(golden, result.passed, surprising, record, policy),
        confirmed=confirmed,
        before_record=record,
        repeats=Record.of(repeats),
    )


def _is_wanted(golden: bool, passed: bool, surprising: bool, record: Record, policy: GatePolicy) -> bool:
    """Whether more answers would tell something. A golden case needs a record of how reliably it is answered: without
    one, a later failure could be luck. Gains are repeated as well, since a lucky gain would be the next one's loss.
    """
    if golden:
        return not passed or record.answers <= policy.confirmations
    return surprising


def _settled(result: Result) -> bool:
    """Whether the baseline passed the case: by its repetitions, where it was repeated (a tie fails).

    The first answer chose the case for repetition, so it says nothing more: counting it counts luck twice.
    """
    return _majority([attempt.passed for attempt in result.repeats]) if result.repeats else result.passed


def _majority(marks: Sequence[bool]) -> bool:
    return sum(marks) * 2 > len(marks)


def _mixed(result: Result) -> bool:
    return len({attempt.passed for attempt in result.attempts}) > 1
