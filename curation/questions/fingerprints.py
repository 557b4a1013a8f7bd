"""Which questions are the same (by fingerprint), and which are near (by MinHash bands, confirmed by an exact check).

Two questions are near when they share enough of their words (`THRESHOLD`) and were asked in much the same conversation
(`CONTEXT_THRESHOLD`). Comparing all pairs would be too slow, so every question has eight band keys, and only questions
that share a key are compared: Broder's MinHash with the banding of Leskovec, Rajaraman, Ullman, "Mining of Massive
Datasets", chapter 3. A key is one indexed integer, so the index can be a table as well as a dict. Languages written
without spaces are split into characters (Han) or pairs of characters (kana, Thai, Lao, Burmese, Khmer).
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
"""How many canonical questions one key may lead to; with more, the key says too little to be worth reading."""
VERSION: Final = f"1-{RMinHash.ALGORITHM_VERSION}"
"""Keys of different versions must not be compared: store it next to them, and rebuild them when it changes."""

HAN: Final = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
SPACELESS: Final = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff"
RUNS: Final = re.compile(f"[{HAN}]|[{SPACELESS}]+|[^\\s{HAN}{SPACELESS}]+")
IS_SPACELESS: Final = re.compile(f"[{SPACELESS}]")


class Sketch(NamedTuple):
    """The compared parts of a question: its normalised text, and that of the turns before it.

    Text, not sets of words: a million of them take little memory and give the garbage collector nothing to visit.
    """

    question: str
    context: str = ""


def sketch(question: str, context: Iterable[tuple[str, str]] = ()) -> Sketch:
    """The sketch of a question asked after these (role, content) turns, of which the last 2,000 characters count."""
    turns = " ".join(content for _, content in context) if context else ""
    return Sketch(normalise(question), normalise(turns[-CONTEXT_CHARS:]) if turns else "")


def shingles(words: str) -> frozenset[str]:
    """The distinct words of a normalised text; characters or pairs of them for scripts without spaces."""
    return frozenset(cut(words))


def cut(words: str) -> list[str]:
    """The shingles of a normalised text in order, with repetitions."""
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
    """The MinHash signature, 32 unsigned 32-bit integers; empty if there is nothing to compare.

    A long word counts twice. Long words tell questions apart; short ones ("how", "do") make unlike questions meet.
    """
    words = cut(of.question)  # repetitions make no difference
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
    """A question's words as bits, each at its checksum, in a signed 64-bit integer; and how many words there are."""
    found, bits = cut(of.question), 0
    for mark in map(crc32, map(str.encode, found)):
        bits |= 1 << mark % 63
    return bits, len(found)


def may_be_near(of: int, size: int, other: int) -> bool:
    """Whether two questions can be near, by their `words`.

    A bit that only one has is a word that only one has. For two questions with likeness t, there are at most (1 - t) /
    t such words per word of either.
    """
    return (of ^ other).bit_count() <= size * APART


def bands(values: Sequence[int]) -> tuple[int, ...]:
    """The eight keys of a signature as signed 32-bit integers; none for an empty one.

    A key combines the lower halves of four values, the first pair XORed with the second: 16 bits of each are enough,
    nothing needs hashing, and short keys take fewer index pages.
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
    """The numbers in a text: an order, an amount, a year. Questions that differ in one ask for different things."""
    return frozenset(word for word in words if word[0].isdigit())


def are_near(a: Sketch, b: Sketch) -> float:
    """The likeness of two questions (0.65 to 1) if they are near, else 0."""
    found = near(a, [(0, b)])
    return found[1] if found else 0.0


def near(candidate: Sketch, others: Iterable[tuple[int, tuple[str, str]]]) -> tuple[int, float] | None:
    """The (id, likeness) of the nearest question that shares a key with the candidate; None if none is near. Of equals,
    the smallest id.
    """
    best: tuple[int, float] | None = None
    question, context = shingles(candidate.question), None
    for key, (text, turns) in others:
        words = cut(text)
        if question and len(question.intersection(words)) / len(question) < THRESHOLD:
            continue  # an upper bound on the likeness, which usually settles it
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

    Only canonical questions are kept: a question near one joins it and adds nothing. The cost depends on how many share
    a key, at most `BUCKET` questions each, and not on how many are stored.
    """

    def __init__(self) -> None:
        self.buckets: dict[int, tuple[int, ...]] = {}
        self.sketches: dict[int, tuple[str, str]] = {}  # questions that may be near one to be placed

    def add(self, key: int, of: Sketch) -> int:
        """The canonical question for this one: the nearest known one, or itself from now on."""
        return self.place(key, of, bands(signature(of)))

    def place(self, key: int, of: Sketch, keys: Sequence[int]) -> int:
        """Like `add`, with keys already made."""
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
        self.sketches[key] = (of.question, of.context)  # the garbage collector skips a plain tuple of strings
        return key


def cluster(items: Iterable[tuple[int, Sketch]]) -> dict[int, int]:
    """The canonical question for each: the first of its cluster, or itself. The order decides."""
    index = Index()
    return {key: index.add(key, of) for key, of in items}
