"""OpenTelemetry's own conventions for generative AI: messages on spans, on events, and in the early forms. Traceloop,
Strands, Semantic Kernel, LiteLLM, Google ADK and pydantic-ai follow them.
https://github.com/open-telemetry/semantic-conventions-genai
"""

import re
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from feedback.otel.attributes import data, text_or_data
from feedback.otel.decoding import Span
from feedback.otel.dialects.dialect import Dialect, Turns
from feedback.otel.readings import Kind
from feedback.otel.shapes import first_choice, message, messages
from feedback.texts.literals import unwritten
from feedback.texts.messages import Call, Message, structure

EVENTS = {f"gen_ai.{role}.message": role for role in ("system", "user", "assistant", "tool")}
INDEXED = re.compile(
    r"(gen_ai\.(?:prompt|completion)|llm\.(?:prompts|completions))\.(\d{1,4})\."
    r"(role|content|finish_reason|tool_calls\.(\d{1,3})\.(id|name|arguments))"
)
INSTRUCTIONS = "gen_ai.system_instructions"
INPUTS = ("gen_ai.input.messages", "pydantic_ai.all_messages", "all_messages_events", "gen_ai.prompt")
OUTPUTS = ("gen_ai.output.messages", "gen_ai.completion")


def contents(span: Span, names: Sequence[str], role: str) -> Iterator[Turns]:
    """A reading of each of these attributes, wherever a convention puts it: on the span, or on one of its events."""
    for place in (span.attributes, *(event.attributes for event in span.events)):
        for name in names:
            if name in place:
                yield partial(written, place[name], role, name, of_turn=is_turn(span))


def is_turn(span: Span) -> bool:
    """Whether it is an agent's run, in which the agent may speak several times."""
    given = span.attributes
    return KINDS.get(str(given.get("gen_ai.operation.name"))) == Kind.AGENT or given.get("traceloop.span.kind") in (
        "agent",
        "workflow",
    )


def written(value: Any, role: str, name: str, *, of_turn: bool = False) -> list[Message]:
    """The messages in an attribute. Raises `PayloadError`, which names it, if it is broken data."""
    read = data(value, name) if name.endswith((".messages", "_messages")) else text_or_data(value, name)
    return [said for said in messages(read, role, name, of_turn=of_turn) if not said.is_empty]


def instructions(span: Span) -> list[Message]:
    """The system's instructions, if they are separate from the messages. Raises `PayloadError`."""
    if INSTRUCTIONS not in span.attributes:
        return []
    value = data(span.attributes[INSTRUCTIONS], INSTRUCTIONS)
    return messages(value, "system", INSTRUCTIONS) if value else []


def indexed(span: Span, which: str, role: str) -> list[Message]:
    """Messages written as `gen_ai.prompt.0.role`, `gen_ai.prompt.0.content`, …; contents of several parts are JSON there."""
    found: dict[int, dict[str, Any]] = {}
    for name, value in span.attributes.items():
        match = INDEXED.fullmatch(name)
        if match and match[1] == which:
            one = found.setdefault(int(match[2]), {})
            if match[4]:
                one.setdefault("calls", {}).setdefault(int(match[4]), {})[match[5]] = value
            else:
                one[match[3]] = text_or_data(value, name) if match[3] == "content" else str(value)
    ordered = [one for _, one in sorted(found.items())]
    made = [
        message({"content": "", **one, "tool_calls": list(one.pop("calls", {}).values())}, role, which)
        for one in (first_choice(ordered, is_turn(span)) if role == "assistant" else ordered)
    ]
    return [said for said in made if not said.is_empty]


def events(span: Span) -> list[Message]:
    """The input, from events of the first convention."""
    found: list[Message] = []
    for event in span.events:
        if event.name in EVENTS:
            given = dict(event.attributes)
            content = text_or_data(given.get("content"), f"{event.name} content")
            found.append(message({"role": EVENTS[event.name], **given, "content": content}, "user", event.name))
    return [said for said in found if not said.is_empty]


