"""Real PostgreSQL and Redis servers for tests and benchmarks.

A server is taken from DATABASE_URL or REDIS_URL where one is given, else from the machine's own binaries,
else from a wheel that carries them. What is started here listens on a free port of 127.0.0.1, asks for a
password, keeps its files in a folder of its own, and is ended with its files when the context closes.

`python -m tests.servers` prints the two addresses and waits; `python -m tests.servers COMMAND …` runs a
command with them in its environment.
"""

import contextlib
import os
import pwd
import secrets
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import redis as redis_client

from tests import programs

START_SECONDS = 120.0
STOP_SECONDS = 20.0


class Unavailable(Exception):
    """No such server can be had here; says what was tried and what to install."""


@dataclass(frozen=True)
class Account:
    """The account that a server runs as, in the terms of `subprocess`: None is our own."""

    uid: int | None = None
    gid: int | None = None
    groups: tuple[int, ...] | None = None


@dataclass
class Server:
    """A server that answers at `url`. One that was started here can be killed and started again."""

    url: str
    origin: str
    command: list[str] = field(default_factory=list)
    folder: Path | None = None
    account: Account = Account()
    stdin: str = ""
    answers: Callable[[str], str] = field(default=lambda url: "")
    version: str = ""
    process: subprocess.Popen[str] | None = None

    @property
    def ours(self) -> bool:
        """Whether it was started here, and may be killed."""
        return bool(self.command)

    def start(self) -> None:
        """Start it on the files that it has; return when it answers, or raise `Unavailable`."""
        assert self.folder is not None, "a server that was given is not started here"
        log = self.folder / "server.log"
        with log.open("a") as output:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                text=True,
                user=self.account.uid,
                group=self.account.gid,
                extra_groups=self.account.groups,
                cwd=self.folder,
                start_new_session=True,
            )
        assert self.process.stdin is not None
        with self.process.stdin as stdin:
            stdin.write(self.stdin)
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                self.version = self.answers(self.url)
            except (psycopg.OperationalError, redis_client.RedisError):
                time.sleep(0.05)
            else:
                return
        self.kill()
        raise Unavailable(f"{self.command[0]} does not start: {log.read_text()[-500:].strip()}")

    def kill(self) -> None:
        """End it and every process of it at once, with no chance to tidy up."""
        self.end(signal.SIGKILL)

    def stop(self) -> None:
        """Ask it to finish (PostgreSQL: without waiting for its clients); kill it when it does not."""
        self.end(signal.SIGINT)

    def end(self, number: signal.Signals) -> None:
        """Send the signal and wait for the end."""
        if self.process is None:
            return
        if self.process.poll() is None:
            if number is signal.SIGKILL:
                end_at_once(self.process.pid)
            else:
                self.process.send_signal(number)
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
        self.process = None


def end_at_once(pid: int) -> None:
    """SIGKILL to a process, its group and its children: PostgreSQL's have groups of their own, and would hold its memory
    while the next server starts."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except FileNotFoundError:  # no Linux
        children = []
    os.killpg(pid, signal.SIGKILL)
    for child in map(int, children):
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
    deadline = time.monotonic() + STOP_SECONDS
    while any(map(lives, children)) and time.monotonic() < deadline:
        time.sleep(0.01)


def lives(pid: str) -> bool:
    """Whether a process is there and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@contextmanager
def postgres(*, durable: bool = False, given: bool = True, within: Path | None = None) -> Iterator[Server]:
    """A PostgreSQL server with an empty database `flywheel` whose owner is a superuser.

    `durable` keeps fsync on, as a test that kills the server needs; without it no commit waits for a disk.
    `given=False` starts one even where DATABASE_URL names another. Its files are `within` that folder, if one is given.
    Raises `Unavailable`.
    """
    url = os.environ.get("DATABASE_URL", "")
    if given and url.startswith(("postgres://", "postgresql://")):
        yield Server(url, "given by DATABASE_URL", version=postgres_version(url))
        return
    with ExitStack() as closing:
        yield first_that_starts("postgres", lambda place: new_postgres(place, closing, durable, within))


