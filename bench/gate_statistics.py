"""The gate's statistics, simulated: how often it refuses an unchanged agent, how often a worse one, and how often the
interval of the change contains the true change.

    python -m bench.gate_statistics [--trials 400] [--only size] [--json]

Agents answer each case rightly with a chance of their own, independently each time. Every run goes through the same
steps as in production: first answers, a draft, the repetitions that it asks for, the verdict.
"""

from __future__ import annotations

import argparse
import json
import random
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import fmean, stdev
from typing import Any

from curation.gate.verdicts import (
    Case,
    GatePolicy,
    History,
    Result,
    ResultSet,
    Verdict,
    attempted,
    graded,
    judge_early,
    judge_results,
    looks,
    needs_confirmation,
    remembering,
)
from curation.quality.estimates import interval, wilson

RELEASE = "v1"
Chances = list[float]


@dataclass(frozen=True, slots=True)
class Scenario:
    """Two agents by their chance of answering each golden case rightly. `same` says that they are equal."""

    name: str
    before: Chances
    after: Chances

    @property
    def change(self) -> float:
        return fmean(self.after) - fmean(self.before)


def cases(total: int, tier: str = "") -> list[Case]:
    """Golden cases whose answers are one word: what is simulated is the agent, not the grader."""
    return [
        Case(
            f"golden-{index}",
            "golden",
            f"question {index}",
            f"right {index}",
            tags=(f"topic {index % 8}",),
            language=("en", "de", "ja")[index % 3],
            grader="normalised",
            discriminating=True,
            tier=tier,
        )
        for index in range(total)
    ]


def run(
    name: str,
    asked: Sequence[Case],
    chances: Chances,
    baseline: ResultSet | None,
    rng: random.Random,
    policy: GatePolicy = GatePolicy(),  # noqa: B008 - frozen
    history: Any = None,
) -> tuple[ResultSet, Verdict]:
    """One gate run: first answers, and the repetitions that the draft asks for."""
    more = {"history": history} if history is not None else {}
    chance = dict(zip((case.id for case in asked), chances, strict=True))

    def answer(case: Case) -> str:
        return case.expected if rng.random() < chance[case.id] else "no idea"

    results: dict[str, Result] = {}
    for part in looks(asked):
        results |= {case.id: graded(case, answer(case)) for case in part}
        if baseline is None or len(results) == len(asked):
            continue
        some = [case for case in asked if case.id in results]
        early = ResultSet.sealed(name, RELEASE, some, [results[case.id] for case in some])
        if broken := judge_early(asked, early, baseline, policy, release=RELEASE, **more):
            return early, broken
    first = ResultSet.sealed(name, RELEASE, asked, results.values())
    verdict = judge_results(asked, first, baseline, policy, release=RELEASE, **more)
    again = set(needs_confirmation(verdict))
    if not again:
        return first, verdict
    for case in asked:
        if case.id in again:
            repeats = tuple(attempted(case, answer(case)) for _ in range(policy.confirmations))
            results[case.id] = replace(results[case.id], repeats=repeats)
    made = ResultSet.sealed(name, RELEASE, asked, results.values())
    return made, judge_results(asked, made, baseline, policy, release=RELEASE, **more)


def mixed(total: int, *parts: tuple[float, float], rest: float = 1.0) -> Chances:
    """Chances of that many cases: (share, chance) of each part, and what the others have."""
    made = [chance for share, chance in parts for _ in range(round(share * total))]
    return made + [rest] * (total - len(made))


def unchanged() -> Iterator[Scenario]:
    """Agents that did not change: any refusal is false."""
    for total in (20, 100, 500):
        for name, chances in (
            ("stable", mixed(total)),
            ("1 % flips", mixed(total, rest=0.99)),
            ("5 % flips", mixed(total, rest=0.95)),
            ("5 % of cases are coins", mixed(total, (0.05, 0.5))),
            ("10 % of cases are coins", mixed(total, (0.10, 0.5))),
            ("20 % of cases are coins", mixed(total, (0.20, 0.5))),
            ("all cases are coins", mixed(total, rest=0.5)),
            ("10 % pass one time of seven", mixed(total, (0.10, 1 / 7))),
            ("10 % pass four times of five", mixed(total, (0.10, 0.8))),
            ("30 % pass from never to always", [min(1.0, place / (0.3 * total)) for place in range(total)]),
            ("90 % right, each case alike", mixed(total, rest=0.9)),
        ):
            yield Scenario(f"{name}, n = {total}", chances, chances)


