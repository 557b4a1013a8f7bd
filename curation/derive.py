"""What a decision becomes: an eval case, an example, a preference pair, each only with its person's consent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from curation import clusters, columns, decided, reviewtasks, standings
from curation.derivedmodels import HEADS
from curation.filters import HOLD, FilterSettings, apply
from curation.models import AgentVersion, CurationPolicy, Decision, Derived, EvalCase, Example, PreferencePair
from curation.records import Candidate, Decided, Finding
from curation.reviewsettings import ReviewSettings
from curation.standings import Row
from feedback.models import Project
from privacy.models import Purpose

KINDS: tuple[type[Derived], ...] = (EvalCase, Example, PreferencePair)
PURPOSE: dict[type[Derived], str] = {
    EvalCase: Purpose.EVALUATION,
    Example: Purpose.TRAINING,
    PreferencePair: Purpose.TRAINING,
}
COLUMNS = (
    "decision_id", "project_id", "subject_id", "status", "selected", "reason", "detail", "figure", "canonical_id",
    "fingerprint", "said", "near_said", "created_at",
)  # fmt: skip
OWN: dict[type[Derived], tuple[str, ...]] = {EvalCase: ("kind", "never_again"), Example: ("authored", "depth")}
Status = Derived.Status


@dataclass(slots=True)
class Touched:
    """The records whose standing is to be found. `fresh`: those that are new, or will be written anew, which only have to
    be compared with those that stand. `unwritten`: they and those that a filter stopped, with their own columns. `marks` and `saids`: the fingerprints, and the answers within clusters, of what stood before and
    was written anew or has gone: all of their records are looked at again.
    """

    fresh: dict[type[Derived], list[Row]] = field(default_factory=dict)
    unwritten: dict[type[Derived], list[tuple[Row, tuple[Any, ...]]]] = field(default_factory=dict)
    marks: set[bytes] = field(default_factory=set)
    saids: set[int] = field(default_factory=set)


def derive(decisions: Sequence[Decision | Decided], policy: CurationPolicy) -> Touched:
    """Find what these decisions become, for `duplicates.resolve` to compare and write.

    Rows that are no longer due go, so that a changed mind leaves nothing behind. A constant number of queries. Call in
    a transaction.
    """
    touched = Touched()
    if not decisions:
        return touched
    read = [one for one in decisions if isinstance(one, Decided)]
    rows = [*read, *decided.load([one.pk for one in decisions if isinstance(one, Decision)])]
    settings = FilterSettings.from_dict(policy.settings.get("filter", {}))
    labelled = [row for row in rows if row.expected is not None]
    depths = agent_depths(policy.project)
    candidates = {row.interaction: candidate(row, policy.project_id, depths) for row in labelled}
    findings = {key: first_that_counts(apply(made, settings)) for key, made in candidates.items()}
    passing = {
        row.interaction: None if row.reviewed and held(findings[row.interaction]) else findings[row.interaction]
        for row in labelled
    }
    waits = ReviewSettings.of(policy.settings).second_waits
    disputes = reviewtasks.disputed([row.interaction for row in labelled if not row.is_new], second_waits=waits)
    passing |= {key: found for key, found in disputes.items() if passing[key] is None or held(passing[key])}
    agreed = decided.agreements(labelled, policy.project)
    due = {
        model: [row for row in labelled if is_due(model, row) and covers(agreed[PURPOSE[model]], row)]
        for model in KINDS
    }
    kept = {row.interaction for some in due.values() for row in some}
    entered = clusters.enter(policy.project_id, [asked(row) for row in labelled if row.interaction in kept])
    rewritten = [row.interaction for row in rows if not row.is_new]
    for model, some in due.items():
        clear(model, rewritten, {row.interaction for row in some}, touched)
        standing = [beside(row, entered[row.interaction], passing[row.interaction]) for row in some]
        touched.fresh[model] = [row for row in standing if row.reason not in HOLD and row.status != Status.FILTERED]
        touched.unwritten[model] = [
            (row, own_columns(model, one, candidates[one.interaction])) for row, one in zip(standing, some, strict=True)
        ]
    asking = {
        key: found for key, found in passing.items() if found and key in kept and held(found) and key not in disputes
    }
    reviewtasks.hold(policy.project, rows, asking)
    return touched


def first_that_counts(findings: Sequence[Finding]) -> Finding | None:
    """The finding that decides: one that drops before one that only holds, so that nobody reviews what goes anyway."""
    return next((found for found in findings if found.code not in HOLD), findings[0] if findings else None)


def held(found: Finding | None) -> bool:
    """Whether a person is to look at what was found."""
    return found is not None and found.code in HOLD


def is_due(model: type[Derived], row: Decided) -> bool:
    """A pair needs an answer that was replaced; an eval case and an example come of every decided interaction."""
    return model is not PreferencePair or row.corrected


def covers(agreed: frozenset[int], row: Decided) -> bool:
    """Whether all whose words the record would hold agree."""
    return row.subject in agreed and (row.author is None or row.author in agreed)


def clear(model: type[Derived], rewritten: Sequence[int], due: set[int], touched: Touched) -> None:
    """Remove what was derived before and is due no more; note what stood, and will not stand as it did."""
    if not rewritten:
        return
    there = model.objects.filter(pk__in=rewritten)
    for mark, said in there.filter(status__in=HEADS).values_list("fingerprint", "near_said"):
        touched.marks.add(bytes(mark))
        touched.saids.add(said)
    there.exclude(pk__in=due).delete()


def beside(row: Decided, cluster: int, found: Finding | None) -> Row:
    """A record as it is compared with others, before it has been."""
    said = standings.digest(row.expected or "")
    return Row(
        key=row.interaction,
        subject=row.subject,
        mark=row.fingerprint,
        said=said,
        near_said=standings.near_digest(cluster, said),
        rank=standings.rank(
            row.interaction, reviewed=row.reviewed, corrected=row.corrected, occurred_at=row.occurred_at
        ),
        status=Status.ACTIVE if found is None else Status.HELD if held(found) else Status.FILTERED,
        reason=found.code if found else "",
        detail=found.detail if found else "",
        figure=found.figure if found else None,
        known=not row.is_new,
        is_fresh=True,
    )


def own_columns(model: type[Derived], row: Decided, made: Candidate) -> tuple[Any, ...]:
    """What a record of this kind has beside the columns of all."""
    if model is EvalCase:
        return "regression" if row.corrected else "golden", False
    return (made.authored, made.depth) if model is Example else ()


def write(model: type[Derived], project: Project, touched: Touched) -> None:
    """Write the rows of one kind, as they stand, in one go."""
    now = columns.stamp(timezone.now())
    made = [
        (row.key, project.pk, row.subject, str(row.status), False, row.reason, row.detail[:200], row.figure,
         row.canonical, row.mark, row.said, row.near_said, now, *own)
        for row, own in touched.unwritten.get(model, ())
    ]  # fmt: skip
    columns.upsert(model, (*COLUMNS, *OWN.get(model, ())), made, unchanged=("never_again",))


def agent_depths(project: Project) -> dict[tuple[str, str], int]:
    """How many generations of model output lie behind the answers of each agent version that was taught by us."""
    rows = AgentVersion.objects.filter(project=project, depth__gt=1)
    return {(name, version): depth for name, version, depth in rows.values_list("name", "version", "depth")}


def candidate(row: Decided, project: int, depths: Mapping[tuple[str, str], int]) -> Candidate:
    """The decision as the pure stages take it."""
    return Candidate(
        interaction=row.interaction,
        subject=row.subject,
        project=project,
        question=row.question,
        context=tuple((turn["role"], turn["content"]) for turn in row.context) if row.context else (),
        answer=row.answer,
        expected=row.expected or "",
        rejected=row.answer if row.corrected else None,
        sources_text=" ".join(item.get("text", "") for item in row.sources) if row.sources else "",
        tags=row.tags,
        language=row.language,
        agent_version=row.agent[1],
        authored="human" if row.corrected else "agent",
        depth=0 if row.corrected else depths.get(row.agent, 1),
        occurred_at=row.occurred_at,
        fingerprint=row.fingerprint,
        cluster=None,
        voters=row.voters,
    )


def asked(row: Decided) -> clusters.Asked:
    """The decision's question, on its way into its cluster."""
    return clusters.Asked(row.interaction, row.subject, row.question, row.context, row.fingerprint)
