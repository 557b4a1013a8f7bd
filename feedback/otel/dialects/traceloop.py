"""Traceloop (OpenLLMetry): workflows, tasks, agents and tools around spans that follow OpenTelemetry's conventions.

https://www.traceloop.com/docs/openllmetry
"""

from functools import partial
from typing import Any

from feedback.otel.decoding import Span
from feedback.otel.dialects.dialect import Dialect
from feedback.otel.dialects.genai import indexed
from feedback.otel.readings import Kind
from feedback.texts.messages import Call, structure


def call(span: Span) -> Call | None:
    """A call of a function decorated as a tool, or of a LangChain tool."""
    given = span.attributes
    if given.get("traceloop.span.kind") != "tool":
        return None
    asked, result = structure(given.get("traceloop.entity.input")), structure(given.get("traceloop.entity.output"))
    if asked is None and result is None:
        return None
    name = given.get("gen_ai.tool.name") or given.get("traceloop.entity.name") or "tool"
    return Call(str(name)[:200], str(given.get("gen_ai.tool.call.id") or "")[:200], arguments(asked), outcome(result))


def arguments(asked: Any) -> Any:
    """The arguments of a function, by name if it has any."""
    if isinstance(asked, dict):
        if {"args", "kwargs"} <= asked.keys():
            return asked["kwargs"] or asked["args"]
        for key in ("inputs", "input_str"):
            if asked.get(key):
                return structure(asked[key])
    return asked


def outcome(result: Any) -> Any:
    """A tool's result without LangChain's wrapper."""
    while isinstance(result, dict):
        inner = next(
            (result[key] for key in ("output", "outputs", "kwargs", "content") if result.get(key) is not None), None
        )
        if inner is None:
            return result
        result = inner
    return result.strip('"') if isinstance(result, str) else result


DIALECT = Dialect(
    name="Traceloop",
    checked="traceloop-sdk 0.62.4",
    marks=("traceloop", "llm.request.type"),
    advice="leave TRACELOOP_TRACE_CONTENT unset",
    kind=("traceloop.span.kind", "llm.request.type"),
    kinds={
        "workflow": Kind.AGENT, "task": Kind.CHAIN, "agent": Kind.AGENT, "tool": Kind.TOOL,
        "chat": Kind.MODEL, "completion": Kind.MODEL, "embedding": Kind.SILENT, "rerank": Kind.RETRIEVER,
    },
    unsaid=Kind.CHAIN,
    asked=("traceloop.entity.input",),
    told=("traceloop.entity.output",),
    documents=("traceloop.entity.output",),
    inputs=lambda span: [partial(indexed, span, "llm.prompts", "user")],
    outputs=lambda span: [partial(indexed, span, "llm.completions", "assistant")],
    call=call,
)  # fmt: skip
