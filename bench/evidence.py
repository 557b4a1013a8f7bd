"""What each figure of the evidence rule costs and saves: without it, at half its value, and at double.

    python -m bench.evidence [--seeds 1-3] [--log FILE …] [--write]

The rule alone (`bench/worlds/alone.py`) reads simulated worlds; `paged` is `moving` where each conversation cites the
page that was right at the time; `reviewed` is `moving` where a reviewer judged some answers as they came. For each world the true share of the distinct examples, and the share of facts answered
rightly as asked before; for real logs, the questions with an uncontested confirmed answer that have an example. `--write`
puts the table into `docs/reference/rules.md`.
"""

import argparse
import os
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean
from typing import Any, Final, NamedTuple

import django

from bench import marked
from bench.value import numbers
from bench.worlds import alone, funnel, learner, people
from bench.worlds.alone import Heard
from bench.worlds.people import WORLDS, Log
from bench.worlds.reviewer import RIGHT

PAGE: Final = Path(__file__).parent.parent / "docs" / "reference" / "rules.md"
WORLDS_READ: Final = ("templates", "stubborn", "moving", "account", "paged", "reviewed")
REVIEWED: Final = 150
"""Answers that a reviewer judged, who is right in `RIGHT`."""
NEVER: Final = 10**9


class Rule(NamedTuple):
    """A figure of the rule: what it means, the value that switches it off, and the values tried at half and double."""

    name: str
    what: str
    off: float
    others: tuple[float, ...]


RULES: Final = (
    Rule("threshold", "probability from which a claim counts as right", 0.5, (0.65, 0.85)),
    Rule("CHANGE", "probability that the truth has changed between one vote and the next", 0.0, (0.0075, 0.03)),
    Rule("STEADY", "votes of support that halve the probability of a change", NEVER, (10, 40)),
    Rule("LEAD", "lead, in people, of a claim over one that was named later", 0, (2, 10)),
    Rule("DISPUTED", "critics per believer from which a corrected answer is in doubt", NEVER, (0.25, 1.0)),
    Rule("LONG", "characters from which an answer no longer counts as a rival", NEVER, (125, 500)),
    Rule(
        "OWN_ANSWERS",
        "different answers, each from its own people, that make a question depend on the asker",
        NEVER,
        (2, 8),
    ),
    Rule("LARGEST_PART", "largest share of people that the most common of these answers may have", 0.0, (0.2, 0.8)),
    Rule("SOURCE_CHANGE", "probability that the truth has changed when the cited source has", 0.015, (0.2, 0.8)),
    Rule("SOURCED_WEIGHT", "weight of a correction that a source contains", 1, (4, 16)),
    Rule("PROPOSED_SHARE", "share of right answers not given by the agent that somebody proposes", 0.01, (0.3, 0.9)),
    Rule("OTHER_PROPOSED", "probability that a correction proposes this text when another is right", 0.5, (0.02, 0.08)),
    Rule("SURE", "probability of a claim that a reviewer found right", 0.75, (0.95, 0.999)),
    Rule("NEWEST", "newest votes of one question that count", NEVER, (10, 50)),
)


@dataclass(frozen=True, slots=True)
class Read:
    """A world's log as the rule has read it."""

    log: Log
    heard: Heard


