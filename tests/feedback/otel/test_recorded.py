"""Exports of the real packages, recorded against a model that always says the same: each is one interaction, right in
every column that the product sends, however the export is cut.

Recorded in December 2026. `CASES` says what each product sends; the versions are in the files' scopes and in `dialects`.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from feedback.models import Interaction, Project, Trace
from tests import factories as cast

pytestmark = pytest.mark.django_db
RECORDED = Path(__file__).parent / "recorded"
QUESTION = "How long do I have for a refund of order 4711?"
ANSWER = "Refunds are possible within 30 days."
STEP = {"name": "find_order", "arguments": {"order": "4711"}, "result": "Delivered on Monday."}
DOCUMENTS = {
    "Refunds": ("https://shop.example/refunds", "Refunds are possible within 30 days of delivery."),
    "Shipping": ("https://shop.example/shipping", "Shipping takes two days."),
}

GIVEN = {"name": "transfer_to_orders", "arguments": {"order": "4711"}, "result": "Successfully transferred to orders"}
BACK = "transfer_back_to_supervisor"
HANDED = (GIVEN, {"name": BACK, "arguments": {}, "result": "Successfully transferred back to supervisor"})


@dataclass(frozen=True)
class Case:
    """What a product sends of the turn."""

    name: str
    context: tuple[str, ...] = ("system",)
    sources: tuple[str, ...] = ()
    steps: tuple[dict[str, Any], ...] = ()
    subject: str | None = "mia-1"
    session: str = "talk-7"
    turns: int = 1


BOTH = ("Refunds", "Shipping")
CASES = [
    Case("openai-v2", steps=(STEP,)),
    Case("openai-openinference", steps=(STEP,)),
    Case("openai-traceloop", steps=(STEP,)),
    Case("anthropic-openinference", steps=(STEP,)),
    Case("anthropic-traceloop", steps=(STEP,)),
    Case("langchain-openinference", sources=BOTH),
    Case("langchain-traceloop", sources=BOTH),
    Case("langchain-langsmith", sources=BOTH),
    Case("langgraph-openinference", steps=(STEP,)),
    Case("langgraph-traceloop", steps=(STEP,)),
    Case("langgraph-langsmith", steps=(STEP,)),
    Case("llamaindex", sources=BOTH),
    Case("llamaindex-chat", sources=BOTH),
    Case("haystack", sources=("Refunds",)),
    Case("smolagents", steps=(STEP,)),
    Case("openai-agents-openinference", steps=(STEP,)),
    Case("openai-agents-traceloop", steps=(STEP,)),
    Case("traceloop-workflow", context=(), steps=({**STEP, "arguments": ["4711"]},)),
    Case("pydantic-ai", steps=(STEP,)),
    Case("strands", steps=(STEP,)),
    Case("litellm", session=""),
    Case("google-adk", steps=({**STEP, "result": {"result": STEP["result"]}},), subject=None),
    Case("google-genai", steps=({**STEP, "result": {"result": STEP["result"]}},)),
    Case("semantic-kernel", context=(), steps=({**STEP, "name": "P-find_order"},)),
    Case("langfuse", sources=BOTH, steps=({**STEP, "name": "look"},)),
    Case("langfuse-own-provider", sources=BOTH, steps=({**STEP, "name": "look"},)),
    Case("crewai", steps=(STEP,)),
    Case("dspy"),
    Case("autogen", steps=(STEP,)),
    Case("autogen-team"),
    Case("agent-framework", steps=(STEP,)),
    Case("agent-framework-spoken", steps=(STEP,)),  # its run tells of each message; the last is what the user saw
    Case("openai-openinference-choices"),
    Case("openai-traceloop-choices"),
    Case("anthropic-parts", steps=(STEP,)),
    Case("bedrock-openinference", steps=(STEP,)),
    Case("bedrock-traceloop", steps=(STEP,)),
    Case("responses-openinference", steps=(STEP,)),
    Case("responses-traceloop", steps=(STEP,)),
    Case("langgraph-supervisor", steps=HANDED),
    Case("vercel", steps=(STEP,), turns=2),
    Case("mlflow", sources=BOTH, steps=({**STEP, "name": "look"},), subject=None, session=""),
]


@pytest.fixture
def auth(shop: Project) -> dict[str, str]:
    return {"authorization": f"Bearer {cast.key(shop, ['ingest', 'feedback'])}"}


def recorded(name: str) -> list[dict[str, Any]]:
    """The product's export requests."""
    return [json.loads(line) for line in (RECORDED / f"{name}.jsonl").read_text().splitlines()]


def send(client: Client, auth: dict[str, str], body: dict[str, Any]) -> None:
    path = "/v1/logs" if "resourceLogs" in body else "/v1/traces"
    answer = client.post(path, json.dumps(body), content_type="application/json", headers=auth)
    assert answer.status_code == 200, answer.content


def one_by_one(requests: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same spans, each in a request of its own as it ends: what a `SimpleSpanProcessor` sends."""
    found = []
    for request in requests:
        for group in request.get("resourceSpans", []):
            for scope in group["scopeSpans"]:
                for span in scope["spans"]:
                    alone = {**group, "scopeSpans": [{**scope, "spans": [span]}]}
                    found.append((int(span["endTimeUnixNano"]), {"resourceSpans": [alone]}))
    spans = [body for _, body in sorted(found, key=lambda pair: pair[0])]
    return spans + [request for request in requests if "resourceLogs" in request]


def as_it_comes(requests: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return requests


def twice(requests: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [*requests, *requests]


def from_the_end(requests: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The root first; but for the request around the turn, which alone is nothing of ours, and waits for nobody."""
    return sorted(one_by_one(requests)[::-1], key=lambda request: "POST /chat" in json.dumps(request))


def check(case: Case, project: Project) -> None:
    rows = list(Interaction.objects.all())
    assert len(rows) == case.turns
    for row in rows:
        assert (row.question, row.answer) == (QUESTION, ANSWER)
        assert tuple(turn["role"] for turn in row.context) == case.context
        assert {source["title"]: (source["url"], source["text"]) for source in row.sources} == {
            title: DOCUMENTS[title] for title in case.sources
        }
        steps = [{key: value for key, value in step.items() if key not in ("type", "id")} for step in row.steps]
        assert steps == list(case.steps)
        assert row.session == case.session
        assert row.agent_model != "" and row.agent_name != ""
        if case.subject:
            assert row.subject == cast.person(project, case.subject)


THOROUGH = [pytest.param(cut, marks=pytest.mark.thorough) for cut in (from_the_end, twice)]


@pytest.mark.parametrize("cut", [as_it_comes, one_by_one, *THOROUGH])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_recorded_export_is_one_right_interaction_a_turn(
    client: Client, shop: Project, auth: dict[str, str], case: Case, cut: Any
) -> None:
    for request in cut(recorded(case.name)):
        send(client, auth, request)
    check(case, shop)
    assert cut is from_the_end or not Trace.objects.exclude(parts=[]).exists()
