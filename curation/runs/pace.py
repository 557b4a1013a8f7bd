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
HELD_SECONDS, HELD_BESIDE_OTHERS = 0.5, 0.1  # by one transaction
PAUSE_SECONDS = 0.11  # a waiting writer sleeps up to a tenth of a second between tries


@contextmanager
def uncollected() -> Iterator[None]:
    """Without the collector of reference cycles, which would walk a batch's rows again and again although they have
    none.
    """
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
        self.shares = engine.one_writer()
        self.beside_others = self.shares
        self.least = SMALLEST if self.shares else min(LEAST_WITH_MANY_WRITERS, LARGEST)
        self.batch = BATCH if self.shares else self.least  # how many interactions the next transaction writes
        self.ended = 0.0
        self.version = 0

    @contextmanager
    def reading(self) -> Iterator[None]:
        """The reading phase of a batch: in one transaction if reads take locks; on SQLite in none yet."""
        with uncollected(), nullcontext() if self.shares else transaction.atomic():
            yield

    @contextmanager
    def writing(self) -> Iterator[None]:
        """A transaction, or the rest of one, some time after the last."""
        self._let_others()
        with transaction.atomic(savepoint=False):
            began = time.monotonic()
            yield
        self.ended = time.monotonic()
        self.version = engine.data_version()
        engine.checkpoint()
        held, wanted = self.ended - began, HELD_BESIDE_OTHERS if self.beside_others else HELD_SECONDS
        fitting = self.batch * min(wanted / max(held, 0.001), GROWTH)
        self.batch = max(self.least, min(LARGEST, int(fitting)))

    def _let_others(self) -> None:
        """Pause for the rest of the interval, and check whether somebody has written: if so, take less from now on."""
        if self.shares and self.ended:
            time.sleep(max(0.0, self.ended + PAUSE_SECONDS - time.monotonic()))
            alone, self.beside_others = not self.beside_others, engine.data_version() != self.version
            if alone and self.beside_others:
                self.batch = max(self.least, int(self.batch * HELD_BESIDE_OTHERS / HELD_SECONDS))


@contextmanager
def paced() -> Iterator[Pace]:
    """The pace of one run."""
    with engine.set_for_batches():
        yield Pace()
