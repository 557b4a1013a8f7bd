"""The Langfuse SDK, from version 3 on OpenTelemetry: https://langfuse.com/integrations/native/opentelemetry"""

from feedback.otel.dialects.dialect import Dialect
from feedback.otel.readings import Kind

DIALECT = Dialect(
    name="Langfuse",
    checked="langfuse 5.2.0",
    marks=("langfuse",),
    advice="leave LANGFUSE_OBSERVE_DECORATOR_IO_CAPTURE_ENABLED unset",
    kind=("langfuse.observation.type",),
    kinds={
        "generation": Kind.MODEL,
        "agent": Kind.AGENT,
        "chain": Kind.CHAIN,
        "span": Kind.CHAIN,
        "tool": Kind.TOOL,
        "retriever": Kind.RETRIEVER,
        "embedding": Kind.SILENT,
        "evaluator": Kind.SILENT,
        "guardrail": Kind.SILENT,
        "event": Kind.SILENT,
    },
    unsaid=Kind.CHAIN,
    asked=("langfuse.trace.input", "langfuse.observation.input"),
    told=("langfuse.trace.output", "langfuse.observation.output"),
    documents=("langfuse.observation.output",),
    arguments=("langfuse.observation.input",),
    result=("langfuse.observation.output",),
)
