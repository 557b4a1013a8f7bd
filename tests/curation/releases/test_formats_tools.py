"""Tool calls in the files of a release: in the shapes that trainers and evaluators read, none dropped silently."""

import json
from typing import Any

import pytest

from curation.releases import formats
from curation.releases.formats import (
    deepeval,
    dpo,
    eval_cases,
    inspect,
    kto,
    langfuse,
    openai_evals,
    parquet,
    preferences,
    promptfoo,
    sft,
)
from curation.releases.formats.format import CannotHold, Format, Row
from curation.releases.verify import line_fault
from tests.curation.formats_corpus import hostile, row

STEPS: list[dict[str, Any]] = [
    {"type": "tool_call", "id": "c1", "name": "kb.find", "arguments": {"q": "refund", "n": 2}, "result": ["30 days"]},
    {"type": "tool_call", "name": "send", "arguments": "to Mia", "error": "no route"},
]
CALL: dict[str, Any] = {
    "type": "function",
    "function": {"name": "look", "arguments": {"at": 1.5, "all": True, "in": ["a"]}},
}
TURNS: list[dict[str, Any]] = [
    {"role": "user", "content": "Hi"},
    {"role": "assistant", "content": "", "tool_calls": [{"id": "a", **CALL}, {"id": "b", **CALL}]},
    {"role": "tool", "tool_call_id": "b", "content": "seen"},
    {"role": "assistant", "content": "Hello"},
]
TRAINING = [module.FORMAT for module in (sft, preferences, dpo, kto)]


def parsed(format: Format, record: Row) -> Any:
    line = format.line(record)
    assert line is not None and line_fault(format.file, json.loads(line.removeprefix(b"- "))) is None
    return json.loads(line.removeprefix(b"- "))


def test_sft_has_the_steps_between_question_and_answer_in_openais_shape() -> None:
    found = parsed(sft.FORMAT, row(context=[], steps=STEPS, expected="Thirty days.", rejected=None))
    calls = [message["tool_calls"][0] for message in found["messages"] if "tool_calls" in message]
    assert [message["role"] for message in found["messages"]] == [
        "user",
        "assistant",
        "tool",
        "assistant",
        "tool",
        "assistant",
    ]
    assert calls[0] == {
        "id": "c1",
        "type": "function",
        "function": {"name": "kb_find", "arguments": '{"q":"refund","n":2}'},
    }
    assert json.loads(calls[1]["function"]["arguments"]) == {"input": "to Mia"}
    results = [(one["tool_call_id"], one["content"]) for one in found["messages"] if one["role"] == "tool"]
    assert results == [("c1", '["30 days"]'), (calls[1]["id"], '{"error":"no route"}')]
    assert found["messages"][-1] == {"role": "assistant", "content": "Thirty days."}
    assert found["tools"] == [
        {
            "type": "function",
            "function": {
                "name": "kb_find",
                "parameters": {"type": "object", "properties": {"q": {"type": "string"}, "n": {"type": "integer"}}},
            },
        },
        {
            "type": "function",
            "function": {"name": "send", "parameters": {"type": "object", "properties": {"input": {"type": "string"}}}},
        },
    ]


def test_the_calls_before_a_corrected_answer_are_shown_and_not_taught() -> None:
    corrected = parsed(sft.FORMAT, row(context=TURNS, steps=STEPS, rejected="Ten days."))["messages"]
    praised = parsed(sft.FORMAT, row(context=TURNS, steps=STEPS, rejected=None))["messages"]
    assert [one.get("weight") for one in corrected if "tool_calls" in one] == [None, 0, 0]
    assert not any("weight" in one for one in praised)


def test_earlier_turns_keep_answered_calls_alone() -> None:
    found = parsed(sft.FORMAT, row(context=TURNS))
    [asking] = [one for one in found["messages"] if "tool_calls" in one]
    assert [call["id"] for call in asking["tool_calls"]] == ["b"]
    assert found["messages"][2] == {"role": "tool", "tool_call_id": "b", "content": "seen"}
    properties = found["tools"][0]["function"]["parameters"]["properties"]
    assert properties == {"at": {"type": "number"}, "all": {"type": "boolean"}, "in": {"type": "array", "items": {}}}


def test_calls_that_nothing_answers_go_and_leave_what_was_said() -> None:
    asked = [{"role": "assistant", "content": "Let me look.", "tool_calls": [CALL]}, TURNS[-1]]
    found = parsed(sft.FORMAT, row(context=asked))
    assert "tools" not in found and [one["content"] for one in found["messages"][:2]] == ["Let me look.", "Hello"]
    silent = [{**asked[0], "content": ""}, TURNS[-1]]
    assert [one["content"] for one in parsed(sft.FORMAT, row(context=silent))["messages"]][:1] == ["Hello"]


def test_calls_and_results_without_ids_are_paired_in_order() -> None:
    turns = [
        {"role": "assistant", "content": "", "tool_calls": [CALL, CALL]},
        {"role": "function", "content": "first"},
        {"role": "tool", "content": "second"},
    ]
    messages = parsed(sft.FORMAT, row(context=turns, steps=[{"name": "x"}]))["messages"]
    ids = [call["id"] for one in messages for call in one.get("tool_calls", ())]
    assert [one["tool_call_id"] for one in messages if one["role"] == "tool"] == ids and len(set(ids)) == 3


