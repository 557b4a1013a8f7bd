"""Texts of 1 MB that try to exhaust the redactor: CPU seconds, and time per byte compared with texts of 100 kB.

    python -m bench.redaction_hostile

Exits with 1 where one takes a second or more, or more than 1.5 times as long per byte as a tenth of it. Times under 20 ms are
within the clock's noise and are not compared.
"""

import base64
import random
import sys
import time

from privacy.redaction import redact

SMALL, LARGE, ROUNDS = 100_000, 1_000_000, 3
UNITS = (
    "a",
    "1",
    "1-",
    "a@",
    "a.",
    " ",
    "Aa ",
    ":",
    "x://a:",
    "api_key=",
    "-----BEGIN RSA PRIVATE KEY-----\n",
    "eyJ",
    "1 ",
    "(",
    "a at b dot ",
)


def text(unit: str, size: int, seed: int) -> str:
    """A unit repeated to this many characters; without a unit, random base64 from a seed."""
    if unit:
        return (unit * (size // len(unit) + 1))[:size]
    return base64.b64encode(random.Random(seed).randbytes(size)).decode()[:size]


def seconds(unit: str, size: int) -> float:
    """CPU seconds that a text takes, the least of a few."""
    taken = []
    for seed in range(ROUNDS):
        given = text(unit, size, size + seed)
        began = time.process_time()
        redact(given)
        taken.append(time.process_time() - began)
    return min(taken)


def main() -> int:
    """Measure all sixteen."""
    redact("Mary Smith, mary@example.com, 4111 1111 1111 1111, password: hunter2")
    failed = False
    print(f"{'unit':36}{'1 MB, s':>10}{'per byte, times 100 kB':>26}")
    for unit in (*UNITS, ""):
        small, large = seconds(unit, SMALL), seconds(unit, LARGE)
        ratio = large / max(small, 1e-9) * SMALL / LARGE
        bad = large >= 1 or (ratio > 1.5 and small >= 0.02)
        failed |= bad
        print(f"{repr(unit) if unit else 'random base64':36}{large:10.3f}{ratio:26.2f}{'  !' if bad else ''}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
