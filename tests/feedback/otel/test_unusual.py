"""Spans that nobody writes today, or that hold half of a conversation: a right interaction, or the reason for none."""

import json
from typing import Any

import pytest
from django.test import Client

from feedback.models import Interaction, Project, TraceReport
from tests.feedback.otel.test_shapes import ANSWER, QUESTION, auth, told
from tests.feedback.otel.test_shapes import span as named
from tests.feedback.otel.test_traces import AGREED, attributes, export, send

pytestmark = pytest.mark.django_db
__all__ = ["auth"]
CHAT = {"gen_ai.operation.name": "chat"}
USER, MODEL = {"role": "user", "content": QUESTION}, {"role": "assistant", "content": ANSWER}


def said(asked: Any, answered: Any) -> dict[str, Any]:
    return {**CHAT, "gen_ai.input.messages": json.dumps(asked), "gen_ai.output.messages": json.dumps(answered)}


ODD = {
    "each message is JSON": said([json.dumps(USER)], [json.dumps(MODEL)]),
    "the list of messages is JSON": said(json.dumps([USER]), json.dumps([MODEL])),
    "the parts are JSON": said(
        [{"role": "user", "content": json.dumps([{"type": "text", "text": QUESTION}])}], [MODEL]
    ),
    "roles in capitals": said([{**USER, "role": "USER"}], [{**MODEL, "role": "ASSISTANT"}]),
    "roles of a prompt": said([{**USER, "role": "Human"}], [{**MODEL, "role": "AI"}]),
    "a refusal is the answer": said([USER], [{"role": "assistant", "content": None, "refusal": ANSWER}]),
    "a refusal is a part": said([USER], [{"role": "assistant", "content": [{"type": "refusal", "refusal": ANSWER}]}]),
    "Traceloop before gen_ai": {
        "llm.request.type": "chat",
        "llm.prompts.0.role": "user",
        "llm.prompts.0.content": QUESTION,
        "llm.completions.0.role": "assistant",
        "llm.completions.0.content": ANSWER,
    },
    "LangSmith with numbered messages": {
        "langsmith.span.kind": "llm",
        "gen_ai.prompt.0.role": "user",
        "gen_ai.prompt.0.content": QUESTION,
        "gen_ai.completion.0.role": "assistant",
        "gen_ai.completion.0.content": ANSWER,
    },
    "Vercel AI SDK 3": {
        "ai.operationId": "ai.generateText",
        "ai.prompt": json.dumps({"prompt": QUESTION}),
        "ai.result.text": ANSWER,
    },
    "OpenInference with messages as JSON": {
        "openinference.span.kind": "LLM",
        "llm.input_messages": json.dumps([{"message": USER}]),
        "llm.output_messages": json.dumps([{"message": MODEL}]),
    },
    "calls of another shape": said([{**USER, "tool_calls": 1.5}], [{**MODEL, "tool_calls": {"of": "no use"}}]),
    "words beside messages": {
        "openinference.span.kind": "LLM",
        "input.value": json.dumps(["Be kind.", USER]),
        "output.value": ANSWER,
    },
}


@pytest.mark.parametrize("name", ODD)
def test_an_old_or_odd_spelling_is_read(client: Client, auth: dict[str, str], name: str) -> None:
    assert send(client, auth, export(named("root", **{**ODD[name], **AGREED}))).json() == {}
    assert told(Interaction.objects.get()) == (QUESTION, ANSWER)


@pytest.mark.parametrize("text", ["[{on the left}, {on the right}]", '[{"type": "box"}, "x"]'])
def test_words_that_only_look_like_parts_stay_as_they_are(client: Client, auth: dict[str, str], text: str) -> None:
    send(client, auth, export(named("root", **{**said([USER], [{"role": "assistant", "content": text}]), **AGREED})))
    assert Interaction.objects.get().answer == text


def test_parts_without_words_are_no_answer(client: Client, auth: dict[str, str]) -> None:
    answer = {"role": "assistant", "content": '[{"type": "text", "colour": "red"}]'}
    partial = send(client, auth, export(named("root", **{**said([USER], [answer]), **AGREED}))).json()["partialSuccess"]
    assert "no answer" in partial["errorMessage"] and not Interaction.objects.exists()


