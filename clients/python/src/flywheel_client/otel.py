"""Sends OpenTelemetry GenAI spans to Flywheel, which turns them into interactions (``POST /v1/traces``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .errors import MissingExtra
from .transport import USER_AGENT, service_root, trusts_environment

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SpanExporter


def configure(
    endpoint: str, key: str, *, service_name: str | None = None, set_global: bool = True
) -> TracerProvider:
    """A tracer provider whose spans are batched over OTLP/HTTP to ``<endpoint>/v1/traces``.

    ``key`` needs the ``ingest`` scope, and ``feedback`` if users' feedback is exported too. With
    ``set_global`` it becomes the process's provider, which instrumentations use; otherwise pass it to them,
    or add ``exporter`` to your own provider. Raises ``MissingExtra`` if the OpenTelemetry packages are not
    installed.
    """
    try:
        from opentelemetry import trace
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        raise _missing() from error
    resource = Resource.create({"service.name": service_name} if service_name else {})
    provider = TracerProvider(resource=resource)
    provider.add_span_processor(BatchSpanProcessor(exporter(endpoint, key)))
    if set_global:
        trace.set_tracer_provider(provider)
    return provider


def exporter(endpoint: str, key: str) -> SpanExporter:
    """Only the OTLP/HTTP span exporter, for an existing tracer provider."""
    try:
        import requests
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    except ImportError as error:
        raise _missing() from error
    headers = {"Authorization": f"Bearer {key.strip()}", "User-Agent": USER_AGENT}
    session = requests.Session()
    session.trust_env = trusts_environment(endpoint)
    return OTLPSpanExporter(endpoint=service_root(endpoint) + "/v1/traces", headers=headers, session=session)


def _missing() -> MissingExtra:
    return MissingExtra("OpenTelemetry is not installed: pip install 'flywheel-client[otel]'")
