"""Which questions are tested and never trained on, and what testing and training share all the same."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

Side = Literal["evaluation", "training", "both"]
SCALE: Final = 1 << 64


def side(root: bytes, holdout: float, *, key: bytes) -> Side:
    """The side of a cluster of near-duplicates: for ever the same, however many records and releases come.

    `root` is the fingerprint of the cluster's first question, which a merge keeps; the keyed hash of it, as a
    number from 0 to 1, is below the hold-out share or not. Raising the share moves clusters to evaluation
    alone, and those that were there stay there. With a share of 0 every record serves both, as the method
    says, and `overlap` says so.
    """
    if not 0 <= holdout < 1:
        raise ValueError("the hold-out share is at least 0 and below 1")
    if not holdout:
        return "both"
    return "evaluation" if place(root, key=key) < holdout else "training"


def place(root: bytes, *, key: bytes) -> float:
    """Where a cluster stands from 0 to 1, by the keyed hash of its first question; below the share it only tests."""
    return int.from_bytes(hashlib.blake2b(root, key=key[:64], digest_size=8).digest(), "big") / SCALE


@dataclass(frozen=True, slots=True)
class Overlap:
    """How many eval cases have their interaction, or a near-duplicate, among the training examples."""

    cases: int
    same: int
    near: int

    @property
    def share(self) -> float:
        """The share of eval cases that training has seen, 0 to 1."""
        return (self.same + self.near) / self.cases if self.cases else 0.0


def overlap(cases: Iterable[tuple[int, int]], examples: Iterable[tuple[int, int]]) -> Overlap:
    """The overlap of eval cases and training examples, each given as (interaction, cluster)."""
    trained = list(examples)
    interactions, clusters = {number for number, _ in trained}, {cluster for _, cluster in trained}
    total = same = near = 0
    for number, cluster in cases:
        total += 1
        if number in interactions:
            same += 1
        elif cluster in clusters:
            near += 1
    return Overlap(total, same, near)
