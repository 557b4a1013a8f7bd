"""`manage.py up`, as an operator runs it: what it starts, starts again, and leaves behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.new_databases import give
from tests.processes import answers
from tests.servers import free_port

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[3]
SECONDS = 180.0  # on a machine that does much else


@contextmanager
def serving(folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The running command and its address, once it answers; what it prints can be read from it. That it migrates a new
    database is shown in `test_server.py`.
    """
    port = free_port()
    give(folder)
    environment = {**os.environ, "FLYWHEEL_VAR": str(folder)}
    for name in ("DATABASE_URL", "REDIS_URL"):
        environment.pop(name, None)
    command = [sys.executable, "manage.py", "up", "--port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    url = f"http://127.0.0.1:{port}"
    try:
        until(lambda: answers(f"{url}/readyz"))
        yield process, url
    finally:
        with process:
            process.terminate()
            process.wait(SECONDS)


def until(condition: Callable[[], bool]) -> None:
    """Return when it holds; fail when that takes too long."""
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def family(pid: int) -> list[int]:
    """What a process has started, then what that has started."""
    own = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return own + [member for child in own for member in family(child)]


def is_alive(pid: int) -> bool:
    """Whether the process runs; one that has ended and was not waited for does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.skipif(sys.platform != "linux", reason="the processes are found through /proc")
def test_what_dies_is_started_again_and_all_ends_together(tmp_path: Path) -> None:
    """Web and worker are forks of what watches them; they come back one by one, and none outlives its parent."""
    with serving(tmp_path) as (process, url):
        assert process.stdout is not None
        said = [process.stdout.readline() for _ in range(4)]
        assert said[1] == f"Flywheel is at  {url}\n"
        assert said[2].startswith("Sign in as  admin  with the password  ")
        first = family(process.pid)
        web, worker = first[:2]
        for victim, name in ((web, "web"), (worker, "worker")):
            os.kill(victim, signal.SIGKILL)
            assert process.stdout.readline().startswith(f"The {name} process ended and was restarted")
        until(lambda: not any(map(is_alive, first)))
        until(lambda: answers(f"{url}/readyz") and len(family(process.pid)) == len(first))
        second = family(process.pid)
        process.terminate()
        assert process.wait(SECONDS) == 0
        assert not any(map(is_alive, second))
    for name in ("web", "worker"):
        assert "Traceback" not in (tmp_path / "log" / f"{name}.log").read_text()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the children stay")
def test_nothing_answers_when_the_watcher_is_killed(tmp_path: Path) -> None:
    """The port is free for the next start."""
    with serving(tmp_path) as (process, url):
        left = family(process.pid)
        process.kill()
        until(lambda: not any(map(is_alive, left)))
        assert not answers(f"{url}/healthz")
