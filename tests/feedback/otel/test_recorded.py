"""Exports of the real packages, recorded against a model that always says the same: each is one interaction, right in
every column that the product sends, however the export is cut.

Recorded in December 2026. `recorded_cases` says what each product sends; the versions are in the files' scopes and in `dialects`.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from feedback.models import Project, Trace
from tests import factories as cast
from tests.feedback.otel.recorded_cases import CASES, Case, stored

pytestmark = pytest.mark.django_db
RECORDED = Path(__file__).parent / "recorded"


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


THOROUGH = [pytest.param(cut, marks=pytest.mark.thorough) for cut in (from_the_end, twice)]


@pytest.mark.parametrize("cut", [as_it_comes, one_by_one, *THOROUGH])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_recorded_export_is_one_right_interaction_a_turn(
    client: Client, shop: Project, auth: dict[str, str], case: Case, cut: Any
) -> None:
    for request in cut(recorded(case.name)):
        send(client, auth, request)
    assert stored(case) == case.right(shop)
    assert cut is from_the_end or not Trace.objects.exclude(parts=[]).exists()
