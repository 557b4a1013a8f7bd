"""Pictures in traces are kept as their type and address, and never as bytes."""

import json
from typing import Any

import pytest
from django.test import Client

from feedback.models import Interaction
from tests import factories as cast

pytestmark = pytest.mark.django_db
BYTES = "iVBORw0KGgoAAAANSUhEUg"
PARTS = {
    "openai": [
        {"type": "text", "content": "What is this?"},
        {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{BYTES}"}},
    ],
    "opentelemetry": [
        {"type": "text", "content": "What is this?"},
        {"type": "blob", "mime_type": "image/png", "modality": "image", "content": BYTES},
    ],
}


@pytest.mark.parametrize(("shape", "kind"), [("openai", "image_url"), ("opentelemetry", "blob")])
def test_a_picture_that_came_with_the_question(client: Client, shape: str, kind: str) -> None:
    said = {
        "gen_ai.operation.name": "chat",
        "gen_ai.input.messages": json.dumps([{"role": "user", "parts": PARTS[shape]}]),
        "gen_ai.output.messages": json.dumps([{"role": "assistant", "parts": [{"type": "text", "content": "A cat."}]}]),
        "enduser.id": "anna",
        "flywheel.consent.capture": "true",
    }
    span: dict[str, Any] = {
        "traceId": "a" * 32,
        "spanId": "b" * 16,
        "name": "chat",
        "attributes": [{"key": key, "value": {"stringValue": value}} for key, value in said.items()],
    }
    body = {"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]}
    headers = {"authorization": f"Bearer {cast.key(cast.project(), ['ingest'])}"}
    answer = client.post("/v1/traces", json.dumps(body), content_type="application/json", headers=headers)
    assert answer.status_code == 200
    row = Interaction.objects.get()
    assert (row.question, row.answer) == ("What is this?", "A cat.")
    assert row.metadata == {"media": [{"type": kind, "media_type": "image/png"}]}
