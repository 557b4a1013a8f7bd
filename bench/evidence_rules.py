"""How often each rule that makes a claim wait for a person is right, and what it costs: with the rule, and without it.

    python -m bench.evidence_rules [--seeds 41-48] [--worlds NAME,…] [--tool FILE --faq FILE] [--log FILE …] [--show NUMBER]
                                   [--write]

The rule alone (`bench/worlds/alone.py`) reads simulated worlds, ours or those of a program outside
(`bench/worlds/outside.py`). A rule holds the examples that are taught without it but not with it. Precision is the
share of them that is false; recall is the share of all false examples that it holds; the cost is the drop in facts that
are answered rightly in the words of the log, in points. The truth of a real log is not known, so its held examples are
only counted. `--show` prints the votes on some of them. `--write` puts the table into `docs/reference/rules.md`.
"""

import argparse
import contextlib
import io
import json
import os
import random
import sys
import tempfile
from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

import django

from bench import marked
from bench.evidence import PAGE
from bench.value import numbers
from bench.worlds import alone, funnel, learner, outside, people
from bench.worlds.alone import Example, Heard
from bench.worlds.means import cell
from bench.worlds.people import WORLDS


def nobody(*given: object) -> bool:
    """A rule that disputes nothing."""
    return False


def nothing(*given: object) -> set[int]:
    """A rule that no claim waits for."""
    return set()


WITHOUT: Final[dict[str, Callable[..., Any]]] = {"is_disputed": nobody, "outdone": nothing}
Figures = dict[str, float]


@dataclass(frozen=True, slots=True)
class World:
    """A log with a known truth: its lines, and what examples teach by it."""

    name: str
    seed: int
    lines: Sequence[Any]
    score: Callable[[Sequence[Example]], Figures]


def ours(name: str, seed: int) -> World:
    """A world of `bench/worlds/people.py`."""
    log = people.make(WORLDS[name], seed)

    def score(taught: Sequence[Example]) -> Figures:
        return learner.Taught.by(log, alone.pairs(taught)).figures()

    return World(name, seed, people.lines(log), score)


def as_line(question: str, answer: str) -> str:
    """An example as a release writes it."""
    turns = [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]
    return json.dumps({"messages": turns}) + "\n"


def theirs(path: Path, faq: str | None, name: str, seed: int) -> World:
    """A world of an external program."""
    tool, given = outside.load(path), Namespace(world=name, seed=seed, faq=faq)

    def score(taught: Sequence[Example]) -> Figures:
        with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as file:
            file.writelines(as_line(question, answer) for question, answer in alone.pairs(taught))
            file.flush()
            with contextlib.redirect_stdout(io.StringIO()):
                found = tool.score(Namespace(**vars(given), sft=file.name))[outside.RELEASE]
        return dict(zip(outside.FIGURES, found, strict=True))

    return World(f"{name}, outside", seed, list(tool.make(given)), score)


@contextmanager
def without(name: str) -> Iterator[None]:
    """The rule of evidence without one of its rules."""
    from curation.decisions import posterior

    rule = getattr(posterior, name)
    setattr(posterior, name, WITHOUT[name])
    try:
        yield
    finally:
        setattr(posterior, name, rule)


class Held(NamedTuple):
    """What is taught of one log without a rule, and with it."""

    heard: Heard
    before: list[Example]
    after: list[Example]

    @classmethod
    def by(cls, rule: str, heard: Heard) -> "Held":
        """What this rule holds in a log."""
        with without(rule):
            before = heard.taught()
        return cls(heard, before, heard.taught())

    @property
    def examples(self) -> list[Example]:
        """What only the rule keeps from being taught."""
        kept = {*alone.pairs(self.after)}
        return [one for one in self.before if (one.question, one.answer) not in kept]

    def stories(self, number: int) -> Iterator[str]:
        """The votes and corrections on the questions of some examples."""
        for one in random.Random(number).sample(self.examples, min(number, len(self.examples))):
            yield f"\n{one.question!r}\n  would teach: {one.answer[:600]!r}"
            question = self.heard.judged[one.number].question
            for number, judged in enumerate(self.heard.judged):
                if judged.question == question and judged.read.votes:
                    votes = "; ".join(f"{vote.kind} {(vote.correction or '')[:200]}" for vote in judged.read.votes)
                    yield f"  - {self.heard.lines[number]['answer'][:300]!r}: {votes}"


def of_world(rule: str, worlds: Sequence[World], show: int) -> Iterator[str]:
    """A line for the seeds of a world, if the rule holds anything there."""
    held = wrong = false = every = 0
    facts = []
    for world in worlds:
        found = Held.by(rule, Heard.of(world.lines))
        before, after = world.score(found.before), world.score(found.after)
        lies = round(before["examples"] * (1 - before["true"]))
        held += len(found.examples)
        wrong += lies - round(after["examples"] * (1 - after["true"]))
        false += lies
        every += len(found.before)
        facts.append(after["old"] - before["old"])
        print("\n".join(found.stories(show)), end="", file=sys.stderr)
    if held:
        parts = f"{held} of {every} | {wrong / held:.0%} | {wrong / false if false else 0:.0%}"
        yield f"| `{rule}` | {worlds[0].name} | {len(worlds)} | {parts} | {cell(facts, share=True)} |"


def of_log(rule: str, path: Path, show: int) -> Iterator[str]:
    """A line for a real log."""
    found = Held.by(rule, Heard.of(funnel.read(path)))
    print("\n".join(found.stories(show)), end="", file=sys.stderr)
    yield f"| `{rule}` | {path.stem} | | {len(found.examples)} of {len(found.before)} | | | |"


INTRODUCTION: Final = """Some rules make a record wait for a person. The table shows what each of them holds back: how many of the examples that are taught without it; the share of these
that is false (precision); the share of all false examples that it holds (recall); and by how many points it changes the share of facts answered rightly as asked
before. No figure was tuned on the seeds, {seeds}. The worlds "outside" are [another program's](../benchmarks/value.md). Worlds where a rule holds nothing are left
out; they are most of the {worlds}.
"""


def page(options: Namespace) -> Iterator[str]:
    """The table with what it says."""
    made = [
        [ours(name, seed) for seed in options.seeds]
        for name in (options.worlds.split(",") if options.worlds else WORLDS)
    ]
    if options.tool:
        made += [[theirs(options.tool, options.faq, name, seed) for seed in options.seeds] for name in outside.WORLDS]
    yield INTRODUCTION.format(seeds=f"{min(options.seeds)} to {max(options.seeds)}", worlds=len(made))
    yield "| rule | log | seeds | holds | precision | recall | facts |\n|---|---|---|---|---|---|---|"
    for rule in WITHOUT:
        for worlds in made:
            yield from of_world(rule, worlds, options.show)
        for path in options.log:
            yield from of_log(rule, path, options.show)


def main() -> None:
    """Print the table, or write it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=numbers, default="41-48")
    parser.add_argument("--worlds", help="of ours; all, unless named")
    parser.add_argument("--tool", type=Path, help="a program that makes and scores worlds")
    parser.add_argument("--faq", help="handed to the tool")
    parser.add_argument("--log", type=Path, nargs="+", default=[])
    parser.add_argument("--show", type=int, default=0, help="print the votes on this many examples of each log")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "flywheel_site.settings")
    django.setup()
    lines = []
    for line in page(options):
        print(line, file=sys.stderr if options.write else sys.stdout, flush=True)
        lines.append(line)
    if options.write:
        marked.put(PAGE, "rules", lines)


if __name__ == "__main__":
    main()
