"""Cases that depend on more than their question: replayed with their frozen context, or not counted."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.test import Client

from curation.gate import agents, judging
from curation.gate.agents import Question, call, takes_world
from curation.models import GateRun, Release
from curation.policies import versions
from curation.questions.sameness import hangs_on_the_clock
from curation.releases.files import folder
from tests import factories as cast

pytestmark = pytest.mark.django_db
TOPICS = (
    "bridge",
    "castle",
    "harbour",
    "museum",
    "market",
    "theatre",
    "library",
    "garden",
    "station",
    "tower",
    "lake",
    "mill",
    "abbey",
    "arena",
)
BY_CLOCK = TOPICS[:2]
WORLD = {"sources": [{"text": "A page."}], "steps": [], "now": "2026-11-01T00:00:00+00:00", "depends_on": ["sources"]}
given: list[dict[str, Any]] = []


def right(topic: str) -> str:
    return f"The {topic} is open until {TOPICS.index(topic) + 7} o'clock at gate {TOPICS.index(topic) + 30}."


def topic_in(question: str) -> str:
    return next(topic for topic in TOPICS if topic in question)


def stale(question: str, context: list[Any]) -> str:
    """Knows all but what hangs on the day."""
    return "I do not know the day." if topic_in(question) in BY_CLOCK else right(topic_in(question))


def dated(question: str, context: list[Any], world: dict[str, Any]) -> str:
    given.append(world)
    return right(topic_in(question)) if world["now"] else "I do not know the day."


@pytest.fixture
def release() -> Release:
    given.clear()
    shop = cast.project()
    for topic in TOPICS:
        day = " today" if topic in BY_CLOCK else ""
        page = [{"title": "Hours", "text": right(topic)}]
        talk = cast.asked(
            shop, topic, question=f"Until when is the {topic} open{day}?", answer=right(topic), sources=page
        )
        cast.said(shop, talk, "thumbs_up")
    cast.turn(shop)
    return cast.cut(shop)


def judged(release: Release, agent: Any) -> GateRun:
    return judging.run(release, agent, judging.CandidateIn(agent.__name__), concurrency=1)


def test_a_release_says_what_hangs_on_the_clock(release: Release) -> None:
    lines = map(json.loads, (folder(release) / "eval_cases.jsonl").read_text().splitlines())
    found = {topic_in(line["question"]): line["depends_on"] for line in lines}
    assert {topic for topic, depends_on in found.items() if "clock" in depends_on} == set(BY_CLOCK)
    assert all("sources" in depends_on for depends_on in found.values())


def test_an_agent_that_takes_a_third_argument_is_given_what_was_frozen(release: Release) -> None:
    run = judged(release, dated)
    assert run.verdict == "passed" and run.counts["counted"] == len(TOPICS) and run.counts["not_replayed"] == 0
    assert {world["sources"][0]["text"] for world in given} == {right(topic) for topic in TOPICS}
    assert all(set(world) == {"sources", "steps", "now", "depends_on"} and world["now"][:3] == "202" for world in given)


def test_what_hangs_on_the_clock_is_not_counted_where_the_agent_is_told_no_time(release: Release) -> None:
    run = judged(release, stale)
    assert run.verdict == "passed", run.reasons
    assert run.counts["counted"] == len(TOPICS) - len(BY_CLOCK) and run.counts["not_replayed"] == len(BY_CLOCK)
    left_out = [case for case in judging.as_json(run)["cases"] if case["passed"] is None]
    assert len(left_out) == len(BY_CLOCK) and f"{len(BY_CLOCK)} cases depend on" in judging.as_text(run)


def test_an_answer_without_the_world_is_no_baseline_for_one_with_it(release: Release) -> None:
    judged(release, stale)
    run = judged(release, dated)
    changes = {case["case"]: case["change"] for case in judging.as_json(run)["cases"]}
    assert list(changes.values()).count("newly_passing") == len(BY_CLOCK)
    again = judged(release, dated)
    assert "newly_passing" not in {case["change"] for case in judging.as_json(again)["cases"]} and again.baseline == run


def test_a_policy_may_ask_for_sources_too_and_then_says_why_it_cannot_judge(release: Release) -> None:
    shop = release.dataset.project
    settings = versions.current(shop).settings | {"gate": {"needs_world": ["clock", "sources"]}}
    versions.revise(shop, settings, "sources change")
    run = judged(release, stale)
    assert run.verdict == "not_judged" and run.counts["not_replayed"] == len(TOPICS)
    assert "depend on something that the agent was not given" in str(run.reasons)


def test_a_submission_says_whether_its_agent_was_given_the_world(release: Release, client: Client) -> None:
    lines = list(map(json.loads, (folder(release) / "eval_cases.jsonl").read_text().splitlines()))
    results = [{"case": line["id"], "answer": right(topic_in(line["question"]))} for line in lines]
    body = {"release": release.public_id, "candidate": {"name": "x"}, "results": results}
    headers = {"authorization": f"Bearer {cast.key(release.dataset.project, ['export'])}"}
    for replayed, left_out in ((True, 0), (False, len(BY_CLOCK))):
        sent = json.dumps({**body, "replayed": replayed, "draft": True})
        answer = client.post("/api/v1/gate-runs", sent, content_type="application/json", headers=headers).json()
        assert answer["counts"]["not_replayed"] == left_out


def test_the_third_argument_is_one_that_is_needed_or_named() -> None:
    def two(question: str, context: list[Any]) -> str:
        return question

    def tuned(question: str, context: list[Any], heat: float = 0.2) -> str:
        return f"{question} {heat}"

    def named(question: str, context: list[Any], *, world: Any = None) -> str:
        return f"{question} {world['now'][:4]}"

    def spoiling(question: str, context: list[Any], everything: Any) -> str:
        everything["sources"].clear()
        return question

    asked = Question("q", [], WORLD)
    given: list[agents.Agent] = [two, tuned, named, spoiling]
    assert [takes_world(one) for one in given] == [False, False, True, True]
    assert [call(one, asked) for one in given] == ["q", "q 0.2", "q 2026", "q"]
    assert WORLD["sources"] == [{"text": "A page."}]


@pytest.fixture
def address() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    bodies: list[dict[str, Any]] = []

    class Echo(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            bodies.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"answer": "yes"}')

        def log_message(self, *args: Any) -> None:
            """Nothing on the terminal."""

    server = HTTPServer(("127.0.0.1", 0), Echo)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/", bodies
    server.shutdown()
    server.server_close()


def test_an_address_is_sent_the_world_of_a_case_that_depends_on_it(address: tuple[str, list[dict[str, Any]]]) -> None:
    url, bodies = address
    agent = agents.load(url)
    assert takes_world(agent)
    assert call(agent, Question("q", [], WORLD)) == call(agent, Question("q", [], {**WORLD, "depends_on": ["context"]}))
    assert bodies == [{"question": "q", "context": [], "world": WORLD}, {"question": "q", "context": []}]


@pytest.mark.parametrize(
    ("question", "hangs"),
    [
        ("Is the pool open today?", True),
        ("Hat die Praxis heute geöffnet?", True),
        ("Est-ce que la piscine est ouverte aujourd'hui ?", True),
        ("¿Está abierta la piscina hoy?", True),
        ("When is the pool open?", False),
        ("Where is the today-show filmed?", False),
        ("I wrote to you yesterday about a parcel. Where do I see its number?", False),
        ("Wo steht das hier genau?", False),
    ],
)
def test_a_question_hangs_on_the_clock_where_it_asks_about_the_day_it_is_asked_on(question: str, hangs: bool) -> None:
    assert hangs_on_the_clock(question) is hangs
