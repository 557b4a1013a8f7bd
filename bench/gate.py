"""Figures of the gate: grading speed, cases with a trusted grader, and the power of the verdict by
simulation.

`python -m bench.gate` (add `--json` for a script). REAL_DATA names a folder with `splash.jsonl` and
`feedbackqa.jsonl`; without it that part is left out. Everything is seeded: the same code prints the same
shares.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from curation.gate.calibration import (
    Reviewed,
    calibrate,
    calibrated,
    sample_others,
    threshold_curve,
)
from curation.gate.graders import grade
from curation.gate.verdicts import (
    Case,
    GatePolicy,
    ResultSet,
    attempted,
    graded,
    judge_results,
    needs_confirmation,
)
from curation.gate.verdicts.cases import CaseKind
from curation.quality.estimates import interval

GOLDEN, CORRECTED, RELEASE = 500, 200, "v1"
Held = tuple[str, str, bool]
"""A rated answer that no case uses: question, answer, whether its raters liked it."""
Behaviour = Callable[[Case], float]
"""The chance that an agent answers the case rightly each time it is asked."""

WORDS = (
    *(
        "the",
        "of",
        "account",
        "payment",
        "order",
        "within",
        "customer",
        "refund",
        "please",
        "contact",
        "support",
    ),
    *(
        "after",
        "before",
        "delivery",
        "invoice",
        "number",
        "you",
        "can",
        "cancel",
        "change",
        "address",
        "service",
    ),
    *("request", "will", "is", "are", "form", "online", "office", "hours", "open", "closed", "return"),
)
NAMES = ("Lisbon", "Marie Curie", "Acme Corp", "Vienna", "Nordbank", "Ada Lovelace", "Kyoto", "Fjord Lines")


def main() -> None:
    """Print all figures."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")
    parser.add_argument("--trials", type=int, default=400, help="simulated gate runs of each sort")
    asked = parser.parse_args()
    figures: dict[str, object] = {"speed": speed(), "real": real(), "power": power(asked.trials)}
    if asked.json:
        print(json.dumps(figures))
        return
    for part, values in figures.items():
        print(f"\n{part}")
        for name, value in values.items() if isinstance(values, dict) else ():
            print(f"  {name}: {value}")


def speed(total: int = 10_000) -> dict[str, object]:
    """Return CPU seconds to grade that many answers, 40 to 120 words each, and to judge both runs of them."""
    rng = random.Random(8)
    cases = list(_written_cases(rng, total))
    answers = [_loosened(rng, case.expected) for case in cases]
    start = time.process_time()
    results = [graded(case, answer) for case, answer in zip(cases, answers, strict=True)]
    grading = time.process_time() - start
    baseline = ResultSet.sealed("baseline", RELEASE, cases, results)
    candidate = ResultSet.sealed("candidate", RELEASE, cases, results)
    start = time.process_time()
    verdict = judge_results(cases, candidate, baseline, GatePolicy(), release=RELEASE)
    return {
        "cases": total,
        "grade, CPU s": round(grading, 2),
        "judge both runs, graded anew, CPU s": round(time.process_time() - start, 2),
        "passing": verdict.counts["passing"],
    }


def _written_cases(rng: random.Random, total: int) -> Iterator[Case]:
    """Yield cases of the usual mix: most of them prose with numbers, some short."""
    for index in range(total):
        grader = ("claims", "claims", "claims", "claims", "claims", "normalised")[index % 6]
        short = index % 6 > 3
        expected = f"{rng.choice(NAMES)} {rng.randint(1, 99)}" if short else _prose(rng)
        rejected = _prose(rng) if index % 3 == 0 else None
        threshold = 0.5 if grader == "claims" else 1.0
        yield Case(
            f"c{index}",
            "regression" if rejected else "golden",
            " ".join(rng.choices(WORDS, k=12)) + "?",
            expected,
            rejected,
            tags=(f"t{index % 5}",),
            language=("en", "de")[index % 2],
            grader=grader,
            threshold=threshold,
            discriminating=True,
        )


def _prose(rng: random.Random) -> str:
    sentences = []
    for _ in range(rng.randint(3, 8)):
        words = rng.choices(WORDS, k=rng.randint(10, 15))
        words[rng.randrange(2, 9)] = rng.choice((rng.choice(NAMES), f"{rng.randint(2, 90)} days", "3 May 2026"))
        sentences.append(" ".join(words).capitalize() + ".")
    return f"{rng.randint(2, 90)} days: " + " ".join(sentences)


def _loosened(rng: random.Random, text: str) -> str:
    return " ".join(word for word in text.split() if not word.islower() or rng.random() > 0.1)


