"""How much a batch of curation takes, and how it shares SQLite's one writer with capture: as much as fits into a second
while it is alone, little beside others.

Of an index in no order a large batch writes fewer pages a row than a small one, for it meets each of them more often.
"""

import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

BATCH, LARGEST, BESIDE_OTHERS = 1_000, 8_000, 200  # interactions
BATCH_SECONDS = 0.9
GROWTH = 4  # at most, from one batch to the next
HELD_SECONDS, HELD_BESIDE_OTHERS = 0.6, 0.1
CACHE_KB = 32_000
PAUSE_SECONDS = 0.11  # a waiting writer sleeps for up to a tenth of a second between two tries


@contextmanager
def uncollected() -> Iterator[None]:
    """Without the collector of reference cycles: it would walk a batch's rows again and again, which have none."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


@contextmanager
def roomy() -> Iterator[None]:
    """With more of SQLite's pages in memory than a connection is otherwise given: a batch meets many of them twice."""
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA cache_size")
        (usual,) = cursor.fetchone()
        cursor.execute(f"PRAGMA cache_size = -{CACHE_KB}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA cache_size = {usual}")


class Pace:
    """How much the next batch of a run takes, and when the lock is left alone. Other databases have many writers.

    Whether somebody else writes is seen in the pauses; until the first of them, it is taken for granted.
    """

    def __init__(self) -> None:
        self.shares = connection.vendor == "sqlite"
        self.beside_others = self.shares
        self.size = BATCH
        self.held = 0.0
        self.version = self._version()

    @property
    def batch(self) -> int:
        """How many interactions the next transaction reads."""
        return BESIDE_OTHERS if self.beside_others else self.size

    def took(self, seconds: float) -> None:
        """Note that a batch, and the lock, took so long; pause where that was long enough in all."""
        self.held += seconds
        fitting = self.batch * BATCH_SECONDS / max(seconds, 0.001)
        self.size = min(LARGEST, max(BATCH, int(min(fitting, GROWTH * self.size))))
        if self.shares and self.held >= (HELD_BESIDE_OTHERS if self.beside_others else HELD_SECONDS):
            time.sleep(PAUSE_SECONDS)
            before, self.version = self.version, self._version()
            self.beside_others = self.version != before
            self.held = 0.0

    def _version(self) -> int:
        """A number that changes when another connection has written."""
        if not self.shares:
            return 0
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA data_version")
            return int(cursor.fetchone()[0])
