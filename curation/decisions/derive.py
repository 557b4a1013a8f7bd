"""Makes records from a decision: an eval case, an example, a preference pair, each only with the person's consent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.utils import timezone

from curation.claims import statement_key
from curation.decisions.posterior import Verdict
from curation.decisions.reasons import REASONS, Reason
from curation.evidence import store
from curation.evidence.attached import own_salt
from curation.evidence.records import Candidate, Decided, Finding
from curation.filters.filters import HOLD, FilterSettings, apply
from curation.models import AgentVersion, CurationPolicy, Derived, EvalCase, Example, PreferencePair
from curation.models.derived import HEADS
from curation.questions import clusters, duplicate_status
from curation.questions.duplicate_status import Row
from feedback.models import Project
from privacy.db import bulk
from privacy.models import Purpose

KINDS: tuple[type[Derived], ...] = (EvalCase, Example, PreferencePair)
PURPOSE: dict[type[Derived], str] = {
    EvalCase: Purpose.EVALUATION,
    Example: Purpose.TRAINING,
    PreferencePair: Purpose.TRAINING,
}
COLUMNS = tuple(
    "decision_id project_id subject_id status selected reason detail figure canonical_id fingerprint said "
    "near_said created_at".split()
)
OWN: dict[type[Derived], tuple[str, ...]] = {EvalCase: ("kind", "never_again"), Example: ("authored", "depth")}
Status = Derived.Status


DEPENDS = Finding("filter", Reason.DEPENDS_ON_ASKER, REASONS[Reason.DEPENDS_ON_ASKER].sentence)


@dataclass(slots=True)
class AffectedRecords:
    """The records whose status must be found again. `fresh`: new or rewritten ones, which need only be compared with the
    stored ones. `unwritten`: these and those that a filter stopped, with their own columns. `marks` and `saids`: the
    fingerprints, and the answers within clusters, of records that were rewritten or removed: all records with them are
    looked at again.
    """

    fresh: dict[type[Derived], list[Row]] = field(default_factory=dict)
    unwritten: dict[type[Derived], list[tuple[Row, tuple[Any, ...]]]] = field(default_factory=dict)
    marks: set[bytes] = field(default_factory=set)
    saids: set[int] = field(default_factory=set)


class Weighed(NamedTuple):
    """A labelled decision with what is known of it alone, without any other record."""

    row: Decided
    made: Candidate
    found: Finding | None
    said: int
    replaced: int
    asked: clusters.ClusterQuestion


def weigh(rows: Sequence[Decided], policy: CurationPolicy) -> list[Decided | Weighed]:
    """Judge each of these decisions alone: filters, digest of its answer, keys of its question. One query, for what the
    agents were taught; those without a label come back as they are.
    """
    if all(row.expected is None for row in rows):
        return list(rows)
    settings = FilterSettings.from_dict(policy.settings.get("filter", {}))
    depths = agent_depths(policy.project)
    return [row if row.expected is None else alone(row, policy.project_id, depths, settings) for row in rows]


def alone(row: Decided, project: int, depths: Mapping[tuple[str, str], int], settings: FilterSettings) -> Weighed:
    """One labelled decision, judged alone. A reviewer's word passes what holds."""
    made = candidate(row, project, depths)

    def said(text: str) -> int:
        return statement_key(text, made.question, salt=own_salt(row.interaction, text, row.sources))

    return Weighed(
        row,
        made,
        first_that_counts(apply(made, settings), reviewed=row.reviewed),
        said(made.expected),
        said(made.rejected) if made.rejected is not None else 0,
        clusters.asked(project, row),
    )


def due(project: Project, labelled: Sequence[Weighed]) -> tuple[dict[type[Derived], list[Weighed]], list[Weighed]]:
    """Those of these decisions that become a record of each kind, by who agrees to what; and those that become any."""
    agreed = store.agreements([one.row for one in labelled], project)
    found = {
        model: [one for one in labelled if is_due(model, one.row) and covers(agreed[PURPOSE[model]], one.row)]
        for model in KINDS
    }
    keys = {one.row.interaction for some in found.values() for one in some}
    return found, [one for one in labelled if one.row.interaction in keys]


