"""The callers of a soak: a product, its traces and batches, people who leave, a reviewer, and a command that cuts
releases.
"""

import http.client
import itertools
import json
import random
import re
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from http.cookiejar import CookieJar

from tests.faults.load import CONSENT, Sender
from tests.faults.system import ROOT, System

NAME, PASSWORD = "reviewer", "the ferry leaves at nine"
LEAVER = "quillfeather"  # in every text of people who leave; it must not be found anywhere at the end
THINGS = (
    "kettle",
    "lamp",
    "teapot",
    "parcel",
    "invoice",
    "voucher",
    "ladder",
    "carpet",
    "mirror",
    "clock",
    "chair",
    "desk",
)
DOINGS = ("return", "repair", "exchange", "order", "collect", "cancel", "insure", "clean", "gift wrap", "resell")
PLACES = ("in the shop", "by post", "on the website", "at the depot", "through the hotline", "abroad", "on Sundays")
PAUSES = {
    "pairs": 0.2,
    "batches": 4.0,
    "traces": 1.0,
    "leavers": 6.0,
    "consents": 2.0,
    "reviews": 1.0,
    "releases": 45.0,
}
SIGN_UP = f"""
from django.contrib.auth.models import User
User.objects.create_superuser({NAME!r}, "", {PASSWORD!r})
"""


def talk(name: str, subject: str, rng: random.Random, word: str = "") -> dict[str, object]:
    """One interaction; many ask the same question, and some get another answer to it."""
    question = f"How do I {rng.choice(DOINGS)} a {rng.choice(THINGS)} {rng.choice(PLACES)}?"
    answer = f"Bring the receipt within {rng.choice((14, 14, 14, 30))} days, then wait for our mail."
    return {
        "id": name,
        "question": f"{question} {word} Write to {name}@example.com.",
        "answer": answer,
        "subject": subject,
        "consent": CONSENT,
        "agent": {"name": "shop", "version": "1"},
    }


def vote(about: str, subject: str, rng: random.Random) -> dict[str, object]:
    """One person's vote on it."""
    said = {"id": f"said-{about}", "interaction": about, "subject": subject}
    signal = rng.choice(["thumbs_up", "thumbs_up", "thumbs_down", "edit"])
    return {
        **said,
        "signal": signal,
        **({"correction": "Bring the receipt within 60 days."} if signal == "edit" else {}),
    }


