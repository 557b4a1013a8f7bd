"""Spans of conventions that no dialect knows: what is certain is read, the rest is named, nothing is stored as source text."""

import json
from typing import Any

import pytest
from django.test import Client

from feedback.models import Interaction
from tests.feedback.otel.test_shapes import ANSWER, QUESTION, auth, told
from tests.feedback.otel.test_shapes import span as named
from tests.feedback.otel.test_traces import AGREED, export, send

pytestmark = pytest.mark.django_db
__all__ = ["auth"]
UNKNOWN: list[dict[str, Any]] = [
    {"braintrust.input_json": json.dumps(QUESTION), "braintrust.output_json": json.dumps(ANSWER)},
    {"opik.type": "llm", "input": QUESTION, "output": ANSWER},
]


@pytest.mark.parametrize("given", UNKNOWN)
def test_an_unknown_convention_is_named(client: Client, auth: dict[str, str], given: dict[str, Any]) -> None:
    partial = send(client, auth, export(named("root", **{**given, **AGREED}))).json()["partialSuccess"]
    assert partial["rejectedSpans"] == "0" and "1: spans with inputs" in partial["errorMessage"]
    assert not Interaction.objects.exists()


def test_spans_without_words_are_nothing_to_speak_of(client: Client, auth: dict[str, str]) -> None:
    assert send(client, auth, export(named("root", **{"http.route": "/chat"}))).json() == {}


def test_an_input_and_an_output_without_a_kind_are_a_turn(client: Client, auth: dict[str, str]) -> None:
    given = {"input.value": QUESTION, "output.value": ANSWER}
    assert send(client, auth, export(named("root", **{**given, **AGREED}))).json() == {}
    assert told(Interaction.objects.get()) == (QUESTION, ANSWER)


def test_the_body_of_a_models_api_is_no_text(client: Client, auth: dict[str, str]) -> None:
    given = {
        "gen_ai.operation.name": "text_completion",
        "gen_ai.prompt": json.dumps({"inputText": QUESTION}),
        "gen_ai.completion": json.dumps({"inputTextTokenCount": 5, "results": [{"outputText": ANSWER}]}),
    }
    partial = send(client, auth, export(named("root", **{**given, **AGREED}))).json()["partialSuccess"]
    assert "gen_ai.prompt holds the body" in partial["errorMessage"] and not Interaction.objects.exists()


def test_a_chatbot_speaks_for_the_agent(client: Client, auth: dict[str, str]) -> None:
    given = {
        "gen_ai.operation.name": "chat",
        "gen_ai.prompt.0.role": "USER",
        "gen_ai.prompt.0.content": QUESTION,
        "gen_ai.completion.0.role": "CHATBOT",
        "gen_ai.completion.0.content": ANSWER,
    }
    send(client, auth, export(named("root", **{**given, **AGREED})))
    assert told(Interaction.objects.get()) == (QUESTION, ANSWER)
