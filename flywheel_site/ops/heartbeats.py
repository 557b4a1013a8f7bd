"""Heartbeats of beat, of each worker and of the work itself: the times of small files under FLYWHEEL_VAR.

A worker's heartbeat comes from a separate thread, so it shows that the process is alive even during long work. `work`
says that a worker has finished a task that beat sent, so broker, beat and worker all work together.
"""

import contextlib
import re
import socket
import threading
import time
from pathlib import Path
from typing import Any

from celery import bootsteps
from django.conf import settings

SECONDS = 10.0
ALIVE = 60.0  # seconds; after a longer silence it counts as dead
FORGOTTEN = 86_400.0
BEAT, WORK = "beat", "work"
WORKER = "worker-"


def folder() -> Path:
    """Where the files are."""
    return Path(settings.VAR) / "heartbeats"


def beat_now(name: str) -> None:
    """Record a heartbeat."""
    folder().mkdir(mode=0o700, exist_ok=True)
    (folder() / name).touch(mode=0o600)


def last(name: str) -> float | None:
    """The time of the last heartbeat, in seconds since 1970; None if there was none."""
    try:
        return (folder() / name).stat().st_mtime
    except FileNotFoundError:
        return None


def workers() -> dict[str, float]:
    """The last heartbeat of each worker seen within a day; older files are removed."""
    found = {}
    for path in folder().glob(f"{WORKER}*") if folder().is_dir() else ():
        at = last(path.name)
        if at is not None and at < time.time() - FORGOTTEN:
            path.unlink(missing_ok=True)
        elif at is not None:
            found[path.name.removeprefix(WORKER)] = at
    return found


def alive() -> int:
    """How many workers had a heartbeat within the last `ALIVE` seconds."""
    return sum(at > time.time() - ALIVE for at in workers().values())


class Heartbeat(bootsteps.StartStopStep):  # type: ignore[misc]
    """The thread that records a worker's heartbeats; a worker that ends normally removes its file."""

    def __init__(self, parent: Any, **options: Any) -> None:
        self.name = f"{WORKER}{re.sub(r'[^A-Za-z0-9.-]', '-', str(parent.hostname or socket.gethostname()))}"
        self.ended = threading.Event()

    def start(self, parent: Any) -> None:
        threading.Thread(target=self.run, name="heartbeat", daemon=True).start()

    def stop(self, parent: Any) -> None:
        self.ended.set()
        (folder() / self.name).unlink(missing_ok=True)

    terminate = stop

    def run(self) -> None:
        """Record heartbeats until the worker ends; a full disk is no reason to stop."""
        while not self.ended.is_set():
            with contextlib.suppress(OSError):
                beat_now(self.name)
            self.ended.wait(SECONDS)
