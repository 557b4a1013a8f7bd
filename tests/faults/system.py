"""A whole Flywheel in processes that can be killed and started again, and what its database holds in the end."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests import servers
from tests.processes import answers

ROOT = Path(__file__).resolve().parent.parent.parent
READY_SECONDS = 60.0
# In one process, which takes two seconds to start.
FIRST = """
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("createproject", "shop")
call_command("createkey", "shop", "--scope", "ingest", "--scope", "feedback", "--scope", "privacy", "--json")
"""


@dataclass
class Child:
    """One process, and those that it starts."""

    name: str
    command: list[str]
    environment: dict[str, str]
    log: Path
    running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it."""
        with self.log.open("ab") as output:
            self.running = subprocess.Popen(
                self.command,
                env=self.environment,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def kill(self) -> None:
        """SIGKILL to the whole group, and wait until it is gone."""
        if self.running is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.running.pid, signal.SIGKILL)
            self.running.wait()


@dataclass
class System:
    """What runs, and how to reach it."""

    port: int
    environment: dict[str, str]
    web: Child
    worker: Child
    database: servers.Server | None = None
    broker: servers.Server | None = None
    key: str = ""
    second_port: int = 0
    second_web: Child | None = None  # with the second worker, which has a beat of its own: never killed
    second_worker: Child | None = None

    def manage(self, *arguments: str) -> str:
        """What a command of `manage.py` prints."""
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(command, env=self.environment, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    def wait_until_ready(self) -> None:
        """Return when the web process answers again."""
        deadline = time.monotonic() + READY_SECONDS
        while not answers(f"http://127.0.0.1:{self.port}/readyz"):
            assert time.monotonic() < deadline, self.web.log.read_text(errors="replace")[-2000:]
            time.sleep(0.05)

    def kill(self, name: str) -> None:
        """Kill one part at once, then start it again on what it left behind."""
        server = {"database": self.database, "broker": self.broker}.get(name)
        if server is not None:
            server.kill()
            server.start()  # a broker is empty then: it keeps nothing on disk
        else:
            child = {"web": self.web, "worker": self.worker}[name]
            child.kill()
            child.start()
        self.wait_until_ready()

    @property
    def parts(self) -> list[str]:
        """What can be killed here."""
        servers = {"database": self.database, "broker": self.broker}
        return ["web", "worker", *(name for name, server in servers.items() if server is not None and server.ours)]

    def read(self, statement: str) -> Any:
        """What a Python expression over `M` (all models by name) says in the database, as JSON."""
        code = (
            "import json; from django.apps import apps; from django.db.models import *; "
            "M = {m.__name__: m.objects for m in apps.get_models()}; "
            f"print(json.dumps({statement}, default=str))"
        )
        return json.loads(self.manage("shell", "--verbosity", "0", "--command", code).splitlines()[-1])


@contextmanager
def system(folder: Path, *, postgres: bool = False, redis: bool = False, second: bool = False) -> Iterator[System]:
    """Start it on an empty database with a project and its key; with `second`, two web processes and two workers with a
    beat each. Raises `servers.Unavailable`."""
    with ExitStack() as closing:
        port, second_port = servers.free_port(), servers.free_port()
        environment = {**os.environ, "FLYWHEEL_VAR": str(folder / "var"), "KEY_RATE": "100000000/min"}
        environment.pop("DATABASE_URL", None)
        environment.pop("REDIS_URL", None)
        database = closing.enter_context(servers.postgres(durable=True, given=False)) if postgres else None
        broker = closing.enter_context(servers.redis(given=False)) if redis else None
        environment |= {"DATABASE_URL": database.url} if database else {}
        environment |= {"REDIS_URL": broker.url} if broker else {}

        def child(name: str, command: list[str], port: int) -> Child:
            return Child(
                name, [sys.executable, "-m", *command], environment | {"PORT": str(port)}, folder / f"{name}.log"
            )

        made = System(
            port,
            environment | {"PORT": str(port)},
            child("web", web(port), port),
            child("worker", worker("worker"), port),
            database,
            broker,
        )
        made.key = json.loads(made.manage("shell", "--verbosity", "0", "--command", FIRST).splitlines()[-1])["key"]
        children = [made.web, made.worker]
        if second:
            made.second_port = second_port
            made.second_web = child("second-web", web(second_port), second_port)
            made.second_worker = child("second-worker", worker("second"), port)
            children += [made.second_web, made.second_worker]
        for each in children:
            each.start()
            closing.callback(each.kill)
        made.wait_until_ready()
        yield made


def web(port: int) -> list[str]:
    """The module and arguments of a web process."""
    where = ["--host", "127.0.0.1", "--port", str(port), "--workers", "1", "--log-level", "warning"]
    return ["granian", "--interface", "rsgi", *where, "flywheel_site.rsgi:application"]


def worker(name: str) -> list[str]:
    """The module and arguments of a worker with beat."""
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "warning"]
    alone = ["--pool", "solo", "--beat-thread", "--hostname", f"{name}@%h"]
    return ["celery", "--app", "flywheel_site", "--quiet", "worker", *alone, *quiet]
