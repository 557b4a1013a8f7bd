"""What the rules on corrections teach that is no answer, and keep back that is one; and what each rule and threshold pays.

    python -m bench.corrections [--real FOLDER]

The cases are those of `tests/curation/decisions/corrections.jsonl`, of which a part was written and labelled aside from the
rules ("written": "aside"), and of `bench/labelled/corrections.jsonl`. The latter were written in rounds; each was measured before
rules were learnt from it (`docs/benchmarks/corrections.md` has those figures). The second table has their classes.
`--real` adds logs: the reasons of voters in `feedbackqa.jsonl`, which answer nothing; the answers that people found right there and in
`oasst.jsonl`, in place of those that they found wrong; and the corrections of `splash.jsonl`.
Each line of the last table takes one rule away, or moves one threshold.
"""

import argparse
import json
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from typing import Any, Final, NamedTuple

from curation.decisions import corrections, fitting, fragments, question_types, words
from curation.decisions.corrections import flaw, same

CASES: Final = Path(__file__).parents[1] / "tests/curation/decisions/corrections.jsonl"
LABELLED: Final = Path(__file__).parent / "labelled/corrections.jsonl"
NEVER: Final = re.compile(r"(?!)")


class Case(NamedTuple):
    """A correction, the part that it is of, and whether it may be taught as typed; None where either will do."""

    part: str
    question: str
    answer: str
    correction: str
    good: bool | None
    kind: str = ""


def share(part: int, whole: int) -> str:
    """A share to three places; a dash where there is nothing to share."""
    return f"{part / whole:.3f}" if whole else "–"


class Score(NamedTuple):
    """How many cases that are no answers are taught, of how many; how many that are, are kept back, of how many."""

    taught: int
    bad: int
    lost: int
    good: int

    def __str__(self) -> str:
        return f"{self.taught} of {self.bad} | {self.lost} of {self.good} | {self.precision} | {self.recall}"

    @property
    def precision(self) -> str:
        """The share of what is taught that is an answer."""
        right = self.good - self.lost
        return share(right, right + self.taught)

    @property
    def recall(self) -> str:
        """The share of the answers that is taught."""
        return share(self.good - self.lost, self.good)


def read(path: Path) -> Iterator[dict[str, Any]]:
    """The lines of a file."""
    yield from map(json.loads, path.read_text(encoding="utf-8").splitlines())


def made() -> Iterator[Case]:
    """The cases that were made."""
    wanted = {"teach": True, "amend": False, "refuse": False}
    for row in read(CASES):
        part = "kept aside" if row["written"] == "aside" else "made"
        yield Case(part, row["question"], row["answer"], row["correction"], wanted.get(row["wanted"]))
    for row in read(LABELLED):
        yield Case(
            f"labelled, {row['written']}",
            row["question"],
            row["answer"],
            row["correction"],
            wanted.get(row["wanted"]),
            row["kind"],
        )


def real(folder: Path) -> Iterator[Case]:
    """Reasons of voters, as if they had been typed for an answer; and answers in place of worse ones."""
    for row in read(folder / "splash.jsonl"):
        vote = row["feedback"]
        yield Case("splash", row["question"], row["answer"], vote["correction"], True)
        yield Case("splash", row["question"], row["answer"], vote["comment"], False)
    for name in ("feedbackqa", "oasst"):
        answers: defaultdict[str, dict[str, set[str]]] = defaultdict(lambda: {"up": set(), "down": set()})
        for row in read(folder / f"{name}.jsonl"):
            vote = row.get("feedback") or {}
            vote = {"thumb": vote} if isinstance(vote, str) else vote
            if vote.get("thumb"):
                answers[row["question"]][vote["thumb"]].add(row["answer"])
            if vote.get("comment") and vote["thumb"] == "down":
                yield Case(name, row["question"], row["answer"], vote["comment"], False)
        for question, found in answers.items():
            up, down = found["up"] - found["down"], found["down"] - found["up"]
            for wrong, right in product(sorted(down), sorted(up)):
                yield Case(name, question, wrong, right, True)


def score(cases: Sequence[Case]) -> Score:
    """The figures of some cases."""
    bad = [is_taught(case) for case in cases if case.good is False]
    good = [is_taught(case) for case in cases if case.good]
    return Score(sum(bad), len(bad), good.count(False), len(good))


