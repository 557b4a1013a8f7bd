"""The Vercel AI SDK (`experimental_telemetry`): https://ai-sdk.dev/docs/ai-sdk-core/telemetry"""

from functools import partial

from feedback.otel.attributes import data
from feedback.otel.decoding import Span
from feedback.otel.dialects.dialect import Dialect
from feedback.otel.readings import Kind
from feedback.otel.shapes import messages
from feedback.texts.messages import Message

OPERATIONS = ("generateText", "streamText", "generateObject", "streamObject")
# Until version 4 the attributes of the response were called a result's.
CALLS = ("ai.response.toolCalls", "ai.result.toolCalls")
TEXTS = ("ai.response.text", "ai.response.object", "ai.result.text", "ai.result.object")


def answer_messages(span: Span) -> list[Message]:
    """The text, and the calls that come with it."""
    given = span.attributes
    ended = given.get("ai.response.finishReason", given.get("ai.finishReason"))
    name = next((name for name in CALLS if name in given), "") if ended == "tool-calls" else ""
    calls = data(given[name], name) if name else []
    content = next((str(given[name]) for name in TEXTS if given.get(name)), "")
    return messages([{"role": "assistant", "content": content, "tool_calls": calls or []}], "assistant", TEXTS[0])


DIALECT = Dialect(
    name="Vercel AI SDK",
    checked="ai 6.0.326",
    marks=("ai",),
    advice="experimental_telemetry: { isEnabled: true, recordInputs: true, recordOutputs: true }",
    kind=("ai.operationId",),
    kinds={
        **{f"ai.{name}".lower(): Kind.AGENT for name in OPERATIONS},
        **{
            f"ai.{name}.do{name.removesuffix('Text').removesuffix('Object').title()}".lower(): Kind.MODEL
            for name in OPERATIONS
        },
        "ai.toolcall": Kind.TOOL,
    },
    unsaid=Kind.SILENT,
    asked=("ai.prompt.messages", "ai.prompt"),
    tool=("ai.toolCall.name",),
    call_id=("ai.toolCall.id",),
    arguments=("ai.toolCall.args", "ai.toolCall.input"),
    result=("ai.toolCall.result", "ai.toolCall.output"),
    names=("ai.response.id",),
    outputs=lambda span: [partial(answer_messages, span)],
)
