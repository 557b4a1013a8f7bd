"""How many functions one must read to follow a question from the view to its row."""

import json
import sys
from types import FrameType

import pytest
from django.test import Client

from tests import factories as cast

pytestmark = pytest.mark.django_db
# Every call of the API has these, before there is a payload to follow.
READING_THE_BODY = ("feedback.capture.json_bodies", "feedback.capture.payloads")


def test_a_question_reaches_its_row_through_few_functions_of_the_write_path(client: Client) -> None:
    headers = {"authorization": f"Bearer {cast.key(cast.project())}"}
    entered: set[tuple[str, str]] = set()

    def profile(frame: FrameType, event: str, _: object) -> None:
        module, name = str(frame.f_globals.get("__name__")), frame.f_code.co_qualname
        is_step = module.startswith("feedback.capture.") and module not in READING_THE_BODY
        if event == "call" and is_step and not name.startswith(("<", "__")):
            entered.add((module, name.partition(".<locals>")[0]))

    talk = {
        "id": "t-1",
        "question": "Where?",
        "answer": "At me@shop.example.",
        "subject": cast.ANNA,
        "consent": cast.ALL,
    }
    sys.setprofile(profile)
    try:
        answer = client.post("/api/v1/interactions", json.dumps(talk), content_type="application/json", headers=headers)
    finally:
        sys.setprofile(None)
    assert answer.status_code == 201
    assert len(entered) <= 18, sorted(entered)
    assert len({module for module, _ in entered}) <= 5, sorted(entered)