@pytest.mark.parametrize("format", [*TRAINING, openai_evals.FORMAT, inspect.FORMAT], ids=lambda format: format.file)
@pytest.mark.parametrize("role", ["tool", "critic"])
def test_a_turn_without_a_place_is_told_and_not_dropped_in_silence(format: Format, role: str) -> None:
    with pytest.raises(CannotHold):
        format.line(row(context=[{"role": role, "content": "42"}]))


@pytest.mark.parametrize("format", TRAINING, ids=lambda format: format.file)
def test_training_files_have_the_calls_and_the_tools(format: Format) -> None:
    found = parsed(format, row(context=TURNS, steps=STEPS, thumb=False))
    talk = found.get("messages") or found.get("prompt") or found["input"]["messages"]
    assert len([one for one in talk if one["role"] == "tool"]) == 3
    named = [tool["function"]["name"] for tool in found.get("tools") or found["input"]["tools"]]
    assert named == ["look", "kb_find", "send"]


def test_an_eval_case_has_its_steps_and_can_be_written_again() -> None:
    found = parsed(eval_cases.FORMAT, row(context=TURNS, steps=STEPS))
    assert found["steps"] == [
        {**STEPS[0], "arguments": '{"q":"refund","n":2}', "result": '["30 days"]'},
        {**STEPS[1], "arguments": '{"input":"to Mia"}'},
    ]
    assert json.loads(found["context"][1]["tool_calls"][0]["function"]["arguments"])["at"] == 1.5
    for format in formats.FORMATS:
        if format.record == "case":
            assert format.line(eval_cases.row(found)) == format.line(row(context=TURNS, steps=STEPS, language="")), (
                format
            )


def test_evaluators_ask_without_the_steps_and_hold_them_as_expected() -> None:
    record = row(context=TURNS, steps=STEPS)
    asked = parsed(inspect.FORMAT, record)
    assert asked["input"][-1]["role"] == "user" and len(asked["metadata"]["steps"]) == 2
    assert asked["input"][1]["tool_calls"][0]["arguments"] == {"at": 1.5, "all": True, "in": ["a"]}
    assert parsed(openai_evals.FORMAT, record)["item"]["steps"][0]["name"] == "kb.find"
    assert parsed(langfuse.FORMAT, record)["expectedOutput"]["steps"][1]["error"] == "no route"
    assert parsed(deepeval.FORMAT, record)["expected_tools"] == [
        {"name": "kb.find", "input_parameters": {"q": "refund", "n": 2}, "output": '["30 days"]'},
        {"name": "send", "input_parameters": {"input": "to Mia"}, "output": '{"error":"no route"}'},
    ]


def test_promptfoo_says_what_it_leaves_out() -> None:
    found = parsed(promptfoo.FORMAT, row(context=TURNS, steps=STEPS))
    assert found["metadata"]["without"] == "2 turns of tools, 2 steps"
    assert [one["content"] for one in found["vars"]["messages"]][:2] == ["Hi", "Hello"]
    assert "without" not in parsed(promptfoo.FORMAT, row(context=[]))["metadata"]


@pytest.mark.parametrize("format", formats.FORMATS, ids=lambda format: format.file)
def test_hostile_text_in_steps_and_calls_stays_text(format: Format) -> None:
    for text in hostile():
        call = {"type": "function", "function": {"name": text, "arguments": {text: text}}}
        turns = [
            {"role": "assistant", "content": text, "tool_calls": [{"id": text, **call}]},
            {"role": "tool", "tool_call_id": text, "content": text},
        ]
        steps = [
            {"name": text, "arguments": text, "result": {text: text}},
            {"name": text, "arguments": {text: 1}, "error": text},
        ]
        line = format.line(row(context=turns, steps=steps))
        assert line is not None and len(line.decode().splitlines()) == 1
        assert line_fault(format.file, json.loads(line.removeprefix(b"- "))) is None, text


def test_the_check_finds_a_call_without_a_result_and_a_result_without_a_call() -> None:
    whole = parsed(sft.FORMAT, row(context=TURNS))
    for gone, words in ((1, "no call before it"), (2, "no result")):
        broken = {**whole, "messages": whole["messages"][:gone] + whole["messages"][gone + 1 :]}
        assert words in str(line_fault("sft.jsonl", broken))


def test_parquet_has_the_tools_as_json(tmp_path: Any) -> None:
    arrow = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed")
    lines, target = tmp_path / "sft.jsonl", tmp_path / "sft.parquet"
    records = [row(context=[]), row(context=TURNS, steps=STEPS)]
    lines.write_bytes(b"".join(sft.FORMAT.line(one) or b"" for one in records))
    parquet.convert(lines, target, sft.FORMAT.shape)
    plain, called = arrow.read_table(target).to_pylist()
    assert plain["tools"] is None and json.loads(called["tools"])[0]["function"]["name"] == "look"
