"""`GET /metrics`, for those who have the token or an address that is allowed."""

import hmac
import ipaddress
import os

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from flywheel_site.ops.metrics import traffic
from flywheel_site.ops.metrics.figures import Figures
from privacy.api.client_address import client_address, is_trusted, parsed

REFUSED = "Figures are for METRICS_NETWORKS, and for those who send METRICS_TOKEN as a bearer.\n"


def metrics(request: HttpRequest) -> HttpResponse:
    """Figures for Prometheus, read when they are asked for."""
    if not may(request):
        return HttpResponse(REFUSED, status=403, content_type="text/plain; charset=utf-8")
    registry = CollectorRegistry()
    registry.register(Figures())
    if os.environ.get(traffic.SHARED):
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        registry.register(traffic.request_seconds())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def may(request: HttpRequest) -> bool:
    """Whether the caller has the token, or an address of METRICS_NETWORKS."""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if settings.METRICS_TOKEN and scheme.lower() == "bearer":
        return hmac.compare_digest(given.strip().encode(), settings.METRICS_TOKEN.encode())
    peer = parsed(request.META.get("REMOTE_ADDR", ""))
    if peer is None or ("HTTP_X_FORWARDED_FOR" in request.META and not is_trusted(peer)):
        return False  # an unknown proxy speaks: its own address says nothing of the caller's
    address = ipaddress.ip_address(client_address(request.META))
    return any(address in network for network in settings.METRICS_NETWORKS)
