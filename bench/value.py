"""What a release teaches compared with raw votes, on simulated worlds with a known truth; and where a real log's records go.

    python -m bench.value [--worlds all] [--seeds 1-5] [--budget 0,30,120] [--road import|batch|alone] [--json FILE]
    python -m bench.value --table FILE …       the table of results that `--json` wrote, together
    python -m bench.value --tool FILE [--faq FILE] …   worlds that a program outside makes and scores (`bench/worlds/outside.py`)
    python -m bench.value --log FILE …         the funnel of real logs: questions, cases, examples, pairs, each loss by its reason

For each world and seed a log is made (`bench/worlds/people.py`), stored through `import_log` or `/batch`, curated and
released, and again after reviewers who know the truth, and are right in 95 %, have decided so many tasks. Next to the release
stand rules without Flywheel: raw up-votes, up-votes and corrections, net votes, what the agent said most often (which reads
no vote), and a Bayes rule that knows the world's likelihoods. `--road alone` asks the rule of evidence alone, without database,
filters, guards and reviewers: twenty seeds take minutes.

true: the share of distinct examples that is right; old, new: the share of facts that an agent taught by them answers
rightly, asked as before and in new words; repaired, broken: facts that turn right or wrong compared with the deployed agent;
expected, accepted, rejected: the share of the eval cases' answers that are rightly there. Each is the mean of the seeds
with its 95 % interval.

`--keep FOLDER` keeps each log as it was stored: storing takes ten times as long as all that follows.
"""

import argparse
import itertools
import json
import random
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from bench.worlds import alone, funnel, learner, outside, people, product, rules
from bench.worlds.means import cell
from bench.worlds.people import WORLDS, Log
from bench.worlds.product import Product
from bench.worlds.reviewer import Reviewers

SHARES: Final = ("true", "old", "new")
NUMBERS: Final = ("examples", "repaired", "broken", "cases")
OF_CASES: Final = ("expected", "accepted", "rejected")
COLUMNS: Final = ("examples", *SHARES, "repaired", "broken", "cases", *OF_CASES)
Result = dict[str, Any]


def results(installed: Product, name: str, seed: int, budgets: Sequence[int], road: str) -> Iterator[Result]:
    """What the rules and the releases of one world and seed teach, a result each."""
    log = people.make(WORLDS[name], seed)
    for rule, taught in rules.taught_by_rules(log):
        yield {"world": name, "seed": seed, "by": rule, **learner.Taught.by(log, taught).figures()}
    lines = people.lines(log)
    if road == "alone":
        taught = alone.pairs(alone.Heard.of(lines).taught())
        yield {"world": name, "seed": seed, "by": "the rule alone", **learner.Taught.by(log, taught).figures()}
        return
    installed.store(lines, road)
    reviewers, done = Reviewers(log, random.Random(f"review/{name}/{seed}")), 0
    for budget in sorted(budgets):
        began = time.process_time()
        done += reviewers.work(budget - done)
        installed.curate()
        figures = of_release(installed, log)
        spent = time.process_time() - began
        yield {
            "world": name,
            "seed": seed,
            "by": f"release, {budget} reviewed",
            **figures,
            "cpu": spent,
            "reviewed": done,
        }


def of_release(installed: Product, log: Log) -> dict[str, float]:
    """The figures of a release that is cut now."""
    folder = installed.release()
    taught = learner.Taught.by(log, product.pairs(folder)).figures()
    return {**taught, **learner.case_figures(log, product.records(folder, "eval_cases.jsonl"))}


def table(found: Iterable[Result]) -> Iterator[str]:
    """A Markdown table: a line for each world and rule, in the order of the results."""
    grouped: dict[tuple[str, str], list[Result]] = {}
    for result in found:
        grouped.setdefault((result["world"], result["by"]), []).append(result)
    yield f"| world | by | seeds | {' | '.join(COLUMNS)} |"
    yield "|---" * (3 + len(COLUMNS)) + "|"
    for (world, by), some in grouped.items():
        cells = [cell([one[name] for one in some if name in one], share=name not in NUMBERS) for name in COLUMNS]
        yield f"| {world} | {by} | {len(some)} | {' | '.join(cells)} |"


def numbers(text: str) -> list[int]:
    """The numbers of `1-3,7`."""
    spans = [part.partition("-") for part in text.split(",")]
    return [number for low, _, high in spans for number in range(int(low), int(high or low) + 1)]


def arguments() -> argparse.ArgumentParser:
    """What the command line takes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--worlds", help="all, unless named")
    parser.add_argument("--seeds", type=numbers, default="1-3")
    parser.add_argument("--budget", type=numbers, default="0,30,120")
    parser.add_argument("--road", choices=["import", "batch", "alone"], default="import")
    parser.add_argument("--json", type=Path, help="also write the results, a line each")
    parser.add_argument("--log", type=Path, nargs="+", help="print the funnel of these logs, and run no world")
    parser.add_argument("--tool", type=Path, help="a program that makes and scores worlds, in place of this one's")
    parser.add_argument("--faq", help="handed to the tool")
    parser.add_argument("--keep", type=Path, help="where to keep logs as they were stored")
    parser.add_argument("--table", type=Path, nargs="+", help="print the table of these files, and run nothing")
    return parser


def main() -> None:
    options = arguments().parse_args()
    if options.table:
        read = [json.loads(line) for path in options.table for line in path.read_text().splitlines()]
        print("\n".join(outside.table(read) if options.tool else table(read)))
        return
    known = outside.WORLDS if options.tool else tuple(WORLDS)
    worlds = options.worlds.split(",") if options.worlds else known
    if unknown := sorted({*worlds} - {*known}):
        sys.exit(f"There is no world {', '.join(unknown)}. There are: {', '.join(known)}.")
    with product.started(options.keep) as installed:
        for path in options.log or ():
            print(f"\n{path.name}\n")
            print("\n".join(funnel.table(installed, path)))
        if not options.log:
            print("\n".join(measured(installed, worlds, options)))


def measured(installed: Product, worlds: Sequence[str], options: argparse.Namespace) -> Iterator[str]:
    """Run these worlds; the table of what they gave."""
    tool = outside.load(options.tool) if options.tool else None
    found: list[Result] = []
    for seed, name in itertools.product(options.seeds, worlds):  # so that it can be stopped at any time
        began = time.perf_counter()
        if tool:
            found += outside.results(installed, tool, name, seed, options.road, options.faq)
        else:
            found += results(installed, name, seed, options.budget, options.road)
        print(f"{name} {seed}: {time.perf_counter() - began:.1f} s", file=sys.stderr, flush=True)
        if options.json:
            options.json.write_text("".join(json.dumps(one) + "\n" for one in found))
    return outside.table(found) if tool else table(found)


if __name__ == "__main__":
    main()
