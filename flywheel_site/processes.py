"""The processes of the embedded server: web, worker and beat; started, restarted when they die, ended together.

`manage.py up` and `manage.py demo` replace themselves by this file when there is nothing left to do but to watch. It
imports nothing but the standard library, so that watching costs a few megabytes and not those of a whole Django.
"""

import argparse
import os
import signal
import subprocess
import sys
import time
import types
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

GRACE_SECONDS = 8.0
BACKOFF_SECONDS = 1.0
STARTUP_SECONDS = 30.0
WELCOME = "FLYWHEEL_WELCOME"
# What glibc's allocator keeps for itself: an arena for each of a dozen threads, and the room of every large body that
# has gone, are tens of megabytes that nobody uses.
ALLOCATOR = {"MALLOC_ARENA_MAX": "2", "MALLOC_MMAP_THRESHOLD_": "131072", "MALLOC_TRIM_THRESHOLD_": "131072"}


@dataclass
class Process:
    """One child: how to start it, where its output goes, and the running one."""

    name: str
    command: list[str]
    log: Path
    running: subprocess.Popen[bytes] | None = field(default=None)

    def start(self) -> None:
        """Start the child."""
        with self.log.open("ab") as log:
            self.running = subprocess.Popen(self.command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)  # noqa: S603


def embedded(port: int, var: Path, host: str = "127.0.0.1") -> list[Process]:
    """The children of the embedded server. One web process: SQLite has one writer, and a second hardly helps."""
    web = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port), "--workers", "1",
        "--blocking-threads", "12", "--backpressure", "256", "--no-ws", "--log-level", "warning",
        "flywheel_site.wsgi:application",
    ]  # fmt: skip
    worker = [
        sys.executable, "-m", "celery", "--app", "flywheel_site", "--quiet", "worker", "--pool", "solo", "--beat-thread",
        "--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "warning",
    ]  # fmt: skip
    return [Process("web", web, var / "log" / "web.log"), Process("worker", worker, var / "log" / "worker.log")]


def become(port: int, var: Path, welcome: str) -> NoReturn:
    """Replace this process by one that runs the embedded server, and prints `welcome` once it answers."""
    sys.stdout.flush()
    root = Path(__file__).resolve().parent.parent
    environment = {**ALLOCATOR, **os.environ, "FLYWHEEL_VAR": str(var), "PORT": str(port), WELCOME: welcome}
    environment["PYTHONPATH"] = str(root)
    command = [sys.executable, __file__, "--port", str(port), "--var", str(var)]
    os.execve(sys.executable, command, environment)  # noqa: S606 - ourselves, with our own arguments


def supervise(children: list[Process], ready: Callable[[], None]) -> None:
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
                print(f"The {child.name} process ended and is started again; see {child.log}", flush=True)
                time.sleep(BACKOFF_SECONDS)
                child.start()
    end(children)


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


def wait_until_ready(port: int) -> bool:
    """Whether the server answers within half a minute."""
    deadline = time.monotonic() + STARTUP_SECONDS
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2):
                return True
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    return False


def main() -> None:
    """Run the embedded server."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--var", type=Path, required=True)
    options = parser.parse_args()
    welcome = os.environ.pop(WELCOME, "")

    def ready() -> None:
        if wait_until_ready(options.port):
            print(f"\nFlywheel is at  http://127.0.0.1:{options.port}\n{welcome}\nCtrl-C ends it.", flush=True)
        else:
            print(f"The server does not answer; see {options.var / 'log' / 'web.log'}", flush=True)

    supervise(embedded(options.port, options.var), ready)


if __name__ == "__main__":
    main()
