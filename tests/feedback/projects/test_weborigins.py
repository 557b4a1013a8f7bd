"""`manage.py weborigins`: whose pages may send feedback."""

import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from tests import factories as cast

pytestmark = pytest.mark.django_db


def allowed(capsys: Any, *options: str) -> list[str]:
    capsys.readouterr()
    call_command("weborigins", "shop", "--json", *options)
    return list(json.loads(capsys.readouterr().out)["web_origins"])


def test_an_origin_is_allowed_and_forbidden_again(capsys: Any, client: Client) -> None:
    cast.project()
    preflight = {"Origin": "https://shop.example", "Access-Control-Request-Method": "POST"}
    assert allowed(capsys) == []
    assert allowed(capsys, "--add", "https://Shop.example:443/", "--add", "http://localhost:3000") == [
        "https://shop.example",
        "http://localhost:3000",
    ]
    answer = client.options("/api/v1/feedback", headers=preflight)
    assert answer["Access-Control-Allow-Origin"] == "https://shop.example"
    assert allowed(capsys, "--add", "https://shop.example", "--remove", "https://shop.example") == [
        "http://localhost:3000"
    ]
    assert "Access-Control-Allow-Origin" not in client.options("/api/v1/feedback", headers=preflight)


@pytest.mark.parametrize(
    "text",
    ["shop.example", "https://", "https://shop.example/a", "ftp://x", "https://a:b@x", "*", "https://x:99999999"],
)
def test_what_is_no_origin_is_refused(text: str) -> None:
    cast.project()
    with pytest.raises(CommandError, match=r"https://shop\.example"):
        call_command("weborigins", "shop", "--add", text)


def test_an_unknown_project_says_what_to_do() -> None:
    with pytest.raises(CommandError, match="createproject"):
        call_command("weborigins", "nobody")
