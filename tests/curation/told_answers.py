"""Answers that people called right or wrong: `claims/answers.txt`, and files, later ones in `bench/labelled`, that were
judged after the rules had been tuned on the ones before. The head of each states the rules' result when they were first
run on it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from curation.gate.calibration import calibrated, sample_others
from curation.gate.verdicts import Case, graded

FOLDERS = Path(__file__).parent / "claims", Path(__file__).parents[2] / "bench" / "labelled"
FILES = (
    *("answers.txt", "more_answers.txt", "last_answers.txt"),
    *("fifth_answers.txt", "sixth_answers.txt", "seventh_answers.txt"),
    *("eighth_answers.txt", "eleventh_answers.txt"),
    *("twelfth_answers.txt", "thirteenth_answers.txt", "fourteenth_answers.txt"),
    *("fifteenth_answers.txt", "sixteenth_answers.txt", "seventeenth_answers.txt"),
    *("nineteenth_answers.txt", "twentieth_answers.txt", "twentyfirst_answers.txt"),
    "twentysecond_answers.txt",
)
HARDER = ("ninth_answers.txt", "tenth_answers.txt", "eighteenth_answers.txt")
"""Some of what they hold is not told apart yet."""
TEN_LANGUAGES = ("twentythird_answers.txt", "twentyfourth_answers.txt")
"""A few short answers in each of ten languages. Some that are right in other words are still refused."""
HELD = "held_answers.txt"
"""What no rule was learnt from."""


@dataclass(frozen=True)
class Told:
    """An answer to a case, right or wrong, with the kind of change that makes it so."""

    case: Case
    text: str
    right: bool
    kind: str


def read(name: str) -> Iterator[Told]:
    """The answers of a file."""
    case = Case("", "golden", "", "")
    path = next(folder / name for folder in FOLDERS if (folder / name).exists())
    for line in path.read_text(encoding="utf-8").splitlines():
        mark, text = line[:1], line[2:].replace("\\n", "\n")
        if mark == "Q":
            language, question = text.split(" | ", 1)
            case = Case(text, "golden", question, "", language=language)
        elif mark == "E":
            case = replace(case, expected=text, id=f"{case.id} | {text}")
        elif mark == "R":
            case = replace(case, kind="regression", rejected=text)
        elif mark in ("+", "-"):
            kind, answer = text.split(" | ", 1)
            yield Told(case, answer, mark == "+", kind)


@dataclass(frozen=True)
class Tally:
    """How many right answers were refused, and wrong ones passed, of how many; and how many were not judged."""

    right: int
    refused: int
    wrong: int
    passed: int
    not_judged: int


def tally(told: Iterable[Told]) -> Tally:
    """Judge the answers by the graders that calibration finds for their cases."""
    told = list(told)
    cases = {one.case.id: one.case for one in told}
    ready = {case.id: calibrated(case, others) for case, others in sample_others(cases.values())}
    judged = [
        (one.right, graded(ready[one.case.id], one.text).passed) for one in told if ready[one.case.id].discriminating
    ]
    right = [passed for mark, passed in judged if mark]
    wrong = [passed for mark, passed in judged if not mark]
    return Tally(len(right), right.count(False), len(wrong), wrong.count(True), len(told) - len(judged))
