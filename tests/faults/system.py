"""A whole Flywheel in processes that can be killed and started again, and what its database holds in the end."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests import servers
from tests.new_databases import give
from tests.processes import answers

ROOT = Path(__file__).resolve().parent.parent.parent
READY_SECONDS = 120.0
FULL_SECONDS = 1.5  # how long a disk is full
DISK_MEGABYTES = 700
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
    addresses: list[int] = field(default_factory=list)  # ports of the database; DATABASE_URL names all of them
    broker: servers.Server | None = None
    key: str = ""
    second_port: int = 0
    second_web: Child | None = None  # with the second worker, which has a beat of its own: never killed
    second_worker: Child | None = None
    ended_by_disk: int = 0
    disk: Path | None = None  # where everything that is stored is, if that is a small disk of its own

    @property
    def ports(self) -> list[int]:
        """Where web processes answer."""
        return [self.port, self.second_port] if self.second_port else [self.port]

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
        """Harm one part at once, then start it again on what it left behind; one of `parts`."""
        servers = {"database": self.database, "broker": self.broker}
        children = {"web": self.web, "worker": self.worker}
        if name == "disk":
            self.fill_disk()
        elif name == "restart":
            restart(self.database, kill=False)
        elif name == "failover":
            self.fail_over()
        elif name in servers:
            restart(servers[name], kill=True)  # a broker is empty then: it keeps nothing on disk
        else:
            children[name].kill()
            children[name].start()
        self.wait_until_ready()

    def fill_disk(self) -> None:
        """Leave not one byte free for a moment. What ended by that is started again, as a supervisor does: PostgreSQL
        ends if its log cannot grow."""
        assert self.disk is not None
        ballast = self.disk / "ballast"
        with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
            while True:
                file.write(b"x" * 4096)
        time.sleep(FULL_SECONDS)
        ballast.unlink()
        if self.database is not None and self.database.process is not None and self.database.process.poll() is not None:
            restart(self.database, kill=True)
        for child in (self.web, self.worker):
            if child.running is not None and child.running.poll() is not None:
                self.ended_by_disk += 1
                child.kill()
                child.start()

    def fail_over(self) -> None:
        """Kill the database, and start it at its other address."""
        assert self.database is not None
        self.database.kill()
        old, new = self.addresses
        self.database.url = self.database.url.replace(f":{old}/", f":{new}/")
        self.database.command = [str(new) if part == str(old) else part for part in self.database.command]
        self.addresses = [new, old]
        self.database.start()

    @property
    def parts(self) -> list[str]:
        """What can be harmed here: `restart` is the database, asked to end; `disk` is filled for a moment."""
        found = ["web", "worker"]
        found += ["database", "restart", "failover"] if self.database is not None and self.database.ours else []
        found += ["broker"] if self.broker is not None and self.broker.ours else []
        return found + (["disk"] if self.disk is not None else [])

    def read(self, statement: str) -> Any:
        """What a Python expression over `M` (all models by name) says in the database, as JSON."""
        code = (
            "import json; from django.apps import apps; from django.db.models import *; "
            "M = {m.__name__: m.objects for m in apps.get_models()}; "
            f"print(json.dumps({statement}, default=str))"
        )
        return json.loads(self.manage("shell", "--verbosity", "0", "--command", code).splitlines()[-1])


def restart(server: servers.Server | None, *, kill: bool) -> None:
    """End a server, by force or by asking, and start it again."""
    if server is not None:
        (server.kill if kill else server.stop)()
        server.start()


@contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    """Make the folder a disk of its own that is soon full. Raises `servers.Unavailable` where nobody may mount one."""
    command = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MEGABYTES}m", "tmpfs", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise servers.Unavailable(f"no disk of its own: {done.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@contextmanager
def system(
    folder: Path,
    *,
    postgres: bool = False,
    redis: bool = False,
    second: bool = False,
    clock: str = "",
    disk: bool = False,
) -> Iterator[System]:
    """Start it on an empty database with a project and its key.

    With `second`, two web processes and two workers with a beat each; `clock` sets that of the second ones off (`+1h`).
    With `disk`, everything that is stored is on a small disk. Raises `servers.Unavailable`.
    """
    if clock and not shutil.which("faketime"):
        raise servers.Unavailable("apt-get install faketime would give clocks that differ")
    with ExitStack() as closing:
        if disk:
            closing.enter_context(small_disk(folder))
            folder.chmod(0o711)  # PostgreSQL's account walks through
        port, second_port = servers.free_port(), servers.free_port()
        environment = {**os.environ, "FLYWHEEL_VAR": str(folder / "var"), "KEY_RATE": "100000000/min"}
        environment.pop("DATABASE_URL", None)
        environment.pop("REDIS_URL", None)
        database = (
            closing.enter_context(servers.postgres(durable=True, given=False, within=folder if disk else None))
            if postgres
            else None
        )
        broker = closing.enter_context(servers.redis(given=False)) if redis else None
        addresses = [urlsplit(database.url).port or 0, servers.free_port()] if database else []
        if database:
            both = database.url.replace(f":{addresses[0]}/", f":{addresses[0]},127.0.0.1:{addresses[1]}/")
            environment["DATABASE_URL"] = f"{both}?target_session_attrs=read-write"
        environment |= {"REDIS_URL": broker.url} if broker else {}
        if not database:
            give(folder / "var")

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
            addresses,
            broker,
            disk=folder if disk else None,
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
