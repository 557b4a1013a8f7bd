# pip install anthropic httpx opentelemetry-instrumentation-anthropic traceloop-sdk opentelemetry-sdk opentelemetry-exporter-otlp-proto-http
"""Anthropic's client under Traceloop: a call with a tool, then its answer."""

import os

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from traceloop.sdk import Traceloop

Traceloop.init(app_name="shop", exporter=OTLPSpanExporter(), telemetry_enabled=False)
Traceloop.set_association_properties({"user_id": "mia-1", "session_id": "talk-7"})

import anthropic

client = anthropic.Anthropic(base_url=os.environ["MODEL"], api_key="none")
order = {"type": "object", "properties": {"order": {"type": "string"}}}
setup = {
    "model": "claude-3-5-haiku-latest",
    "max_tokens": 100,
    "system": "You are a kind shop agent.",
    "tools": [{"name": "find_order", "description": "Find an order.", "input_schema": order}],
}
with trace.get_tracer("app").start_as_current_span("POST /chat"):
    said = [{"role": "user", "content": "How long do I have for a refund of order 4711?"}]
    reply = client.messages.create(messages=said, **setup)
    call = next(part for part in reply.content if part.type == "tool_use")
    result = {"type": "tool_result", "tool_use_id": call.id, "content": "Delivered on Monday."}
    said += [{"role": "assistant", "content": reply.content}, {"role": "user", "content": [result]}]
    print(client.messages.create(messages=said, **setup).content[0].text)
trace.get_tracer_provider().shutdown()
