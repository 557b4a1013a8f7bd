"""A tool call is one step with its result, however many spans, ids and wrappers mention it."""

import json
from typing import Any

import pytest
from django.test import Client

from feedback.models import Project
from feedback.otel.shapes import is_repr
from tests.feedback.otel.test_shapes import ANSWER, QUESTION, agent, loop, model, one, said, span
from tests.feedback.otel.test_traces import auth, export, send

pytestmark = pytest.mark.django_db
__all__ = ["auth"]
TEXT = {"type": "text", "text": "In the depot."}
PYDANTIC = f"id='1' source='user' models_usage=None metadata={{}} created_at=datetime.datetime(2026, 12, 2) content='{QUESTION}' type='TextMessage'"


@pytest.mark.parametrize("result", [[TEXT], {"content": [TEXT], "isError": False}, "In the depot."])
@pytest.mark.parametrize("written", [json.dumps, lambda result: result])
def test_a_result_in_content_parts_is_their_text(
    client: Client, shop: Project, auth: dict[str, str], result: Any, written: Any
) -> None:
    first, _, last = loop()
    given = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "find_order", "gen_ai.tool.call.id": "call_1"}
    tool = span("tool", "root", (3, 4), **given, **{"gen_ai.tool.call.result": written(result)})
    send(client, auth, export(first, tool, last, agent()))
    assert [step["result"] for step in one().steps] == ["In the depot."]


def test_data_that_is_no_content_part_stays_data(client: Client, shop: Project, auth: dict[str, str]) -> None:
    first, _, last = loop()
    given = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "find_order", "gen_ai.tool.call.id": "call_1"}
    tool = span("tool", "root", (3, 4), **given, **{"gen_ai.tool.call.result": '[{"order": "4711"}]'})
    send(client, auth, export(first, tool, last, agent()))
    assert [step["result"] for step in one().steps] == [[{"order": "4711"}]]


def test_a_tools_span_within_its_own_is_the_same_call(client: Client, shop: Project, auth: dict[str, str]) -> None:
    first, tool, last = loop()
    inner = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "find_order", "gen_ai.tool.call.id": "call_9"}
    send(client, auth, export(first, tool, span("deep", "tool", (3, 4), **inner), last, agent()))
    assert [step["result"] for step in one().steps] == ["In the depot."]
    other = {**inner, "gen_ai.tool.call.arguments": '{"order": "4712"}'}
    send(client, auth, export(span("else", "tool", (3, 4), **other)))
    assert [step["arguments"]["order"] for step in one().steps] == ["4711", "4712"]


@pytest.mark.parametrize("backwards", [False, True])
def test_a_call_that_a_prompt_repeats_under_another_id_is_one_step(
    client: Client, shop: Project, auth: dict[str, str], backwards: bool
) -> None:
    def call(id: str) -> dict[str, Any]:
        return said(
            "assistant", "", {"type": "tool_call", "id": id, "name": "find_order", "arguments": {"order": "4711"}}
        )

    asked = [said("user", QUESTION)]
    result = said("tool", "", {"type": "tool_call_response", "id": "call_1", "response": "In the depot."})
    spans = [
        model("one", "root", (1, 2), asked, call("fc_1")),
        model("two", "root", (3, 4), [*asked, call("call_1"), result], said("assistant", ANSWER)),
    ]
    for each in spans[::-1] if backwards else spans:
        send(client, auth, export(each))
    assert [(step["name"], step["result"]) for step in one().steps] == [("find_order", "In the depot.")]


def test_an_objects_fields_are_nobodys_words(client: Client, shop: Project, auth: dict[str, str]) -> None:
    given = {"openinference.span.kind": "AGENT", "input.value": json.dumps({"messages": [PYDANTIC]})}
    plain = model("one", "root", (1, 2), [said("user", QUESTION)], said("assistant", ANSWER))
    send(client, auth, export(plain, span("root", **given)))
    assert one().question == QUESTION


@pytest.mark.parametrize(
    "text",
    ["Is x=3 y=4 a solution?", "name='shop' is what I typed, why?", "a=1 b=2 c=3, what is d?", "size='L' color='red'?"],
)
def test_words_with_an_equals_sign_stay_words(text: str) -> None:
    assert is_repr(PYDANTIC) and not is_repr(text)
