"""How much a batch of curation takes, and how it shares SQLite's single writer with capture: it holds the lock briefly
while others write, longer while it is alone.

For an unordered index, a large batch writes fewer pages per row than a small one, since it hits each page more often.
"""

import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from django.db import transaction

from privacy.db import engine

SMALLEST, BATCH, LARGEST = 100, 300, 8_000  # interactions; a run's first batch takes BATCH
LEAST_WITH_MANY_WRITERS = 1_000  # batches have a fixed cost there, and nobody waits for them
GROWTH = 4  # at most, from one batch to the next
HELD_SECONDS, HELD_SECONDS_SHARED = 0.5, 0.1  # by one transaction
PAUSE_SECONDS = 0.11  # a waiting writer sleeps up to a tenth of a second between tries


@contextmanager
def without_gc() -> Iterator[None]:
    """Pause the garbage collector, which would walk a batch's rows again and again although they have no cycles."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


class Pace:
    """How much a run's next batch takes, and when the lock is left alone. Other databases have many writers.

    Whether somebody else is writing shows between two transactions; until the second, it is assumed. Work done between
    them without the lock counts as a pause.
    """

    def __init__(self) -> None:
        self.one_writer = engine.one_writer()
        self.is_shared = self.one_writer
        self.least = SMALLEST if self.one_writer else min(LEAST_WITH_MANY_WRITERS, LARGEST)
        self.batch = BATCH if self.one_writer else self.least  # how many interactions the next transaction writes
        self.ended = 0.0
        self.version = 0

    @contextmanager
    def reading(self) -> Iterator[None]:
        """The reading phase of a batch: in one transaction if reads take locks; on SQLite in none yet."""
        with without_gc(), nullcontext() if self.one_writer else transaction.atomic():
            yield

    @contextmanager
    def writing(self) -> Iterator[None]:
        """A transaction, or the rest of one, some time after the last."""
        self._yield_to_others()
        with transaction.atomic(savepoint=False):
            began = time.monotonic()
            yield
        self.ended = time.monotonic()
        self.version = engine.data_version()
        engine.checkpoint()
        held, wanted = self.ended - began, HELD_SECONDS_SHARED if self.is_shared else HELD_SECONDS
        fitting = self.batch * min(wanted / max(held, 0.001), GROWTH)
        self.batch = max(self.least, min(LARGEST, int(fitting)))

    def _yield_to_others(self) -> None:
        """Pause for the rest of the interval, and check whether somebody has written: if so, take less from now on."""
        if self.one_writer and self.ended:
            time.sleep(max(0.0, self.ended + PAUSE_SECONDS - time.monotonic()))
            alone, self.is_shared = not self.is_shared, engine.data_version() != self.version
            if alone and self.is_shared:
                self.batch = max(self.least, int(self.batch * HELD_SECONDS_SHARED / HELD_SECONDS))


@contextmanager
def paced() -> Iterator[Pace]:
    """The pace of one run."""
    with engine.set_for_batches():
        yield Pace()
