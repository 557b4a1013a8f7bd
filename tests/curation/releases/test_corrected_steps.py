"""A correction of a step: from `POST /feedback` to an eval case, an example and a pair of that step, and to erasure."""

import json
from typing import Any

import pytest
from django.test import Client

from curation.models import Dataset, Release, ReviewTask
from curation.releases import cutting, files
from curation.releases.formats import tools
from curation.releases.verify import verify
from feedback.models import ParkedSignal, Project, Signal
from privacy.erasure import erasure
from tests import factories as cast

pytestmark = pytest.mark.django_db
MARK = "zebra-771"
RIGHT = {"order": 8, "to": "mia@example.com", "why": MARK}
STEPS: list[dict[str, Any]] = [
    {"id": "c1", "name": "find_orders", "arguments": {"of": "mia"}, "result": [7, 8]},
    {"id": "c2", "name": "cancel_order", "arguments": {"order": 7}, "result": "cancelled"},
]
EDIT = {"signal": "edit", "correction": "Order 8 is cancelled, and order 7 is on its way."}
QUESTION = "Please cancel the order of the blue teapot."


def read(release: Release, name: str) -> list[Any]:
    return [json.loads(line) for line in (files.folder(release) / name).read_bytes().splitlines()]


def call(message: dict[str, Any]) -> tuple[str, Any]:
    [made] = message["tool_calls"]
    return made["function"]["name"], json.loads(made["function"]["arguments"])


def released(*steps: dict[str, Any]) -> tuple[Project, Release]:
    """A release of a conversation whose step was corrected, and one that was praised."""
    shop = cast.project()
    Dataset.objects.filter(project=shop).update(formats=["dpo"])
    for step in steps:
        talk = cast.asked(shop, question=QUESTION, answer="Order 7 is cancelled.", steps=STEPS)
        cast.said(shop, talk, **EDIT, step=step)
    cast.said(shop, cast.asked(shop, "ben", question="When do you open on Sunday?"), "thumbs_up", subject="ben")
    cast.turn(shop)
    return shop, cast.cut(shop)


@pytest.mark.parametrize("step", [{"id": "c2", "arguments": RIGHT}, {"index": 1, "arguments": RIGHT}])
def test_a_corrected_step_is_the_case_the_example_and_the_pair(step: dict[str, Any]) -> None:
    _, release = released(step)
    right = ("cancel_order", {"order": 8, "to": "[EMAIL_1]", "why": MARK})
    [case] = [one for one in read(release, "eval_cases.jsonl") if one["steps"]]
    assert [(one["name"], json.loads(one["arguments"]), one.get("result")) for one in case["steps"]] == [
        ("find_orders", {"of": "mia"}, "[7,8]"),
        (*right, None),
    ]
    assert case["expected"] == EDIT["correction"]
    [example] = [one for one in read(release, "sft.jsonl") if "tools" in one]
    assert [one["role"] for one in example["messages"]] == ["user", "assistant", "tool", "assistant"]
    assert call(example["messages"][-1]) == right and "weight" not in example["messages"][-1]
    assert example["messages"][1]["weight"] == 0
    [pair] = read(release, "dpo.jsonl")
    assert [one["role"] for one in pair["prompt"]] == ["user", "assistant", "tool"]
    assert [call(*pair[side]) for side in ("chosen", "rejected")] == [right, ("cancel_order", {"order": 7})]
    assert verify(files.folder(release)) == []


def test_pairs_of_text_say_that_they_cannot_hold_it() -> None:
    _, release = released({"id": "c2", "name": "cancel_orders"})
    assert read(release, "preferences.jsonl") == []
    assert "a corrected step" in (files.folder(release) / "manifest.json").read_text()


