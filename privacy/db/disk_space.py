"""Writing to a disk that may be full: wholly, or not at all; and whether it can be written to at this moment."""

import contextlib
import errno
import fcntl
import os
import secrets
from pathlib import Path

from django.conf import settings
from django.db import OperationalError

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS}
ROOM = 65_536  # bytes that must fit for the disk to count as one that can be written to


def append(path: Path, data: bytes) -> None:
    """Add these lines to a file and flush them to disk; where that fails, the file is as it was, and `OSError` says why.

    A file whose last line has no end, after a power cut, gets one first: nothing is written into that line.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)  # of two processes, none may cut off what the other has added
        size = os.fstat(descriptor).st_size
        torn = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
        try:
            write(descriptor, b"\n" + data if torn else data)
            os.fsync(descriptor)
        except OSError:
            os.ftruncate(descriptor, size)
            os.fsync(descriptor)
            raise
    finally:
        os.close(descriptor)


def write(descriptor: int, data: bytes) -> None:
    """Write all of it. A full disk takes a part without an error, and then none."""
    rest = memoryview(data)
    while rest:
        written = os.write(descriptor, rest)
        if not written:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        rest = rest[written:]


def problem() -> str:
    """Why FLYWHEEL_VAR cannot be written to, in the system's words; empty where it can."""
    probe = Path(settings.VAR) / f"room.{secrets.token_hex(4)}"
    try:
        descriptor = os.open(probe, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            write(descriptor, bytes(ROOM))
        finally:
            os.close(descriptor)
    except OSError as error:
        return error.strerror or type(error).__name__
    finally:
        with contextlib.suppress(OSError):  # it was never made
            probe.unlink()
    return ""


def is_full(error: Exception) -> bool:
    """Whether it failed for want of room: a file, or the database's own."""
    if isinstance(error, OSError):
        return error.errno in FULL
    return isinstance(error, OperationalError) and any(words in str(error) for words in ("is full", "No space left"))
