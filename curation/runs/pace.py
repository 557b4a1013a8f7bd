"""How much a batch of curation takes, and how it shares SQLite's one writer with capture: it holds the lock for a moment
beside others, for longer while it is alone.

Of an index in no order a large batch writes fewer pages a row than a small one, for it meets each of them more often.
"""

import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from django.db import connection, transaction

from privacy.db import columns

SMALLEST, BATCH, LARGEST = 100, 300, 8_000  # interactions; the first of a run takes BATCH
LEAST_WITH_MANY_WRITERS = 1_000  # a batch has its price there, and nobody waits for it
GROWTH = 4  # at most, from one batch to the next
HELD_SECONDS, HELD_BESIDE_OTHERS = 0.5, 0.1  # by one transaction
ROOM = {"cache_size": -32_000, "wal_autocheckpoint": 0}
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
    """With more of SQLite's pages in memory than a connection is otherwise given, for a batch meets many of them twice; and
    without checkpoints of SQLite's own, which `Pace` makes between two batches.
    """
    if connection.vendor != "sqlite":
        yield
        return
    usual = {name: pragma(name) for name in ROOM}
    for name, wanted in ROOM.items():
        pragma(f"{name} = {wanted}")
    try:
        yield
    finally:
        for name, value in usual.items():
            pragma(f"{name} = {value}")


def pragma(said: str) -> int | None:
    """Read or set one of SQLite's settings of this connection; its value, where it says one."""
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA {said}")
        row = cursor.fetchone()
    return row[0] if row else None


def checkpoint() -> None:
    """Carry what was committed from SQLite's log into its file, without waiting for anybody. Nobody waits for this: it
    takes as long as much of the commit, and within the commit it would be counted, and timed, as the lock.
    """
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        pragma("wal_checkpoint(PASSIVE)")


class Pace:
    """How much the next batch of a run takes, and when the lock is left alone. Other databases have many writers.

    Whether somebody else writes is seen between two transactions; until the second, it is taken for granted. What is
    done between them without the lock is a pause as well.
    """

    def __init__(self) -> None:
        self.shares = connection.vendor == "sqlite"
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
        self.version = columns.data_version()
        checkpoint()
        held, wanted = self.ended - began, HELD_BESIDE_OTHERS if self.beside_others else HELD_SECONDS
        fitting = self.batch * min(wanted / max(held, 0.001), GROWTH)
        self.batch = max(self.least, min(LARGEST, int(fitting)))

    def _let_others(self) -> None:
        """Pause for what is left of the while, and see whether somebody has written: then take less from now on."""
        if self.shares and self.ended:
            time.sleep(max(0.0, self.ended + PAUSE_SECONDS - time.monotonic()))
            alone, self.beside_others = not self.beside_others, columns.data_version() != self.version
            if alone and self.beside_others:
                self.batch = max(self.least, int(self.batch * HELD_BESIDE_OTHERS / HELD_SECONDS))


@contextmanager
def paced() -> Iterator[Pace]:
    """The pace of one run."""
    with roomy():
        yield Pace()
