"""Near-duplicate questions: how many a second, found how completely and how precisely, compared with the raw
libraries.

    python -m bench.duplicates [--questions 100000] [--log FILE ...]

The questions are synthetic: words by Zipf's law, eight to twenty of them, a fifth of the questions being
another with one word exchanged. A pair counts as found if both questions end in one cluster.

With logs in the import format the questions are real: all that differ, and of each an edit that exchanges, leaves
out, adds or mistypes up to a fifth of its words. The pairs that belong together are a question and its edit.
"""

import argparse
import importlib
import importlib.util
import itertools
import json
import random
import resource
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rensa import RMinHash, RMinHashLSH

from curation.questions.fingerprints import cluster, fingerprint, normalise, sketch

Method = Callable[[Sequence["Question"]], Sequence[int]]
PLANTED = 0.2
VOCABULARY = 20_000


@dataclass(frozen=True, slots=True)
class Question:
    """A question and the one that it was made from: itself, unless it was planted."""

    text: str
    origin: int


@dataclass(frozen=True, slots=True)
class Score:
    """How many of the planted pairs a method found, and how fast."""

    name: str
    seconds: float
    recall: float
    precision: float

    def line(self, questions: int, reference: float) -> str:
        """One row of the table; the ratio is to the rate of rensa's own index."""
        rate = questions / self.seconds
        return f"{self.name:<34}{rate:>10,.0f}{rate / reference:>8.2f}{self.recall:>9.3f}{self.precision:>11.3f}"


def generate(count: int, seed: int = 1) -> list[Question]:
    """`count` questions in random order, a fifth of them with one word exchanged."""
    rng = random.Random(seed)
    weights = list(itertools.accumulate(1 / (rank + 2) for rank in range(VOCABULARY)))
    words = [f"{rng.choice('bcdfglmnprst')}{rng.choice('aeiou')}{number:x}" for number in range(VOCABULARY)]
    originals = int(count * (1 - PLANTED))
    texts = [rng.choices(words, cum_weights=weights, k=rng.randint(8, 20)) for _ in range(originals)]
    made = [Question(" ".join(text), number) for number, text in enumerate(texts)]
    for origin in rng.choices(range(originals), k=count - originals):
        text = list(texts[origin])
        text[rng.randrange(len(text))] = rng.choice(words)
        made.append(Question(" ".join(text), origin))
    rng.shuffle(made)
    return made


