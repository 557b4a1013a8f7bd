"""The tools that the stages of `make test` run: followed while they print, ended when they take too long, and measured."""

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SECONDS = 5_400
_running: set[subprocess.Popen[bytes]] = set()


@dataclass(frozen=True)
class Ended:
    """What a tool printed, its exit status, and the processor seconds of it and of the children that it waited for."""

    output: str
    status: int
    cpu: float


def followed(command: list[str], environment: Mapping[str, str], *, shown: bool) -> Ended:
    """Run a command, and show what it prints as it comes. End what takes too long."""
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        start_new_session=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    _running.add(process)
    pieces: list[bytes] = []
    try:
        for piece in output_of(process):
            pieces.append(piece)
            if shown:
                sys.stdout.buffer.write(piece)
                sys.stdout.flush()
    finally:
        status, cpu = finished(process)
        _running.discard(process)
        if process.stdout:
            process.stdout.close()
    return Ended(b"".join(pieces).decode(errors="replace"), status, cpu)


def output_of(process: subprocess.Popen[bytes]) -> Iterator[bytes]:
    """What the process prints, until it ends or its time is over."""
    assert process.stdout is not None
    alarm = time.monotonic() + SECONDS
    while time.monotonic() < alarm:
        if select.select([process.stdout], [], [], 1.0)[0]:
            piece = os.read(process.stdout.fileno(), 65536)
            if not piece:
                return
            yield piece
        elif os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            return  # a child of it may hold the pipe open for ever
    yield f"\nEnded after {SECONDS} seconds.\n".encode()


def finished(process: subprocess.Popen[bytes]) -> tuple[int, float]:
    """The status of the process and its processor seconds; where it still runs, it and its children are ended first."""
    for number, patience in ((None, 1.0), (signal.SIGINT, 10.0), (signal.SIGKILL, 10.0)):
        if number is not None:
            os.killpg(process.pid, number)
        if (cpu := waited(process, patience)) is not None:
            return process.returncode, cpu
    return 1, 0.0


def waited(process: subprocess.Popen[bytes], seconds: float) -> float | None:
    """The processor seconds of the process, once it has ended; None where it runs on."""
    alarm = time.monotonic() + seconds
    while True:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid:
            process.returncode = os.waitstatus_to_exitcode(status)
            return usage.ru_utime + usage.ru_stime
        if time.monotonic() > alarm:
            return None
        time.sleep(0.02)


def end_everything() -> None:
    """End the tools that still run."""
    for process in list(_running):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
