"""A shop whose release has been gated once, shared by the tests of the gate's entry points."""

import json
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Any

from django.test import Client

from curation.gate import judging
from curation.models import GateRun, Release
from feedback.models import Project
from tests import factories as cast

TOPICS = (
    "day tickets",
    "lost umbrellas",
    "bicycles on trams",
    "school passes",
    "night buses",
    "dogs on ferries",
    "group discounts",
    "ticket refunds",
    "airport trains",
    "wheelchair ramps",
    "season cards",
    "parking decks",
)
CORRECTED = ("guided tours", "left luggage", "boat rental", "city maps")
EVERY = (*TOPICS, *CORRECTED)
WRONG = "I have no idea about any of this."


def right(topic: str) -> str:
    """What is true of a topic: each has numbers of its own."""
    return (
        f"You can ask about {topic} at counter {place(topic) + 11}, which is open until {place(topic) + 8} o'clock: take "
        "a ticket at the entrance, wait until it is called, and bring the receipt that you were given."
    )


def own(topic: str) -> str:
    """The same in words of the agent's own."""
    return (
        f"To ask about {topic} go to counter {place(topic) + 11}, open until {place(topic) + 8} o'clock; take a ticket at "
        "the entrance, wait until it is called and please bring the receipt that you were given."
    )


def place(topic: str) -> int:
    return EVERY.index(topic)


def topic_of(question: str) -> str:
    return next(topic for topic in EVERY if topic in question)


def good(question: str, context: list[dict[str, str]]) -> str:
    return own(topic_of(question))


def released(name: str = "shop", people: str = "person") -> Release:
    """Twelve answers that people confirmed and four that they corrected, each borne out by a source, as a release."""
    shop = cast.project(name)
    for topic in EVERY:
        question, person = f"Where do I ask about {topic}, please?", f"{people}-{place(topic)}"
        said = "Ask the driver of any tram about that." if topic in CORRECTED else right(topic)
        page = [{"title": "Counters", "text": right(topic)}]
        talk = cast.asked(shop, person, question=question, answer=said, sources=page, id=f"{name}-{place(topic)}")
        if topic in CORRECTED:
            cast.said(shop, talk, "edit", correction=right(topic))
        else:
            cast.said(shop, talk, "thumbs_up")
    cast.turn(shop)
    return cast.cut(shop)


@dataclass
class World:
    """A shop, its release, the run that is the baseline, and an honest submission that a test may spoil."""

    client: Client
    release: Release
    baseline: GateRun
    body: dict[str, Any]
    key: str
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    content_type: str = "application/json"

    @property
    def shop(self) -> Project:
        return self.release.dataset.project

    @property
    def results(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.body["results"]
        return found

    def at(self, topic: str) -> dict[str, Any]:
        return next(result for result in self.results if result["case"] == f"shop-{place(topic)}")

    def answer(self, topic: str, text: str | None) -> None:
        self.at(topic)["answer"] = text

    def submit(self) -> Any:
        """Send what there is to send."""
        raw = json.dumps(self.body).encode() if self.raw is None else self.raw
        headers = {"authorization": f"Bearer {self.key}", **self.headers}
        return self.client.post("/api/v1/gate-runs", raw, content_type=self.content_type, headers=headers)


def world(client: Client) -> World:
    """The shop on the day after its first gate run."""
    release = released()
    baseline = judging.run(release, good, judging.CandidateIn("today"), concurrency=1)
    assert baseline.verdict == "passed", baseline.reasons
    results = [{"case": f"shop-{place(topic)}", "answer": own(topic)} for topic in EVERY]
    body = {"release": "shop:v1", "candidate": {"name": "tomorrow"}, "results": results}
    return World(client, release, baseline, body, cast.key(release.dataset.project, ["export"]))


def again(made: World, client: Client) -> World:
    """A world that the tests of a module share, for one of them to spoil."""
    return replace(deepcopy(made), client=client)
