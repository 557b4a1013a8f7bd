"""How much a batch of curation takes, and how it shares SQLite's one writer with capture: it holds the lock for a moment
beside others, for longer while it is alone.

Of an index in no order a large batch writes fewer pages a row than a small one, for it meets each of them more often.
"""

import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from django.db import transaction

from privacy.db import engine

SMALLEST, BATCH, LARGEST = 100, 300, 8_000  # interactions; the first of a run takes BATCH
LEAST_WITH_MANY_WRITERS = 1_000  # a batch has its price there, and nobody waits for it
GROWTH = 4  # at most, from one batch to the next
HELD_SECONDS, HELD_BESIDE_OTHERS = 0.5, 0.1  # by one transaction
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

    Whether somebody else writes is seen between two transactions; until the second, it is taken for granted. What is
    done between them without the lock is a pause as well.
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
        """A batch, from its reading on: in one transaction where what is read is locked, on SQLite in none yet."""
        with uncollected(), nullcontext() if self.shares else transaction.atomic():
            yield

    @contextmanager
    def writing(self) -> Iterator[None]:
        """A transaction, or the rest of one, a while after the last."""
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
        """Pause for what is left of the while, and see whether somebody has written: then take less from now on."""
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
