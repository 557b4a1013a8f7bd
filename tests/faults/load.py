"""Callers that never give up: each sends the same again until it is acknowledged, and remembers what was."""

import http.client
import itertools
import json
import random
import threading
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field

CONSENT = {"capture": True, "evaluation": True, "training": True}
QUESTION = "When does the shop on the market square open on Saturdays?"


@dataclass
class Load:
    """Threads that write pairs of interaction and feedback to a server that may be gone at any moment."""

    port: int
    key: str
    callers: int = 4
    interactions: set[str] = field(default_factory=set)  # acknowledged
    signals: set[str] = field(default_factory=set)
    refusals: list[str] = field(default_factory=list)  # answers that no retry will change
    failures: int = 0  # calls without an answer, or with a 5xx
    answered_at: float = 0.0
    _stop: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def start(self) -> None:
        """Begin."""
        self._threads = [threading.Thread(target=self._caller, args=(number,)) for number in range(self.callers)]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Let every caller bring its present pair to its end; the server must be there."""
        self._stop.set()
        for thread in self._threads:
            thread.join(60)
            assert not thread.is_alive(), "a caller is not answered"

    def _caller(self, number: int) -> None:
        for turn in itertools.count():
            if self._stop.is_set():
                return
            name = f"talk-{number}-{turn}"
            talk = {
                "id": name,
                "question": f"{QUESTION} {turn}, asks person{turn}@example.com.",
                "answer": "It opens at nine and closes at six.",
                "subject": f"person-{turn % 50}",
                "consent": CONSENT,
            }
            vote = {"id": f"said-{name}", "interaction": name, "signal": random.choice(["thumbs_up", "thumbs_down"])}
            self._until_acknowledged("/api/v1/interactions", talk, self.interactions)
            self._until_acknowledged("/api/v1/feedback", vote, self.signals)

    def _until_acknowledged(self, path: str, body: Mapping[str, object], acknowledged: set[str]) -> None:
        while True:
            try:
                headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
                with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)) as connection:
                    connection.request("POST", path, json.dumps(body), headers)
                    status = connection.getresponse().status
            except (OSError, http.client.HTTPException):
                status = 599
            if status < 300:
                acknowledged.add(str(body["id"]))
                self.answered_at = time.monotonic()
                return
            if status < 500:
                self.refusals.append(f"{path} {body['id']}: {status}")
                return
            self.failures += 1
            time.sleep(0.05)