def main() -> None:
    """Print the table, or write it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=numbers, default="1-3")
    parser.add_argument("--log", type=Path, nargs="+", default=[])
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "flywheel_site.settings")
    django.setup()
    lines = []
    for line in page(options.seeds, options.log):
        print(line, file=sys.stderr if options.write else sys.stdout, flush=True)
        lines.append(line)
    if options.write:
        marked.put(PAGE, "figures", lines)


def page(seeds: Sequence[int], logs: Sequence[Path]) -> Iterator[str]:
    """The table with what it says."""
    worlds = {name: [read(name, seed) for seed in seeds] for name in WORLDS_READ}
    real = {path.stem: (Heard.of(rows), rows) for path in logs for rows in [funnel.read(path)]}
    yield f"{INTRODUCTION.format(seeds=len(seeds))}"
    yield f"| figure | value | {' | '.join([*worlds, *real])} |"
    yield "|---" * (2 + len(worlds) + len(real)) + "|"
    yield row("as it is", "", worlds, real)
    for rule in RULES:
        for value in (rule.off, *rule.others):
            name = f"`{rule.name}` = {now(rule.name):g}: {rule.what}" if value == rule.off else ""
            with_value = "without" if value == rule.off else f"{value:g}"
            yield changed(rule.name, value, name, with_value, worlds, real)


INTRODUCTION: Final = """What each figure of `curation/decisions/posterior.py` costs and saves: the rule without it, at half, and at double, all else as it is. A
cell has the true share of the distinct examples, then the share of facts that are answered rightly as asked before, in percent, seeds of each
[simulated world](../benchmarks/value.md): {seeds}; `paged` is `moving` where each conversation cites the page that was right at the time, `reviewed` where a
reviewer, right in 95 %, judged 150 answers as they came. For a real log: of its questions with an uncontested confirmed answer, those that have an example.
"""


def read(name: str, seed: int) -> Read:
    """A world's log, read."""
    log = people.make(WORLDS["moving" if name in ("paged", "reviewed") else name], seed)
    maker = people.Maker(log.world, log, random.Random(f"{log.world.name}/{seed}"))  # which draws the same facts
    truths = [maker.truth(turn.fact, turn.asker, late=turn.late) for turn in log.turns]
    lines = people.lines(log)
    if name == "paged":
        lines = [{**line, "sources": [{"text": truth}]} for line, truth in zip(lines, truths, strict=True)]
    heard = Heard.of(lines)
    if name == "reviewed":
        review(heard, truths, random.Random(f"review/{seed}"))
    return Read(log, heard)


def review(heard: Heard, truths: Sequence[str], rng: random.Random) -> None:
    """Let a reviewer judge some answers at the time when they were given."""
    from curation.decisions.posterior import Stance, Word

    for number in rng.sample(range(len(truths)), REVIEWED):
        line = heard.lines[number]
        mine, truth = (alone.claim(text, line["question"]) for text in (line["answer"], truths[number]))
        is_right = (mine == truth) == (rng.random() < RIGHT)
        stance = Stance.REVIEW_UP if is_right else Stance.REVIEW_DOWN if mine == truth else Stance.REVIEW_REPLACED
        proposed = truth if stance == Stance.REVIEW_REPLACED else None
        word = Word(alone.when(line), 0, -number - 1, number, mine, stance, proposed, 0, False, len(line["answer"]))
        heard.words.setdefault(heard.judged[number].question, []).append(word)


def now(name: str) -> Any:
    """The value of a figure."""
    from curation.decisions import posterior

    return posterior.DEFAULTS.threshold if name == "threshold" else getattr(posterior, name)


def changed(name: str, value: float, what: str, told: str, worlds: Any, real: Any) -> str:
    """A line of the table with another value of one figure."""
    from curation.decisions import posterior

    if name == "threshold":
        return row(what, told, worlds, real, replace(posterior.DEFAULTS, threshold=value))
    before = now(name)
    setattr(posterior, name, value)
    try:
        return row(what, told, worlds, real)
    finally:
        setattr(posterior, name, before)


def row(what: str, told: str, worlds: dict[str, list[Read]], real: dict[str, Any], settings: Any = None) -> str:
    """A line of the table."""
    cells = [cell(some, settings) for some in worlds.values()]
    cells += [yielded(heard, rows, settings) for heard, rows in real.values()]
    return f"| {what} | {told} | {' | '.join(cells)} |"


def cell(some: Sequence[Read], settings: Any) -> str:
    """True, and right as asked before."""
    found = [learner.Taught.by(one.log, alone.pairs(one.heard.taught(settings=settings))).figures() for one in some]
    return f"{fmean(one['true'] for one in found) * 100:.1f}: {fmean(one['old'] for one in found) * 100:.0f}"


def yielded(heard: Heard, rows: Sequence[dict[str, Any]], settings: Any) -> str:
    """How many questions with an uncontested confirmed answer have an example, of how many."""
    asked = funnel.questions(rows)
    question_of = {name: key for key, one in asked.items() for name in one.ids}
    confirmed = {key for key, one in asked.items() if one.is_confirmed}
    taught = {question_of[rows[one.number]["id"]] for one in heard.taught(settings=settings)}
    return f"{len(confirmed & taught)} of {len(confirmed)}"


if __name__ == "__main__":
    main()
