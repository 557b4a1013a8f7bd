"""How often `conflict` is right that two answers to one question cannot both be true.

    python -m bench.conflicts [--logs FOLDER] [--write]

In the labelled files, a wrong answer conflicts with the expected one, and a right one does not. Pairs of real answers
were labelled by reading before the rule saw them: `bench/labelled/real_pairs.jsonl` has their ids, and the folder
`feedbackqa.jsonl` and `oasst.jsonl`. The cut was chosen on the first 60 and measured on the second; half of each was
drawn from the pairs that the rule of the time called conflicts. `--write` puts the table into
`docs/reference/conflict.md`.
"""

import argparse
import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from pathlib import Path
from typing import Final, NamedTuple

import django

from bench import marked
from bench.evidence import NEVER

PAGE: Final = Path(__file__).parent.parent / "docs" / "reference" / "conflict.md"
LABELLED: Final = Path(__file__).parent / "labelled" / "real_pairs.jsonl"
LOGS: Final = ("feedbackqa", "oasst")
FIGURES: Final = (
    ("BRIEF", "up to this many clauses every claim counts; beyond, only yes and no", (NEVER, 0, 2, 8)),
    ("SAME", "share of common words from which two answers are about one thing", (0.0, 0.2, 0.8)),
    ("WORDY", "words from which `SAME` is required", (NEVER, 3, 10)),
)  # fmt: skip


class Pair(NamedTuple):
    """Two answers to one question, and whether a person found that both cannot hold."""

    one: str
    other: str
    question: str
    in_conflict: bool


def main() -> None:
    """Print the table, or write it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--logs", type=Path, help="the folder with feedbackqa.jsonl and oasst.jsonl")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "flywheel_site.settings")
    django.setup()
    lines = []
    for line in page(options.logs):
        print(line, file=sys.stderr if options.write else sys.stdout, flush=True)
        lines.append(line)
    if options.write:
        marked.put(PAGE, "conflict", lines)


def page(logs: Path | None) -> Iterator[str]:
    """The table: what is called a conflict, by the rule as it is and with other values of each figure."""
    from curation.claims import comparing

    groups = {"labelled files": list(told())}
    if logs is not None:
        answers = read(logs)
        groups |= {f"{drawn} real pairs": list(real(answers, drawn)) for drawn in ("first", "second")}
    yield f"| figure | value | {' | '.join(groups)} |"
    yield "|---" * (2 + len(groups)) + "|"
    yield row("as it is", "", list(groups.values()))
    for name, what, values in FIGURES:
        now = getattr(comparing, name)
        for place, value in enumerate(values):
            setattr(comparing, name, value)
            text = "without" if value in (NEVER, 0.0) and place == 0 else f"{value:g}"
            yield row(f"`{name}` = {now:g}: {what}" if place == 0 else "", text, list(groups.values()))
        setattr(comparing, name, now)
    if logs is not None:
        pairs = [pair for rows in answers.values() for pair in every(rows.values())]
        called = sum(comparing.conflict(*pair[:3]) for pair in pairs)
        yield f"\nOf all {len(pairs):,} pairs of answers to one question in these logs it calls {called}."


def row(what: str, value: str, groups: Sequence[Sequence[Pair]]) -> str:
    """A line: of each group, how many pairs in conflict are called, and how many others."""
    return f"| {what} | {value} | {' | '.join(cell(pairs) for pairs in groups)} |"


def cell(pairs: Sequence[Pair]) -> str:
    """How many pairs in conflict, and how many others, are called."""
    from curation.claims import conflict

    called = [pair.in_conflict for pair in pairs if conflict(pair.one, pair.other, pair.question)]
    truly = sum(pair.in_conflict for pair in pairs)
    return f"{sum(called)} of {truly}; {called.count(False)} of {len(pairs) - truly}"


def told() -> Iterator[Pair]:
    """Each answer of the labelled files with the expected one."""
    from tests.curation import told_answers

    for name in (*told_answers.FILES, *told_answers.HARDER, told_answers.HELD):
        for one in told_answers.read(name):
            yield Pair(one.case.expected, one.text, one.case.question, not one.right)


Rows = dict[str, dict[str, str]]


def read(folder: Path) -> dict[str, Rows]:
    """The rows of each log by id."""
    found: dict[str, Rows] = {}
    for name in LOGS:
        with Path(folder, f"{name}.jsonl").open(encoding="utf-8") as file:
            found[name] = {row["id"]: row for row in map(json.loads, file)}
    return found


def real(logs: dict[str, Rows], drawn: str) -> Iterator[Pair]:
    """The real pairs that were labelled in one draw."""
    for line in LABELLED.read_text(encoding="utf-8").splitlines():
        pair = json.loads(line)
        if pair["drawn"] == drawn:
            one, other = (logs[pair["log"]][pair[side]] for side in ("one", "other"))
            yield Pair(one["answer"], other["answer"], one["question"], pair["conflict"])


def every(rows: Iterable[dict[str, str]]) -> Iterator[Pair]:
    """Every pair of different answers to one question after the same turns; nobody labelled these."""
    asked: dict[str, dict[str, None]] = {}
    for row in rows:
        key = json.dumps([row["question"], row.get("context")])
        asked.setdefault(key, {})[row["answer"]] = None
    for key, answers in asked.items():
        for one, other in combinations(answers, 2):
            yield Pair(one, other, json.loads(key)[0], False)


if __name__ == "__main__":
    main()
