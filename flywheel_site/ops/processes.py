"""The processes of the embedded server: web, worker and beat; forked, restarted when they die, ended together.
`manage.py up` loads all of Flywheel before it forks, so its children start at once and share the memory that none of
them writes to.
"""

import ctypes
import http.client
import multiprocessing
import os
import resource
import signal
import socket
import time
import types
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from multiprocessing.context import ForkProcess
from pathlib import Path
from typing import IO

from django.conf import settings

from flywheel_site.ops.ports import claim_folder, claim_port
from privacy.db import engine

LOOPBACK = "127.0.0.1"
GRACE_SECONDS = 8.0
BACKOFF_SECONDS = 1.0
STARTUP_SECONDS = 30.0
APPLICATION = "flywheel_site.rsgi:application"
# Limits on open connections, including idle and unfinished ones. A connection without a complete header after ten
# seconds is closed.
CONNECTIONS = 4096
HEADER_MILLISECONDS = 10_000
HEADER_BYTES = 65_536
# glibc's allocator keeps an arena for each of a dozen threads, and the space of large bodies that were freed: tens of
# megabytes that nobody uses. Each limit: mallopt's number, its name in the environment, its value.
ALLOCATOR = (
    (-8, "MALLOC_ARENA_MAX", 2),
    (-3, "MALLOC_MMAP_THRESHOLD_", 131072),
    (-1, "MALLOC_TRIM_THRESHOLD_", 131072),
)
PARENT_DIED = 1  # Linux's PR_SET_PDEATHSIG
_fork = multiprocessing.get_context("fork")
_libc = ctypes.CDLL(None)


@dataclass
class Process:
    """One child: its function, its log file, and the running process."""

    name: str
    work: Callable[[], None]
    log: Path
    running: ForkProcess | None = field(default=None)

    def start(self) -> None:
        self.running = _fork.Process(target=self.become, name=self.name)
        self.running.start()

    def become(self) -> None:
        """Run in the child, with output to the log and default signal handlers."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        with self.log.open("ab") as log:
            os.dup2(log.fileno(), 1)
            os.dup2(log.fileno(), 2)
        self.work()


def web(host: str, port: int) -> None:
    """Serve HTTP in one process: SQLite has one writer, so a second process hardly helps."""
    from granian.constants import HTTPModes, Interfaces
    from granian.http import HTTP1Settings
    from granian.log import LogLevels
    from granian.server import Server

    Server(
        APPLICATION,
        host,
        port,
        interface=Interfaces.RSGI,
        workers=1,
        backpressure=connections_at_once(),
        # HTTP/1 only: to find out a caller's version, the server would wait for its first bytes without a limit.
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(HEADER_MILLISECONDS, max_buffer_size=HEADER_BYTES),
        websockets=False,
        log_level=LogLevels.warning,
    ).serve()


def connections_at_once() -> int:
    """How many connections the web server accepts: its limit of open files minus a reserve."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * CONNECTIONS
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < allowed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
        soft = allowed
    return CONNECTIONS if soft == resource.RLIM_INFINITY else max(64, min(CONNECTIONS, soft // 2))


def worker() -> None:
    """Run tasks, and start the scheduled ones."""
    from flywheel_site.celery import app

    app.worker_main(
        [
            "--quiet",
            "worker",
            "--pool",
            "solo",
            "--beat-thread",
            "--without-gossip",
            "--without-mingle",
            "--without-heartbeat",
            "--loglevel",
            "warning",
        ]
    )


def embedded(port: int, var: Path) -> list[Process]:
    return [
        Process("web", lambda: web(LOOPBACK, port), var / "log" / "web.log"),
        Process("worker", worker, var / "log" / "worker.log"),
    ]


def claim(port: int, var: Path) -> tuple[socket.socket, IO[str]]:
    """The port and the folder, held while the result is open. Raises `InUse`."""
    return claim_port(LOOPBACK, port), claim_folder(var, port)


def serve(port: int, var: Path, welcome: str) -> None:
    """Run the embedded server until a signal comes; prints `welcome` once it answers."""
    spare_memory()
    os.register_at_fork(after_in_child=end_with_parent)
    import_module(APPLICATION.partition(":")[0])  # also keeps loaded objects out of garbage collection
    engine.disconnect()

    def ready() -> None:
        if wait_until_ready(port):
            print(f"\nFlywheel is at  http://127.0.0.1:{port}\n{welcome}\nPress Ctrl-C to stop.", flush=True)
        else:
            print(f"The server does not answer; see {var / 'log' / 'web.log'}", flush=True)

    supervise(embedded(port, var), ready)


def spare_memory() -> None:
    """Limit what glibc's allocator keeps, unless the environment does; other C libraries are left as they are."""
    for number, name, value in ALLOCATOR:
        if hasattr(_libc, "mallopt") and name not in os.environ:
            _libc.mallopt(number, value)


def end_with_parent() -> None:
    """Have Linux end this process when its parent is killed: otherwise it would keep the port and go on answering."""
    if hasattr(_libc, "prctl"):
        _libc.prctl(PARENT_DIED, signal.SIGTERM)


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
            if child.running is not None and not child.running.is_alive() and not stopping:
                print(f"The {child.name} process ended and was restarted; see {child.log}", flush=True)
                time.sleep(BACKOFF_SECONDS)
                child.start()
    end(children)


def end(children: list[Process]) -> None:
    """Ask every child to finish; kill those that do not within the grace period."""
    alive = [child.running for child in children if child.running is not None and child.running.is_alive()]
    for process in alive:
        process.terminate()
    deadline = time.monotonic() + GRACE_SECONDS
    for process in alive:
        process.join(max(0.1, deadline - time.monotonic()))
        if process.is_alive():
            process.kill()
            process.join()


def wait_until_ready(port: int) -> bool:
    deadline = time.monotonic() + STARTUP_SECONDS
    while time.monotonic() < deadline:
        if is_ready(port):
            return True
        time.sleep(0.05)
    return False


def is_ready(port: int) -> bool:
    """Whether the server is ready. Asked directly, without any proxy from the environment, under an allowed host name."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/readyz", headers={"Host": own_host()})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def own_host() -> str:
    first = next(iter(settings.ALLOWED_HOSTS), "localhost")
    return "localhost" if first == "*" else first.removeprefix(".")