def real() -> dict[str, object]:
    """Return the shares of cases with a trusted grader on the real corpora, and how held-out answers fare."""
    folder = os.environ.get("REAL_DATA")
    if not folder:
        return {"left out": "REAL_DATA is not set"}
    figures: dict[str, object] = {}
    golden, regression, held_out = _feedbackqa(_lines(Path(folder, "feedbackqa.jsonl")))
    corrected = [
        Case(row["id"], "regression", row["question"], row["feedback"]["correction"], row["answer"])
        for row in _lines(Path(folder, "splash.jsonl"))
    ]
    for name, cases in (
        ("splash, corrected", corrected),
        ("feedbackqa, golden", golden),
        ("feedbackqa, rejected", regression),
        ("oasst, best answer", _oasst(_lines(Path(folder, "oasst.jsonl")))),
    ):
        start = time.process_time()
        found = [calibrate(case, others) for case, others in sample_others(cases)]
        share = sum(calibration.discriminating for calibration in found) / len(found)
        graders = Counter(calibration.grader or calibration.why for calibration in found)
        spent = (time.process_time() - start) / len(found) * 1000
        figures[name] = f"{share:.1%} of {len(found)} discriminating; {dict(graders)}; {spent:.0f} ms a case"
    figures |= _held_out("golden", golden, held_out) | _held_out("rejected", regression, held_out)
    figures |= _curve(golden, held_out)
    return figures


