"""Items are checked one by one: one that cannot be stored never affects its neighbours."""

import json
from typing import Any

import pytest
from django.test import Client

from feedback.models import Interaction, Project
from tests import factories as cast

pytestmark = pytest.mark.django_db
TALK = '"type": "interaction", "question": "q?", "consent": {"capture": true}'


def item(rest: str) -> str:
    """An interaction as it is written in a batch, with these fields."""
    return f"{{{TALK}, {rest}}}"


# What is in the place of an item, and the place and the code in its refusal.
BAD = [
    (item('"id": "x", "answer": "\\u0000"'), "/answer", "nul"),
    (item('"id": "x", "answer": "a", "metadata": {"\\u0000": 1}'), "/metadata", "nul"),
    (item('"id": "x", "answer": "a\\ud800b"'), "/answer", "surrogate"),
    (item('"id": "x", "answer": "\x00"'), "/answer", "nul"),
    (item('"id": "x", "answer": "a\nb"'), "", "invalid_json"),
    (item('"id": "x", "answer": "a", "metadata": {"n": 18446744073709551616}'), "/metadata/-", "out_of_range"),
    (item('"id": "x", "answer": "a", "metadata": {"n": ' + "9" * 5_000 + "}"), "/metadata/-", "out_of_range"),
    (item('"id": "x", "answer": "a", "metadata": {"n": NaN}'), "/metadata/-", "out_of_range"),
    (item('"id": "x", "answer": "a", "metadata": {"n": -Infinity}'), "/metadata/-", "out_of_range"),
    (item('"id": "x", "answer": "a", "metadata": {"n": 1e400}'), "/metadata/-", "out_of_range"),
    (item('"id": "x", "answer": "a", "metadata": {"n": ' + "[" * 40 + "]" * 40 + "}"), "", "too_deep"),
    (item('"id": "x", "answer": "a", "metadata": {"n": ' + "[" * 9_000 + "]" * 9_000 + "}"), "", "too_deep"),
    (item('"id": "x", "answer": 7'), "/answer", "invalid_type"),
    (item('"id": "x", "answer": nope'), "", "invalid_json"),
    ("tru", "", "invalid_json"),
    ('"\\udfff"', "", "surrogate"),
]


def post(client: Client, path: str, body: bytes, headers: dict[str, str]) -> Any:
    return client.post(f"/api/v1/{path}", body, content_type="application/json", headers=headers)


@pytest.mark.parametrize(("bad", "pointer", "code"), BAD)
def test_a_bad_item_of_a_batch_is_refused_alone(
    client: Client, shop: Project, auth: dict[str, str], bad: str, pointer: str, code: str
) -> None:
    good = [item(f'"id": "{name}", "answer": "[}}, \\"]"') for name in "ab"]
    answer = post(client, "batch", f'{{"items": [{good[0]}, {bad} ,{good[1]}]}}'.encode(), auth)
    assert answer.status_code == 200, answer.content
    results = answer.json()["results"]
    assert [result["status"] for result in results] == [201, 400, 201]
    error = results[1]["error"]
    assert (error["pointer"], error["code"]) == (f"/items/1{pointer}", code)
    assert {row.external_id for row in Interaction.objects.all()} == {"a", "b"}
    assert cast.totals(shop)["interaction"] == {"stored": 2, "refused": 1, "received": 3}


def test_one_of_a_thousand_costs_itself_alone(client: Client, auth: dict[str, str]) -> None:
    items = [f'{{"type": "feedback", "interaction": "t{number}", "signal": "copy"}}' for number in range(1_000)]
    items[500] = '{"type": "feedback", "interaction": "t", "signal": "edit", "correction": "\\ud83d"}'
    results = post(client, "batch", f'{{"items": [{",".join(items)}]}}'.encode(), auth).json()["results"]
    assert [place for place, result in enumerate(results) if result["status"] != 202] == [500]


def test_bytes_that_are_no_utf8_cost_their_own_item_alone(client: Client, auth: dict[str, str]) -> None:
    talk = item('"answer": "a"')
    body = f'{{"items": [{talk}, {talk.replace("q?", "caf?")}]}}'.encode().replace(b"caf?", b"caf\xe9")
    answer = post(client, "batch", body, auth)
    assert [result["status"] for result in answer.json()["results"]] == [201, 400]


@pytest.mark.parametrize(
    "body",
    [
        "nope",
        "[",
        '{"items": [',
        '{"items": [{"type": "inter',
        '{"items": [1, 2}',
        '{"items": ]}',
        '{"items": "',
        '{"items": [1,]}',
        '{"items": [,]}',
        '{"items": [] "x"}',
        '{"items": []} x',
        "[" * 9_000,
        '{"items": [nope], "x": \\ud800}',
        '{"items": [nope], "x": {"y": 1}}',
        '{"items": []}}',
        "{items: [nope]}",
    ],
)
def test_what_is_no_batch_at_all_is_refused_whole(client: Client, auth: dict[str, str], body: str) -> None:
    answer = post(client, "batch", body.encode(), auth)
    assert answer.status_code == 400 and answer.json()["errors"][0]["code"], answer.content


def test_a_batch_without_items_is_an_empty_one(client: Client, auth: dict[str, str]) -> None:
    assert post(client, "batch", b'{"items": [ ]}', auth).json() == {"results": []}


def test_the_same_thing_twice_in_a_batch_is_judged_twice(client: Client, auth: dict[str, str]) -> None:
    item = {"type": "interaction", "id": "a", "question": "q?", "answer": "a", "consent": cast.ALL}
    said = {"type": "feedback", "id": "s", "interaction": "a", "signal": "copy"}
    items = [item, item, {**item, "answer": "b"}, said, said, {**said, "signal": "retry"}]
    answer = post(client, "batch", json.dumps({"items": items}).encode(), auth)
    assert [result["status"] for result in answer.json()["results"]] == [201, 200, 409, 201, 200, 409]
