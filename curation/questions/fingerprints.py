"""Which questions are the same: exactly, by fingerprint, and nearly, by MinHash bands that an exact check
confirms.

Two questions are near when they share enough of their words (`THRESHOLD`) and were asked in much the same
conversation (`CONTEXT_THRESHOLD`). Comparing each with each is out of the question, so every question has
eight band keys, and only questions that share a key are compared: Broder's MinHash with the banding of
Leskovec, Rajaraman, Ullman, "Mining of Massive Datasets", chapter 3. A key is one indexed integer, so the
index can be a table as well as a dict.

Languages written without spaces are cut into characters (Han) or pairs of characters (kana, Thai, Lao,
Burmese, Khmer).
"""

import re
import struct
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple
from zlib import crc32

from rensa import RMinHash

from feedback.texts.fingerprints import fingerprint, normalise

__all__ = [
    "THRESHOLD", "VERSION", "Index", "Sketch", "are_near", "bands", "cluster", "fingerprint", "jaccard",
    "may_be_near", "near", "normalise", "shingles", "signature", "sketch", "words",
]  # fmt: skip

THRESHOLD: Final = 0.65
"""The least share of words in common: a fifth of the words exchanged leaves 0.8 / 1.2 = 0.67."""
APART: Final = (1 - THRESHOLD) / THRESHOLD + 1e-9  # floats round: 13 words of 20 are near
CONTEXT_THRESHOLD: Final = 0.5
CONTEXT_CHARS: Final = 2_000
ROWS: Final = 4
BANDS: Final = 8
SEED: Final = 20_260_101
EIGHT_KEYS: Final = struct.Struct("<" + "i4x" * BANDS)
LONG_WORD: Final = 5
BUCKET: Final = 32
"""How many canonical questions one key may lead to: beyond it the key says too little to be worth reading."""
VERSION: Final = f"1-{RMinHash.ALGORITHM_VERSION}"
"""Keys of different versions must not be compared: store it beside them, and rebuild them when it changes."""

HAN: Final = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
SPACELESS: Final = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff"
RUNS: Final = re.compile(f"[{HAN}]|[{SPACELESS}]+|[^\\s{HAN}{SPACELESS}]+")
IS_SPACELESS: Final = re.compile(f"[{SPACELESS}]")


class Sketch(NamedTuple):
    """What is compared of a question: its normalised text, and that of the turns before it.

    Text, not sets of words: a million of them take little room and give the garbage collector nothing to visit.
    """

    question: str
    context: str = ""


def sketch(question: str, context: Iterable[tuple[str, str]] = ()) -> Sketch:
    """The sketch of a question asked after these (role, content) turns, of which the last 2,000 characters count."""
    turns = " ".join(content for _, content in context) if context else ""
    return Sketch(normalise(question), normalise(turns[-CONTEXT_CHARS:]) if turns else "")


def shingles(words: str) -> frozenset[str]:
    """The distinct words of a normalised text; characters or pairs of them where words have no spaces between."""
    return frozenset(cut(words))


def cut(words: str) -> list[str]:
    """The shingles of a normalised text in their order, as often as they stand there."""
    if words.isascii():
        return words.split()
    found: list[str] = []
    for run in RUNS.findall(words):
        if len(run) > 2 and IS_SPACELESS.match(run):
            found.extend(run[i : i + 2] for i in range(len(run) - 1))
        else:
            found.append(run)
    return found


def signature(of: Sketch) -> list[int]:
    """The MinHash signature, 32 unsigned 32-bit integers; empty where there is nothing to compare.

    A long word counts twice. Long words tell questions apart, short ones ("how", "do") make unlike questions
    meet.
    """
    words = cut(of.question)  # it makes no difference how often one stands there
    if not words:
        return []
    tokens = [*words, *[f"{word}~" for word in words if len(word) >= LONG_WORD]]
    if of.context:
        tokens += [f"<{word}" for word in shingles(of.context)]
    minhash = RMinHash(num_perm=ROWS * BANDS, seed=SEED)
    minhash.update(tokens)
    made: list[int] = minhash.digest()
    return made


def words(of: Sketch) -> tuple[int, int]:
    """The words of a question as bits, each at its checksum, in a signed 64-bit integer; and how many words there are."""
    found, bits = cut(of.question), 0
    for mark in map(crc32, map(str.encode, found)):
        bits |= 1 << mark % 63
    return bits, len(found)


