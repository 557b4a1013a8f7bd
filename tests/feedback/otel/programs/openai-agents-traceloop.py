# pip install openai-agents httpx traceloop-sdk opentelemetry-sdk opentelemetry-exporter-otlp-proto-http
"""An agent of the OpenAI Agents SDK under Traceloop."""

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from traceloop.sdk import Traceloop

Traceloop.init(app_name="shop", exporter=OTLPSpanExporter(), telemetry_enabled=False)
Traceloop.set_association_properties({"user_id": "mia-1", "session_id": "talk-7"})

from agents import Agent, Runner, function_tool


@function_tool
def find_order(order: str) -> str:
    """Find an order."""
    return "Delivered on Monday."


agent = Agent(name="shop", instructions="You are a kind shop agent.", tools=[find_order], model="gpt-4o-mini")
print(Runner.run_sync(agent, "How long do I have for a refund of order 4711?").final_output)
trace.get_tracer_provider().shutdown()
