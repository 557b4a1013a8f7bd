"""`GET /metrics`: figures for Prometheus, read from the database when they are asked for."""

from collections.abc import Iterator

from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from feedback.models import Outcome
from flywheel_site.ops.health import backlog


class Figures:
    """The collector: how writes ended, and what waits. No figure is about a person."""

    def collect(self) -> Iterator[Metric]:
        writes = CounterMetricFamily(
            "flywheel_writes",
            "Writes by how they ended; their sum is what was received.",
            labels=["project", "kind", "result"],
        )
        rows = Outcome.objects.values_list("project__name", "kind", "result").annotate(total=Sum("number")).order_by()
        for project, kind, result, total in rows:
            writes.add_metric([project, kind, result], total)
        yield writes
        for name, number in backlog().items():
            yield GaugeMetricFamily(
                f"flywheel_{name}", f"{name.replace('_', ' ').capitalize()} at this moment.", number
            )


def page(request: HttpRequest) -> HttpResponse:
    registry = CollectorRegistry()
    registry.register(Figures())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
