"""The dialects of instrumentations: a module for each, with a table of attributes.

A new one: a module with a `DIALECT`, its name in `DIALECTS`, and an export of the real package under
`tests/feedback/otel/recorded/`, with what should come of it.
"""

from feedback.otel.dialects import genai, langfuse, langsmith, mlflow, openinference, traceloop, vercel
from feedback.otel.dialects.dialect import Dialect

DIALECTS: tuple[Dialect, ...] = (
    vercel.DIALECT,
    langfuse.DIALECT,
    langsmith.DIALECT,
    mlflow.DIALECT,
    openinference.DIALECT,
    traceloop.DIALECT,
    genai.DIALECT,
)
"""The order in which dialects are tried for a span that uses several."""
__all__ = ["DIALECTS", "Dialect"]
