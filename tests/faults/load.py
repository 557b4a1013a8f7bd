"""Callers that never give up: each repeats a request until it is acknowledged, and remembers what was acknowledged."""

import http.client
import itertools
import json
import random
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

CONSENT = {"capture": True, "evaluation": True, "training": True}
QUESTION = "When does the shop on the market square open on Saturdays?"


@dataclass
class Sender:
    """Sends each call again and again until it is acknowledged; notes how long the acknowledged try took."""

    ports: Sequence[int]
    key: str
    refusals: list[str] = field(default_factory=list)  # answers that no retry will change
    again: Counter[int] = field(default_factory=Counter)  # calls sent again, by status; 0: no answer
    taken: list[tuple[float, str, float]] = field(default_factory=list)  # (monotonic end, path, seconds)

    def send(self, path: str, body: Mapping[str, object], name: str = "") -> Any:
        """The answer's JSON; None where it was refused for ever."""
        while True:
            began = time.monotonic()
            try:
                headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
                with closing(http.client.HTTPConnection("127.0.0.1", random.choice(self.ports), timeout=20)) as line:
                    line.request("POST", path, json.dumps(body), headers)
                    answer = line.getresponse()
                    status, said = answer.status, answer.read()
            except (OSError, http.client.HTTPException):
                status, said = 0, b""
            if 0 < status < 300:
                self.taken.append((time.monotonic(), path, time.monotonic() - began))
                return json.loads(said)
            if 0 < status < 500:
                self.refusals.append(f"{path} {name}: {status}")
                return None
            self.again[status] += 1
            time.sleep(0.05)


@dataclass
class Load:
    """Threads that write pairs of interaction and feedback to a server that may be gone at any moment."""

    ports: Sequence[int]
    key: str
    callers: int = 4
    interactions: set[str] = field(default_factory=set)  # acknowledged
    signals: set[str] = field(default_factory=set)
    sender: Sender = field(init=False)
    _stop: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.sender = Sender(self.ports, self.key)

    def start(self) -> None:
        """Begin."""
        self._threads = [
            threading.Thread(target=self._caller, args=(number,), daemon=True) for number in range(self.callers)
        ]
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
        if self.sender.send(path, body, str(body["id"])) is not None:
            acknowledged.add(str(body["id"]))
