"""How agreement by others, and removing courtesies, change what is done with corrections that do not read like answers.

    python -m bench.believed [--worlds NAME,…] [--seeds 61-65]

The rule alone (`bench/worlds/alone.py`) reads simulated worlds, in which it is known whether a correction is right. The
first table counts the corrections that are held back, right and wrong: how many are accepted because others say the
same (`posterior.believed`), and how many of those claims are then found right. The second table counts the right
corrections that are held back, and the wrong ones that are not, with and without removing what agents say after an
answer (`corrections.CLOSE`).
"""

import argparse
import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from typing import Any, Final, NamedTuple
from unittest.mock import patch

import django

from bench.corrections import NEVER
from bench.value import numbers
from bench.worlds import people
from bench.worlds.alone import Heard
from bench.worlds.people import WORLDS, Log

STEPS: Final = ("kept back", "believed", "taught")
WITHOUT: Final[Mapping[str, tuple[str, ...]]] = {
    "stripped": (),
    "as typed": ("CLOSE",),
}


class Typed(NamedTuple):
    """A correction, whether it is held back, and whether it is right for the person who typed it."""

    ref: int
    is_kept_back: bool
    is_right: bool


def typed(log: Log, heard: Heard) -> Iterator[Typed]:
    """Every correction of a log that differs from the answer."""
    from curation.decisions.rules import Side

    for turn, judged in zip(log.turns, heard.judged, strict=True):
        for reading in judged.readings:
            if reading.vote.correction and reading.side != Side.UNCLEAR:
                is_right = log.is_true(turn.fact, reading.vote.correction, turn.asker)
                yield Typed(reading.vote.ref, reading.side != Side.REPLACED, is_right)


def agreed(log: Log, heard: Heard) -> Counter[tuple[str, bool]]:
    """How many corrections pass each step, by whether they are right."""
    from curation.decisions.posterior import Verdict, believed, standings

    is_right = {one.ref: one.is_right for one in typed(log, heard) if one.is_kept_back}
    counts = Counter(("kept back", right) for right in is_right.values())
    for said in heard.words.values():
        words = believed(said)
        known = standings(words)
        for word in words:
            if word.ref in is_right and word.proposed is not None:
                counts["believed", is_right[word.ref]] += 1
                verdict = known[word.proposed].verdict if word.proposed in known else Verdict.DOUBT
                counts["taught", is_right[word.ref]] += verdict in (Verdict.RIGHT, Verdict.ACCEPTED)
    return counts


def agreement(worlds: Mapping[str, Sequence[Log]]) -> Iterator[str]:
    """The first table."""
    yield "| world | kept back: right, wrong | believed: right, wrong | found right: right, wrong |\n|---|---|---|---|"
    every = Counter[tuple[str, bool]]()
    for name, logs in worlds.items():
        counts = sum((agreed(log, Heard.of(people.lines(log))) for log in logs), Counter[tuple[str, bool]]())
        every += counts
        yield counted(name, counts)
    yield counted("all", every)


def counted(name: str, counts: Mapping[tuple[str, bool], int]) -> str:
    """A line of the first table."""
    return f"| {name} | {' | '.join(f'{counts[step, True]:,}, {counts[step, False]:,}' for step in STEPS)} |"


def courtesies(worlds: Mapping[str, Sequence[Log]]) -> Iterator[str]:
    """The second table, of the worlds whose people write with courtesies."""
    yield f"| world | corrections: right, wrong | {' | '.join(WITHOUT)} |"
    yield "|---" * (2 + len(WITHOUT)) + "|"
    for name, logs in worlds.items():
        if WORLDS[name].worded:
            found = [stripped(logs, without) for without in WITHOUT.values()]
            wrong = sum(not one.is_right for one in found[0])
            cells = [
                f"{sum(one.is_right and one.is_kept_back for one in some)} kept back, "
                f"{sum(not (one.is_right or one.is_kept_back) for one in some)} taken"
                for some in found
            ]
            yield f"| {name} | {len(found[0]) - wrong}, {wrong} | {' | '.join(cells)} |"


def stripped(logs: Sequence[Log], without: Sequence[str]) -> list[Typed]:
    """The corrections of these logs, read without these patterns."""
    from curation.decisions import corrections

    with ExitStack() as stack:
        for name in without:
            stack.enter_context(patch.object(corrections, name, NEVER))
        return [one for log in logs for one in typed(log, Heard.of(people.lines(log)))]


def arguments() -> Any:
    """What the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--worlds", default=",".join(WORLDS), help="all, unless named")
    parser.add_argument("--seeds", type=numbers, default="61-65")
    return parser.parse_args()


def main() -> None:
    """Print both tables."""
    options = arguments()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "flywheel_site.settings")
    django.setup()
    worlds = {name: [people.make(WORLDS[name], seed) for seed in options.seeds] for name in options.worlds.split(",")}
    print("\n".join((*agreement(worlds), "", *courtesies(worlds))))


if __name__ == "__main__":
    main()
