"""A server that answers as OpenAI-compatible endpoints do: a judge that compares the numbers, an encoder that counts
words."""

import json
import re
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Endpoint(ThreadingHTTPServer):
    """`calls` are the bodies that came; `mood` is fair, divided or down."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.calls: list[dict[str, Any]] = []
        self.keys: set[str] = set()
        self.votes: Counter[str] = Counter()
        self.mood = "fair"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


class Handler(BaseHTTPRequestHandler):
    server: Endpoint

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.calls.append(body)
        self.server.keys.add(self.headers.get("Authorization", ""))
        said = self.embedded(body) if self.path.endswith("/embeddings") else self.voted(body)
        content = json.dumps(said).encode()
        self.send_response(500 if self.server.mood == "down" else 200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def voted(self, body: dict[str, Any]) -> dict[str, Any]:
        first, data, _ = body["messages"][1]["content"].split("\n")
        texts = json.loads(data)
        same = bool(numbers(texts["candidate"])) and numbers(texts["candidate"]) == numbers(texts["reference"])
        if self.server.mood == "divided" and "desk" in texts["candidate"]:
            self.server.votes[texts["candidate"]] += 1
            same = self.server.votes[texts["candidate"]] % 3 != 0
        vote = {"marker": first.split()[2], "same": same, "score": 0.9 if same else 0.1, "reason": "numbers"}
        return {
            "choices": [{"message": {"content": json.dumps(vote)}}],
            "usage": {"prompt_tokens": 200, "completion_tokens": 20},
        }

    def embedded(self, body: dict[str, Any]) -> dict[str, Any]:
        words = sorted({word for text in body["input"] for word in text.lower().split()})
        rows = [[float(text.lower().split().count(word)) for word in words] for text in body["input"]]
        return {"data": [{"index": place, "embedding": row} for place, row in enumerate(rows)][::-1]}

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


def numbers(text: str) -> list[str]:
    return sorted(re.findall(r"\d+|\bnot\b", text))


@contextmanager
def endpoint() -> Iterator[Endpoint]:
    """A server that runs."""
    server = Endpoint()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