@contextmanager
def redis(*, durable: bool = False, given: bool = True) -> Iterator[Server]:
    """A Redis server with nothing in it; `durable` writes every change to disk. Raises `Unavailable`."""
    url = os.environ.get("REDIS_URL", "")
    if given and url:
        yield Server(url, "given by REDIS_URL", version=redis_version(url))
        return
    with ExitStack() as closing:
        yield first_that_starts("redis-server", lambda place: new_redis(place, closing, durable))


def first_that_starts(program: str, start: Callable[[Path], Server]) -> Server:
    """The first server that runs, of all places where the program may be; its origin is set."""
    tried: list[str] = []
    for origin, find in (("of this machine", programs.installed), ("from a wheel", programs.from_wheel)):
        for place in find(program, tried):
            try:
                server = start(place)
            except (Unavailable, OSError, subprocess.SubprocessError) as error:
                tried.append(str(error))
            else:
                server.origin = origin
                return server
    package = {"postgres": "postgresql", "redis-server": "redis-server"}[program]
    raise Unavailable("; ".join([*tried, f"apt-get install {package} would give one"]))


def new_postgres(place: Path, closing: ExitStack, durable: bool, within: Path | None) -> Server:
    """Make a cluster in a new folder and start it."""
    account = unprivileged()
    folder = new_folder("postgres", closing, account, within)
    place = reachable_place(place, folder, account)
    password = secrets.token_urlsafe(24)
    secret = folder / "password"
    secret.write_text(password)
    hand_over(secret, account)
    initdb = [
        str(place / "initdb"),
        "--pgdata",
        str(folder / "data"),
        "--username",
        "flywheel",
        "--pwfile",
        str(secret),
        "--auth",
        "scram-sha-256",
        "--locale",
        "C",
        "--encoding",
        "UTF8",
        "--no-sync",
    ]
    done = subprocess.run(
        initdb,
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        user=account.uid,
        group=account.gid,
        extra_groups=account.groups,
    )
    secret.unlink()
    if done.returncode:
        raise Unavailable(f"{initdb[0]} fails: {done.stderr.strip()[-300:]}")
    port = free_port()
    settings = {"listen_addresses": "127.0.0.1", "unix_socket_directories": "", "max_connections": "200"}
    settings["wal_recycle"] = "off"  # as in production: what was erased leaves the log with its segment
    settings |= {"log_min_error_statement": "panic", "log_error_verbosity": "terse"}  # and no text enters its own log
    if not durable:
        settings |= {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
    command = [str(place / "postgres"), "-D", str(folder / "data"), "-p", str(port)]
    command += [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    url = f"postgres://flywheel:{password}@127.0.0.1:{port}"
    server = Server(f"{url}/postgres", "", command, folder, account, answers=postgres_version)
    started(server, closing)
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE flywheel")
    server.url = f"{url}/flywheel"
    return server


def new_redis(place: Path, closing: ExitStack, durable: bool) -> Server:
    """Start a Redis in a new folder. Its settings go in by standard input: a command line is no secret."""
    folder = new_folder("redis", closing, Account())
    port, password = free_port(), secrets.token_urlsafe(24)
    settings = {
        "bind": "127.0.0.1",
        "port": port,
        "dir": f'"{folder}"',
        "requirepass": password,
        "save": '""',
    }
    settings |= {"appendonly": "yes", "appendfsync": "always"} if durable else {"appendonly": "no"}
    server = Server(
        f"redis://:{password}@127.0.0.1:{port}/0",
        "",
        [str(place / "redis-server"), "-"],
        folder,
        stdin="".join(f"{name} {value}\n" for name, value in settings.items()),
        answers=redis_version,
    )
    started(server, closing)
    return server


def started(server: Server, closing: ExitStack) -> None:
    """Start it; it is stopped when the context closes, on Ctrl-C too."""
    closing.callback(server.stop)
    server.start()


def postgres_version(url: str) -> str:
    """The version that the server says it is."""
    with psycopg.connect(url, connect_timeout=5) as connection:
        number = connection.info.server_version
    return f"PostgreSQL {number // 10000}.{number % 10000}"


def redis_version(url: str) -> str:
    """The version that the server says it is."""
    with redis_client.Redis.from_url(url, socket_connect_timeout=5, socket_timeout=5) as client:
        return f"Redis {client.info('server')['redis_version']}"


def unprivileged() -> Account:
    """The account for PostgreSQL: ours, or where we are root the first of those that every system has."""
    if os.geteuid() != 0:
        return Account()
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    for name in ("postgres", "nobody"):
        if entry := names.get(name):
            return Account(entry.pw_uid, entry.pw_gid, ())
    raise Unavailable("PostgreSQL does not run as root, and there is neither a user postgres nor nobody")


def hand_over(path: Path, account: Account) -> None:
    """Give the path to the account."""
    if account.uid is not None and account.gid is not None:
        os.chown(path, account.uid, account.gid)


def new_folder(name: str, closing: ExitStack, account: Account, within: Path | None = None) -> Path:
    """A folder that the account owns, in a place that it can reach; it goes when the context closes."""
    parents = [within] if within else [Path(tempfile.gettempdir()), Path("/var/tmp"), Path("/tmp")]
    parent = next((parent for parent in parents if account.uid is None or reachable(parent)), parents[0])
    folder = Path(tempfile.mkdtemp(prefix=f"flywheel-{name}-", dir=parent))
    closing.callback(shutil.rmtree, folder, ignore_errors=True)
    hand_over(folder, account)
    return folder


def reachable(folder: Path) -> bool:
    """Whether every account may walk into the folder."""
    return all(path.stat().st_mode & stat.S_IXOTH for path in (folder.resolve(), *folder.resolve().parents))


def reachable_place(place: Path, folder: Path, account: Account) -> Path:
    """The folder of the programs, or a copy where the account may not go (a checkout in root's home)."""
    if account.uid is None or reachable(place):
        return place
    package = next((parent for parent in place.parents if parent.name in programs.WHEELS.values()), place.parent)
    copy = folder / "programs"
    shutil.copytree(package, copy, symlinks=True)
    copy.chmod(0o755)
    return copy / place.relative_to(package)


def free_port() -> int:
    """A port of 127.0.0.1 that was free a moment ago.

    It is below those that the system gives to outgoing connections, so that none of them takes it before the server does.
    """
    for port in secrets.SystemRandom().sample(range(20_000, 32_000), 100):
        with socket.socket() as listener, suppress(OSError):
            listener.bind(("127.0.0.1", port))
            return port
    raise AssertionError("Of a hundred ports none is free.")


def interrupt(number: int, frame: object) -> None:
    """A request to end closes the contexts, as Ctrl-C does."""
    raise KeyboardInterrupt


def main(command: list[str]) -> int:
    """Start both servers; run the command with their addresses, or print these and wait."""
    signal.signal(signal.SIGTERM, interrupt)
    try:
        with postgres() as database, redis() as broker:
            addresses = {"DATABASE_URL": database.url, "REDIS_URL": broker.url}
            if command:
                return subprocess.run(command, env={**os.environ, **addresses}, check=False).returncode
            for name, url in addresses.items():
                print(f"export {name}='{url}'", flush=True)
            print(f"# {database.version} {database.origin}, {broker.version} {broker.origin}; Ctrl-C ends them")
            sys.stdout.flush()
            signal.pause()
            return 0
    except Unavailable as error:
        print(f"No server: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0  # how it is ended: the servers are gone by now


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
