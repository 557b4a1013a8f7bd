"""Which corrections are taught though they are not answers, and held back though they are; and what each rule and
threshold gains.

    python -m bench.corrections [--real FOLDER] [--write]

The cases are those of `tests/curation/decisions/corrections.jsonl`, some of which were kept aside from the rules
("written": "aside"), and of `bench/labelled/corrections.jsonl`. The latter were written in rounds; each was measured
before rules were learnt from it (`docs/benchmarks/corrections.md` has those figures). The second table has their
classes. `--real` adds logs: the reasons of voters in `feedbackqa.jsonl`, which answer nothing; the answers that people
found right there and in `oasst.jsonl`, in place of those that they found wrong; and the corrections of `splash.jsonl`.
The third table counts the amended answers that a reviewer is offered for fragments, in the rounds that have the right
ones. Each line of the fourth table removes one rule; the last table moves each threshold, only on cases kept aside.
`--write` puts only the last one into `docs/reference/rules-texts.md`.
"""

import argparse
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from typing import Any, Final, NamedTuple

from bench import marked
from curation.decisions import corrections, fragments, question_types, short_answers, words
from curation.decisions.corrections import flaw, same
from curation.decisions.fragments import amended

CASES: Final = Path(__file__).parents[1] / "tests/curation/decisions/corrections.jsonl"
LABELLED: Final = Path(__file__).parent / "labelled/corrections.jsonl"
PAGE: Final = Path(__file__).parent.parent / "docs/reference/rules-texts.md"
ASIDE: Final = (
    "kept aside",
    "labelled, round 13",
    "labelled, round 14",
    "labelled, round 15",
    "labelled, round 16",
    "labelled, round 17",
    "labelled, round 18",
    "feedbackqa",
    "oasst",
    "splash",
)
"""The parts that no rule was made by when they were first looked at, and real logs."""
NONE: Final = 1_000_000
"""A bound that nothing reaches."""
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
    """How many cases are taught though they are not answers, and how many held back though they are; each with the
    number of its kind.
    """

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
        """The share of the answers that are taught."""
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


def amendments() -> Iterator[str]:
    """The lines of the table of amended answers: of the fragments that have a right one, how many get it, and how many a wrong one."""
    rounds: defaultdict[str, list[tuple[str | None, list[str]]]] = defaultdict(list)
    for row in read(LABELLED):
        if "amended" in row:
            rounds[row["written"]].append((amended(row["answer"], row["correction"]), row["amended"]))
    yield "| round | right | wrong | precision | recall |\n|---|---|---|---|---|"
    for name, pairs in rounds.items():
        right = sum(any(same(offered, one) for one in wanted) for offered, wanted in pairs if offered)
        given, able = sum(offered is not None for offered, _ in pairs), sum(bool(wanted) for _, wanted in pairs)
        yield f"| {name} | {right} of {able} | {given - right} | {share(right, given)} | {share(right, able)} |"


def never(*given: object) -> bool:
    """A check that finds nothing."""
    return False


def none(*given: object) -> None:
    """A rule that never applies."""


WITHOUT: Final[dict[str, tuple[str, Any]]] = {
    "complaints": ("complaints", lambda: NEVER),
    "instructions": ("instructions", lambda: NEVER),
    "asides": ("asides", lambda: NEVER),
    "shouting": ("is_shouted", never),
    "courtesies after": ("CLOSE", NEVER),
    "edits of numbers": ("number_swap", none),
    "questions": ("ASKS", NEVER),
    "questions without a mark": ("UNMARKED", NEVER),
    "edits": ("is_edit", never),
    "all that fits": ("misfit", none),
    "replies to the agent": ("replies", never),
    "bare links": ("POINTER", NEVER),
    "code for code": ("is_statement", never),
    "remarks of some length": ("remark", none),
    "dashed off": ("is_casual", never),
    "speaks of texts": ("speaks_of_texts", never),
    "notes about something else": ("is_stray", never),
    "notes that break off": ("is_unended", never),
    "another type of answer": ("is_of_another_type", never),
    "stories": ("tells_of_writer", never),
    "what once happened": ("recalls", never),
    "judgements": ("judges", never),
    "denials, changes": ("tells", never),
    "additions": ("adds", never),
    "shape of a short answer": ("is_alike", never),
    "rewrites": ("rewrites", never),
    "values": ("is_value", never),
    "short sentences": ("is_sentence", never),
    "lists": ("LIST", NEVER),
    "commands": ("is_command", never),
    "code kept": ("keeps_code", never),
}
MOVED: Final[dict[str, tuple[float, ...]]] = {
    "corrections.ENOUGH": (5, 6, 10, 12),
    "corrections.START": (2, 5, NONE),
    "corrections.LONGEST_NOTE": (8, 16),
    "corrections.STORY": (20, 30, 60, 120),
    "corrections.REMARK": (20, 40, 120),
    "corrections.REPLY_WORDS": (8, 60),
    "short_answers.SHARED": (0.0, 0.3, 0.7),
    "short_answers.SIZE": (0.0, 0.4, 0.8),
    "short_answers.SENTENCE": (3, 4, 6, 8),
    "short_answers.TERSE": (1, 3),
    "question_types.LONGEST": (10, 40),
    "question_types.SHORT": (3, 12, NONE),
    "words.STEM": (3, 8),
    "fragments.LONGEST": (50, 200),
    "fragments.ONE_CHANGE": (4, 6, 16, NONE),
    "corrections.SHOUT": (2, 8),
    "corrections.SHORT": (120, 480),
}
"""Every threshold of the rules on corrections, by its module, and the values that it is moved to."""

