"""A small server that follows the contract, keeps everything in memory, and fails on demand.

The client is tested against it where faults have to be simulated; the contract's tests also run against a real server
(`FLYWHEEL_TEST_URL`, `FLYWHEEL_TEST_KEY`).
"""

from __future__ import annotations

import hashlib
import json
import re
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY = "fw_test_0123456789abcdef"
CASES: list[dict[str, Any]] = [
    {"id": "case-1", "kind": "golden", "question": "What is the capital of France?", "expected": "Paris"},
    {
        "id": "case-2",
        "kind": "regression",
        "question": "How long do I have to return it?",
        "expected": "You have 30 days to return it.",
        "rejected": "You have 14 days to return it.",
        "context": [{"role": "user", "content": "I bought shoes."}],
    },
]


@dataclass(frozen=True)
class Fault:
    """How the next request (to `path`) fails. `after`: it takes effect first, and only its answer is lost."""

    status: int = 0
    retry_after: str | None = None
    after: bool = False
    body: bytes | None = None
    cut_at: int | None = None
    path: str = ""


@dataclass
class State:
    """What the server holds, and what it saw."""

    interactions: dict[str, bytes] = field(default_factory=dict)
    feedback: dict[str, bytes] = field(default_factory=dict)
    requests: list[tuple[str, str, dict[str, str], bytes, float]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    describing: dict[str, bytes] = field(default_factory=dict)
    changed: bytes = b""
    promised: dict[str, str] = field(default_factory=dict)
    gate_runs: list[dict[str, Any]] = field(default_factory=list)
    unconfirmed: list[str] = field(default_factory=list)
    verdict: Callable[[dict[str, Any]], dict[str, Any]] | None = None
    body_limit: int = 1_500_000
    poison: bytes | None = None
    poison_status: int = 500
    lock: threading.Lock = field(default_factory=threading.Lock)
    gate: threading.Event = field(default_factory=threading.Event)

    def seen(self, path: str) -> list[tuple[str, str, dict[str, str], bytes, float]]:
        return [request for request in self.requests if request[1].startswith(path)]


@dataclass(frozen=True)
class Stub:
    """A running stub: its address and its state."""

    url: str
    state: State
    key: str = KEY


@contextmanager
def running_stub() -> Iterator[Stub]:
    """Serve on a free port of 127.0.0.1 until the block ends."""
    state = State()
    state.gate.set()
    lines = "".join(json.dumps({"rejected": None, "context": [], **case}) + "\n" for case in CASES)
    state.files = {"eval_cases.jsonl": lines.encode(), "sft.jsonl": b'{"messages": []}\n' * 20_000}
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("BoundHandler", (Handler,), {"state": state}))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield Stub(f"http://127.0.0.1:{server.server_address[1]}", state)
    finally:
        state.gate.set()
        server.shutdown()
        server.server_close()


