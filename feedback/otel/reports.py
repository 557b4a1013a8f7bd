"""Reports an export's result to the exporter and the console: what was dropped, what was missing, and what to set."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import F
from django.utils import timezone

from feedback.models import Project, TraceReport
from feedback.otel.decoding import Span
from feedback.otel.dialects import DIALECTS
from feedback.otel.readings import TOPS, Kind, Reading
from feedback.otel.spans import PRODUCT, SpanReading
from feedback.otel.traces import TracePlan

WORDS = re.compile(r"(?:.*[._])?(?:input|output|prompt|completion|messages?)(?:_json)?(?:[._].*)?", re.IGNORECASE)
UNKNOWN_CONVENTION = (
    "spans with inputs and outputs of an unknown convention; write OpenTelemetry's gen_ai attributes or OpenInference's"
)
ADVICE = {dialect.name: dialect.advice for dialect in DIALECTS}


@dataclass(slots=True)
class ExportResult:
    """The result of an export: what was rejected and why, and what is missing in the rest."""

    rejected: Counter[str] = field(default_factory=Counter)
    missing: Counter[str] = field(default_factory=Counter)
    conversations: Counter[str] = field(default_factory=Counter)  # by product
    without: dict[str, str] = field(default_factory=dict)  # by product, what was missing
    half: dict[str, str] = field(default_factory=dict)  # the half of a conversation that a trace did not have

    @property
    def message(self) -> str:
        """The result in words, for the exporter."""
        said = [*sorted(self.rejected.items()), *sorted(self.missing.items())]
        return "; ".join(f"{number}: {why}" for why, number in said)


def name_unknown(spans: Iterable[Span], heard: Mapping[str, SpanReading], taken: ExportResult) -> None:
    """Say how many spans seem to hold words under names that no dialect has."""
    if any(one.reading.product for one in heard.values()):
        return  # they surround what is understood
    number = sum(any(map(WORDS.fullmatch, span.attributes)) for span in spans)
    if number:
        taken.missing[UNKNOWN_CONVENTION] += number


def name_missing(plan: TracePlan, taken: ExportResult) -> None:
    """Say what keeps a trace's spans from being a conversation."""
    if plan.payloads or plan.moved or plan.refused:
        return
    for turn in plan.mute:
        everything = [*turn.tops, *turn.members]
        models = {one.span: one for one in everything if one.kind == Kind.MODEL}
        product = next((one.product for one in (*models.values(), *everything) if one.product), PRODUCT)
        if models and not any(one.asked or one.told for one in models.values()):
            advice = ADVICE.get(product) or "the option that records them"
            said = f"the spans carry no messages; {advice if advice.startswith('leave ') else f'set {advice}'}"
            taken.without[product] = said
            taken.missing[said] += len(models)
        elif plan.tree.roots:  # else the rest of the turn may still come
            taken.half[product] = said = lacking(everything)
            taken.missing[said] += 1
    if not plan.mute and plan.tree.roots:
        product = next((one.product for one in plan.tree.readings.values() if one.product), PRODUCT)
        taken.half.setdefault(product, "no call of a model or an agent, only steps such as embeddings and tools")


def lacking(turn: Sequence[Reading]) -> str:
    """Which half of a conversation the turn lacks."""
    asked = [said for one in turn if one.kind in TOPS for said in one.asked if said.role == "user"]
    if any(said.text.strip() for said in asked):
        return "no answer: no model's last words are a text"
    if any(said.media for said in asked):
        return "no question: the user sent only media"
    return "no question: no message of a user"


def report(project: Project, heard: Iterable[SpanReading], taken: ExportResult) -> None:
    """Store the export's result for the console, by product and day."""
    everything = [one for one in heard if one.reading.product]
    faults = {one.reading.product: one.faults[0].detail for one in everything if one.faults}
    now = timezone.now()
    for product, number in sorted(Counter(one.reading.product for one in everything).items()):
        conversations = taken.conversations[product]
        empty = faults.get(product) or taken.half.get(product, "")
        missing = taken.without.get(product) or ("" if conversations else empty)
        key = {"project": project, "day": now.date(), "product": product[:64], "missing": missing[:400]}
        counts = {"exports": 1, "spans": number, "conversations": conversations}
        added = {**{name: F(name) + count for name, count in counts.items()}, "last_at": now}
        if not TraceReport.objects.filter(**key).update(**added):
            row, is_new = TraceReport.objects.get_or_create(**key, defaults={**counts, "last_at": now})
            if not is_new:
                TraceReport.objects.filter(pk=row.pk).update(**added)
