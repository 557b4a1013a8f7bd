"""Writes that are on disk when they return, or have failed as a whole; and whether the disk is writable now."""

import contextlib
import errno
import fcntl
import os
import secrets
from pathlib import Path

from django.conf import settings
from django.db import OperationalError

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS}
ROOM = 65_536  # free bytes needed for the disk to count as writable


def append(path: Path, data: bytes) -> None:
    """Add these lines to a file and flush them to disk. If that fails, the file is unchanged and `OSError` says why.

    If the last line has no end, after a power cut, it gets one first, so that nothing is added to that line.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)  # otherwise one process could cut off what another has added
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
    """Write all of it. On a full disk, the first write may be partial without an error; the next one raises."""
    rest = memoryview(data)
    while rest:
        written = os.write(descriptor, rest)
        if not written:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        rest = rest[written:]


def sync_folder(path: Path) -> None:
    """Flush a folder's own entries to disk, so that a rename survives a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


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
        with contextlib.suppress(OSError):  # the folder does not exist yet
            probe.unlink()
    return ""


def is_full(error: Exception) -> bool:
    """Whether it failed for lack of space, in a file or in the database."""
    if isinstance(error, OSError):
        return error.errno in FULL
    return isinstance(error, OperationalError) and any(words in str(error) for words in ("is full", "No space left"))