SECOND = {"role": "assistant", "content": "Ask again tomorrow."}
CHOICES = [{"index": at, "message": one, "finish_reason": "stop"} for at, one in enumerate((MODEL, SECOND))]
ASKED = {"gen_ai.input.messages": json.dumps([USER])}
WRAPPED = {"openinference.span.kind": "CHAIN", "input.value": QUESTION, "output.mime_type": "application/json"}
SEVERAL: dict[str, dict[str, Any]] = {
    "messages that each ended": said([USER], [{**MODEL, "finish_reason": "stop"}, {**SECOND, "finish_reason": "stop"}]),
    "numbered": {
        **CHAT,
        **ASKED,
        "gen_ai.completion.0.content": ANSWER,
        "gen_ai.completion.0.finish_reason": "stop",
        "gen_ai.completion.1.content": SECOND["content"],
        "gen_ai.completion.1.finish_reason": "length",
    },
    "OpenInference with n": {
        "openinference.span.kind": "LLM",
        "llm.invocation_parameters": '{"n": 2}',
        "llm.input_messages.0.message.role": "user",
        "llm.input_messages.0.message.content": QUESTION,
        "llm.output_messages.0.message.content": ANSWER,
        "llm.output_messages.1.message.content": SECOND["content"],
    },
    "a response in any order": {**WRAPPED, "output.value": json.dumps({"choices": CHOICES[::-1]})},
    "Gemini's candidates": {
        **WRAPPED,
        "output.value": json.dumps(
            {
                "candidates": [
                    {"content": {"role": "model", "parts": [{"text": one["content"]}]}, "finishReason": "STOP"}
                    for one in (MODEL, SECOND)
                ]
            }
        ),
    },
    "LangChain's generations": {
        **WRAPPED,
        "output.value": json.dumps(
            {"generations": [[{"text": one["content"], "type": "ChatGeneration"} for one in (MODEL, SECOND)]]}
        ),
    },
}


@pytest.mark.parametrize("name", SEVERAL)
def test_of_several_choices_the_first_is_the_answer(client: Client, auth: dict[str, str], name: str) -> None:
    assert send(client, auth, export(named("root", **{**SEVERAL[name], **AGREED}))).json() == {}
    assert told(Interaction.objects.get()) == (QUESTION, ANSWER)


@pytest.mark.parametrize(
    "body",
    [
        {"resource_spans": [{"scope_spans": [{"spans": [{"span_id": "1"}]}]}]},
        {"resourceSpans": [{"resource": {}, "instrumentationLibrarySpans": [{"spans": []}]}]},
        named("root"),
    ],
)
def test_an_export_under_other_names_is_refused_in_words(client: Client, auth: dict[str, str], body: Any) -> None:
    answer = send(client, auth, body)
    assert answer.status_code == 400 and "lowerCamelCase" in answer.json()["detail"]


def test_a_time_in_milliseconds_is_no_time_of_1970(client: Client, auth: dict[str, str]) -> None:
    times = {"startTimeUnixNano": 1_763_884_800_000, "endTimeUnixNano": 1_763_884_801_000}
    send(client, auth, export({**named("root", **{**said([USER], [MODEL]), **AGREED}), **times}))
    row = Interaction.objects.get()
    assert row.occurred_at is None or row.occurred_at.year > 2000


def test_of_choice_events_the_one_with_the_lowest_index_is_the_answer(client: Client, auth: dict[str, str]) -> None:
    choices = [
        {"name": "gen_ai.choice", "attributes": attributes({"index": at, "message": json.dumps(one)})}
        for at, one in ((1, SECOND), (0, MODEL))
    ]
    send(client, auth, export({**named("root", **{**CHAT, **ASKED, **AGREED}), "events": choices}))
    assert told(Interaction.objects.get()) == (QUESTION, ANSWER)


def test_a_text_before_a_call_and_the_words_after_it_are_no_choices(client: Client, auth: dict[str, str]) -> None:
    first = {"role": "assistant", "content": "Let me look.", "finish_reason": "tool_calls"}
    given = said([USER], [first, {**MODEL, "finish_reason": "stop"}])
    send(client, auth, export(named("root", **{**given, **AGREED})))
    assert told(Interaction.objects.get()) == (QUESTION, ANSWER)


