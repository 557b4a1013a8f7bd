"""Counts requests by call and status, with their time. Labels are names of our routes, never what was sent. A web
server has several processes and a scrape reaches one of them, so they share files in a folder, which the first of them
names in the environment before the library is loaded (`share`).
"""

import functools
import logging
import os
import shutil
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from privacy.db import disk_space

SHARED = "PROMETHEUS_MULTIPROC_DIR"  # prometheus_client reads it when it is imported
RECEIVED = "flywheel.received"  # in the request's environment: when its body was complete
BUCKETS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
NO_CALL = "none"  # an address that is not ours, or has no name
METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})
FORGOTTEN = 86_400.0
ROOM = 1 << 22  # bytes of a process's file, on disk from the start: calls, methods and statuses for about 900 rows
logger = logging.getLogger("flywheel.request")


def share() -> None:
    """Let the processes of this web server, whose parent is the server, count together.

    If the library is already loaded (as in `up`, whose web part is one process), or the disk is full, each counts by
    itself.
    """
    if os.environ.get(SHARED) or "prometheus_client" in sys.modules:
        return
    home = Path(settings.VAR) / "metrics"
    mine = home / f"{socket.gethostname()}-{os.getppid()}"
    try:
        mine.mkdir(parents=True, mode=0o700, exist_ok=True)
        reserve(mine / f"histogram_{os.getpid()}.db")
    except OSError as error:
        logger.warning("Requests are counted by this process alone: %s", error.strerror)
        return
    os.environ[SHARED] = str(mine)
    for other in home.iterdir():
        if other != mine and is_over(other):
            shutil.rmtree(other, ignore_errors=True)


def reserve(file: Path) -> None:
    """Fill the file that the library will map into memory with zeros, which it reads as unused.

    The library would make a file with holes. To write into a hole while the disk is full ends the process (SIGBUS), and
    the first 503 would do that: it is a new row.
    """
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        disk_space.write(descriptor, bytes(max(0, ROOM - os.fstat(descriptor).st_size)))
    finally:
        os.close(descriptor)


def is_over(folder: Path) -> bool:
    """Whether that server has ended: its process is gone, or it is on another machine and has been silent for a day."""
    host, _, server = folder.name.rpartition("-")
    if host != socket.gethostname():
        newest = max((path.stat().st_mtime for path in folder.iterdir()), default=folder.stat().st_mtime)
        return newest < time.time() - FORGOTTEN
    try:
        os.kill(int(server), 0)
    except (ProcessLookupError, ValueError):
        return True
    except PermissionError:
        return False
    return False


@functools.cache
def request_seconds() -> Any:
    """The histogram of requests."""
    from prometheus_client import Histogram

    about = "Requests by call, method and status, with the seconds until they were answered."
    return Histogram("flywheel_request_seconds", about, ["call", "method", "status"], buckets=BUCKETS, registry=None)


class TrafficMiddleware:
    """Counts and times each request, and logs a line about it at level INFO."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.seconds = request_seconds()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = request.META.get(RECEIVED) or time.perf_counter()
        response = self.get_response(request)
        self.note(request, response.status_code, time.perf_counter() - began)
        return response

    def note(self, request: HttpRequest, status: int, seconds: float) -> None:
        match = request.resolver_match
        call = match.view_name if match and match.url_name else NO_CALL
        method = request.method if request.method in METHODS else "other"
        self.seconds.labels(call, method, str(status)).observe(seconds)
        if logger.isEnabledFor(logging.INFO):
            logger.info("%s %s %d %.1f ms", method, call, status, 1000 * seconds)
