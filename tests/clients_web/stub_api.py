"""A server that shows the widget's page under a strict policy, plays the API and keeps what it is sent."""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

WEB = Path(__file__).resolve().parents[2] / "clients" / "web"
DEMO = WEB.parents[1] / "flywheel_site" / "static" / "widget"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'none'; "
    "require-trusted-types-for 'script'"
)
TYPES = {".js": "text/javascript", ".css": "text/css", ".html": "text/html; charset=utf-8"}
API = re.compile(r"/api/v1/feedback(/[A-Za-z0-9._:-]+)?")


@dataclass(frozen=True, slots=True)
class Call:
    """One request to the API."""

    method: str
    path: str
    token: str
    text: str

    @property
    def body(self) -> dict[str, Any]:
        """The JSON that was sent."""
        parsed: dict[str, Any] = json.loads(self.text)
        return parsed


@dataclass(frozen=True, slots=True)
class Answer:
    """How the API is told to answer next."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    text: str = ""


@dataclass
class Stub:
    """The server's state. `answers` are given first, one a call; then it keeps ids as the contract says."""

    page: str = ""
    policy: str = POLICY
    origins: tuple[str, ...] = ()
    calls: list[Call] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    kept: dict[str, str] = field(default_factory=dict)
    url: str = ""

    def answer(self, call: Call) -> Answer:
        """The answer to a call, which is remembered."""
        self.calls.append(call)
        if self.answers:
            return self.answers.pop(0)
        if call.method == "DELETE":
            return Answer(204 if self.kept.pop(call.path.rpartition("/")[2], None) else 404)
        known = self.kept.setdefault(call.body["id"], call.text)
        if len([one for one in self.calls if one.method == "POST" and one.text == call.text]) > 1:
            return Answer(200, text=json.dumps({"id": call.body["id"]}))
        return Answer(201 if known == call.text else 409, text=json.dumps({"id": call.body["id"]}))

    @property
    def signals(self) -> list[str]:
        """The kinds of all signals sent, in order; a withdrawal is `DELETE`."""
        return [call.body["signal"] if call.method == "POST" else call.method for call in self.calls]


def handler_for(stub: Stub) -> type[BaseHTTPRequestHandler]:
    """The request handler of one stub."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/":
                return self.reply(200, stub.page.encode(), {"Content-Type": TYPES[".html"]})
            name = self.path.removeprefix("/static/widget/").lstrip("/")
            path = ((DEMO if self.path.startswith("/static/widget/") else WEB) / name).resolve()
            if not path.is_relative_to(WEB) or not path.is_file():
                return self.reply(404, b"", {})
            return self.reply(200, path.read_bytes(), {"Content-Type": TYPES[path.suffix]})

        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            token = self.headers.get("Authorization", "").removeprefix("Bearer ")
            if not API.fullmatch(self.path):
                return self.reply(404, b"", {})
            answer = stub.answer(Call(self.command, self.path, token, sent))
            return self.reply(
                answer.status, answer.text.encode(), {"Content-Type": "application/json"} | answer.headers
            )

        do_DELETE = do_POST

        def do_OPTIONS(self) -> None:
            allowed = {"Access-Control-Allow-Methods": "POST, DELETE"}
            self.reply(204, b"", allowed | {"Access-Control-Allow-Headers": "authorization, content-type"})

        def reply(self, status: int, body: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            origin = self.headers.get("Origin", "")
            if origin in stub.origins:
                headers = headers | {"Access-Control-Allow-Origin": origin, "Vary": "Origin"}
                headers["Access-Control-Expose-Headers"] = "Retry-After, X-Request-Id"
            for name, value in ({"Content-Security-Policy": stub.policy} | headers).items():
                self.send_header(name, value)
            if status != 204:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if status != 204:
                self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: the tests read `calls`."""

    return Handler


@contextmanager
def serving() -> Iterator[Stub]:
    """A stub on a port of its own, for as long as the block lasts."""
    stub = Stub()
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler_for(stub))
    server.daemon_threads = True
    stub.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield stub
    finally:
        server.shutdown()
        server.server_close()