STOPPED = [{**SECOND, "finish_reason": "stop"}, {**MODEL, "finish_reason": "stop"}]
RUN = {"gen_ai.operation.name": "invoke_agent"}
IN_ORDER: dict[str, dict[str, Any]] = {
    "an agent's messages": {**said([USER], STOPPED), **RUN},
    "an agent's messages with numbers": {
        **said([USER], [{**one, "index": at} for at, one in enumerate(STOPPED)]),
        **RUN,
    },
    "a workflow's numbered messages": {
        "traceloop.span.kind": "workflow",
        **ASKED,
        "gen_ai.completion.0.content": SECOND["content"],
        "gen_ai.completion.0.finish_reason": "stop",
        "gen_ai.completion.1.content": ANSWER,
        "gen_ai.completion.1.finish_reason": "stop",
    },
}


@pytest.mark.parametrize("name", IN_ORDER)
def test_of_an_agents_messages_in_a_turn_the_last_is_the_answer(
    client: Client, auth: dict[str, str], name: str
) -> None:
    send(client, auth, export(named("root", **{**IN_ORDER[name], **AGREED})))
    assert told(Interaction.objects.get()) == (QUESTION, ANSWER)


def test_of_an_agents_choice_events_the_last_is_the_answer(client: Client, auth: dict[str, str]) -> None:
    events = [
        {"name": "gen_ai.choice", "attributes": attributes({"index": at, "message": json.dumps(one)})}
        for at, one in enumerate(STOPPED)
    ]
    send(client, auth, export({**named("root", **{**RUN, **ASKED, **AGREED}), "events": events}))
    assert told(Interaction.objects.get()) == (QUESTION, ANSWER)


HALF: list[tuple[dict[str, Any], str]] = [
    (said([{"role": "system", "content": "Write a title."}], [MODEL]), "no question: no message of a user"),
    (
        said([{"role": "user", "parts": [{"type": "uri", "uri": "https://shop.example/a.png"}]}], [MODEL]),
        "no question: the user sent only media",
    ),
    (
        said([USER], [{"role": "assistant", "tool_calls": [{"function": {"name": "show_map", "arguments": "{}"}}]}]),
        "no answer: no model's last words are a text",
    ),
]


@pytest.mark.parametrize(("given", "reason"), HALF)
def test_half_a_conversation_is_none_and_the_reason_is_said(
    client: Client, auth: dict[str, str], given: dict[str, Any], reason: str
) -> None:
    partial = send(client, auth, export(named("root", **{**given, **AGREED}))).json()["partialSuccess"]
    assert partial == {"rejectedSpans": "0", "errorMessage": f"1: {reason}"}
    assert TraceReport.objects.get().missing == reason and not Interaction.objects.exists()


def test_an_embedding_alone_is_no_conversation_and_the_console_says_so(client: Client, auth: dict[str, str]) -> None:
    given = {"gen_ai.operation.name": "embeddings", "gen_ai.input.messages": json.dumps([USER]), **AGREED}
    assert send(client, auth, export(named("root", **given))).json() == {}
    assert TraceReport.objects.get().missing.startswith("no call of a model or an agent")


def test_half_a_conversation_beside_a_whole_one_is_not_reported(
    client: Client, shop: Project, auth: dict[str, str]
) -> None:
    title = named("title", trace="a" * 32, **{**HALF[0][0], **AGREED})
    send(client, auth, export(title, named("root", **{**said([USER], [MODEL]), **AGREED})))
    assert TraceReport.objects.get().missing == "" and Interaction.objects.count() == 1


def test_what_no_database_holds_is_left_out_of_a_tools_arguments(client: Client, auth: dict[str, str]) -> None:
    given = {"gen_ai.tool.name": "find", "gen_ai.tool.call.arguments": '{"a\\u0000b": "x\\ud800y"}'}
    tool = named("tool", "root", (1, 2), **{"gen_ai.operation.name": "execute_tool", **given})
    send(client, auth, export(tool, named("root", **{**said([USER], [MODEL]), **AGREED})))
    assert Interaction.objects.get().steps[0]["arguments"] == {"ab": "xy"}
