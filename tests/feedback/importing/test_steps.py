"""Calls of tools in logs become the steps of the answer, with what came back, and never an answer."""

import json
from pathlib import Path
from typing import Any

import pytest

from feedback.importing.formats import FORMATS
from feedback.importing.formats.format import Line
from feedback.models import Interaction
from tests import factories as cast
from tests.feedback.importing.test_formats import brought

pytestmark = pytest.mark.django_db
Q, A = "What is the weather in Lund?", "It rains in Lund."
CALL = {"type": "tool_call", "name": "get_weather", "arguments": {"city": "Lund"}, "result": {"sky": "rain"}}
MADE = {"id": "c1", "type": "function", "function": {"name": "get_weather", "arguments": '{"city": "Lund"}'}}
BACK = {"role": "tool", "tool_call_id": "c1", "content": '{"sky": "rain"}'}
ASKED = {"role": "user", "content": Q}
SAID = {"role": "assistant", "content": A}
FOLD = (
    '<details type="tool_calls" done="true" id="c1" name="get_weather" arguments="&quot;{\\&quot;city\\&quot;: '
    '\\&quot;Lund\\&quot;}&quot;" result="&quot;{\\&quot;sky\\&quot;: \\&quot;rain\\&quot;}&quot;" files="">\n'
    "<summary>Tool Executed</summary>\n</details>\n"
)
TRACED = [{"input": {"city": "Lund"}, "output": {"sky": "rain"}}]


def span(name: str, kind: str, parent: str | None, given: Any, returned: Any, **more: Any) -> dict[str, Any]:
    return {"id": name, "kind": kind, "parent": parent, "given": given, "returned": returned, **more}


