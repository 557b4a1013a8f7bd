"""The OpenTelemetry helper, where OpenTelemetry is installed and where it is not."""

from __future__ import annotations

import sys

import pytest

from flywheel_client import MissingExtra, otel
from tests.clients_python.stub_server import Fault, Stub


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    with pytest.raises(MissingExtra, match=r"pip install 'flywheel-client\[otel\]'"):
        otel.configure("https://flywheel.example.com", "k")


def test_spans_arrive_at_the_service_s_traces_address(stub: Stub) -> None:
    pytest.importorskip("opentelemetry.exporter.otlp.proto.http")
    stub.state.faults = [Fault(200, body=b"")]
    provider = otel.configure(stub.url + "/", stub.key, service_name="shop", set_global=False)
    with provider.get_tracer("t").start_as_current_span("chat") as span:
        span.set_attribute("gen_ai.operation.name", "chat")
    provider.shutdown()
    (request,) = stub.state.requests
    assert request[:2] == ("POST", "/v1/traces")
    sent = {name.lower(): value for name, value in request[2].items()}
    assert sent["authorization"] == f"Bearer {stub.key}"
    assert b"gen_ai.operation.name" in request[3]