def worse() -> Iterator[Scenario]:
    """Agents that are worse: a refusal is right."""
    for total in (50, 200):
        yield Scenario(f"half of all answers wrong, n = {total}", mixed(total, rest=0.95), mixed(total, rest=0.5))
    for total in (20, 50, 200, 500):
        yield Scenario(f"every answer 10 points less reliable, n = {total}", mixed(total), mixed(total, rest=0.9))
    for total in (50, 200, 500):
        yield Scenario(f"from 95 % to 85 % reliable, n = {total}", mixed(total, rest=0.95), mixed(total, rest=0.85))
    for flips in (0.0, 0.01, 0.05):
        right = 1 - flips
        yield Scenario(
            f"one of 500 cases broken, {flips:.0%} flips",
            mixed(500, rest=right),
            mixed(500, (1 / 500, flips), rest=right),
        )
    yield Scenario("2 % broken, 1 % flips, n = 500", mixed(500, rest=0.99), mixed(500, (0.02, 0.01), rest=0.99))
    yield Scenario(
        "2 % answered wrongly 7 times of 10, 1 % flips, n = 500",
        mixed(500, rest=0.99),
        mixed(500, (0.02, 0.3), rest=0.99),
    )
    coins = mixed(200, (0.10, 0.5))
    yield Scenario("2 % broken and 10 % coins, n = 200", coins, [*coins[:-4], 0.0, 0.0, 0.0, 0.0])


@dataclass(frozen=True, slots=True)
class Found:
    """How often a scenario's candidate was refused, how often the interval contained the change, and its mean change."""

    name: str
    trials: int
    refused: float
    covered: float
    below: float
    above: float
    change: float
    asked: float

    def __str__(self) -> str:
        low, high = interval(self.refused, self.trials)
        return (
            f"{self.name:<55} refused {self.refused:6.1%} ({low:.1%} to {high:.1%})  interval holds {self.covered:6.1%} "
            f"(misses low {self.below:.1%}, high {self.above:.1%})  change {self.change:+.3f}  answers a case {self.asked:.2f}"
        )


def simulate(scenario: Scenario, trials: int, tier: str = "") -> Found:
    """Judge the candidate of a scenario many times, each time against a baseline of its own."""
    rng, asked = random.Random(zlib.crc32(scenario.name.encode())), cases(len(scenario.before), tier)
    verdicts, answers = [], []
    for _ in range(trials):
        with remembering():
            baseline, _ = run("baseline", asked, scenario.before, None, rng)
            results, verdict = run("candidate", asked, scenario.after, baseline, rng)
        verdicts.append(verdict)
        answers.append(sum(len(result.attempts) for result in results.results) / len(asked))
    ranges = [verdict.interval or (-1.0, 1.0) for verdict in verdicts]
    return Found(
        scenario.name,
        trials,
        fmean(not verdict.passed for verdict in verdicts),
        fmean(low - 1e-9 <= scenario.change <= high + 1e-9 for low, high in ranges),
        fmean(high < scenario.change - 1e-9 for _, high in ranges),
        fmean(low > scenario.change + 1e-9 for low, _ in ranges),
        fmean(verdict.change or 0.0 for verdict in verdicts),
        fmean(answers),
    )


def drifting(versions: int, loss: float, total: int, rng: random.Random, *, anchored: bool) -> float:
    """The share of golden cases that a chain of versions has lost when the gate stops it, or at its end. Each version
    answers some more cases wrongly half of the time: too little to be seen when it is compared with the one before.
    """
    asked, chances = cases(total), mixed(total, rest=0.98)
    runs = [run("v0", asked, chances, None, rng)[0]]
    policy = GatePolicy(max_regressions_golden=total, min_golden=0.5)
    start = fmean(chances)
    for version in range(1, versions + 1):
        weaker = range((version - 1) * round(loss * total), version * round(loss * total))
        chances = [0.5 * chance if place in weaker else chance for place, chance in enumerate(chances)]
        past = History(first=runs[0], best=runs[0], best_of=len(runs)) if anchored and len(runs) > 1 else None
        results, verdict = run(f"v{version}", asked, chances, runs[-1], rng, policy, past)
        if not verdict.passed:
            break
        runs.append(results)
    return start - fmean(chances)