def is_taught(case: Case) -> bool:
    """Whether a correction is taught as typed: it says something else than the answer, and answers."""
    return not same(case.correction, case.answer) and flaw(case.correction, case.question, case.answer) is None


def never(*given: object) -> bool:
    """A check that finds nothing."""
    return False


def none(*given: object) -> None:
    """A rule that says nothing."""


WITHOUT: Final[dict[str, tuple[Any, str, Any]]] = {
    "complaints": (corrections, "COMPLAINTS", NEVER),
    "instructions": (corrections, "INSTRUCTIONS", NEVER),
    "asides": (corrections, "ASIDES", NEVER),
    "questions": (corrections, "ASKS", NEVER),
    "questions without a mark": (corrections, "UNMARKED", NEVER),
    "edits": (fragments, "is_edit", never),
    "all that fits": (fitting, "misfit", none),
    "replies to the agent": (fitting, "replies", never),
    "bare links": (fitting, "POINTER", NEVER),
    "code for code": (fitting, "is_statement", never),
    "remarks of some length": (fitting, "remark", none),
    "dashed off": (fitting, "is_casual", never),
    "speaks of texts": (fitting, "speaks_of_texts", never),
    "notes about something else": (fitting, "is_stray", never),
    "notes that break off": (fitting, "is_unended", never),
    "another type of answer": (fitting, "is_of_another_type", never),
    "stories": (fitting, "tells_of_writer", never),
    "judgements": (fitting, "judges", never),
    "denials, changes": (fitting, "tells", never),
    "additions": (fitting, "adds", never),
    "shape of a short answer": (fitting, "is_alike", never),
    "rewrites": (fitting, "rewrites", never),
    "values": (fitting, "is_value", never),
    "short sentences": (fitting, "is_sentence", never),
    "lists": (fitting, "LIST", NEVER),
    "commands": (fitting, "is_command", never),
    "code kept": (fitting, "keeps_code", never),
}
MOVED: Final[dict[str, tuple[float, ...]]] = {
    "ENOUGH": (5, 6, 10, 12),
    "SHARED": (0.0, 0.3, 0.7),
    "SIZE": (0.0, 0.4, 0.8),
    "SENTENCE": (3, 4, 6, 8),
    "REMARK": (20, 40, 120),
    "TERSE": (1, 3),
    "REPLY_WORDS": (8, 60),
    "STEM": (3, 8),
    "NOTE": (8, 16),
    "LONGEST": (10, 40),
}

HOMES: Final = {name: words if name == "STEM" else question_types if name == "LONGEST" else fitting for name in MOVED}
DEFAULTS: Final = {name: float(getattr(HOMES[name], name)) for name in MOVED}


@contextmanager
def changed(module: Any, name: str, value: Any) -> Iterator[None]:
    """A module with another value under this name."""
    before = getattr(module, name)
    setattr(module, name, value)
    try:
        yield
    finally:
        setattr(module, name, before)


def ablations(cases: Sequence[Case]) -> Iterator[tuple[str, Score]]:
    """The figures without each rule, and with each threshold elsewhere."""
    yield "as it is", score(cases)
    for name, change in WITHOUT.items():
        with changed(*change):
            yield f"without {name}", score(cases)
    for name, values in MOVED.items():
        for value in values:
            with changed(HOMES[name], name, value):
                yield f"{name} {value:g} instead of {DEFAULTS[name]:g}", score(cases)


def table(first: str, rows: Iterator[tuple[str, Score]]) -> None:
    """Print a Markdown table."""
    print(f"| {first} | taught, no answer | kept back, an answer | precision | recall |\n|---|---|---|---|---|")
    for name, found in rows:
        print(f"| {name} | {found} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--real", type=Path, help="a folder with feedbackqa.jsonl, oasst.jsonl and splash.jsonl")
    options = parser.parse_args()
    cases = [*made(), *(real(options.real) if options.real else ())]
    parts = dict.fromkeys(case.part for case in cases)
    table("part", ((part, score([case for case in cases if case.part == part])) for part in parts))
    print()
    kinds = sorted({case.kind for case in cases if case.kind})
    table("class", ((kind, score([case for case in cases if case.kind == kind])) for kind in kinds))
    print()
    table("all parts", ablations(cases))


if __name__ == "__main__":
    main()