def may_be_near(of: int, size: int, other: int) -> bool:
    """Whether two questions can be near, by their `words`. A bit that only one has is a word that only one has; of two
    questions whose likeness is t, there are no more such words than (1 - t) / t of those of either.
    """
    return (of ^ other).bit_count() <= size * APART


def bands(values: Sequence[int]) -> tuple[int, ...]:
    """The eight keys of a signature as signed 32-bit integers; none for an empty one.

    A key is made of the lower halves of four values, the first and the second beside each other, and over them the third
    and the fourth: 16 bits of each tell enough, nothing has to be hashed, and in an index short keys take fewer pages.
    """
    if not values:
        return ()
    halves = memoryview(struct.pack("<32I", *values)).cast("H")[::2].tobytes()
    pairs = int.from_bytes(halves, "little")
    return EIGHT_KEYS.unpack((pairs ^ pairs >> 32).to_bytes(len(halves), "little"))


def jaccard(a: frozenset[str], b: frozenset[str]) -> float:
    """The share of their shingles that two sets have in common, 0 to 1; two empty sets are the same."""
    if not a and not b:
        return 1.0
    both = len(a & b)
    return both / (len(a) + len(b) - both)


def numbers(words: frozenset[str]) -> frozenset[str]:
    """The numbers: an order, an amount, a year. Questions that differ in one ask for different things."""
    return frozenset(word for word in words if word[0].isdigit())


def are_near(a: Sketch, b: Sketch) -> float:
    """How alike two questions are (0.65 to 1) where they are near, else 0."""
    found = near(a, [(0, b)])
    return found[1] if found else 0.0


def near(candidate: Sketch, others: Iterable[tuple[int, tuple[str, str]]]) -> tuple[int, float] | None:
    """The (id, likeness) of the nearest of those that share a key with the candidate, None where none is near.

    Of equals, the smallest id.
    """
    best: tuple[int, float] | None = None
    question, context = shingles(candidate.question), None
    for key, (text, turns) in others:
        words = cut(text)
        if question and len(question.intersection(words)) / len(question) < THRESHOLD:
            continue  # the likeness is no more than that: mostly this settles it
        theirs = frozenset(words)
        alike = jaccard(question, theirs)
        if alike < THRESHOLD or (best and (-best[1], best[0]) < (-alike, key)):
            continue
        if numbers(question) != numbers(theirs):
            continue
        if candidate.context or turns:
            context = shingles(candidate.context) if context is None else context
            if jaccard(context, shingles(turns)) < CONTEXT_THRESHOLD:
                continue
        best = (key, alike)
    return best


class Index:
    """Canonical questions by their keys, in memory. A table of (key, canonical) rows does the same for a
    database.

    Only canonical questions are kept: a question that is near one joins it and adds nothing. What is compared
    follows what shares a key, at most `BUCKET` questions for each, and not what is stored.
    """

    def __init__(self) -> None:
        self.buckets: dict[int, tuple[int, ...]] = {}
        self.sketches: dict[int, tuple[str, str]] = {}  # of those that may be near one that is to be placed

    def add(self, key: int, of: Sketch) -> int:
        """The canonical question of this one: the nearest that is known, or itself from now on."""
        return self.place(key, of, bands(signature(of)))

    def place(self, key: int, of: Sketch, keys: Sequence[int]) -> int:
        """As `add`, by keys that were made already."""
        alone = (key,)
        held = [self.buckets.setdefault(band, alone) for band in keys]
        found = {other for bucket in held if bucket is not alone for other in bucket}
        if found and (
            nearest := near(of, [(other, self.sketches[other]) for other in found if other in self.sketches])
        ):
            for band, bucket in zip(keys, held, strict=True):
                if bucket is alone:
                    self.buckets.pop(band, None)
            return nearest[0]
        for band, bucket in zip(keys, held, strict=True):
            if bucket is not alone and len(bucket) < BUCKET:
                self.buckets[band] = (*bucket, key)
        self.sketches[key] = (of.question, of.context)  # a plain tuple of strings is nothing for the garbage collector
        return key


def cluster(items: Iterable[tuple[int, Sketch]]) -> dict[int, int]:
    """The canonical question of each: the first of its cluster, or itself. The order decides."""
    index = Index()
    return {key: index.add(key, of) for key, of in items}
