"""What each threshold of sameness and of language detection costs and saves: as it is, lower, and higher.

    python -m bench.evidence_questions [--log FILE …] [--write]

Sameness: the pairs and the questions of `tests/curation/questions/` that were kept aside from the word lists. It counts
the pairs that are joined: those that ask the same, and those that do not. It counts the questions that are taken to be
understandable alone: those that are, and those that need the turns before. Of real logs it counts the distinct
questions that are joined with another, that are understood alone, and that depend on the day.

Language: the questions of all pairs, also those not kept aside, and the first five words of each. It counts how many
get the right language, a wrong one, or none.

Nearness (`curation/questions/fingerprints.py`): the same pairs; of real questions the pairs that are near; how many of
all near pairs are found, and how many are compared, since only questions that share a key are. `--write` puts all
tables into `docs/reference/rules-texts.md`.
"""

import argparse
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, Final, NamedTuple
from unittest.mock import patch

import django

from bench import marked
from bench.corrections import NONE, PAGE, read

CASES: Final = Path(__file__).parent.parent / "tests" / "curation" / "questions"
OPENING: Final = 5
"""Words of a text that is cut short."""
SEVERAL: Final = "xx"
"""The language of a pair in two languages, or in one without word lists."""
SAMENESS: Final[Mapping[str, tuple[float, ...]]] = {
    "questions.sameness.ENOUGH": (1, 3),
    "questions.wording.SHORTEST": (1, 2, 4),
    "questions.wording.LONGEST": (300, NONE),
    "questions.sameness.MOST_WORDS": (8, NONE),
}
LANGUAGE: Final[Mapping[str, tuple[float, ...]]] = {
    "decisions.language.CLEAR_LEAD": (1.01, 1.15, 1.6, 2.0),
    "decisions.language.LEAST": (0, 0.25, 1.0, 2.0),
    "decisions.language.READ": (100, 200, NONE),
}
NEARNESS: Final[Mapping[str, tuple[float, ...]]] = {
    "questions.fingerprints.THRESHOLD": (0.5, 0.58, 0.72, 0.8),
    "questions.fingerprints.CONTEXT_THRESHOLD": (0.0, 0.25, 0.75, 1.0),
    "questions.fingerprints.CONTEXT_CHARS": (500, NONE),
    "questions.fingerprints.LONG_WORD": (3, 8, NONE),
}
"""Every threshold, by its module in `curation`, and the values that it is moved to."""


class Cases(NamedTuple):
    """Questions: labelled pairs, labelled single ones, and unlabelled real ones."""

    pairs: Sequence[Mapping[str, Any]]
    alone: Sequence[Mapping[str, Any]]
    real: Sequence[str]

    @classmethod
    def of(cls, logs: Iterable[Path]) -> "Cases":
        """The cases kept aside, and the distinct questions of logs."""
        pairs, alone = ([one for one in read(CASES / name) if one["aside"]] for name in ("pairs.jsonl", "alone.jsonl"))
        return cls(pairs, alone, sorted({row["question"] for log in logs for row in read(log)}))

    def cells(self) -> str:
        """What the rules say about them."""
        from curation.questions.sameness import canonical, hangs_on_the_clock, stands_alone

        joined = Counter((one["same"], canonical(one["a"]) == canonical(one["b"])) for one in self.pairs)
        told = Counter((one["alone"], stands_alone(one["question"])) for one in self.alone)
        groups = Counter(map(canonical, self.real))
        found = [share(counts, kind) for counts in (joined, told) for kind in (1, 0)]
        found.append(str(sum(number for number in groups.values() if number > 1)))
        found += [str(sum(map(rule, self.real))) for rule in (stands_alone, hangs_on_the_clock)]
        return " | ".join(found)


def share(counts: Mapping[tuple[int, bool], int], kind: int) -> str:
    """How many of a kind are found, of how many."""
    return f"{counts[kind, True]} of {counts[kind, True] + counts[kind, False]}"