def _lines(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def _oasst(rows: list[dict[str, Any]]) -> list[Case]:
    """Golden cases: of each question, the first answer that was voted up."""
    first = {row["question"]: row for row in reversed(rows) if row.get("feedback") in ("up", {"thumb": "up"})}
    return [Case(row["id"], "golden", row["question"], row["answer"]) for row in first.values()]


def _feedbackqa(rows: list[dict[str, Any]]) -> tuple[list[Case], list[Case], list[Held]]:
    """Return golden cases (an answer that all raters liked), regression cases (with one that all
    disliked), and every other unanimously rated answer to the same questions, for checking the graders
    on what they never saw.
    """
    votes: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in rows:
        votes[row["question"], row["answer"]].add(row["feedback"]["thumb"])
    liked: dict[str, list[str]] = defaultdict(list)
    disliked: dict[str, list[str]] = defaultdict(list)
    for (question, answer), thumbs in votes.items():
        if len(thumbs) == 1:
            (liked if thumbs == {"up"} else disliked)[question].append(answer)
    golden = [Case(f"g{i}", "golden", question, texts[0]) for i, (question, texts) in enumerate(liked.items())]
    regression = [
        Case(f"r{i}", "regression", question, texts[0], disliked[question][0])
        for i, (question, texts) in enumerate(liked.items())
        if disliked[question]
    ]
    held = [(question, answer, True) for question, texts in liked.items() for answer in texts[1:]]
    held += [(question, answer, False) for question in liked for answer in disliked[question]]
    return golden, regression, held


def _held_out(name: str, cases: list[Case], held: list[Held]) -> dict[str, object]:
    """Return how many answers that calibration never saw pass: other liked passages, and disliked ones."""
    trusted = {case.question: calibrated(case, others) for case, others in sample_others(cases)}
    passed: dict[bool, list[bool]] = {True: [], False: []}
    for question, answer, right in held:
        case = trusted.get(question)
        if case is not None and case.discriminating and answer != case.rejected:
            passed[right].append(graded(case, answer).passed)
    return {
        f"feedbackqa, {name}, held out": (
            f"{sum(passed[False])} of {len(passed[False])} disliked answers pass, "
            f"{sum(passed[True])} of {len(passed[True])} liked ones (other passages, other words)"
        )
    }


def _curve(cases: list[Case], held: list[Held]) -> dict[str, object]:
    """Return the threshold curve of token F1 on the held-out answers, thinned to nine points."""
    expected = {case.question: case.expected for case in cases}
    curve = threshold_curve(
        Reviewed(grade("token_f1", answer, expected[question], {}, threshold=1.0).score, right)
        for question, answer, right in held
    )
    thinned = [next(point for point in curve if point.threshold >= step / 10) for step in range(1, 10)]
    return {
        "feedbackqa, token_f1, share passing (right/wrong)": "; ".join(
            f">= {step / 10}: {point.right_passed:.2f}/{point.wrong_passed:.2f}"
            for step, point in enumerate(thinned, start=1)
        )
    }


def power(trials: int) -> dict[str, object]:
    """Return how often candidates are refused, asked as the gate asks: surprises are repeated, then
    judged.
    """
    policy, cases = GatePolicy(), _simulated()
    once = GatePolicy(confirmations=0)
    tolerant = GatePolicy(confirmations=0, max_regressions_golden=8, max_regressions_fixed=8)

    def refused(candidate: Behaviour, flips: float, policy: GatePolicy, seed: int) -> str:
        rng = random.Random(seed)
        # The two promises get all trials, the variations around them a quarter.
        rounds = trials if seed in (1, 6) else max(1, trials // 4)
        count = sum(not _trial(cases, candidate, flips, policy, rng) for _ in range(rounds))
        low, high = interval(count / rounds, rounds)
        return f"{count / rounds:.1%} of {rounds} refused (95 % interval {low:.1%} to {high:.1%})"

    return {
        "worse: 2 % of golden broken, 1 % flips": refused(_breaks(10), 0.01, policy, 1),
        "worse, and fixes 40 others to hide it": refused(_breaks(10, fixes=40), 0.01, policy, 2),
        "worse: 2 % answered wrongly 7 times of 10": refused(_breaks(10, chance=0.3), 0.01, policy, 3),
        "worse: 2 % broken, 5 % flips": refused(_breaks(10), 0.05, policy, 4),
        "worse: one of 500 golden broken": refused(_breaks(1), 0.01, policy, 5),
        "equal, 1 % flips": refused(_breaks(0), 0.01, policy, 6),
        "equal, 5 % flips": refused(_breaks(0), 0.05, policy, 7),
        "better: 40 fixed, nothing broken, 1 % flips": refused(_breaks(0, fixes=40), 0.01, policy, 8),
        "equal, 1 % flips, without repetition": refused(_breaks(0), 0.01, once, 9),
        "equal, 1 % flips, no repetition, 8 regressions allowed": refused(_breaks(0), 0.01, tolerant, 10),
        "worse: 2 %, no repetition, 8 regressions allowed": refused(_breaks(10), 0.01, tolerant, 11),
    }


def _simulated() -> list[Case]:
    """Return golden and corrected cases whose answers are one word: what is simulated is the agent, not
    the grader.
    """
    parts: tuple[tuple[CaseKind, int], ...] = (("golden", GOLDEN), ("regression", CORRECTED))
    return [
        Case(
            f"{kind}-{index}",
            kind,
            f"question {index}",
            f"right {index}",
            None if kind == "golden" else f"wrong {index}",
            tags=(f"topic {index % 8}",),
            language=("en", "de", "ja")[index % 3],
            grader="normalised",
            discriminating=True,
        )
        for kind, total in parts
        for index in range(total)
    ]


def _breaks(broken: int, *, fixes: int = 0, chance: float = 0.0) -> Behaviour:
    """Return an agent that lost `broken` golden cases (right with `chance` still) and mastered `fixes`
    corrections.
    """

    def behave(case: Case) -> float:
        index = int(case.id.rpartition("-")[2])
        if case.kind == "golden":
            return chance if index < broken else 1.0
        return 1.0 if index < fixes else 0.0

    return behave


def _trial(cases: Sequence[Case], candidate: Behaviour, flips: float, policy: GatePolicy, rng: random.Random) -> bool:
    """Return whether the gate passes the candidate, after a baseline was recorded under the same rules."""
    baseline = _run("baseline", cases, _breaks(0), flips, None, policy, rng)
    results = _run("candidate", cases, candidate, flips, baseline, policy, rng)
    return judge_results(cases, results, baseline, policy, release=RELEASE).passed


def _run(
    name: str,
    cases: Sequence[Case],
    agent: Behaviour,
    flips: float,
    baseline: ResultSet | None,
    policy: GatePolicy,
    rng: random.Random,
) -> ResultSet:
    """Return a run with its surprises repeated: what any door does."""

    def answer(case: Case) -> str:
        right = (rng.random() < agent(case)) != (rng.random() < flips)
        return case.expected if right else "no idea"

    results = {case.id: graded(case, answer(case)) for case in cases}
    first = ResultSet.sealed(name, RELEASE, cases, results.values())
    verdict = judge_results(cases, first, baseline, policy, release=RELEASE)
    known = {case.id: case for case in cases}
    for case_id in needs_confirmation(verdict):
        case = known[case_id]
        repeats = tuple(attempted(case, answer(case)) for _ in range(policy.confirmations))
        results[case_id] = replace(results[case_id], repeats=repeats)
    return ResultSet.sealed(name, RELEASE, cases, results.values())


if __name__ == "__main__":
    main()