class Handler(BaseHTTPRequestHandler):
    """The contract's calls."""

    protocol_version = "HTTP/1.1"
    state: State

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def do_GET(self) -> None:
        self._serve(b"")

    def do_POST(self) -> None:
        self._serve(self.rfile.read(int(self.headers.get("Content-Length") or 0)))

    def _serve(self, body: bytes) -> None:
        state = self.state
        state.gate.wait(10)
        with state.lock:
            state.requests.append((self.command, self.path, dict(self.headers), body, time.monotonic()))
            fault = next((fault for fault in state.faults if fault.path in self.path), None)
            if fault:
                state.faults.remove(fault)
        if fault and not fault.after and fault.cut_at is None:
            return self._fail(fault)
        if self.headers.get("Authorization") != f"Bearer {KEY}":
            return self._problem(401, "Unauthorized")
        if len(body) > state.body_limit:
            return self._problem(413, "Content Too Large")
        status, answer = self._answer(body)
        if fault and fault.after:
            return self._fail(fault)
        if isinstance(answer, bytes):
            return self._file(answer, fault.cut_at if fault else None)
        return self._json(status, answer)

    def _answer(self, body: bytes) -> tuple[int, Any]:
        path = self.path.removeprefix("/api/v1")
        for pattern, name in ROUTES:
            if match := re.fullmatch(pattern, f"{self.command} {path}"):
                answer: tuple[int, Any] = getattr(self, name)(body, *match.groups())
                return answer
        return 404, {"title": "Not Found"}

    def batch(self, body: bytes) -> tuple[int, Any]:
        if self.state.poison and self.state.poison in body:
            return self.state.poison_status, {"title": "No", "errors": [{"pointer": "/items", "code": "poison"}]}
        items = json.loads(body)["items"]
        if len(items) > 1000:
            return 400, {"title": "Bad Request"}
        results = []
        for item in items:
            status, answer = self.store(item.pop("type"), item)
            results.append({"status": status, **answer})
        return 200, {"results": results}

    def interaction(self, body: bytes) -> tuple[int, Any]:
        return self.store("interaction", json.loads(body))

    def store(self, kind: str, item: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if not item.get("question" if kind == "interaction" else "interaction"):
            return 400, {"error": {"code": "required"}}
        if (item.get("consent") or {}).get("capture") is False:
            return 200, {"stored": False, "reason": "no_consent"}
        held = self.state.interactions if kind == "interaction" else self.state.feedback
        encoded = json.dumps(item, sort_keys=True).encode()
        id = item["id"]
        answer = {"id": id}
        if kind == "interaction":
            answer |= {"stored": True, "redactions": {"EMAIL": 1}, "feedback_token": f"v1.{id}"}
        with self.state.lock:
            if id in held:
                return (200, answer) if held[id] == encoded else (409, {"error": {"code": "conflict"}})
            held[id] = encoded
        early = kind == "feedback" and item["interaction"] not in self.state.interactions
        return 202 if early else 201, answer

    def stored(self, body: bytes, id: str) -> tuple[int, Any]:
        held = self.state.interactions.get(id)
        return (200, json.loads(held)) if held else (404, {"title": "Not Found"})

    def consent(self, body: bytes) -> tuple[int, Any]:
        return 200, {"effective": json.loads(body)["purposes"]}

    def privacy_request(self, body: bytes) -> tuple[int, Any]:
        return 202, {"id": "req-1", "status": "received", "due_at": "2026-12-23T00:00:00Z"}

    def privacy_link(self, body: bytes) -> tuple[int, Any]:
        return 200, {"url": "http://127.0.0.1/privacy/token", "expires_at": "2026-11-24T00:00:00Z"}

    def releases(self, body: bytes) -> tuple[int, Any]:
        return 200, {"results": [self.manifest()], "next": None}

    def release(self, body: bytes, *id: str) -> tuple[int, Any]:
        return (200, self.manifest()) if not id or id[0] == "rel-1" else (404, {"title": "Not Found"})

    def manifest(self) -> dict[str, Any]:
        files = [
            {"name": name, "sha256": self.state.promised.get(name, sha256(content)), "bytes": len(content)}
            for name, content in self.state.files.items()
        ]
        manifest = {"release": "rel-1", "dataset": "support", "version": "v1", "files": files}
        return {
            "id": "rel-1",
            "dataset": "support",
            "version": "v1",
            "state": "published",
            "manifest": manifest,
        }

    def file(self, body: bytes, name: str) -> tuple[int, Any]:
        content = {**self.state.files, **self.state.describing}.get(name)
        return (200, content) if content is not None else (404, {"title": "Not Found"})

    def gate_run(self, body: bytes) -> tuple[int, Any]:
        if self.state.poison and self.state.poison in body:
            return self.state.poison_status, {"title": "Bad Request"}
        run = json.loads(body)
        if run.pop("draft", False):
            return 200, {"draft": True, "unconfirmed": self.state.unconfirmed, "confirmations": 2}
        self.state.gate_runs.append(run)
        return 201, (self.state.verdict or plain_verdict)(run)

    def _file(self, content: bytes, cut_at: int | None) -> None:
        etag, offset = f'"{sha256(content)}"', 0
        asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range") or "")
        if asked and self.headers.get("If-Range") in {None, etag}:
            offset = int(asked[1])
        if self.state.changed and self.path.encode().endswith(self.state.changed):
            content = content.swapcase()
        rest = content[offset:]
        self.send_response(206 if offset else 200)
        self.send_header("ETag", etag)
        self.send_header("Content-Length", str(len(rest)))
        self.end_headers()
        self.wfile.write(rest[:cut_at])
        if cut_at is not None:
            self._hang_up()

    def _fail(self, fault: Fault) -> None:
        if not fault.status:
            return self._hang_up()
        content = fault.body if fault.body is not None else b"{}"
        self.send_response(fault.status)
        if fault.retry_after is not None:
            self.send_header("Retry-After", fault.retry_after)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        return None

    def _hang_up(self) -> None:
        self.wfile.flush()
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def _problem(self, status: int, title: str) -> None:
        self._json(status, {"title": title, "errors": [{"pointer": "/items", "code": "bad", "detail": "d"}]})

    def _json(self, status: int, answer: Any) -> None:
        content = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


ROUTES = (
    (r"POST /batch", "batch"),
    (r"POST /interactions", "interaction"),
    (r"GET /interactions/([\w.:-]+)", "stored"),
    (r"POST /consent", "consent"),
    (r"POST /privacy/requests", "privacy_request"),
    (r"POST /privacy/link", "privacy_link"),
    (r"GET /datasets/support/releases", "releases"),
    (r"GET /datasets/support/releases/latest", "release"),
    (r"GET /releases/([\w.-]+)", "release"),
    (r"GET /releases/rel-1/files/([\w.-]+)", "file"),
    (r"POST /gate-runs", "gate_run"),
)


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def plain_verdict(run: dict[str, Any]) -> dict[str, Any]:
    """Passed where every answer holds the expected one."""
    expected = {case["id"]: case["expected"] for case in CASES}
    cases = []
    for result in run["results"]:
        good = expected[result["case"]] in result.get("answer", "")
        cases.append({"case": result["case"], "passed": good, "change": "same" if good else "regressed"})
    bad = [case for case in cases if not case["passed"]]
    return {
        "id": "run-1",
        "verdict": "refused" if bad else "passed",
        "reasons": [{"code": "regression", "detail": f"{len(bad)} cases regressed"}] if bad else [],
        "counts": {"cases": len(cases), "failed": len(bad)},
        "cases": cases,
        "url": "http://127.0.0.1/gate-runs/run-1",
    }
