# pip install openai httpx traceloop-sdk opentelemetry-sdk opentelemetry-exporter-otlp-proto-http
"""A workflow of Traceloop: the question is rewritten, a tool is called, and a model answers."""

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from traceloop.sdk import Traceloop
from traceloop.sdk.decorators import task, tool, workflow

Traceloop.init(app_name="shop", exporter=OTLPSpanExporter(), telemetry_enabled=False)
Traceloop.set_association_properties({"user_id": "mia-1", "session_id": "talk-7"})

from openai import OpenAI

client = OpenAI()


def asked(text):
    """The model's words."""
    told = client.chat.completions.create(model="gpt-4o-mini", messages=[{"role": "user", "content": text}])
    return told.choices[0].message.content


@task(name="rewrite")
def rewrite(question):
    """The question in other words."""
    return asked(f"Rewrite for a search: {question}")


@tool(name="find_order")
def find_order(order):
    """Find an order."""
    return "Delivered on Monday."


@workflow(name="chat")
def chat(question):
    """One turn."""
    return asked(f"{rewrite(question)}\n{find_order('4711')}\nQuestion: {question}")


print(chat("How long do I have for a refund of order 4711?"))
trace.get_tracer_provider().shutdown()