LOGS: dict[str, tuple[str, list[dict[str, Any]]]] = {
    "openai": ("openai", [{"messages": [ASKED, {"role": "assistant", "content": None, "tool_calls": [MADE]}, BACK, SAID]}]),
    "openai, as functions": (
        "openai",
        [{"messages": [ASKED, {"role": "assistant", "content": "", "function_call": MADE["function"]},
                       {"role": "function", "name": "get_weather", "content": '{"sky": "rain"}'}, SAID]}],
    ),
    "openai, a request and its response": (
        "openai",
        [{"request": {"messages": [ASKED, {"role": "assistant", "tool_calls": [MADE]}, BACK]},
          "response": {"choices": [{"message": SAID}]}}],
    ),
    "openai, responses": (
        "openai",
        [{"request": {"input": Q},
          "response": {"output": [
              {"type": "function_call", "call_id": "c1", "name": "get_weather", "arguments": '{"city": "Lund"}'},
              {"type": "function_call_output", "call_id": "c1", "output": '{"sky": "rain"}'},
              {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": A}]}]}}],
    ),
    "anthropic's blocks": (
        "openai",
        [{"messages": [
            ASKED,
            {"role": "assistant", "content": [{"type": "text", "text": "Let me look."},
                                               {"type": "tool_use", "id": "c1", "name": "get_weather", "input": {"city": "Lund"}}]},
            {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "c1", "content": '{"sky": "rain"}'}]},
            SAID]}],
    ),
    "sharegpt": (
        "sharegpt",
        [{"conversations": [
            {"from": "human", "value": Q},
            {"from": "function_call", "value": '{"name": "get_weather", "arguments": {"city": "Lund"}}'},
            {"from": "observation", "value": '{"sky": "rain"}'},
            {"from": "gpt", "value": A}]}],
    ),
    "sharegpt, in tags": (
        "sharegpt",
        [{"conversations": [
            {"from": "human", "value": Q},
            {"from": "gpt", "value": '<tool_call>\n{"name": "get_weather", "arguments": {"city": "Lund"}}\n</tool_call>'},
            {"from": "tool", "value": '<tool_response>\n{"sky": "rain"}\n</tool_response>'},
            {"from": "gpt", "value": A}]}],
    ),
    "langfuse": (
        "langfuse",
        [{"id": "t", "userId": "u", "sessionId": "s", "input": Q, "output": A, "timestamp": "2026-01-01T00:00:00Z",
          "observations": [{"id": "o", "traceId": "t", "type": "TOOL", "name": "get_weather",
                            "startTime": "2026-01-01T00:00:01Z", **TRACED[0]}]}],
    ),
    "langsmith": (
        "langsmith",
        [{"id": "t", "trace_id": "t", "run_type": "chain", "inputs": {"input": Q}, "outputs": {"output": A}},
         {"id": "o", "trace_id": "t", "parent_run_id": "t", "run_type": "tool", "name": "get_weather",
          "inputs": {"input": "{'city': 'Lund'}"}, "outputs": {"output": '{"sky": "rain"}'}}],
    ),
    "phoenix": (
        "phoenix",
        [{"context.span_id": "a", "context.trace_id": "t", "span_kind": "CHAIN", "name": "run",
          "attributes.input.value": Q, "attributes.output.value": A, "start_time": "2026-01-01T00:00:00Z"},
         {"context.span_id": "b", "context.trace_id": "t", "parent_id": "a", "span_kind": "TOOL", "name": "get_weather",
          "attributes.input.value": '{"city": "Lund"}', "attributes.output.value": '{"sky": "rain"}',
          "start_time": "2026-01-01T00:00:01Z"}],
    ),
    "opik": (
        "opik",
        [{"trace": {"id": "t", "input": {"question": Q}, "output": {"answer": A}, "thread_id": "x", "feedback_scores": []},
          "spans": [{"id": "b", "trace_id": "t", "type": "tool", "name": "get_weather", **TRACED[0]}]}],
    ),
    "open webui": (
        "open-webui",
        [{"id": "w", "chat": {"history": {"currentId": "2", "messages": {
            "1": {"id": "1", "parentId": None, "role": "user", "content": Q},
            "2": {"id": "2", "parentId": "1", "role": "assistant", "content": FOLD + A}}}}}],
    ),
    "librechat": (
        "librechat",
        [{"conversationId": "l", "messages": [
            {"messageId": "1", "parentMessageId": None, "isCreatedByUser": True, "text": Q},
            {"messageId": "2", "parentMessageId": "1", "isCreatedByUser": False, "text": "", "content": [
                {"type": "tool_call", "tool_call": {"id": "c1", "name": "get_weather", "args": '{"city": "Lund"}',
                                                    "output": '{"sky": "rain"}'}},
                {"type": "text", "text": A}]}]}],
    ),
}  # fmt: skip


def lines(format: str, records: list[dict[str, Any]]) -> list[Line]:
    kind = FORMATS[format]
    assert all(kind.fits(record) for record in records)
    groups = (
        [records] if kind.group and len({kind.group(record) for record in records}) == 1 else [[one] for one in records]
    )
    return [line for some in groups for line in kind.lines(some, ())]


@pytest.mark.parametrize("log", LOGS)
def test_a_call_is_a_step_and_the_answer_is_what_the_user_saw(log: str) -> None:
    [line] = lines(*LOGS[log])
    [step] = line["steps"]
    assert (line["question"], line["answer"]) == (Q, A)
    assert {name: value for name, value in step.items() if name != "id"} == CALL


def test_a_trace_whose_tools_have_no_span_has_the_calls_that_its_model_made() -> None:
    root = {"id": "t", "userId": "u", "sessionId": "s", "input": Q, "output": A, "timestamp": "2026-01-01T00:00:00Z"}
    talk = [ASKED, {"role": "assistant", "content": "", "tool_calls": [MADE]}, BACK]
    model = {"id": "m", "traceId": "t", "type": "GENERATION", "input": talk, "output": SAID}
    [line] = lines("langfuse", [{**root, "observations": [model]}])
    assert line["steps"] == [{**CALL, "id": "c1"}]


def test_a_tool_that_failed_says_so() -> None:
    root = {"id": "t", "userId": "u", "sessionId": "s", "input": Q, "output": A}
    tool = {
        "id": "o",
        "traceId": "t",
        "type": "TOOL",
        "name": "get_weather",
        "level": "ERROR",
        "statusMessage": "no route",
    }
    [line] = lines("langfuse", [{**root, "observations": [tool]}])
    assert line["steps"] == [{"type": "tool_call", "name": "get_weather", "error": "no route"}]


def test_steps_belong_to_the_turn_in_which_they_were_made() -> None:
    second = [{"role": "user", "content": "And in Oslo?"}, {"role": "assistant", "content": "Sun."}]
    talk = [ASKED, {"role": "assistant", "tool_calls": [MADE]}, BACK, SAID, *second]
    first, then = lines("openai", [{"messages": talk}])
    assert len(first["steps"]) == 1 and "steps" not in then


def test_results_without_ids_go_to_the_calls_in_their_order() -> None:
    calls = [{"function": {"name": name, "arguments": "{}"}} for name in ("one", "two")]
    back = [{"role": "tool", "content": text} for text in ("first", "second")]
    [line] = lines("openai", [{"messages": [ASKED, {"role": "assistant", "tool_calls": calls}, *back, SAID]}])
    assert [(step["name"], step["result"]) for step in line["steps"]] == [("one", "first"), ("two", "second")]


def test_imported_steps_are_kept_redacted_and_the_same_log_again_is_the_same(tmp_path: Path, capsys: Any) -> None:
    cast.project()
    made = {**MADE, "function": {"name": "find", "arguments": '{"who": "mia@example.com", "most": 1.0}'}}
    talk = [ASKED, {"role": "assistant", "tool_calls": [made]}, {**BACK, "content": "mia@example.com is in Lund"}, SAID]
    brought(tmp_path, capsys, [{"messages": talk}])
    brought(tmp_path, capsys, json.loads(json.dumps([{"messages": talk}]).replace("1.0}", "1}")))
    assert Interaction.objects.get().steps == [
        {
            "type": "tool_call",
            "id": "c1",
            "name": "find",
            "arguments": {"who": "[EMAIL_1]", "most": 1},
            "result": "[EMAIL_1] is in Lund",
        }
    ]
