"""The pages of SQLite's file that a transaction changes, from the write-ahead log.

Each changed page is a frame in the log. When all of the log is in the file, the next writer starts it again from its
beginning, over the old frames. An open reader limits this: if the log was not all in the file when the reader began,
nobody starts it again; if it was, somebody may start it again once, before the first new frame, and no new frame can be
copied to the file while the reader reads from there. So while the reader is open, no frame is lost that was written
since: those after the place where the log then ended, or, if its salts have changed, all of them.
"""

import os
import sqlite3
import struct
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field

from django.db import connection, transaction

from privacy.db import engine

HEADER = struct.Struct(">8xI4x8s8x")  # of the log: the size of a page and the salts
FRAME = struct.Struct(">II8s8x")  # before each page: its number, not zero if it ends a commit, the salts
BEGIN = "BEGIN; SELECT count(*) FROM sqlite_master;"  # a transaction reads only from its first SELECT on
LONG = 1_000  # frames, after which SQLite copies the log to the file; our reader stops it from doing so by itself
Place = tuple[bytes, int]  # the log's salts, and the number of frames up to the end of the last commit


@dataclass
class ChangedPages:
    """The numbers of the pages that some transactions have changed; on SQLite only. Others' may be among them."""

    numbers: set[int] = field(default_factory=set)
    _place: Place | None = None

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """A transaction whose pages are added once it is committed.

        The reader opens once this process has the write lock. An earlier one could block another process that is
        emptying the log: that process holds the lock for which we would be waiting.
        """
        if not engine.one_writer():
            with transaction.atomic():
                yield
            return
        with closing(
            sqlite3.connect(str(connection.settings_dict["NAME"]), timeout=30, isolation_level=None)
        ) as reader:
            with transaction.atomic():
                reader.executescript(BEGIN)
                self._follow()
                yield
            self._follow()
        if self._place and self._place[1] > LONG:
            engine.checkpoint()

    def _follow(self) -> None:
        begun = self._place is not None
        self._place, changed = read_log(self._place or (b"", 0))
        self.numbers |= changed if begun else set()


def read_log(place: Place) -> tuple[Place, set[int]]:
    """Where the log's last commit ends, and the pages in the frames after this place.

    Frames after the last commit are read again next time: a transaction that is rolled back leaves its frames to be
    written over.
    """
    pages: set[int] = set()
    with suppress(FileNotFoundError), open(f"{connection.settings_dict['NAME']}-wal", "rb") as log:
        header = os.pread(log.fileno(), HEADER.size, 0)
        if len(header) < HEADER.size:
            return (b"", 0), pages
        size, salts = HEADER.unpack(header)
        number = end = place[1] if salts == place[0] else 0
        while (
            len(found := os.pread(log.fileno(), FRAME.size, HEADER.size + number * (FRAME.size + size))) == FRAME.size
        ):
            page, ends_commit, of = FRAME.unpack(found)
            if of != salts:
                break
            pages.add(page)
            number += 1
            end = number if ends_commit else end
        return (salts, end), pages
    return (b"", 0), pages
