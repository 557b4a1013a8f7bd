"""`GET /metrics`, for callers with the token or an allowed address. It reports how writes ended, what waits, what
failed, and whether the parts are alive; nothing is about a person. All figures are read on request; a database that
does not answer is a figure, not an error of the page.
"""

import hmac
import ipaddress
import os
import shutil
from collections.abc import Iterator

from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from feedback.models import Outcome
from flywheel_site.ops import health, heartbeats, waiting
from flywheel_site.ops.backups import state as backups
from flywheel_site.ops.metrics import traffic
from privacy.api.client_address import client_address, is_trusted, parsed
from privacy.db import condition

LABELS = {"database": health.database, "broker": health.broker}


class Figures:
    """Figures read from the database, from files and from the disk."""

    def collect(self) -> Iterator[Metric]:
        up = GaugeMetricFamily("flywheel_up", "Whether the part answers: 1 or 0.", labels=["part"])
        answers = {part: ask() == "ok" for part, ask in LABELS.items()}
        for part, is_up in answers.items():
            up.add_metric([part], is_up)
        yield up
        yield from signs_of_life()
        yield from disk()
        if answers["database"]:
            try:
                yield from list(of_the_database())
            except (DatabaseError, InterfaceError):  # it is unreachable, or has no tables yet
                yield gauge("flywheel_figures_missing", "1 where the database's figures could not be read.", 1)


def gauge(name: str, about: str, value: float) -> Metric:
    """A metric without labels."""
    return GaugeMetricFamily(name, about, value)


def by(name: str, about: str, label: str, figures: dict[str, float] | dict[str, int]) -> Metric:
    """A metric with one value for each kind."""
    family = GaugeMetricFamily(name, about, labels=[label])
    for kind, number in figures.items():
        family.add_metric([kind], number)
    return family


def signs_of_life() -> Iterator[Metric]:
    """Times are seconds since 1970; 0 means never."""
    yield gauge("flywheel_workers", "Workers with a heartbeat within the last minute.", heartbeats.alive())
    signs = {
        "beat": heartbeats.last(heartbeats.BEAT) or 0.0,
        "work": heartbeats.last(heartbeats.WORK) or 0.0,
        "worker": max(heartbeats.workers().values(), default=0.0),
    }
    about = "Last heartbeat of beat, of a worker, and of a task that beat sent and a worker finished."
    yield by("flywheel_heartbeat_timestamp_seconds", about, "part", signs)
    last = backups.last()
    made = last["made_at"].timestamp() if last else 0.0
    yield gauge("flywheel_last_backup_timestamp_seconds", "When `manage.py backup` last made a backup; 0: never.", made)
    yield gauge("flywheel_last_backup_bytes", "Its size.", last["bytes"] if last else 0)


def disk() -> Iterator[Metric]:
    """The file system of FLYWHEEL_VAR."""
    usage = shutil.disk_usage(settings.VAR)
    yield gauge("flywheel_disk_free_bytes", "Free space where FLYWHEEL_VAR is.", usage.free)
    yield gauge("flywheel_disk_bytes", "Total space where FLYWHEEL_VAR is.", usage.total)


def of_the_database() -> Iterator[Metric]:
    yield writes()
    for name, number in health.backlog().items():
        yield gauge(f"flywheel_{name}", f"{name.replace('_', ' ').capitalize()} now.", number)
    about = "Seconds that the oldest of this work has waited without a worker."
    yield by("flywheel_oldest_waiting_seconds", about, "work", waiting.oldest())
    yield by(
        "flywheel_set_aside", "Work that is no longer retried after too many failures.", "work", waiting.set_aside()
    )
    yield by(
        "flywheel_privacy_requests",
        "Open privacy requests, and closed ones whose text the audit has found.",
        "state",
        waiting.requests(),
    )
    yield gauge("flywheel_recalls_overdue", "Recalls not acknowledged within RECALL_DAYS.", waiting.overdue_recalls())
    yield gauge("flywheel_database_bytes", "Size of the database on disk.", condition.size())


def writes() -> Metric:
    family = CounterMetricFamily(
        "flywheel_writes",
        "Writes by result; their sum is all that was received.",
        labels=["project", "kind", "result"],
    )
    rows = Outcome.objects.values_list("project__name", "kind", "result").annotate(total=Sum("number")).order_by()
    for project, kind, result, total in rows:
        family.add_metric([project, kind, result], total)
    return family


REFUSED = "Metrics are only for addresses in METRICS_NETWORKS and callers who send METRICS_TOKEN as a bearer token.\n"


def metrics(request: HttpRequest) -> HttpResponse:
    """Metrics for Prometheus, read on request."""
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
    """Whether the caller has the token, or an address in METRICS_NETWORKS."""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if settings.METRICS_TOKEN and scheme.lower() == "bearer":
        return hmac.compare_digest(given.strip().encode(), settings.METRICS_TOKEN.encode())
    peer = parsed(request.META.get("REMOTE_ADDR", ""))
    if peer is None or ("HTTP_X_FORWARDED_FOR" in request.META and not is_trusted(peer)):
        return False  # an unknown proxy: its address says nothing about the caller's
    address = ipaddress.ip_address(client_address(request.META))
    return any(address in network for network in settings.METRICS_NETWORKS)