def trace(number: int) -> tuple[str, dict[str, object]]:
    """A chat as OpenTelemetry exports it, and the id of the interaction made from it."""
    trace_id, span_id = f"{number + 1:032x}", f"{number + 1:016x}"
    given = {
        "gen_ai.operation.name": "chat",
        "gen_ai.input.messages": json.dumps([{"role": "user", "parts": [{"type": "text", "content": "Where is it?"}]}]),
        "gen_ai.output.messages": json.dumps(
            [{"role": "assistant", "parts": [{"type": "text", "content": "On its way."}], "finish_reason": "stop"}]
        ),
        "user.id": f"traced-{number % 50}",
    }
    attributes: list[dict[str, object]] = [{"key": key, "value": {"stringValue": text}} for key, text in given.items()]
    attributes += [{"key": f"flywheel.consent.{each}", "value": {"boolValue": True}} for each in CONSENT]
    span = {
        "traceId": trace_id,
        "spanId": span_id,
        "name": "chat",
        "startTimeUnixNano": str(time.time_ns()),
        "attributes": attributes,
    }
    return f"{trace_id}-{span_id}", {"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]}


class Mixed:
    """All callers, each a thread, and what was acknowledged to them."""

    def __init__(self, made: System, pace: float = 1.0) -> None:
        self.made = made
        self.pauses = {caller: pause / pace for caller, pause in PAUSES.items()}
        self.sender = Sender(made.ports, made.key)
        self.interactions: set[str] = set()  # acknowledged, of people who stay
        self.signals: set[str] = set()
        self.left: set[str] = set()  # interactions of people who were erased, acknowledged before their request
        self.requests: set[str] = set()
        self.verdicts: list[int] = []  # numbers of tasks
        self.consents: dict[str, bool] = {}
        self.releases = 0
        self.problems: list[str] = []
        self._stop = threading.Event()
        callers = [self.pairs, self.pairs, self.batches, self.traces, self.leavers, self.consents_change]
        callers += [self.reviews, self.cut_releases]
        self._threads = [
            threading.Thread(target=self._run, args=(each, place), daemon=True) for place, each in enumerate(callers)
        ]
        made.manage("shell", "--verbosity", "0", "--command", SIGN_UP)

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Let every caller finish what it is doing."""
        self._stop.set()
        for thread in self._threads:
            thread.join(120)
            assert not thread.is_alive(), "a caller is not answered"

    def _run(self, turns: Callable[[int], Iterator[float]], place: int) -> None:
        try:
            for pause in turns(place):
                if self._stop.wait(pause):
                    return
        except Exception as error:  # a caller that ended would reduce the load unnoticed
            self.problems.append(f"{turns.__name__} ended: {error!r}")
            raise

    def _told(self, about: dict[str, object], rng: random.Random, interactions: set[str]) -> None:
        """An interaction, then a vote on it."""
        name, subject = str(about["id"]), str(about["subject"])
        if self.sender.send("/api/v1/interactions", about, name) is not None:
            interactions.add(name)
        said = vote(name, subject, rng)
        if self.sender.send("/api/v1/feedback", said, name) is not None and interactions is self.interactions:
            self.signals.add(str(said["id"]))

    def pairs(self, place: int) -> Iterator[float]:
        rng = random.Random(place)
        for turn in itertools.count():
            self._told(talk(f"talk-{place}-{turn}", f"person-{turn % 200}", rng), rng, self.interactions)
            yield self.pauses["pairs"]

    def batches(self, place: int) -> Iterator[float]:
        rng = random.Random(place)
        for turn in itertools.count():
            talks = [talk(f"batch-{turn}-{each}", f"person-{each}", rng) for each in range(20)]
            votes = [vote(str(each["id"]), str(each["subject"]), rng) for each in talks]
            items = [{"type": "interaction", **each} for each in talks] + [
                {"type": "feedback", **each} for each in votes
            ]
            answer = self.sender.send("/api/v1/batch", {"items": items}, f"batch {turn}")
            for item, result in zip(items, (answer or {"results": []})["results"], strict=True):
                if result["status"] in (200, 201, 202):
                    (self.interactions if item["type"] == "interaction" else self.signals).add(str(item["id"]))
                else:
                    self.problems.append(f"batch item {item['id']}: {result['status']}")
            yield self.pauses["batches"]

    def traces(self, place: int) -> Iterator[float]:
        for turn in itertools.count():
            name, body = trace(turn)
            answer = self.sender.send("/v1/traces", body, name)
            if answer == {}:
                self.interactions.add(name)
            elif answer is not None:
                self.problems.append(f"trace {name}: {answer}")
            yield self.pauses["traces"]

    def leavers(self, place: int) -> Iterator[float]:
        """People who are erased after three conversations, at once or a little later."""
        rng = random.Random(place)
        for turn in itertools.count():
            subject = f"leaver-{turn}"
            for each in range(3):
                self._told(talk(f"{subject}-{each}", subject, rng, LEAVER), rng, self.left)
            self._stop.wait(rng.choice((0.0, 20.0)))
            answer = self.sender.send("/api/v1/privacy/requests", {"subject": subject, "kind": "erasure"}, subject)
            if answer is not None:
                self.requests.add(answer["id"])
            yield self.pauses["leavers"]

    def consents_change(self, place: int) -> Iterator[float]:
        """Only for people who send nothing else: an interaction sent with consent would agree again."""
        for turn in itertools.count():
            subject, agrees = f"wavering-{turn % 20}", turn // 20 % 2 == 0
            body = {"subject": subject, "purposes": {"capture": True, "training": agrees}}
            if self.sender.send("/api/v1/consent", body, subject) is not None:
                self.consents[subject] = agrees
            yield self.pauses["consents"]

    def reviews(self, place: int) -> Iterator[float]:
        """The console's next task, decided by its form; after a fault, signed in again."""
        desk: Desk | None = None
        rng = random.Random(place)
        while True:
            try:
                desk = desk or Desk(self.made.port)
                task = desk.decide(rng)
                if task is not None:
                    self.verdicts.append(task)
            except (OSError, http.client.HTTPException):
                desk = None
            yield self.pauses["reviews"]

    def cut_releases(self, place: int) -> Iterator[float]:
        """A command that is killed one time in three."""
        rng = random.Random(place)
        while True:
            yield self.pauses["releases"]
            command = [sys.executable, "manage.py", "release", "--dataset", "shop"]
            cut = subprocess.Popen(
                command, env=self.made.environment, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            try:
                self.releases += cut.wait(rng.choice((3.0, 60.0, 60.0))) == 0
            except subprocess.TimeoutExpired:
                cut.kill()
                cut.wait()


class Desk:
    """A reviewer's browser without a script."""

    def __init__(self, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}"
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        page = self.read("/admin/login/?next=/admin/")
        self.read("/admin/login/?next=/admin/", username=NAME, password=PASSWORD, **hidden(page, "csrfmiddlewaretoken"))

    def read(self, path: str, **fields: str) -> str:
        """The page; a POST where there are fields."""
        body = urllib.parse.urlencode(fields).encode() if fields else None
        with self.opener.open(urllib.request.Request(self.address + path, body), timeout=20) as answer:
            text: str = answer.read().decode()
        return text

    def decide(self, rng: random.Random) -> int | None:
        """Decide the next task; its number once the decision was answered, None where none is open."""
        page = self.read("/admin/curation/reviewtask/next/")
        form = re.search(
            r'<form method="post" action="([^"]+/(\d+)/decide/[^"]*)" id="verdict-form".*?</form>', page, re.S
        )
        if form is None:
            return None
        offered = set(re.findall(r'name="resolution" value="(\w+)"', form[0])) & {"approve", "reject", "unsure", "keep"}
        if not offered:
            return None
        fields = {"resolution": rng.choice(sorted(offered)), **hidden(form[0], "csrfmiddlewaretoken", "claim", "shown")}
        try:
            self.read(form[1], **fields)
        except urllib.error.HTTPError as refused:
            if refused.code >= 500 or refused.code == 403:  # 403: sessions are kept, so this is a fault as well
                raise
            return None  # an erasure or another answer came first
        return int(form[2])


def hidden(page: str, *names: str) -> dict[str, str]:
    """The hidden fields that the form has of these."""
    found = {name: re.search(rf'name="{name}" value="([^"]*)"', page) for name in names}
    return {name: match[1] for name, match in found.items() if match}
