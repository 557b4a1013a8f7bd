"""When beat, each worker and the work itself last gave a sign of life: the times of small files under FLYWHEEL_VAR.

A worker's comes from a thread of its own: it says that the process lives, also in the middle of long work. `work` says
that a worker has taken and finished a task that beat had sent, so that broker, beat and worker go together.
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
ALIVE = 60.0  # seconds; what has been silent for longer is taken for dead
FORGOTTEN = 86_400.0
BEAT, WORK = "beat", "work"
WORKER = "worker-"


def folder() -> Path:
    """Where they are."""
    return Path(settings.VAR) / "heartbeats"


def beat_now(name: str) -> None:
    """Note a sign of life."""
    folder().mkdir(mode=0o700, exist_ok=True)
    (folder() / name).touch(mode=0o600)


def last(name: str) -> float | None:
    """When, in seconds since 1970; None for never."""
    try:
        return (folder() / name).stat().st_mtime
    except FileNotFoundError:
        return None


def workers() -> dict[str, float]:
    """The last sign of each worker that was there within a day; files of older ones go."""
    found = {}
    for path in folder().glob(f"{WORKER}*") if folder().is_dir() else ():
        at = last(path.name)
        if at is not None and at < time.time() - FORGOTTEN:
            path.unlink(missing_ok=True)
        elif at is not None:
            found[path.name.removeprefix(WORKER)] = at
    return found


def alive() -> int:
    """How many workers gave a sign within `ALIVE` seconds."""
    return sum(at > time.time() - ALIVE for at in workers().values())


class Heartbeat(bootsteps.StartStopStep):  # type: ignore[misc]
    """The thread in which a worker gives its signs; one that ends in order takes its file away."""

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
        """Give signs until the worker ends; a disk without room is no reason to end."""
        while not self.ended.is_set():
            with contextlib.suppress(OSError):
                beat_now(self.name)
            self.ended.wait(SECONDS)
