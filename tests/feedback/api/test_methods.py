"""How an address answers a method that it does not support, HEAD, and callers who accept no JSON."""

import json

import pytest
from django.test import Client

from feedback.models import Interaction
from tests import factories as cast

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options", "trace"])
def test_a_method_that_an_address_does_not_take_is_405_with_those_that_it_does(client: Client, method: str) -> None:
    headers = {"authorization": f"Bearer {cast.key(cast.project(), ['ingest'])}"}
    answer = getattr(client, method)("/api/v1/interactions", headers=headers)
    assert (answer.status_code, answer["Content-Type"]) == (405, "application/problem+json")
    assert {"GET", "POST"} <= {word.strip() for word in answer["Allow"].split(",")}


def test_a_method_that_an_address_takes_needs_its_scope(client: Client) -> None:
    headers = {"authorization": f"Bearer {cast.key(cast.project(), ['feedback'])}"}
    assert client.get("/api/v1/interactions", headers=headers).status_code == 403
    assert client.head("/api/v1/interactions", headers=headers).status_code == 403


def test_head_goes_where_get_goes_and_has_no_body(client: Client) -> None:
    headers = {"authorization": f"Bearer {cast.key(cast.project(), ['read'])}"}
    answer = client.head("/api/v1/interactions", headers=headers)
    assert (answer.status_code, answer.content) == (200, b"")


def test_nobody_learns_of_methods_without_a_key(client: Client) -> None:
    assert client.put("/api/v1/interactions").status_code == 401


def test_a_caller_who_accepts_no_json_is_told_so_and_nothing_is_stored(client: Client) -> None:
    headers = {"authorization": f"Bearer {cast.key(cast.project())}", "Accept": "text/html"}
    talk = {"id": "t-1", "question": "Where is it?", "answer": "On its way.", "consent": cast.ALL}
    answer = client.post("/api/v1/interactions", json.dumps(talk), content_type="application/json", headers=headers)
    assert answer.status_code == 406 and not Interaction.objects.exists()