def from_logs(paths: Iterable[Path], seed: int = 1) -> list[Question]:
    """The distinct questions of import logs, of five words and more, each with one edit."""
    rng = random.Random(seed)
    lines = (json.loads(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines())
    distinct = {normalise(line["question"]): line["question"] for line in lines if not line.get("context")}
    texts = [text for words, text in distinct.items() if len(words.split()) >= 5]
    vocabulary = [word for text in texts for word in text.split()]
    made = [Question(text, number) for number, text in enumerate(texts)]
    made += [Question(edit(rng, text, vocabulary), number) for number, text in enumerate(texts)]
    rng.shuffle(made)
    return made


def edit(rng: random.Random, text: str, vocabulary: Sequence[str]) -> str:
    """The text with one to a fifth of its words exchanged, left out, added or mistyped."""
    words = text.split()
    for _ in range(rng.randint(1, max(1, len(words) // 5))):
        at, how = rng.randrange(len(words)), rng.randrange(4)
        if how == 0:
            words[at] = rng.choice(vocabulary)
        elif how == 1:
            del words[at]
        elif how == 2:
            words.insert(at, rng.choice(vocabulary))
        else:
            words[at] = words[at][1:] or "x"
    return " ".join(words)


def pairs(groups: Iterable[int]) -> int:
    """The number of pairs within groups of these sizes."""
    return sum(size * (size - 1) // 2 for size in groups)


def score(name: str, questions: Sequence[Question], method: Method, repeats: int = 3) -> Score:
    """Time a method that gives each question its group, and compare its pairs with the planted ones.

    Processor seconds, the best of three, so that other work on the machine matters as little as possible.
    """
    seconds = []
    for _ in range(repeats):
        start = time.process_time()
        groups = method(questions)
        seconds.append(time.process_time() - start)
    true = pairs(Counter(question.origin for question in questions).values())
    found = pairs(Counter(groups).values())
    right = pairs(Counter(zip(groups, (question.origin for question in questions), strict=True)).values())
    return Score(name, min(seconds), right / true, right / found if found else 1.0)


def by_hash(questions: Sequence[Question]) -> list[int]:
    """Groups by exact fingerprint."""
    first: dict[bytes, int] = {}
    return [first.setdefault(fingerprint(question.text), number) for number, question in enumerate(questions)]


def by_flywheel(questions: Sequence[Question]) -> list[int]:
    """Groups by this product: keys, then the exact check."""
    found = cluster((number, sketch(question.text)) for number, question in enumerate(questions))
    return [found[number] for number in range(len(questions))]


def by_rensa(questions: Sequence[Question]) -> list[int]:
    """Groups by rensa's own index: what shares a band is taken for a duplicate, unchecked.

    128 permutations in 16 bands are its usual measure, and the least that finds 95 % of the planted pairs.
    """
    index = RMinHashLSH(threshold=0.65, num_perm=128, num_bands=16)
    groups: list[int] = []
    for number, question in enumerate(questions):
        minhash = RMinHash(num_perm=128, seed=42)
        minhash.update(question.text.split())
        found = index.query(minhash)
        groups.append(groups[min(found)] if found else number)
        index.insert(number, minhash)
    return groups


def by_datasketch(questions: Sequence[Question]) -> list[int]:
    """Groups by datasketch's index at its default of 128 permutations."""
    datasketch = importlib.import_module("datasketch")
    index = datasketch.MinHashLSH(threshold=0.65, num_perm=128)
    groups: list[int] = []
    for number, question in enumerate(questions):
        minhash = datasketch.MinHash(num_perm=128)
        minhash.update_batch([word.encode() for word in question.text.split()])
        found = index.query(minhash)
        groups.append(groups[min(found)] if found else number)
        index.insert(number, minhash)
    return groups


def table(title: str, questions: Sequence[Question], *, datasketch_gets: int) -> None:
    """Print every method over the same questions; datasketch, which is slow, gets the first of them."""
    reference = score("rensa, its candidates unchecked", questions, by_rensa)
    rate = len(questions) / reference.seconds
    print(title)
    print(f"{'':<34}{'per s':>10}{'ratio':>8}{'recall':>9}{'precision':>11}")
    for name, method in (("exact fingerprint", by_hash), ("flywheel, checked", by_flywheel)):
        print(score(name, questions, method).line(len(questions), rate))
    print(reference.line(len(questions), rate))
    if importlib.util.find_spec("datasketch"):
        some = questions[:datasketch_gets]
        print(score(f"datasketch, {len(some):,}", some, by_datasketch, repeats=1).line(len(some), rate))
    else:
        print("datasketch is not installed: not measured")


def main() -> None:
    """Run every method over the same questions and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--questions", type=int, default=100_000)
    parser.add_argument("--log", type=Path, nargs="*", default=[], help="import logs with real questions")
    parser.add_argument("--datasketch", type=int, default=20_000, help="it is slow: how many questions it gets")
    options = parser.parse_args()
    title = f"{options.questions:,} synthetic questions, {PLANTED:.0%} planted with one word exchanged"
    table(title, generate(options.questions), datasketch_gets=options.datasketch)
    if options.log:
        questions = from_logs(options.log)
        title = f"\n{len(questions):,} real questions and edits of up to a fifth of their words"
        table(title, questions, datasketch_gets=options.datasketch)
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB, questions included")


if __name__ == "__main__":
    main()
