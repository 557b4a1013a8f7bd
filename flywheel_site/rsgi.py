"""The application that the web server loads, over granian's own interface (RSGI): a thread gets a request once its body
is complete.

Over WSGI a thread reads the body itself and cannot stop waiting, so a dozen slow bodies block all threads. Here bodies
arrive on the event loop, within BODY_SECONDS, and cost one connection each.
"""

import asyncio
import io
import logging
import sys
import threading
import time
from collections import deque
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any

from django.conf import settings
from granian.rsgi import HTTPProtocol, ProtocolClosed, Scope  # type: ignore[attr-defined] # which it does not list

from flywheel_site.http.errors import MEDIA_TYPE, JSONRenderer, document
from flywheel_site.ops.metrics.traffic import RECEIVED
from flywheel_site.wsgi import application as wsgi

logger = logging.getLogger(__name__)
SMALL = 65_536  # bytes: such a body is read in one step and not counted as held
LIMIT = settings.DATA_UPLOAD_MAX_MEMORY_SIZE  # bytes of a body; a view may accept less
HELD = 16 * LIMIT  # bytes of larger bodies in memory at once
DRAINED = 2 * LIMIT  # bytes of a refused body to read; without that the answer is lost
UNREAD = {
    400: "The body is shorter than its Content-Length.",
    408: f"The body did not arrive within {settings.BODY_SECONDS:g} s.",
    503: "Too many large bodies are arriving at once. Nothing was stored: send the same again.",
}
SEPARATORS = {"cookie": "; "}  # separators for headers that come more than once
BASE: dict[str, Any] = {
    "SCRIPT_NAME": "",
    "wsgi.version": (1, 0),
    "wsgi.multithread": True,
    "wsgi.multiprocess": True,
    "wsgi.run_once": False,
    "wsgi.errors": sys.stderr,
}


@dataclass(frozen=True, slots=True)
class Request:
    """A request with its complete body; `length` is the announced length or, for an oversized body, what arrived of
    it.
    """

    scope: Scope
    protocol: HTTPProtocol
    body: bytes
    length: int
    at: float
    finished: asyncio.Future[None]


class Unread(Exception):
    """The body cannot be read; the argument is the HTTP status."""


class CollectedResponse:
    def __init__(self, application: "Application") -> None:
        self.application = application
        self.body = b""
        self.length = 0
        self.held = 0

    async def read(self, protocol: HTTPProtocol, announced: str | None) -> None:
        """Read the body to its end. For an oversized one only the length is kept, and the application refuses it."""
        if announced is not None and int(announced) <= SMALL:
            self.body = await protocol()
            self.length = len(self.body)
            return
        parts = await self.parts(protocol)
        if announced is not None and self.length < min(int(announced), DRAINED):
            raise Unread(400)
        self.length = max(self.length, int(announced or 0))
        if self.length <= LIMIT:
            self.body = b"".join(parts)

    async def parts(self, protocol: HTTPProtocol) -> list[bytes]:
        """The parts of a large or chunked body, while they are within the limit."""
        parts: list[bytes] = []
        empty = 0
        async for part in protocol:
            empty += not part
            self.length += len(part)
            if self.length > DRAINED:
                return []
            if self.length <= LIMIT:
                self.hold(len(part))
                parts.append(part)
        if empty > 1:  # one marks the end; granian gives another if the connection broke before it
            raise Unread(400)
        return parts

    def hold(self, size: int) -> None:
        """Count the bytes in memory. Raises `Unread` if all bodies together would take too many."""
        self.held += size
        self.application.held += size
        if self.application.held > HELD:
            raise Unread(503)


