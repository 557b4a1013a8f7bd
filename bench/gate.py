"""Figures of the gate: grading speed, and cases with a trusted grader. `bench.gate_statistics` has size and power.

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
from collections.abc import Iterator
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
    graded,
    judge_results,
)

RELEASE = "v1"
Held = tuple[str, str, bool]
"""A rated answer that no case uses: question, answer, whether its raters liked it."""

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
    asked = parser.parse_args()
    figures: dict[str, object] = {"speed": speed(), "real": real()}
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
        "judge both runs, graded again, CPU s": round(time.process_time() - start, 2),
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
    """Return the shares of cases with a trusted grader on the real corpora, and how held-out answers are graded."""
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


if __name__ == "__main__":
    main()
