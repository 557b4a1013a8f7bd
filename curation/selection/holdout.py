"""Which questions are tested and never trained on."""

import hashlib
from typing import Final

SCALE: Final = 1 << 64


def place(root: bytes, *, key: bytes) -> float:
    """Where a cluster of near questions stands from 0 to 1; below the hold-out share it only tests.

    `root` is the fingerprint of the cluster's first question, which a merge keeps, so that a cluster has one place for
    ever. Raising the share moves clusters to evaluation alone, and those that were there stay there.
    """
    return int.from_bytes(hashlib.blake2b(root, key=key[:64], digest_size=8).digest(), "big") / SCALE
