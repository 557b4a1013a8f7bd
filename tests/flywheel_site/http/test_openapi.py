"""The API's description is whole and true."""

from typing import Any

import jsonschema
import pytest
from django.test import Client
from django.urls import get_resolver
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema

from tests import factories as cast

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    return SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-any-return, no-untyped-call]


def test_the_document_is_valid(described: dict[str, Any]) -> None:
    validate_schema(described)  # type: ignore[no-untyped-call]  # raises where it is not
    assert described["components"]["securitySchemes"]["key"]["scheme"] == "bearer"


def test_every_call_is_described_with_its_answers_and_problems(described: dict[str, Any]) -> None:
    for path, methods in described["paths"].items():
        for method, call in methods.items():
            assert any(code.startswith("2") for code in call["responses"]), (path, method)
            assert "401" in call["responses"] or path.endswith("/schema"), (path, method)


def test_every_call_says_in_its_own_words_what_it_does(described: dict[str, Any]) -> None:
    said = [
        call["description"]
        for methods in described["paths"].values()
        for call in methods.values()
        if "operationId" in call
    ]
    assert len(set(said)) == len(said) > 20 and not any(text.startswith("`") for text in said)


def test_every_address_of_the_api_is_described(described: dict[str, Any]) -> None:
    names = {
        pattern.name
        for resolver in get_resolver().url_patterns
        if str(resolver.pattern) == "api/v1/"
        for pattern in getattr(resolver, "url_patterns", [])
    }
    assert len(described["paths"]) >= len(names) > 15


def check(described: dict[str, Any], path: str, method: str, status: int, body: Any) -> None:
    """Raise where an answer is not what the document says of it."""
    (found,) = described["paths"][path][method]["responses"][str(status)]["content"].values()
    schema = {**found["schema"], "components": described["components"]}
    jsonschema.Draft202012Validator(schema).validate(body)


def test_answers_are_what_the_document_says(client: Client, described: dict[str, Any]) -> None:
    shop = cast.project()
    headers = {"authorization": f"Bearer {cast.key(shop)}"}
    talk = {"id": "a", "question": cast.QUESTION, "answer": cast.ANSWER, "subject": "u", "consent": cast.ALL}
    calls: list[tuple[str, str, dict[str, Any] | None, int]] = [
        ("/api/v1/interactions", "post", talk, 201),
        ("/api/v1/interactions", "post", {**talk, "answer": "other"}, 409),
        ("/api/v1/interactions", "post", {"question": 7}, 400),
        ("/api/v1/feedback", "post", {"interaction": "a", "signal": "edit", "correction": cast.RIGHT}, 201),
        ("/api/v1/batch", "post", {"items": [{"type": "interaction", **talk}, {"type": "x"}]}, 200),
        ("/api/v1/consent", "post", {"subject": "u", "purposes": {"training": True}}, 200),
        ("/api/v1/consent/lookup", "post", {"subject": "u"}, 200),
        ("/api/v1/interactions", "get", None, 200),
    ]
    for path, method, body, status in calls:
        send = getattr(client, method)
        answer = (
            send(path, body, content_type="application/json", headers=headers) if body else send(path, headers=headers)
        )
        assert answer.status_code == status, (path, answer.content)
        check(described, path, method, status, answer.json())
    cast.turn(shop)
    made = cast.cut(shop)
    for path, at in (("/api/v1/releases/{key}", made.public_id), ("/api/v1/interactions/{external_id}", "a")):
        answer = client.get(path.split("{")[0] + at, headers=headers)
        check(described, path, "get", 200, answer.json())