def test_a_step_that_the_answer_does_not_have_changes_nothing() -> None:
    _, release = released({"id": "c9", "arguments": RIGHT})
    [case] = [one for one in read(release, "eval_cases.jsonl") if one["steps"]]
    assert json.loads(case["steps"][1]["arguments"]) == {"order": 7}
    [pair] = read(release, "dpo.jsonl")
    assert pair["chosen"][0]["content"] == EDIT["correction"]


def test_it_goes_with_its_person() -> None:
    shop, release = released({"id": "c2", "arguments": RIGHT})
    assert MARK in "".join(path.read_text() for path in files.folder(release).iterdir())
    person = cast.person(shop)
    assert erasure.export(person)["signals"][0]["step"]["arguments"]["why"] == MARK
    erasure.erase(person)
    cutting.recut_stale()
    again = Release.objects.get(recut=1)
    assert MARK not in "".join(path.read_text() for path in files.folder(again).iterdir())
    assert not Signal.objects.exclude(step={}).exists()


def test_it_waits_redacted_for_its_interaction(client: Client) -> None:
    shop = cast.project()
    headers = {"authorization": f"Bearer {cast.key(shop)}"}

    def post(path: str, body: dict[str, Any]) -> Any:
        return client.post(f"/api/v1/{path}", json.dumps(body), content_type="application/json", headers=headers)

    vote = {**EDIT, "id": "v", "interaction": "late", "step": {"index": 1, "arguments": RIGHT}}
    assert post("feedback", vote).status_code == 202
    assert ParkedSignal.objects.get().step["arguments"]["to"] == "[EMAIL_1]"
    cast.asked(shop, id="late", steps=STEPS)
    [shown] = client.get("/api/v1/interactions/late", headers=headers).json()["signals"]
    assert shown["step"] == {"index": 1, "arguments": {**RIGHT, "to": "[EMAIL_1]"}}
    assert post("feedback", vote).status_code == 200
    assert post("feedback", {**vote, "step": {"index": 0, "arguments": RIGHT}}).status_code == 409


@pytest.mark.parametrize(
    ("step", "pointer"),
    [
        ({"id": "c1", "index": 0, "name": "x"}, "/step"),
        ({"name": "x"}, "/step"),
        ({"id": "c1"}, "/step"),
        ({"index": -1, "name": "x"}, "/step/index"),
        ({"index": 0, "name": "x", "colour": 1}, "/step"),
    ],
)
def test_a_correction_of_another_shape_is_refused_at_its_place(
    client: Client, step: dict[str, Any], pointer: str
) -> None:
    headers = {"authorization": f"Bearer {cast.key(cast.project())}"}
    body = json.dumps({**EDIT, "interaction": "a", "step": step})
    answer = client.post("/api/v1/feedback", body, content_type="application/json", headers=headers)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, pointer)


def test_only_an_edit_corrects_a_step(client: Client) -> None:
    headers = {"authorization": f"Bearer {cast.key(cast.project())}"}
    body = json.dumps({"interaction": "a", "signal": "thumbs_down", "step": {"index": 0, "name": "x"}})
    answer = client.post("/api/v1/feedback", body, content_type="application/json", headers=headers)
    assert answer.json()["errors"][0]["pointer"] == "/step"


def test_a_reviewer_sees_it(admin_client: Client) -> None:
    shop = cast.project()
    talk = cast.asked(shop, question=QUESTION, steps=STEPS)
    cast.said(shop, talk, "edit", correction="No.", step={"id": "c2", "arguments": {"order": "<b>8</b>"}})
    cast.turn(shop)
    task = ReviewTask.objects.get()
    page = admin_client.get(f"/admin/curation/reviewtask/{task.pk}/change/", follow=True).content.decode()
    assert "Step c2 should have been" in page and "order: &lt;b&gt;8" in page


def test_a_step_that_was_right_is_no_correction() -> None:
    assert tools.corrected(STEPS, {"id": "c2", "name": "cancel_order"}) is None
    assert tools.corrected([], {"index": 0, "name": "x"}) is None and tools.corrected(STEPS, {}) is None
