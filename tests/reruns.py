"""Runs failed tests once more: one that passes alone had failed by chance, because of other tests, or for lack of time.

That is not a clean pass: the summary of `make test` names each of them, with the seed that reproduces the order.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

MOST = 3
TESTS_FAILED = 1  # pytest's exit status; an interrupt, an internal error or an error in its arguments has another
FAILED_WORDS = re.compile(r"(\d+) (?:failed|errors?)\b")
SEED = re.compile(r"--randomly-seed=(\d+)")


@dataclass(frozen=True)
class Failed:
    """The tests of a stage that failed, and the seed of their order."""

    tests: tuple[str, ...]
    seed: str

    @property
    def arguments(self) -> Sequence[str]:
        """What pytest is asked for: these tests alone, in one process, with the same random numbers."""
        return (*self.tests, "--numprocesses=0", f"--randomly-seed={self.seed}", "--durations=0")

    @property
    def words(self) -> str:
        """What the summary says of them once they have passed."""
        return f"failed once, passed alone: {', '.join(self.tests)} (seed {self.seed}): look at it"


def few_failed(status: int, output: str, cache: Path) -> Failed | None:
    """The tests that failed, where they are so few that chance can be the reason; otherwise None.

    The cache is pytest's own of this run: its names are whole, and a file that could not be collected is named there.
    """
    kept = cache / "v" / "cache" / "lastfailed"
    seed = SEED.search(output)
    if status != TESTS_FAILED or seed is None or not kept.exists():
        return None
    names = tuple(sorted(json.loads(kept.read_text())))
    if not 0 < len(names) <= MOST or not all("::" in name for name in names):
        return None
    return Failed(names, seed[1])


def closing_note(note: str) -> str:
    """The closing line of the first run, in which those that failed count as passed."""
    return FAILED_WORDS.sub(r"\1 passed alone", note)
