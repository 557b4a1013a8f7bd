"""The processes of the embedded server: web, worker and beat; started, restarted when they die, ended together."""

import os
import signal
import subprocess
import sys
import time
import types
from collections.abc import Callable
from dataclasses import dataclass, field

from django.conf import settings

GRACE_SECONDS = 8.0
BACKOFF_SECONDS = 1.0


@dataclass
class Process:
    """One child: how to start it, and the running one."""

    name: str
    command: list[str]
    running: subprocess.Popen[bytes] | None = field(default=None)

    def start(self) -> None:
        """Start the child, its output into a log of its own."""
        with (settings.VAR / "log" / f"{self.name}.log").open("ab") as log:
            environment = {**os.environ, "FLYWHEEL_VAR": str(settings.VAR)}
            self.running = subprocess.Popen(  # noqa: S603 - our own commands
                self.command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=environment
            )


def embedded(port: int, host: str = "127.0.0.1") -> list[Process]:
    """The children of the embedded server. One web process: SQLite has one writer, and a second hardly helps."""
    web = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port), "--workers", "1",
        "--blocking-threads", "4", "--backpressure", "256", "--no-ws", "--log-level", "warning",
        "flywheel_site.wsgi:application",
    ]  # fmt: skip
    worker = [
        sys.executable, "-m", "celery", "--app", "flywheel_site", "--quiet", "worker", "--pool", "solo", "--beat",
        "--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "warning",
    ]  # fmt: skip
    return [Process("web", web), Process("worker", worker)]


def supervise(children: list[Process], ready: Callable[[], None]) -> int:
    """Run the children until a signal comes; restart one that dies. Calls `ready` once when all are started."""
    stopping = False

    def stop(number: int, frame: types.FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    for child in children:
        child.start()
    ready()
    while not stopping:
        time.sleep(0.2)
        for child in children:
            if child.running is not None and child.running.poll() is not None and not stopping:
                time.sleep(BACKOFF_SECONDS)
                child.start()
    end(children)
    return 0


def end(children: list[Process]) -> None:
    """Ask every child to finish; kill what does not within the grace."""
    alive = [child.running for child in children if child.running is not None and child.running.poll() is None]
    for process in alive:
        process.terminate()
    deadline = time.monotonic() + GRACE_SECONDS
    for process in alive:
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
