"""Reports an export's result to the exporter and the console: what was dropped, what was missing, and what to set."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import F
from django.utils import timezone

from feedback.models import Project, TraceReport
from feedback.otel.dialects import DIALECTS
from feedback.otel.readings import Kind
from feedback.otel.spans import PRODUCT, SpanReading
from feedback.otel.traces import TracePlan

ADVICE = {dialect.name: dialect.advice for dialect in DIALECTS}


@dataclass(slots=True)
class ExportResult:
    """The result of an export: what was rejected and why, and what is missing in the rest."""

    rejected: Counter[str] = field(default_factory=Counter)
    missing: Counter[str] = field(default_factory=Counter)
    conversations: Counter[str] = field(default_factory=Counter)  # by product
    without: dict[str, str] = field(default_factory=dict)  # by product, what was missing

    @property
    def message(self) -> str:
        """The result in words, for the exporter."""
        said = [*sorted(self.rejected.items()), *sorted(self.missing.items())]
        return "; ".join(f"{number}: {why}" for why, number in said)


def name_missing(plan: TracePlan, taken: ExportResult) -> None:
    """Say what keeps a trace's spans from being a conversation."""
    for turn in plan.mute if not (plan.payloads or plan.moved) else ():
        models = [one for one in (*turn.tops, *turn.members) if one.kind == Kind.MODEL]
        if models and not any(one.asked or one.told for one in models):
            product = models[0].product or PRODUCT
            said = f"the spans carry no messages; set {ADVICE.get(product) or 'the option that records them'}"
            taken.missing[said] += len({one.span for one in models})
            taken.without[product] = said


def report(project: Project, heard: Iterable[SpanReading], taken: ExportResult) -> None:
    """Store the export's result for the console, by product and day."""
    everything = [one for one in heard if one.reading.product]
    faults = {one.reading.product: one.faults[0].detail for one in everything if one.faults}
    now = timezone.now()
    for product, number in sorted(Counter(one.reading.product for one in everything).items()):
        conversations = taken.conversations[product]
        missing = taken.without.get(product) or ("" if conversations else faults.get(product, ""))
        key = {"project": project, "day": now.date(), "product": product[:64], "missing": missing[:400]}
        counts = {"exports": 1, "spans": number, "conversations": conversations}
        added = {**{name: F(name) + count for name, count in counts.items()}, "last_at": now}
        if not TraceReport.objects.filter(**key).update(**added):
            row, is_new = TraceReport.objects.get_or_create(**key, defaults={**counts, "last_at": now})
            if not is_new:
                TraceReport.objects.filter(pk=row.pk).update(**added)
