"""The servers that capture is measured on: Flywheel and, on the same web server with the same settings, a bare view and
a view that only writes the rows of captured interactions.
"""

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests import servers

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: its address and processes; for Flywheel, also its key and folder."""

    address: str
    process: subprocess.Popen[bytes]
    headers: dict[str, str] = field(default_factory=dict)
    folder: Path = Path()
    seconds_to_start: float = 0.0
    idle_megabytes: float = 0.0


@contextmanager
def flywheel(database: str) -> Iterator[Server]:
    """`manage.py up` on an empty database, with a project and its key."""
    with tempfile.TemporaryDirectory(prefix="flywheel-bench-") as folder:
        port = servers.free_port()
        environment = {**os.environ, "FLYWHEEL_VAR": folder, "PORT": str(port), "DATABASE_URL": database}
        environment |= {"KEY_RATE": "100000000/min"}
        if not database:
            del environment["DATABASE_URL"]

        def manage(*arguments: str) -> str:
            command = [sys.executable, "manage.py", *arguments]
            return subprocess.run(command, env=environment, cwd=ROOT, check=True, capture_output=True, text=True).stdout

        manage("migrate", "--verbosity", "0")
        manage("createproject", "bench")
        key = json.loads(manage("createkey", "bench", "--scope", "ingest", "--scope", "feedback", "--json"))["key"]
        began = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "manage.py", "up"],
            env=environment,
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            wait(f"http://127.0.0.1:{port}/readyz", process)
            started = time.perf_counter() - began
            time.sleep(3)  # the worker is up a moment later
            headers = {"Authorization": f"Bearer {key}"}
            yield Server(f"127.0.0.1:{port}", process, headers, Path(folder), started, megabytes(process.pid))
        finally:
            end(process)


@contextmanager
def served(application: str, **environment: str) -> Iterator[Server]:
    """A bare application on the server that Flywheel runs on, with the same settings."""
    port = servers.free_port()
    command = [
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "wsgi",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--workers",
        "1",
        "--blocking-threads",
        "12",
        "--log-level",
        "error",
        application,
    ]
    process = subprocess.Popen(
        command, cwd=ROOT, env=os.environ | environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        time.sleep(1.5)
        yield Server(f"127.0.0.1:{port}", process)
    finally:
        end(process)


def wait(url: str, process: subprocess.Popen[bytes]) -> None:
    """Return when the address answers."""
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=1):
                return
        except OSError:
            time.sleep(0.02)
    raise AssertionError(f"{url} does not answer")


def end(process: subprocess.Popen[bytes]) -> None:
    """Ask it to end, and wait."""
    process.terminate()
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def family(pid: int) -> list[int]:
    """A process and all that it started."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(member for child in children for member in family(int(child)))]


def megabytes(pid: int) -> float:
    """The memory of a process and its children; shared memory counts once (PSS)."""
    total = 0
    for member in family(pid):
        rollup = Path(f"/proc/{member}/smaps_rollup").read_text()
        total += next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
    return total / 1024


def processor_seconds(pid: int) -> float:
    """The processor time of one process so far."""
    used = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return sum(map(int, used)) / os.sysconf("SC_CLK_TCK")


def kilobytes(folder: Path) -> float:
    """The size of SQLite's file after a checkpoint; 0 if there is none."""
    file = folder / "flywheel.sqlite3"
    if not file.exists():
        return 0.0
    with closing(sqlite3.connect(file, timeout=30)) as database:
        database.execute("PRAGMA wal_checkpoint(PASSIVE)")
    return file.stat().st_size / 1024


def copy_database(folder: Path, target: Path) -> None:
    """Copy what SQLite holds, as it is now, to a file of its own."""
    with closing(sqlite3.connect(folder / "flywheel.sqlite3")) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
