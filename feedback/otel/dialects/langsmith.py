"""LangSmith's OpenTelemetry mode (`LANGSMITH_OTEL_ENABLED`): https://docs.smith.langchain.com/observability/how_to_guides/trace_langchain_with_otel"""

from feedback.otel.dialects.dialect import Dialect
from feedback.otel.readings import Kind

DIALECT = Dialect(
    name="LangSmith",
    checked="langsmith 0.15.1",
    marks=("langsmith",),
    advice="leave LANGSMITH_HIDE_INPUTS and LANGSMITH_HIDE_OUTPUTS unset",
    kind=("langsmith.span.kind",),
    kinds={
        "llm": Kind.MODEL,
        "chain": Kind.CHAIN,
        "tool": Kind.TOOL,
        "retriever": Kind.RETRIEVER,
        "prompt": Kind.SILENT,
        "parser": Kind.SILENT,
        "embedding": Kind.SILENT,
    },
    unsaid=Kind.CHAIN,
    asked=("gen_ai.prompt",),
    told=("gen_ai.completion",),
    documents=("gen_ai.completion",),
    arguments=("gen_ai.prompt",),
    result=("gen_ai.completion",),
    names=("langsmith.trace.id", "langsmith.span.id"),
)