def slipping(versions: int, total: int, rng: random.Random, *, anchored: bool) -> int:
    """How many versions pass, each of which breaks one more case of those that rest on one person, a tenth of all."""
    asked = [
        replace(case, tier="single" if place < total // 10 else "several") for place, case in enumerate(cases(total))
    ]
    chances = mixed(total)
    runs = [run("v0", asked, chances, None, rng)[0]]
    policy = GatePolicy(min_golden=0.5)
    for version in range(1, versions + 1):
        chances = [0.0 if place < version else chance for place, chance in enumerate(chances)]
        past = History(first=runs[0], best=runs[0], best_of=len(runs)) if anchored and len(runs) > 1 else None
        results, verdict = run(f"v{version}", asked, chances, runs[-1], rng, policy, past)
        if not verdict.passed:
            return version - 1
        runs.append(results)
    return versions


def tried_again(total: int, tries: int, rng: random.Random, *, together: bool) -> bool:
    """Whether a version that is ten points less reliable passes at one of its tries."""
    asked, worse_chances = cases(total), mixed(total, rest=0.88)
    baseline, _ = run("baseline", asked, mixed(total, rest=0.98), None, rng)
    earlier: list[ResultSet] = []
    for number in range(tries):
        past = History(tries=tuple(earlier)) if together and earlier else None
        results, verdict = run(f"try {number}", asked, worse_chances, baseline, rng, history=past)
        if verdict.passed:
            return True
        earlier.append(results)
    return False


def clustered(total: int, rng: random.Random, *, units: bool) -> bool:
    """Whether an unchanged agent is refused whose answers to five copies of a question are right or wrong together."""
    asked = cases(total)

    def answered(name: str) -> ResultSet:
        right = {place: rng.random() < 0.8 for place in range(total // 5 + 1)}
        results = [graded(case, case.expected if right[n // 5] else "no idea") for n, case in enumerate(asked)]
        return ResultSet.sealed(name, RELEASE, asked, results)

    near = {case.id: f"question {n // 5}" for n, case in enumerate(asked)} if units else {}
    policy = GatePolicy(confirmations=0, min_golden=0.1)
    before, after = answered("baseline"), answered("candidate")
    return not judge_results(asked, after, before, policy, release=RELEASE, history=History(units=near)).passed


def chains(trials: int) -> Iterator[str]:
    """What happens over several runs: versions that drift, versions that are tried again, questions that are near. Both rows
    of a pair draw the same chances, and no pair depends on another.
    """
    for anchored in (False, True):
        rng = random.Random(3)
        lost = [drifting(10, 0.02, 200, rng, anchored=anchored) for _ in range(max(1, trials // 10))]
        reach = 1.96 * stdev(lost) / len(lost) ** 0.5 if len(lost) > 1 else 1.0
        yield f"ten versions, each one point worse, n = 200, anchors {anchored}: lost {fmean(lost):.1%} ± {reach:.1%} on average"
    for anchored in (False, True):
        rng = random.Random(4)
        gone = [slipping(10, 100, rng, anchored=anchored) for _ in range(max(1, trials // 20))]
        yield f"each version breaks one more of ten single cases, n = 100, anchors {anchored}: {fmean(gone):.1f} pass unseen"
    for together in (False, True):
        rng = random.Random(5)
        passed = [tried_again(50, 5, rng, together=together) for _ in range(max(1, trials // 2))]
        yield f"ten points worse, n = 50, up to five tries, judged together {together}: passes {wilson(sum(passed), len(passed))}"
    for units in (False, True):
        rng = random.Random(6)
        refused = [clustered(100, rng, units=units) for _ in range(trials)]
        yield f"unchanged, five copies of each question, n = 100, one unit {units}: refused {wilson(sum(refused), len(refused))}"


PARTS: dict[str, Callable[[], Iterator[Scenario]]] = {"size": unchanged, "power": worse}


def main() -> None:
    """Print the tables that docs/reference/statistics.md shows."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--trials", type=int, default=400)
    parser.add_argument("--only", choices=(*PARTS, "chains"))
    parser.add_argument("--tier", default="", help="What all right answers rest on: `single`, or another tier.")
    parser.add_argument("--cases", type=int, help="Only the scenarios of that many cases.")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    for part, scenarios in PARTS.items():
        if options.only in (None, part):
            print(part)
            for scenario in scenarios():
                if options.cases not in (None, len(scenario.before)):
                    continue
                found = simulate(scenario, options.trials, options.tier)
                print(
                    json.dumps({field: getattr(found, field) for field in found.__slots__}) if options.json else found,
                    flush=True,
                )
    if options.only in (None, "chains"):
        print("chains")
        for line in chains(options.trials):
            print(line, flush=True)


if __name__ == "__main__":
    main()
