"""MLflow Tracing, exported over OTLP: https://mlflow.org/docs/latest/genai/tracing/opentelemetry/

MLflow writes every attribute as JSON, even plain text.
"""

from feedback.otel.dialects.dialect import Dialect
from feedback.otel.readings import Kind

DIALECT = Dialect(
    name="MLflow",
    checked="mlflow 3.17.2",
    marks=("mlflow",),
    kind=("mlflow.spanType",),
    kinds={
        "chat_model": Kind.MODEL, "llm": Kind.MODEL, "agent": Kind.AGENT, "chain": Kind.CHAIN, "workflow": Kind.AGENT,
        "task": Kind.CHAIN, "tool": Kind.TOOL, "retriever": Kind.RETRIEVER, "reranker": Kind.RETRIEVER,
        "embedding": Kind.SILENT, "parser": Kind.SILENT, "guardrail": Kind.SILENT, "evaluator": Kind.SILENT,
    },
    unsaid=Kind.CHAIN,
    asked=("mlflow.spanInputs",),
    told=("mlflow.spanOutputs",),
    documents=("mlflow.spanOutputs",),
    arguments=("mlflow.spanInputs",),
    result=("mlflow.spanOutputs",),
    names=("mlflow.traceRequestId",),
)  # fmt: skip