def choices(span: Span) -> list[Message]:
    """The output, from events of the first convention."""
    given = [event.attributes for event in span.events if event.name == "gen_ai.choice"]
    if not is_turn(span) and all(
        isinstance(choice.get("index"), int) for choice in given
    ):  # the first, as `first_choice`
        first = min((choice["index"] for choice in given), default=0)
        given = [choice for choice in given if choice["index"] == first]
    spoken = [choice.get("message") or choice.get("content") for choice in given]
    return [said for value in spoken for said in written(value, "assistant", "gen_ai.choice message")]


def event_call(span: Span) -> Call | None:
    """A tool call whose argument and result are events (Strands)."""
    given = span.attributes
    if given.get("gen_ai.operation.name") != "execute_tool" or not span.events:
        return None
    said = {event.name: event.attributes for event in span.events}
    asked = said.get("gen_ai.tool.message", {}).get("content")
    result = said.get("gen_ai.choice", {}).get("message")
    if asked is None and result is None:
        return None
    texts = unwritten(result) if isinstance(result, str) else None
    words = (
        [part["text"] for part in texts if isinstance(part, dict) and "text" in part] if isinstance(texts, list) else []
    )
    return Call(
        str(given.get("gen_ai.tool.name") or "tool")[:200],
        str(given.get("gen_ai.tool.call.id") or "")[:200],
        structure(asked),
        "\n".join(map(str, words)) if words else structure(result),
    )


def inputs(span: Span) -> Iterator[Turns]:
    """What went in, in the forms that the convention had one after the other."""
    yield from contents(span, INPUTS, "user")
    yield partial(indexed, span, "gen_ai.prompt", "user")
    yield partial(events, span)


def outputs(span: Span) -> Iterator[Turns]:
    """What came out; pydantic-ai states an agent run's result apart."""
    if "final_result" in span.attributes:
        yield lambda: [Message("assistant", str(span.attributes["final_result"]))]
    yield from contents(span, OUTPUTS, "assistant")
    yield partial(indexed, span, "gen_ai.completion", "assistant")
    yield partial(choices, span)


KINDS = {
    "chat": Kind.MODEL, "text_completion": Kind.MODEL, "generate_content": Kind.MODEL, "completion": Kind.MODEL,
    "embeddings": Kind.SILENT, "execute_tool": Kind.TOOL, "retrieval": Kind.RETRIEVER, "vector_db_retrieve": Kind.RETRIEVER,
    "invoke_agent": Kind.AGENT, "invoke_workflow": Kind.AGENT, "create_agent": Kind.SILENT, "execute_task": Kind.CHAIN,
    "execute_event_loop_cycle": Kind.SILENT, "chain": Kind.CHAIN, "llm": Kind.MODEL, "tool": Kind.TOOL,
    "retriever": Kind.RETRIEVER, "prompt": Kind.SILENT, "parser": Kind.SILENT,
}  # fmt: skip
DIALECT = Dialect(
    name="OpenTelemetry GenAI",
    checked="opentelemetry-instrumentation-openai-v2 2.3b0",
    marks=("gen_ai", "pydantic_ai"),
    advice="OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT=SPAN_ONLY (older packages: true) and "
    "OTEL_SEMCONV_STABILITY_OPT_IN=gen_ai_latest_experimental",
    kind=("gen_ai.operation.name",),
    kinds=KINDS,
    unsaid=Kind.CHAIN,
    documents=("gen_ai.retrieval.documents",),
    tool=("gen_ai.tool.name",),
    call_id=("gen_ai.tool.call.id",),
    arguments=("gen_ai.tool.call.arguments", "tool_arguments"),
    result=("gen_ai.tool.call.result", "tool_response"),
    names=("gen_ai.response.id",),
    inputs=inputs,
    outputs=outputs,
    call=event_call,
)