class Near(NamedTuple):
    """Pairs of questions, and real ones with the turns before them."""

    pairs: Sequence[Mapping[str, Any]]
    real: Sequence[tuple[str, tuple[tuple[str, str], ...]]]

    @classmethod
    def of(cls, logs: Iterable[Path]) -> "Near":
        """The pairs kept aside, and what was asked in logs."""
        rows = (row for log in logs for row in read(log))
        asked = {(row["question"], tuple((t["role"], t["content"]) for t in row.get("context", ()))) for row in rows}
        return cls([one for one in read(CASES / "pairs.jsonl") if one["aside"]], sorted(asked))

    def cells(self) -> str:
        """How many pairs are near; how many real ones; how many of all near ones share a key, and how many real ones do."""
        from curation.questions.fingerprints import are_near, bands, signature, sketch

        pairs = [(one["same"], sketch(one["a"]), sketch(one["b"])) for one in self.pairs]
        counts = Counter((same, are_near(one, other) > 0) for same, one, other in pairs)
        real = [sketch(question, turns) for question, turns in self.real]
        near = [(real[a], real[b]) for a, b in alike([one.question for one in real]) if are_near(real[a], real[b])]
        every = [*near, *((one, other) for _, one, other in pairs if are_near(one, other))]
        found = sum(not {*bands(signature(one))}.isdisjoint(bands(signature(other))) for one, other in every)
        keys: Counter[int] = Counter(key for one in real for key in {*bands(signature(one))})
        met = sum(number * (number - 1) // 2 for number in keys.values())
        return f"{share(counts, 1)} | {share(counts, 0)} | {len(near)} | {found} of {len(every)} | {met:,}"


def alike(texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """The pairs of texts that share a third of their words, which all near ones do."""
    from curation.questions.fingerprints import shingles

    having: dict[str, list[int]] = {}
    words = [shingles(text) for text in texts]
    for at, mine in enumerate(words):
        shared = Counter(other for word in mine for other in having.get(word, ()))
        yield from ((other, at) for other, number in shared.items() if 3 * number >= len(mine | words[other]))
        for word in mine:
            having.setdefault(word, []).append(at)


class Texts(NamedTuple):
    """Texts, each with its language."""

    whole: Sequence[tuple[str, str]]
    cut: Sequence[tuple[str, str]]

    @classmethod
    def labelled(cls) -> "Texts":
        """Questions of known language, whole and cut short."""
        pairs = [one for one in read(CASES / "pairs.jsonl") if one["lang"] != SEVERAL]
        whole = sorted({(one["lang"], one[side]) for one in pairs for side in "ab"})
        cut = sorted({(language, " ".join(text.split()[:OPENING])) for language, text in whole})
        return cls(whole, cut)

    def cells(self) -> str:
        """How many texts get the right language, how many a wrong one, and how many none."""
        return " | ".join(guessed(texts) for texts in self)


def guessed(texts: Iterable[tuple[str, str]]) -> str:
    """What the guess says about texts."""
    from curation.decisions.language import UNKNOWN, guess

    counts: Counter[str] = Counter()
    for language, text in texts:
        found = guess(text)
        counts["not told" if found == UNKNOWN else "right" if found == language else "wrong"] += 1
    return f"{counts['right']:,}, {counts['wrong']}, {counts['not told']}"


def moved(names: Mapping[str, Sequence[float]], cases: Cases | Texts | Near) -> Iterator[str]:
    """A line for the rules as they are, and one for each threshold with another value."""
    yield f"| as it is | | {cases.cells()} |"
    for name, values in names.items():
        place, _, bare = name.rpartition(".")
        module = import_module(f"curation.{place}")
        for value in values:
            first = f"`{name.partition('.')[2]}` = {getattr(module, bare):g}" if value == values[0] else ""
            with patch.object(module, bare, value):
                found = cases.cells()
            yield f"| {first} | {'none' if value == NONE else f'{value:g}'} | {found} |"


def page(logs: Sequence[Path]) -> Iterator[str]:
    """All tables."""
    cases = Cases.of(logs)
    yield f"Of {len(cases.real):,} distinct questions of real logs, the last three columns count those that are joined, those that are understood alone, and those that depend on the day.\n"
    yield "| threshold | value | same questions joined | different ones joined | understandable alone: recognised | not understandable alone: taken for it | real questions: joined | understood alone | dependent on the day |"
    yield "|---" * 9 + "|"
    yield from moved(SAMENESS, cases)
    yield ""
    yield "| threshold | value | whole texts: right, wrong, undecided | their first five words |"
    yield "|---" * 4 + "|"
    yield from moved(LANGUAGE, Texts.labelled())
    near = Near.of(logs)
    yield f"\nNear questions are shown together and kept together for train and test. Of {len(near.real):,} questions of real logs, with their turns:\n"
    yield "| threshold | value | same questions found near | different ones found near | real questions: near pairs | near pairs that share a key | real questions: pairs compared |"
    yield "|---" * 7 + "|"
    yield from moved(NEARNESS, near)


def main() -> None:
    """Print the tables, or write them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--log", type=Path, nargs="+", default=[])
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "flywheel_site.settings")
    django.setup()
    lines = []
    for line in page(options.log):
        print(line, flush=True)
        lines.append(line)
    if options.write:
        marked.put(PAGE, "questions", lines)


if __name__ == "__main__":
    main()
