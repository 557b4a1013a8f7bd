"""An agent behind HTTP, using only the standard library.

    python http_agent.py 8080

`POST /` takes {"question": "...", "context": [...]} and answers {"answer": "..."}, as the gate asks.
"""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PAGES = {
    "return": "You can return it within 30 days of delivery.",
    "shipping": "Standard shipping takes 3 to 5 working days.",
}


def answer(question: str, context: list[dict[str, str]]) -> str:
    """Replace this with your agent."""
    for word, page in PAGES.items():
        if word in question.lower():
            return page
    return "I do not know."


class Handler(BaseHTTPRequestHandler):
    """The agent's one address."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        body = json.dumps({"answer": answer(asked["question"], asked.get("context", []))}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1]) if len(sys.argv) > 1 else 8080), Handler)
    print(f"listening on http://127.0.0.1:{server.server_address[1]}/", flush=True)
    server.serve_forever()
