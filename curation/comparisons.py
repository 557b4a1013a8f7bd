"""What changed between a gate run and its baseline: by slice, and answer beside answer."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from curation.models import GateResult, GateRun
from curation.verdicts import Case, GatePolicy, Slice
from curation.verdicts.slices import slice_outcomes

CHANGES = ("regressed", "newly_failing", "fixed", "still_failing", "newly_passing", "still_passing")
BEFORE_AND_AFTER: dict[str, tuple[bool | None, bool]] = {
    "still_passing": (True, True),
    "regressed": (True, False),
    "fixed": (False, True),
    "still_failing": (False, False),
    "newly_passing": (None, True),
    "newly_failing": (None, False),
}


@dataclass(frozen=True, slots=True)
class Pair:
    """One case with both answers; `before` is empty where the baseline has none."""

    result: GateResult
    question: str
    expected: str
    rejected: str
    before: str
    after: str


def listed(run: GateRun, change: str) -> QuerySet[GateResult]:
    """The run's answers with that change, or all; without those of people whose data is restricted."""
    rows = run.results.filter(subject__restricted_at__isnull=True).order_by("pk")
    rows = rows.filter(change=change) if change in CHANGES else rows
    return rows.select_related(
        "interaction__decision__interaction", "interaction__decision__correction", "interaction__decision__task"
    )


def pairs(run: GateRun, rows: Iterable[GateResult]) -> list[Pair]:
    """These answers beside the baseline's; one query more, however many."""
    rows = list(rows)
    keys = [row.interaction_id for row in rows]
    earlier = GateResult.objects.filter(run=run.baseline_id, interaction__in=keys) if run.baseline_id else []
    before = {row.interaction_id: said(row) for row in earlier}
    return [pair(row, before.get(row.interaction_id, "")) for row in rows]


def pair(row: GateResult, before: str) -> Pair:
    """One case with both answers."""
    decision = getattr(row.interaction, "decision", None)
    expected, rejected = (decision.expected, decision.rejected or "") if decision else ("", "")
    return Pair(row, str(row.interaction.question), expected, rejected, before, said(row))


def said(row: GateResult) -> str:
    """The answer, or what came in its place."""
    return f"({row.error})" if row.error else str(row.answer)


def slices(run: GateRun) -> tuple[Slice, ...]:
    """The run's figures by kind, language, tag and source, those that fell first."""
    columns = ("kind", "change", "interaction__tags", "interaction__sources", "interaction__decision__language")
    outcomes = []
    for kind, change, tags, sources, language in run.results.exclude(change="").values_list(*columns):
        before, after = BEFORE_AND_AFTER[change]
        case = Case(
            id="",
            kind="golden" if kind == "golden" else "regression",
            question="",
            expected="",
            tags=tuple(map(str, tags)),
            language=language or "",
            sources=tuple(str(source.get("title") or source.get("id") or "") for source in sources),
        )
        outcomes.append((case, before if run.baseline_id else None, after))
    found = slice_outcomes(outcomes, GatePolicy.from_dict(run.policy))
    return tuple(sorted(found, key=lambda part: (not part.dropped, part.pairs.won - part.pairs.lost)))