class Application:
    """Collects bodies on the event loop and answers requests in threads."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.waiting: deque[Request] = deque()
        self.idle: list[SimpleQueue[Request]] = []
        self.held = 0
        self.answered: deque[asyncio.Future[None]] = deque()
        self.open = 0

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Start the threads, in the process that serves."""
        for number in range(settings.WEB_THREADS):
            threading.Thread(target=self.work, name=f"web-{number}", daemon=True).start()

    async def __rsgi__(self, scope: Scope, protocol: HTTPProtocol) -> None:
        """Answer one request."""
        headers = scope.headers
        collected = CollectedResponse(self)
        try:
            if "content-length" in headers or "transfer-encoding" in headers:
                async with asyncio.timeout(settings.BODY_SECONDS):
                    await collected.read(protocol, headers.get("content-length"))
            finished: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self.give(Request(scope, protocol, collected.body, collected.length, time.perf_counter(), finished))
            self.open += 1
            if self.open == 1:
                self.settle(asyncio.get_running_loop())
            await finished
        except TimeoutError:
            refuse(protocol, 408)
        except ProtocolClosed:
            refuse(protocol, 400)
        except Unread as error:
            refuse(protocol, error.args[0])
        finally:
            self.held -= collected.held

    def settle(self, loop: asyncio.AbstractEventLoop) -> None:
        """Finish the calls of answered requests in one go: waking the loop for each takes a tenth longer."""
        while self.answered:
            self.answered.popleft().set_result(None)
            self.open -= 1
        if self.open:
            loop.call_later(0.02, self.settle, loop)

    def give(self, request: Request) -> None:
        """Give the request to the thread that was busy last: its database connection has the warmest page cache."""
        with self.lock:
            if not self.idle:
                self.waiting.append(request)
                return
            thread = self.idle.pop()
        thread.put(request)

    def take(self, own: SimpleQueue[Request]) -> Request:
        with self.lock:
            if self.waiting:
                return self.waiting.popleft()
            self.idle.append(own)
        return own.get()

    def work(self) -> None:
        own: SimpleQueue[Request] = SimpleQueue()
        while True:
            request = self.take(own)
            try:
                answer(request)
            except Exception as error:
                logger.exception("A request was not answered: %s", type(error).__name__)
                request.protocol.response_empty(500, [])
            self.answered.append(request.finished)


def answer(request: Request) -> None:
    """Call the WSGI application, and give its response to the web server."""
    started: list[tuple[int, list[tuple[str, str]]]] = []

    def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
        started.append((int(status[:3]), headers))

    given = wsgi(environ(request), start)
    place = getattr(given, "place", None)
    if place is not None:  # a release file: the server reads it as fast as the caller accepts it
        request.protocol.response_file_range(*started[0], *place)
    else:
        request.protocol.response_bytes(*started[0], given[0] if isinstance(given, list) else b"".join(given))
    getattr(given, "close", int)()


def environ(request: Request) -> dict[str, Any]:
    """The request in WSGI's form (PEP 3333)."""
    scope = request.scope
    variables: dict[str, Any] = {
        **BASE,
        "REQUEST_METHOD": scope.method,
        "PATH_INFO": scope.path.encode().decode("latin1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": io.BytesIO(request.body),
        RECEIVED: request.at,
    }
    variables["SERVER_NAME"], _, variables["SERVER_PORT"] = scope.server.rpartition(":")
    for name, value in scope.headers.items():
        if "_" not in name:  # otherwise it would pass for the one with a dash, which a proxy may have written
            variable = f"HTTP_{name.upper().replace('-', '_')}"
            variables[variable] = (
                f"{variables[variable]}{SEPARATORS.get(name, ',')}{value}" if variable in variables else value
            )
    variables["CONTENT_TYPE"] = variables.pop("HTTP_CONTENT_TYPE", "")
    variables["CONTENT_LENGTH"] = str(request.length) if request.length else variables.pop("HTTP_CONTENT_LENGTH", "")
    if request.body:
        variables.pop("HTTP_TRANSFER_ENCODING", None)  # the body is whole
    elif "HTTP_TRANSFER_ENCODING" in variables:
        variables["CONTENT_LENGTH"] = "0"  # a body was announced but none came: the view says so
    return variables


def refuse(protocol: HTTPProtocol, status: int) -> None:
    """Refuse a body that could not be read, and close the connection: nobody knows where its next request begins."""
    headers = [("Content-Type", MEDIA_TYPE), ("Connection", "close")]
    if status == 503:
        headers.append(("Retry-After", "2"))
    protocol.response_bytes(status, headers, JSONRenderer().render(document(status, UNREAD[status])))


application = Application()