def compared(
    project: Project,
    rows: Sequence[Decided],
    due: Mapping[type[Derived], Sequence[Weighed]],
    found: Mapping[int, Finding | None],
) -> AffectedRecords:
    """The records that these decisions become, for `duplicates.resolve` to compare and write; those no longer due go."""
    touched = AffectedRecords()
    rewritten = [row.interaction for row in rows if not row.is_new]
    verdicts = store.claims_on(project, {one.row.fingerprint for some in due.values() for one in some})
    for model, some in due.items():
        clear(model, rewritten, {one.row.interaction for one in some}, touched)
        alone = [
            candidate_row(one, found[one.row.interaction], verdicts.get((one.row.fingerprint, one.said)), model)
            for one in some
        ]
        touched.fresh[model] = [row for row in alone if row.reason not in HOLD and row.status != Status.FILTERED]
        touched.unwritten[model] = [
            (row, own_columns(model, one.row, one.made)) for row, one in zip(alone, some, strict=True)
        ]
    return touched


def first_that_counts(findings: Sequence[Finding], *, reviewed: bool) -> Finding | None:
    """The finding that decides: one that drops before one that only holds, so that nobody reviews what goes anyway."""
    if reviewed:
        findings = [found for found in findings if not held(found)]
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


def clear(model: type[Derived], rewritten: Sequence[int], due: set[int], touched: AffectedRecords) -> None:
    """Remove what was derived before and is no longer due; note what was stored and changes."""
    if not rewritten:
        return
    there = model.objects.filter(pk__in=rewritten).values_list("pk", "status", "fingerprint", "near_said")
    gone = []
    for key, status, mark, said in there:
        if status in HEADS:
            touched.marks.add(bytes(mark))
            touched.saids.add(said)
        if key not in due:
            gone.append(key)
    if gone:
        model.objects.filter(pk__in=gone).delete()


def candidate_row(one: Weighed, found: Finding | None, verdict: str | None, model: type[Derived]) -> Row:
    """A record as it is compared with others, before it has been.

    A question is tested once, and taught once in each of its wordings; pairs with different rejected answers are different.
    """
    row = one.row
    if verdict == Verdict.DEPENDS and model is not EvalCase:
        found = found or DEPENDS
    mark = row.wording if model is Example else row.fingerprint
    said = one.said ^ one.replaced if model is PreferencePair else one.said
    return Row(
        key=row.interaction,
        subject=row.subject,
        mark=mark,
        said=said,
        near_said=duplicate_status.digest_of(mark, said),
        rank=duplicate_status.rank(
            row.interaction,
            reviewed=row.reviewed,
            is_best=verdict != Verdict.ACCEPTED,
            corrected=row.corrected,
            occurred_at=row.occurred_at,
        ),
        status=Status.ACTIVE if found is None else Status.HELD if held(found) else Status.FILTERED,
        reason=found.code if found else "",
        detail=found.detail if found else "",
        figure=found.figure if found else None,
        known=not row.is_new,
        is_fresh=True,
    )


def own_columns(model: type[Derived], row: Decided, made: Candidate) -> tuple[Any, ...]:
    """The columns that only this kind of record has."""
    if model is EvalCase:
        return kind_of(row).value, False
    return (made.authored, made.depth) if model is Example else ()


def kind_of(row: Decided) -> EvalCase.Kind:
    if row.is_sampled:
        return EvalCase.Kind.SAMPLED
    return EvalCase.Kind.REGRESSION if row.corrected else EvalCase.Kind.GOLDEN


def write(model: type[Derived], project: Project, touched: AffectedRecords) -> None:
    """Write the rows of one kind, as they stand, in one go."""
    now = bulk.stamp(timezone.now())
    made = [
        (row.key, project.pk, row.subject, str(row.status), False, row.reason, row.detail[:200], row.figure,
         row.canonical, row.mark, row.said, row.near_said, now, *own)
        for row, own in touched.unwritten.get(model, ())
    ]  # fmt: skip
    bulk.upsert(model, (*COLUMNS, *OWN.get(model, ())), made, unchanged=("never_again",))


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
        voters=row.voters,
        is_cut=row.is_cut and not row.corrected,
        has_media=row.has_media,
        steps_text=row.steps_text,
    )