HOMES: Final = (corrections, short_answers, fragments, question_types, words)


def homes(name: str) -> list[Any]:
    """The modules of the rules that define or import a name; with its module before it, those that have the same value."""
    module, _, bare = name.rpartition(".")
    found = [one for one in HOMES if hasattr(one, bare)]
    if not module:
        return found
    (home,) = [one for one in HOMES if one.__name__.endswith(f".{module}")]
    return [one for one in found if getattr(one, bare) == getattr(home, bare)]


DEFAULTS: Final = {name: float(getattr(homes(name)[0], name.rpartition(".")[2])) for name in MOVED}


@contextmanager
def changed(name: str, value: Any) -> Iterator[None]:
    """The rules with another value under this name."""
    found, bare = homes(name), name.rpartition(".")[2]
    before = getattr(found[0], bare)
    for module in found:
        setattr(module, bare, value)
    try:
        yield
    finally:
        for module in found:
            setattr(module, bare, before)


def ablations(cases: Sequence[Case]) -> Iterator[tuple[str, Score]]:
    """The figures without each rule, and with each threshold elsewhere."""
    yield "as it is", score(cases)
    for name, change in WITHOUT.items():
        with changed(*change):
            yield f"without {name}", score(cases)


def moves(cases: Sequence[Case], names: Iterable[str] = MOVED) -> Iterator[str]:
    """The lines of the table of thresholds: what is taught and kept back with each elsewhere."""
    now = score(cases)
    yield "| threshold | value | not an answer, but taught | an answer, but held back |\n|---|---|---|---|"
    yield f"| as it is | | {now.taught} of {now.bad} | {now.lost} of {now.good} |"
    for name in names:
        for place, value in enumerate(MOVED[name]):
            with changed(name, value):
                found = score(cases)
            first = f"`{name}` = {DEFAULTS[name]:g}" if place == 0 else ""
            yield f"| {first} | {'none' if value == NONE else f'{value:g}'} | {found.taught} | {found.lost} |"


def table(first: str, rows: Iterator[tuple[str, Score]]) -> None:
    """Print a Markdown table."""
    print(
        f"| {first} | not an answer, but taught | an answer, but held back | precision | recall |\n|---|---|---|---|---|"
    )
    for name, found in rows:
        print(f"| {name} | {found} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--write", action="store_true", help="put the thresholds, of cases kept aside, into rules-texts.md"
    )
    parser.add_argument("--real", type=Path, help="a folder with feedbackqa.jsonl, oasst.jsonl and splash.jsonl")
    options = parser.parse_args()
    cases = [*made(), *(real(options.real) if options.real else ())]
    aside = [case for case in cases if case.part in ASIDE]
    if options.write:
        marked.put(PAGE, "thresholds", moves(aside))
        return
    parts = dict.fromkeys(case.part for case in cases)
    table("part", ((part, score([case for case in cases if case.part == part])) for part in parts))
    print()
    kinds = sorted({case.kind for case in cases if case.kind})
    table("class", ((kind, score([case for case in cases if case.kind == kind])) for kind in kinds))
    print("\n".join(("", *amendments(), "")))
    table("all parts", ablations(cases))
    print("\n".join(("", *moves(aside))))


if __name__ == "__main__":
    main()
