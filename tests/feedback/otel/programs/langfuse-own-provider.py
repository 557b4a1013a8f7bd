# pip install langfuse openai opentelemetry-sdk opentelemetry-exporter-otlp-proto-http
"""Langfuse's SDK on the program's own tracer provider, which has an exporter for Flywheel."""

from langfuse import Langfuse, observe, propagate_attributes
from langfuse.openai import OpenAI
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

provider = TracerProvider()
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
trace.set_tracer_provider(provider)
Langfuse(public_key="pk-lf-1", secret_key="sk-lf-1", host="http://127.0.0.1:9", tracer_provider=provider, timeout=1)
client = OpenAI()
DOCUMENTS = [
    {
        "title": "Refunds",
        "url": "https://shop.example/refunds",
        "content": "Refunds are possible within 30 days of delivery.",
    },
    {"title": "Shipping", "url": "https://shop.example/shipping", "content": "Shipping takes two days."},
]


@observe(as_type="retriever")
def retrieve(question):
    """The documents."""
    return DOCUMENTS


@observe(as_type="tool")
def look(order):
    """Find an order."""
    return "Delivered on Monday."


@observe()
def chat(question):
    """One turn."""
    found = f"{retrieve(question)}\n{look(order='4711')}"
    said = [
        {"role": "system", "content": "You are a kind shop agent."},
        {"role": "user", "content": f"{found}\nQuestion: {question}"},
    ]
    return client.chat.completions.create(model="gpt-4o-mini", messages=said).choices[0].message.content


with propagate_attributes(user_id="mia-1", session_id="talk-7"):
    print(chat("How long do I have for a refund of order 4711?"))
provider.shutdown()
