"""One real `manage.py up` under what strangers and environments do to it: slow callers, a proxy, another server, garbage."""

import json
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.new_databases import give
from tests.servers import free_port

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[3]
HOST = "flywheel.example"
SECONDS = 60.0
BODY_SECONDS = 3
GARBAGE = [
    b"",
    b"\xff\xfe",
    b"garbage",
    b"[]",
    b"{}",
    b"null",
    b"[" * 100_000,
    b'{"properties": {"delivery_tag": "1"}}',
]


@dataclass(frozen=True)
class Up:
    """A running server: its port, its folder, and what it has printed when it was ready."""

    port: int
    folder: Path
    said: str
    process: subprocess.Popen[str]

    def connection(self) -> socket.socket:
        """A connection to it."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=20)

    def ask(self, path: str, body: bytes | None = None, **headers: str) -> tuple[int, bytes]:
        """The status and the body of its answer to one plain request."""
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=20)) as connection:
            connection.request("POST" if body is not None else "GET", path, body, {"Host": HOST, **headers})
            answer = connection.getresponse()
            return answer.status, answer.read()

    def log(self, name: str) -> str:
        """The log of one of its processes."""
        return (self.folder / "log" / f"{name}.log").read_text()


def environment(folder: Path, **more: str) -> dict[str, str]:
    """Where the servers of these tests run: behind a proxy that is away, under a name of their own."""
    kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    proxy = {"HTTP_PROXY": "http://127.0.0.1:9", "http_proxy": "http://127.0.0.1:9"}
    return {**kept, **proxy, "FLYWHEEL_VAR": str(folder), "ALLOWED_HOSTS": f".{HOST}", **more}


def command(port: int, *words: str) -> list[str]:
    return [sys.executable, "manage.py", *(words or ("up",)), "--port", str(port)]


def message(**changed: object) -> bytes:
    """A message as Celery writes it, but for what was changed."""
    said: dict[str, object] = {
        "body": "W1tdLCB7fSwge31d",
        "content-encoding": "utf-8",
        "content-type": "application/json",
        "headers": {"id": "1", "task": "privacy.tasks.sweep"},
        "properties": {"delivery_tag": "1", "delivery_info": {}, "body_encoding": "base64"},
    }
    return json.dumps({**said, **changed}).encode()


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    folder, port = tmp_path_factory.mktemp("var"), free_port()
    give(folder)
    process = subprocess.Popen(
        command(port),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        env=environment(folder, BODY_SECONDS=str(BODY_SECONDS)),
    )
    assert process.stdout is not None
    try:
        said = "".join(process.stdout.readline() for _ in range(3))
        yield Up(port, folder, said, process)
    finally:
        with process:
            process.terminate()
            process.wait(SECONDS)


def refused(port: int, folder: Path, *words: str) -> tuple[int, str]:
    """The exit status and the words of a second server."""
    done = subprocess.run(
        command(port, *words),
        cwd=ROOT,
        env=environment(folder),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    return done.returncode, done.stderr


def test_it_prints_the_first_password_behind_a_proxy_and_under_a_name_of_its_own(up: Up) -> None:
    assert f"http://127.0.0.1:{up.port}" in up.said
    assert "Sign in as  admin  with the password" in up.said


@pytest.mark.parametrize("words", [("up",), ("demo",)])
def test_a_second_server_on_the_port_says_who_has_it_and_ends(up: Up, tmp_path: Path, words: tuple[str, ...]) -> None:
    status, said = refused(up.port, tmp_path, *words)
    assert status != 0
    assert f"Port {up.port} is taken" in said
    assert "Traceback" not in said
    if sys.platform == "linux":
        assert "manage.py up" in said


def test_a_second_server_on_the_folder_says_who_has_it_and_ends(up: Up) -> None:
    status, said = refused(free_port(), up.folder)
    assert status != 0
    assert f"in use by process {up.process.pid}, on port {up.port}" in said


def test_slow_bodies_and_unfinished_headers_hold_nobody_up(up: Up) -> None:
    """Fifty bodies that trickle, three hundred headers without an end: others are answered at once, and they are ended."""
    head = b"POST /admin/login/ HTTP/1.1\r\nHost: flywheel.example\r\nCookie: csrftoken=x\r\nContent-Length: 5000\r\n"
    chunked = head.replace(b"Content-Length: 5000", b"Transfer-Encoding: chunked")
    with ExitStack() as stack:
        slow = [stack.enter_context(up.connection()) for _ in range(50)]
        for number, connection in enumerate(slow):
            connection.sendall(
                (chunked if number % 2 else head) + b"\r\n" + (b"5\r\nabcde\r\n" if number % 2 else b"a")
            )
        for _ in range(300):
            stack.enter_context(up.connection()).sendall(b"GET / HTTP/1.1\r\nHost: flywheel.example\r\nX-Slow: ")
        end, took = time.monotonic() + BODY_SECONDS + 1, []
        while (began := time.monotonic()) < end:
            assert up.ask("/healthz")[0] == 200
            assert up.ask("/api/v1/interactions", b"{}", **{"Content-Type": "application/json"})[0] == 401
            took.append(time.monotonic() - began)
            time.sleep(0.1)
        assert statistics.median(took) < 1 and max(took) < BODY_SECONDS
        for connection in slow:
            assert connection.recv(1000).startswith(b"HTTP/1.1 408 ")


@pytest.mark.parametrize(
    "sent",
    [
        b"Content-Length: 100000\r\n\r\nabc",
        b"Content-Length: 100\r\n\r\nabc",
        b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nzz\r\n",
    ],
)
def test_a_body_that_breaks_off_is_no_shorter_body(up: Up, sent: bytes) -> None:
    with up.connection() as connection:
        connection.sendall(b"POST /api/v1/interactions HTTP/1.1\r\nHost: flywheel.example\r\n" + sent)
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(1000)[:12] in (b"HTTP/1.1 400", b"")  # the connection may be closed without a word


def test_garbage_in_the_broker_is_set_aside_and_the_worker_lives(up: Up) -> None:
    wrong = [
        message(headers={"id": "1", "task": "no.such.task"}),
        message(**{"content-type": "application/x-python-serialize"}),
        message(body="!"),
        message(body="e30="),
        message(headers=[]),
    ]
    for number, content in enumerate([*GARBAGE, *wrong]):
        (up.folder / "broker" / f"1_{number}.celery.msg").write_bytes(content)
    aside = up.folder / "broker" / "set-aside"
    deadline = time.monotonic() + SECONDS
    while len(list(aside.glob("*"))) < len(GARBAGE) + len(wrong) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert len(list(aside.glob("*"))) == len(GARBAGE) + len(wrong)
    lines = [line for line in up.log("worker").splitlines() if "set aside" in line]
    assert len(lines) == len(GARBAGE) + len(wrong)
    assert "Traceback" not in up.log("worker")
