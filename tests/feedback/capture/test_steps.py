"""What the agent did between question and answer: kept redacted, shown, exported and erased with its interaction."""

import json
from typing import Any

import pytest
from django.test import Client

from feedback.models import Interaction, Project
from privacy.erasure import erasure
from tests import factories as cast

pytestmark = pytest.mark.django_db
STEPS = [
    {"type": "tool_call", "id": "c1", "name": "find", "arguments": {"who": "mia@example.com"}, "result": ["Lund"]},
    {"type": "tool_call", "name": "send", "arguments": "to mia@example.com", "error": "no route to mia@example.com"},
]


def body(**more: Any) -> str:
    given = {"id": "t-1", "question": cast.QUESTION, "answer": cast.ANSWER, "subject": cast.ANNA, "consent": cast.ALL}
    return json.dumps({**given, "steps": STEPS, **more})


def post(client: Client, auth: dict[str, str], data: str) -> Any:
    return client.post("/api/v1/interactions", data, content_type="application/json", headers=auth)


def test_steps_are_stored_redacted_and_shown(client: Client, auth: dict[str, str]) -> None:
    assert post(client, auth, body()).status_code == 201
    assert post(client, auth, body()).status_code == 200
    shown = client.get("/api/v1/interactions/t-1", headers=auth).json()["steps"]
    assert shown == json.loads(json.dumps(STEPS).replace("mia@example.com", "[EMAIL_1]"))
    assert post(client, auth, body(steps=STEPS[:1])).status_code == 409


def test_a_dry_run_shows_the_steps(client: Client, auth: dict[str, str]) -> None:
    shown = post(client, auth, body(dry_run=True)).json()["interaction"]["steps"]
    assert shown[0]["arguments"] == {"who": "[EMAIL_1]"} and not Interaction.objects.exists()


@pytest.mark.parametrize(
    ("step", "pointer"),
    [
        ({"type": "thought", "name": "x"}, "/steps/0/type"),
        ({"type": "tool_call"}, "/steps/0/name"),
        ({"name": "x", "colour": 1}, "/steps/0"),
    ],
)
def test_a_step_of_another_shape_is_refused_at_its_place(
    client: Client, auth: dict[str, str], step: dict[str, Any], pointer: str
) -> None:
    answer = post(client, auth, body(steps=[step]))
    assert answer.status_code == 400 and answer.json()["errors"][0]["pointer"] == pointer


def test_steps_are_in_the_persons_data_and_go_with_them(client: Client, shop: Project, auth: dict[str, str]) -> None:
    post(client, auth, body())
    person = cast.person(shop)
    assert erasure.export(person)["interactions"][0]["steps"][0]["name"] == "find"
    erasure.erase(person)
    assert not Interaction.objects.exists()


def test_a_reviewer_sees_the_steps(admin_client: Client, client: Client, auth: dict[str, str]) -> None:
    post(client, auth, body())
    row = Interaction.objects.get()
    page = admin_client.get(f"/admin/feedback/interaction/{row.pk}/change/").content.decode()
    assert "2 steps" in page and "find" in page and "who: [EMAIL_1]" in page


def test_a_source_may_have_a_score_and_bodies_without_one_keep_their_digest(
    client: Client, auth: dict[str, str]
) -> None:
    post(client, auth, body(sources=[{"title": "FAQ", "score": 0.5}]))
    assert Interaction.objects.get().sources == [{"title": "FAQ", "score": 0.5}]
