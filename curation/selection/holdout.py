"""Decides which questions are used only for testing, never for training."""

import hashlib
from typing import Final

SCALE: Final = 1 << 64


def place(root: bytes, *, key: bytes) -> float:
    """The position of a cluster of near questions from 0 to 1; below the hold-out share it is only used for testing.

    `root` is the fingerprint of the cluster's first question, which a merge keeps, so a cluster's position is
    permanent. Raising the share moves more clusters to testing, and those already there stay.
    """
    return int.from_bytes(hashlib.blake2b(root, key=key[:64], digest_size=8).digest(), "big") / SCALE
