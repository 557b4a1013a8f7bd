"""OpenInference, the convention of Arize Phoenix: used to instrument LangChain, LlamaIndex, Haystack, smolagents and
others.

https://github.com/Arize-ai/openinference/tree/main/spec
"""

import re
from functools import partial
from typing import Any

from feedback.otel.decoding import Span
from feedback.otel.dialects.dialect import Dialect
from feedback.otel.documents import sources
from feedback.otel.readings import Kind
from feedback.otel.shapes import messages
from feedback.texts.literals import unwritten
from feedback.texts.messages import Call, Message, steps, structure

MESSAGE = re.compile(r"llm\.(input|output)_messages\.(\d{1,5})\.message\.(.+)")
PART = re.compile(r"contents\.(\d{1,4})\.message_content\.(?:text|type)")
CALL = re.compile(r"tool_calls\.(\d{1,4})\.tool_call\.(id|function\.name|function\.arguments)")
AUTOMATIC = "automatic_function_calling_history"
DOCUMENT = re.compile(
    r"(?:retrieval|reranker\.output)\.(?:documents\.)?(\d{1,4})\.document\.(id|content|score|metadata)"
)


def flattened(span: Span, which: str) -> list[Message]:
    """Messages written as `llm.input_messages.0.message.content`, …"""
    found: dict[int, dict[str, Any]] = {}
    for key, value in span.attributes.items():
        match = MESSAGE.fullmatch(key)
        if match is None or match[1] != which:
            continue
        one = found.setdefault(int(match[2]), {"parts": {}, "tool_calls": {}})
        if part := PART.fullmatch(match[3]):
            one["parts"].setdefault(int(part[1]), {})[match[3].rpartition(".")[2]] = value
        elif call := CALL.fullmatch(match[3]):
            one["tool_calls"].setdefault(int(call[1]), {})[call[2].rpartition(".")[2]] = value
        else:
            one[match[3]] = value
    role = "user" if which == "input" else "assistant"
    return [said for _, one in sorted(found.items()) if (said := _message(one, role))]


def answered(span: Span) -> list[Message]:
    """The model's answer, after the calls that its client made by itself."""
    found = flattened(span, "output")
    if len(found) > 1 and has_choices(span):
        return found[:1]  # as `first_choice`
    return [*automatic(span), *found] if found else []


def has_choices(span: Span) -> bool:
    """Whether the model was asked for several answers to one prompt."""
    asked = structure(span.attributes.get("llm.invocation_parameters"))
    if not isinstance(asked, dict):
        return False
    asked = asked["config"] if isinstance(asked.get("config"), dict) else asked
    return any(isinstance(count := asked.get(key), int) and count > 1 for key in ("n", "candidate_count"))


def automatic(span: Span) -> list[Message]:
    """The calls of Google GenAI's automatic function calling, which are only in the raw response."""
    given = span.attributes.get("output.value")
    if not isinstance(given, str) or AUTOMATIC not in given:
        return []
    response = unwritten(given)
    history = response.get(AUTOMATIC) if isinstance(response, dict) else None
    said = messages(history, "user", AUTOMATIC) if isinstance(history, list) else []
    asked = max((place for place, one in enumerate(said) if one.role == "user" and one.text), default=-1)
    made = steps((one.calls, one.results) for one in said[asked + 1 :])
    calls = [Call(step["name"], "", step.get("arguments"), step.get("result")) for step in made]
    return [Message("assistant", calls=calls)] if calls else []


def _message(one: dict[str, Any], role: str) -> Message | None:
    texts = [
        part["text"]
        for _, part in sorted(one["parts"].items())
        if part.get("text") and part.get("type", "text") == "text"
    ]
    content = one.get("content") or "\n".join(map(str, texts))
    given = {"role": one.get("role", role), "content": str(content), "tool_call_id": one.get("tool_call_id")}
    calls = [
        {"name": "tool", **call, "arguments": structure(call.get("arguments"))}
        for _, call in sorted(one["tool_calls"].items())
    ]
    return next(iter(messages([{**given, "tool_calls": calls}], role, "llm.messages")), None)


def documents(span: Span) -> list[dict[str, Any]]:
    """Documents written as `retrieval.documents.0.document.content`, …"""
    found: dict[int, dict[str, Any]] = {}
    for key, value in span.attributes.items():
        if match := DOCUMENT.fullmatch(key):
            found.setdefault(int(match[1]), {})[match[2]] = structure(value) if match[2] == "metadata" else value
    return sources([one for _, one in sorted(found.items())])


def call(span: Span) -> Call | None:
    """A tool call whose argument is in `input.value`."""
    if str(span.attributes.get("openinference.span.kind")).upper() != "TOOL":
        return None
    given = structure(span.attributes.get("input.value"))
    if isinstance(given, dict) and {"args", "kwargs"} <= given.keys():
        given = given["kwargs"] or given["args"]
    result = span.attributes.get("output.value")
    found = unwritten(result) if isinstance(result, str) else None
    if isinstance(found, dict) and isinstance(found.get("update"), dict) and found["update"].get("messages"):
        found = found["update"]["messages"][-1]  # a tool of LangGraph that hands over to another agent
    if isinstance(found, dict) and isinstance(found.get("content", found.get("data")), str | dict):
        inner = found["data"] if isinstance(found.get("data"), dict) else found
        result = inner.get("content", result)
    name = span.attributes.get("tool.name") or span.label or "tool"
    return Call(str(name)[:200], str(span.attributes.get("tool_call.id") or "")[:200], given, structure(result))


DIALECT = Dialect(
    name="OpenInference",
    checked="openinference-instrumentation-langchain 0.1.80",
    marks=("openinference", "input.value"),
    advice="leave OPENINFERENCE_HIDE_INPUTS, OPENINFERENCE_HIDE_OUTPUTS and their like unset",
    kind=("openinference.span.kind",),
    kinds={
        "llm": Kind.MODEL,
        "agent": Kind.AGENT,
        "chain": Kind.CHAIN,
        "tool": Kind.TOOL,
        "retriever": Kind.RETRIEVER,
        "reranker": Kind.RETRIEVER,
        "embedding": Kind.SILENT,
        "guardrail": Kind.SILENT,
        "evaluator": Kind.SILENT,
        "prompt": Kind.SILENT,
    },
    unsaid=Kind.CHAIN,
    asked=("llm.input_messages", "input.value"),
    told=("llm.output_messages", "output.value"),
    inputs=lambda span: [partial(flattened, span, "input")],
    outputs=lambda span: [partial(answered, span)],
    indexed_documents=documents,
    call=call,
)
