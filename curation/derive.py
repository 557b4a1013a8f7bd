"""What a decision becomes: an eval case, an example, a preference pair, each only with its person's consent."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from curation.filters import FilterSettings, apply
from curation.models import CurationPolicy, Decision, Derived, EvalCase, Example, PreferencePair
from curation.records import Candidate, Finding
from curation.rules import Outcome
from feedback.models import Interaction, Project, Signal
from privacy import consent
from privacy.models import Purpose

KINDS: tuple[type[Derived], ...] = (EvalCase, Example, PreferencePair)
PURPOSE: dict[type[Derived], str] = {
    EvalCase: Purpose.EVALUATION,
    Example: Purpose.TRAINING,
    PreferencePair: Purpose.TRAINING,
}


@dataclass(frozen=True, slots=True)
class Agreed:
    """The interactions, and the signals, whose people agree to a purpose."""

    interactions: frozenset[int]
    signals: frozenset[int]

    def covers(self, decision: Decision) -> bool:
        """Whether all whose words the record would hold agree."""
        return decision.pk in self.interactions and (
            decision.correction_id is None or decision.correction_id in self.signals
        )


def write(decisions: Sequence[Decision], policy: CurationPolicy) -> set[bytes]:
    """Make the derived rows of these decisions what they should be; the fingerprints to look for duplicates of.

    Rows that are no longer due go, so that a changed mind leaves nothing behind. A constant number of queries.
    """
    if not decisions:
        return set()
    project, keys = decisions[0].project, [decision.pk for decision in decisions]
    rows = list(Decision.objects.filter(pk__in=keys).select_related("interaction", "correction", "task"))
    settings = FilterSettings.from_dict(policy.settings.get("filter", {}))
    findings = {row.pk: apply(candidate(row), settings) for row in rows if is_decided(row)}
    touched: set[bytes] = set()
    for model in KINDS:
        agreed = who_agreed(rows, project, PURPOSE[model])
        due = [row for row in rows if row.pk in findings and is_due(model, row) and agreed.covers(row)]
        gone = model.objects.filter(pk__in=set(keys) - {row.pk for row in due})
        touched.update(map(bytes, gone.values_list("fingerprint", flat=True)))
        gone.delete()
        made = [derived(model, row, findings[row.pk]) for row in due]
        columns = [f.name for f in model._meta.fields if not f.primary_key and f.name != "created_at"]
        model.objects.bulk_create(made, update_conflicts=True, unique_fields=["decision"], update_fields=columns)
        touched.update(bytes(row.fingerprint) for row in made)
    return touched


def is_decided(row: Decision) -> bool:
    """Whether the decision says what the right answer is."""
    return row.outcome in (Outcome.CONFIRMED, Outcome.CORRECTED)


def is_due(model: type[Derived], row: Decision) -> bool:
    """A pair needs an answer that was replaced; an eval case and an example come of every decided interaction."""
    return model is not PreferencePair or row.outcome == Outcome.CORRECTED


def who_agreed(rows: Iterable[Decision], project: Project, purpose: str) -> Agreed:
    """Whose words may serve the purpose; two queries."""
    rows = list(rows)
    agrees = consent.agrees(purpose, default=project.consents_by_default(purpose))
    asked = Interaction.objects.filter(agrees, pk__in=[row.pk for row in rows]).values_list("pk", flat=True)
    wrote = Signal.objects.filter(agrees, pk__in=[row.correction_id for row in rows if row.correction_id])
    return Agreed(frozenset(asked), frozenset(wrote.values_list("pk", flat=True)))


def candidate(row: Decision) -> Candidate:
    """The decision as the pure stages take it."""
    source = row.interaction
    human = row.outcome == Outcome.CORRECTED
    return Candidate(
        interaction=row.pk,
        subject=row.subject_id,
        project=row.project_id,
        question=source.question,
        context=tuple((turn["role"], turn["content"]) for turn in source.context),
        answer=source.answer,
        expected=row.expected,
        rejected=row.rejected,
        sources_text=" ".join(item.get("text", "") for item in source.sources),
        tags=tuple(source.tags),
        language=row.language,
        agent_version=source.agent_version,
        authored="human" if human else "agent",
        depth=0 if human else 1,
        occurred_at=source.occurred_at,
        fingerprint=bytes(source.fingerprint),
        cluster=None,
        voters=(),
    )


def derived(model: type[Derived], row: Decision, findings: Sequence[Finding]) -> Derived:
    """The derived row of a decision, filtered out where a filter found something, with its reason."""
    first = findings[0] if findings else None
    fields: dict[str, Any] = {
        "decision": row,
        "project_id": row.project_id,
        "subject_id": row.subject_id,
        "status": Derived.Status.FILTERED if first else Derived.Status.ACTIVE,
        "reason": first.code if first else "",
        "detail": first.detail[:200] if first else "",
        "fingerprint": bytes(row.interaction.fingerprint),
    }
    if model is EvalCase:
        regression = row.outcome == Outcome.CORRECTED
        fields["kind"] = EvalCase.Kind.REGRESSION if regression else EvalCase.Kind.GOLDEN
    if model is Example:
        human = row.outcome == Outcome.CORRECTED
        fields |= {"authored": "human" if human else "agent", "depth": 0 if human else 1}
    return model(**fields)
