"""Turns before the question come as chat APIs write them: calls and results of tools, parts, media; kept redacted."""

import json
from typing import Any

import pytest
from django.test import Client

from feedback.models import Interaction
from tests import factories as cast

pytestmark = pytest.mark.django_db
CALL = {"id": "c1", "type": "function", "function": {"name": "find", "arguments": '{"who": "mia@example.com"}'}}
KEPT = {"id": "c1", "type": "function", "function": {"name": "find", "arguments": {"who": "[EMAIL_1]"}}}
PNG = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUg=="


def post(client: Client, auth: dict[str, str], *context: dict[str, Any]) -> Any:
    body = {"id": "t-1", "question": cast.QUESTION, "answer": cast.ANSWER, "subject": cast.ANNA, "consent": cast.ALL}
    data = json.dumps({**body, "context": list(context)})
    return client.post("/api/v1/interactions", data, content_type="application/json", headers=auth)


@pytest.mark.parametrize(
    "turns",
    [
        [
            {"role": "assistant", "content": None, "tool_calls": [CALL], "refusal": None, "annotations": []},
            {"role": "tool", "tool_call_id": "c1", "content": "mia@example.com lives in Lund"},
        ],
        [
            {"role": "assistant", "content": [{"type": "tool_use", "id": "c1", "name": "find", "input": {"who": "mia@example.com"}}]},
            {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "c1", "content": [{"type": "text", "text": "mia@example.com lives in Lund"}]}]},
        ],
    ],
    ids=["openai", "anthropic"],
)  # fmt: skip
def test_calls_and_results_of_earlier_turns_are_kept_redacted(
    client: Client, auth: dict[str, str], turns: list[dict[str, Any]]
) -> None:
    assert post(client, auth, {"role": "user", "content": "Where is mia@example.com?"}, *turns).status_code == 201
    assert Interaction.objects.get().context == [
        {"role": "user", "content": "Where is [EMAIL_1]?"},
        {"role": "assistant", "content": "", "tool_calls": [KEPT]},
        {"role": "tool", "tool_call_id": "c1", "content": "[EMAIL_1] lives in Lund"},
    ]


def test_media_are_kept_as_type_and_address_and_never_as_bytes(client: Client, auth: dict[str, str]) -> None:
    parts = [
        {"type": "text", "text": "What is this?"},
        {"type": "image_url", "image_url": {"url": PNG}},
        {"type": "image_url", "image_url": {"url": "https://example.com/cat.png"}},
        {"type": "image", "source": {"type": "base64", "media_type": "image/jpeg", "data": "/9j/4AAQSkZJRg"}},
        {"inlineData": {"mimeType": "audio/wav", "data": "UklGRg"}},
    ]
    post(client, auth, {"role": "user", "content": parts})
    [turn] = Interaction.objects.get().context
    assert turn == {
        "role": "user",
        "content": "What is this?",
        "media": [
            {"type": "image_url", "media_type": "image/png"},
            {"type": "image_url", "url": "https://example.com/cat.png"},
            {"type": "image", "media_type": "image/jpeg"},
            {"type": "inlineData", "media_type": "audio/wav"},
        ],
    }


def test_a_plain_turn_is_kept_as_it_is(client: Client, auth: dict[str, str]) -> None:
    post(client, auth, {"role": "human", "content": ""})
    assert Interaction.objects.get().context == [{"role": "human", "content": ""}]


@pytest.mark.parametrize(
    ("turn", "pointer"),
    [
        ({"role": "user"}, "/context/0/content"),
        ({"role": "user", "content": None}, "/context/0/content"),
        ({"role": "user", "content": 7}, "/context/0/content"),
        ({"role": "user", "content": "x", "colour": 1}, "/context/0"),
        ({"role": "user", "content": "x", "tool_calls": "find"}, "/context/0/tool_calls"),
    ],
)
def test_a_turn_of_another_shape_is_refused_at_its_place(
    client: Client, auth: dict[str, str], turn: dict[str, Any], pointer: str
) -> None:
    answer = post(client, auth, turn)
    assert answer.status_code == 400 and answer.json()["errors"][0]["pointer"] == pointer
