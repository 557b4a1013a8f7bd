"""How many functions one must read to follow a question from the view to its row."""

import json
import sys
from types import FrameType

import pytest
from django.test import Client
from rest_framework.request import Request
from rest_framework.response import Response

from feedback.api.views import InteractionsView
from tests import factories as cast
from tests.tracing import Trace, traced

pytestmark = pytest.mark.django_db
# Every call of the API has these, before there is a payload to follow.
READING_THE_BODY = ("feedback.capture.json_bodies", "feedback.capture.payloads")
TALK = {
    "id": "t-1",
    "question": "Where?",
    "answer": "At me@shop.example.",
    "subject": cast.ANNA,
    "consent": cast.ALL,
}


def test_a_question_reaches_its_row_through_few_functions_of_the_write_path(client: Client) -> None:
    headers = {"authorization": f"Bearer {cast.key(cast.project())}"}
    entered: set[tuple[str, str]] = set()

    def profile(frame: FrameType, event: str, _: object) -> None:
        module, name = str(frame.f_globals.get("__name__")), frame.f_code.co_qualname
        is_step = module.startswith("feedback.capture.") and module not in READING_THE_BODY
        if event == "call" and is_step and not name.startswith(("<", "__")):
            entered.add((module, name.partition(".<locals>")[0]))

    sys.setprofile(profile)
    try:
        answer = client.post("/api/v1/interactions", json.dumps(TALK), content_type="application/json", headers=headers)
    finally:
        sys.setprofile(None)
    assert answer.status_code == 201
    assert len(entered) <= 18, sorted(entered)
    assert len({module for module, _ in entered}) <= 5, sorted(entered)


def test_a_reader_follows_the_view_through_few_functions(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the rule that the pipeline is held to: what the view's module calls, and what it calls itself."""
    headers = {"authorization": f"Bearer {cast.key(cast.project())}"}
    post, seen = InteractionsView.post, list[Trace]()

    def followed(view: InteractionsView, request: Request) -> Response:
        with traced() as trace:
            answer: Response = post(view, request)
        seen.append(trace)
        return answer

    monkeypatch.setattr(InteractionsView, "post", followed)
    answer = client.post("/api/v1/interactions", json.dumps(TALK), content_type="application/json", headers=headers)
    assert answer.status_code == 201
    (trace,) = seen
    assert 5 < len(trace.functions) <= 12 and len(trace.modules) <= 6, f"\n{trace}"
