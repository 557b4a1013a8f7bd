"""How curation shares SQLite's one writer with capture: large batches while it is alone, small ones beside others."""

import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

BATCH, BESIDE_OTHERS = 1_000, 200  # interactions
HELD_SECONDS, HELD_BESIDE_OTHERS = 1.0, 0.1
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


class Pace:
    """How much the next batch of a run takes, and when the lock is left alone. Other databases have many writers.

    Whether somebody else writes is seen in the pauses; until the first of them, it is taken for granted.
    """

    def __init__(self) -> None:
        self.shares = connection.vendor == "sqlite"
        self.beside_others = self.shares
        self.held = 0.0
        self.version = self._version()

    @property
    def batch(self) -> int:
        """How many interactions the next transaction reads."""
        return BESIDE_OTHERS if self.beside_others else BATCH

    def took(self, seconds: float) -> None:
        """Note that the lock was held so long; pause where that was long enough in all."""
        self.held += seconds
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
