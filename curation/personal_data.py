"""This app's part in `privacy/erasure/erasure.py`: records derived from conversations go before the conversations
do.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Model, OuterRef, Q, QuerySet, Subquery

from curation.decisions.derive import KINDS, PURPOSE, AffectedRecords
from curation.decisions.reasons import REASONS
from curation.evidence import pooling
from curation.gate import runs as gate_runs
from curation.models import (
    AuditItem,
    CalibrationItem,
    CaseGrader,
    Dataset,
    Decision,
    Derived,
    GateResult,
    GateRun,
    Opinion,
    Question,
    Recall,
    Release,
    ReleaseMember,
    ReleaseQuote,
    ReleaseState,
    ReviewTask,
)
from curation.quality import audits
from curation.questions import clusters, duplicates
from curation.releases import copies, cutting
from curation.releases.copies import StoreFailed
from feedback import capture
from feedback.models import Interaction, Project, Signal
from privacy.db import isolation
from privacy.erasure.erasure import TURN, Part, meeting_any, purposes_gone, removed
from privacy.models import Purpose, Subject
from privacy.redaction import redact
from privacy.requests.lifecycle import Unfinished

MODELS = [
    "curation.ReviewTask",
    "curation.Opinion",
    "curation.Decision",
    "curation.EvalCase",
    "curation.Example",
    "curation.PreferencePair",
    "curation.Question",
    "curation.AuditItem",
    "curation.CalibrationItem",
    "curation.ReleaseMember",
    "curation.ReleaseQuote",
    "curation.GateResult",
    "curation.CaseGrader",
]
IMPERSONAL = [
    "curation.CurationPolicy",
    "curation.Claim",
    "curation.SourceText",
    "curation.Run",
    "curation.AuditFrame",
    "curation.AuditDay",
    "curation.ReviewEvent",
    "curation.BulkDecision",
    "curation.BulkItem",
    "curation.Dataset",
    "curation.Period",
    "curation.Release",
    "curation.Recall",
    "curation.AgentVersion",
    "curation.GateRun",
]
GROWING = ["curation.Claim", "curation.SourceText", "curation.ReviewEvent", "curation.BulkItem"]
OPERATOR_TEXT = ["curation.Dataset.system_prompt", "curation.BulkDecision.note"]
CHAIN = 20  # length of a chain of pointers; beyond that, curation reads the questions again


def words_of(subject: Subject) -> QuerySet[Decision]:
    """The decisions on the person's questions, and those with a correction that they wrote."""
    return meeting_any(Decision.objects.all(), Q(subject=subject), Q(correction__subject=subject))


EXPORTED: dict[str, tuple[type[Model], dict[str, str]]] = {
    "review_tasks": (
        ReviewTask,
        {"reason": "reason", "state": "state", "correction": "correction", "note": "note", "tags": "tags"},
    ),
    "gate_results": (
        GateResult,
        {"answer": "answer", "steps": "steps", "passed": "passed", "judged": "judged", "attempts": "attempts"},
    ),
    "audit_items": (AuditItem, {"drawn_at": "drawn_at"}),
    "calibration_items": (CalibrationItem, {"marked_at": "marked_at"}),
    "opinions": (Opinion, {"stance": "stance", "at": "at"}),
    "questions": (Question, {}),
}
"""For each kind of row, the attributes that its person gets besides the conversation, under their external names."""


def export(subject: Subject) -> dict[str, list[dict[str, Any]]]:
    """The records derived from the person's words."""
    decisions = words_of(subject).select_related("interaction", "correction", "task")
    found = {"decisions": exported(decisions, {"outcome": "outcome", "why": "detail", "at": "decided_at"})}
    for kind, (model, fields) in EXPORTED.items():
        found[kind] = exported(model._default_manager.filter(subject=subject).select_related("interaction"), fields)
    mine = Q(subject=subject) | Q(author=subject)
    quotes = ReleaseQuote.objects.filter(mine).select_related("release__dataset", "interaction")
    found["release_quotes"] = exported(quotes, {"release": "release", "as": "kind"})
    found["releases"] = exported(
        members(subject).select_related("release__dataset", "interaction"), {"release": "release"}
    )
    for derived in KINDS:
        rows = derived.objects.filter(decision__in=words_of(subject).values("pk"))
        found[kind_name(derived)] = [
            {"interaction": row.decision.interaction.external_id, "status": row.status, "why": row.detail}
            for row in rows.select_related("decision__interaction").order_by("pk")
        ]
    return found


def exported(rows: QuerySet[Any], fields: Mapping[str, str]) -> list[dict[str, Any]]:
    """These rows as their person reads them."""
    return [
        {
            "interaction": row.interaction.external_id,
            **{name: readable(row, field) for name, field in fields.items()},
            **about(row),
        }
        for row in rows.order_by("pk")
    ]


def about(row: Any) -> dict[str, str]:
    """What kind of reason a row has, for a page that puts it into the reader's language."""
    reason = getattr(row, "reason", "")
    return {"about": REASONS[reason].kind.value} if reason in REASONS else {}


def readable(row: Model, field: str) -> Any:
    """An attribute of a row; a release by its name."""
    value = getattr(row, field)
    return str(value) if isinstance(value, Release) else value


def kind_name(model: type[Any]) -> str:
    return str(model._meta.verbose_name_plural).replace(" ", "_")


def members(subject: Subject) -> Any:
    return ReleaseMember.objects.filter(Q(subject=subject) | Q(author=subject))


def erase(subject: Subject, purpose: str | None = None) -> Iterator[dict[str, int]]:
    """Remove the records of revoked purposes, and mark the releases that must be cut again."""
    gone = purposes_gone(purpose)
    mine = Q(subject=subject)
    corrected = Q(correction__subject=subject)
    for whose in (mine, Q(author=subject)):
        members = ReleaseMember.objects.filter(whose)
        yield {"releases_to_recut": mark_stale(members)}
        yield from leave_releases(members, gone)
        if Purpose.EVALUATION in gone:
            quoted = ReleaseQuote.objects.filter(whose)
            yield {"releases_to_recut": mark_stale(quoted)}
            yield from removed("release_quotes", quoted)
    if Purpose.EVALUATION in gone:
        yield from removed("release_quotes", ReleaseQuote.objects.filter(case__subject=subject))
    kinds = [model for model in KINDS if PURPOSE[model] in gone]
    # Duplicates first: removing them needs no comparison, and leaves few records to compare.
    for repeats in (True, False):
        for model in kinds:
            for whose in (Q(decision__subject=subject), Q(decision__correction__subject=subject)):
                yield from remove_derived(model, whose, repeats=repeats)
    if Purpose.EVALUATION in gone:
        # A candidate's answer may repeat its case's correction.
        for whose in (mine, Q(interaction__decision__correction__subject=subject)):
            yield from removed("gate_results", GateResult.objects.filter(whose))
            yield from removed("case_graders", CaseGrader.objects.filter(whose))
    if Purpose.CAPTURE in gone:
        asked = Question.objects.filter(mine)
        while keys := list(asked.values_list("pk", flat=True)[:TURN]):
            yield {"questions": clusters.remove(keys)}
        for whose in (mine, Q(interaction__subject=subject)):
            yield from forget_opinions(Opinion.objects.filter(whose))
        yield from removed("audit_items", AuditItem.objects.filter(mine))
        while keys := list(Decision.objects.filter(corrected).values_list("pk", flat=True)[:TURN]):
            capture.mark_pending(keys)
            yield {"decisions": Decision.objects.filter(pk__in=keys).delete()[0]}
        yield from removed("decisions", Decision.objects.filter(mine))
        yield from removed("calibration_items", CalibrationItem.objects.filter(mine))
        yield from removed("review_tasks", ReviewTask.objects.filter(mine))


def forget_opinions(rows: QuerySet[Opinion]) -> Iterator[dict[str, int]]:
    """Remove opinions on answers, and let curation count again what is left for their questions."""
    while found := list(rows.values_list("pk", "project", "question")[:TURN]):
        Opinion.objects.filter(pk__in=[pk for pk, *_ in found]).delete()
        for project, question in {(project, bytes(question)) for _, project, question in found}:
            pooling.count_again(project, question)
        yield {"opinions": len(found)}


def remove_derived(model: type[Derived], whose: Q, *, repeats: bool) -> Iterator[dict[str, int]]:
    """Remove records, duplicates first, and restore others on their questions that may now be used."""
    repeated = Q(status=Derived.Status.DUPLICATE, canonical__isnull=False)
    rows = model.objects.filter(whose, repeated if repeats else ~repeated)
    while found := list(rows.values_list("pk", "project", "fingerprint", "near_said")[:TURN]):
        keys = [pk for pk, *_ in found]
        touched: defaultdict[int, AffectedRecords] = defaultdict(AffectedRecords)
        if repeats:
            point_past(model, keys)
        else:
            for _, project, fingerprint, said in found:
                touched[project].marks.add(bytes(fingerprint))
                touched[project].saids.add(said)
        model.objects.filter(pk__in=keys).delete()
        for project, gone_from in touched.items():
            duplicates.resolve(Project(pk=project), gone_from)
        yield {kind_name(model): len(found)}


def point_past(model: type[Derived], keys: list[int]) -> None:
    """Redirect pointers at these records, which are removed, to what those records point at."""
    onward = model.objects.filter(pk=OuterRef("canonical")).values("canonical")[:1]
    pointing = model.objects.filter(canonical__in=keys, canonical__canonical__isnull=False)
    for _ in range(CHAIN):
        if not pointing.update(canonical=Subquery(onward)):
            return


def mark_stale(members: QuerySet[Any]) -> int:
    """Mark published releases with these members, or quotes, stale, and those being cut disturbed; returns how many went stale."""
    hit = Release.objects.filter(pk__in=members.values("release"))
    hit.filter(state=ReleaseState.CUTTING).update(disturbed=True)
    return hit.filter(state=ReleaseState.PUBLISHED).update(state=ReleaseState.STALE)


def leave_releases(members: QuerySet[ReleaseMember], gone: frozenset[str]) -> Iterator[dict[str, int]]:
    served = Q()
    for purpose in gone & {Purpose.EVALUATION, Purpose.TRAINING}:
        served |= Q(**{str(purpose): True})
    rows = members if Purpose.CAPTURE in gone else members.filter(served)
    while found := list(rows.values_list("pk", "release", "interaction__external_id")[:TURN]):
        some = ReleaseMember.objects.filter(pk__in=[pk for pk, *_ in found])
        if Purpose.EVALUATION in gone:
            runs = GateRun.objects.filter(release__in={release for _, release, _ in found})
            gate_runs.forget(runs, [name for *_, name in found])
        some.update(**{str(purpose): False for purpose in gone & {Purpose.EVALUATION, Purpose.TRAINING}})
        some.filter(evaluation=False, training=False).delete()
        yield {"release_memberships": len(found)}


def affected(subject: Subject) -> list[str]:
    quoted = ReleaseQuote.objects.filter(Q(subject=subject) | Q(author=subject))
    held = Q(pk__in=members(subject).values("release")) | Q(pk__in=quoted.values("release"))
    rows = Release.objects.filter(held, state=ReleaseState.PUBLISHED)
    return [str(row) for row in rows.select_related("dataset").order_by("pk")]


def recalls(releases: list[str]) -> list[dict[str, str]]:
    """The replacements of these releases by name; one that has not been recut yet is missing.

    Raises `Unfinished` while the bucket may still hold a copy.
    """
    rows = Recall.objects.filter(release__state=ReleaseState.SUPERSEDED).select_related(
        "release__dataset", "replaced_by"
    )
    datasets = Dataset.objects.filter(name__in={name.split()[0] for name in releases})
    names = {str(row.release): row for row in rows.filter(release__dataset__in=datasets)}
    try:
        for dataset in datasets:
            copies.sync(dataset)
    except (copies.CopyInProgress, StoreFailed) as error:
        raise Unfinished(f"the copies in the bucket are still to be replaced ({error})") from error
    return [
        {"release": name, "replaced_by": by.version, "recall": str(names[name].pk)}
        for name in releases
        if name in names and (by := names[name].replaced_by)
    ]


def rows_behind(files: list[Path]) -> list[QuerySet[Any]]:
    """The conversations in those of the files that were released, with their feedback and review tasks."""
    home = Path(settings.RELEASES)
    named = {file.relative_to(home).parts[:2] for file in files if file.is_relative_to(home)}
    rows = Release.objects.filter(dataset__name__in={name for name, *_ in named}).select_related("dataset")
    releases = [row.pk for row in rows if (row.dataset.name, row.version) in named]
    kinds: list[type[Any]] = [ReleaseMember, ReleaseQuote]
    held = [kind.objects.filter(release__in=releases).values("interaction") for kind in kinds]
    return [
        *(Interaction.objects.filter(pk__in=keys) for keys in held),
        *(Signal.objects.filter(interaction__in=keys) for keys in held),
        *(ReviewTask.objects.filter(interaction__in=keys) for keys in held),
    ]


def holding(tombstones: set[str]) -> list[Subject]:
    """Nothing here has an external id of its own."""
    return []


def reconsider(subject: Subject) -> None:
    """Nothing here: curation looks again because the interactions are pending."""


def expire(before: datetime) -> Iterator[Part]:
    """Delete decisions without records, and their tasks, on interactions past their project's retention; also
    reviewers' notes and answers of gate runs that cannot become a baseline.
    """
    yield Part("decisions", lambda: iter([{"decisions": 0, "review_tasks": 0, "review_notes": 0, "gate_results": 0}]))
    for project in Project.objects.all():
        yield Part(f"decisions of project {project.pk}", partial(expire_in, project, before))


def expire_in(project: Project, before: datetime) -> Iterator[dict[str, int]]:
    limit = before - timedelta(days=project.keep_days)
    yield from leftovers(project, limit)
    old = Decision.objects.filter(
        project=project,
        interaction__received_at__lt=limit,
        evalcase__isnull=True,
        example__isnull=True,
        preferencepair__isnull=True,
        interaction__memberships__isnull=True,
        interaction__quotes__isnull=True,
        interaction__gate_results__isnull=True,
    )
    drawn = AuditItem.objects.filter(project=project, interaction__received_at__lt=limit)
    undecided = drawn.filter(interaction__decision__isnull=True)
    for rows in (old, undecided):
        while keys := list(rows.values_list("pk", flat=True)[:TURN]):
            yield forget_undecided(keys)


def forget_undecided(interactions: list[int]) -> dict[str, int]:
    """Remove the decisions on these interactions, and their review tasks."""
    tasks = ReviewTask.objects.filter(interaction__in=interactions)
    clusters.remove(interactions)
    Opinion.objects.filter(interaction__in=interactions).delete()
    decisions = Decision.objects.filter(pk__in=interactions).delete()[0]
    CalibrationItem.objects.filter(task__in=tasks).delete()
    counts = {"decisions": decisions, "review_tasks": tasks.delete()[0]}
    expired = AuditItem.objects.filter(pk__in=interactions)
    audits.forget(expired)
    expired.delete()
    CaseGrader.objects.filter(interaction__in=interactions).delete()
    return counts


def leftovers(project: Project, limit: datetime) -> Iterator[dict[str, int]]:
    """Remove texts that are no longer needed from rows that stay: notes of reviews, answers of runs that cannot be a
    baseline.
    """
    noted = ReviewTask.objects.filter(project=project, resolved_at__lt=limit).exclude(note="")
    while keys := list(noted.values_list("pk", flat=True)[:TURN]):
        yield {"review_notes": ReviewTask.objects.filter(pk__in=keys).update(note=redact(""))}
    yield from removed("gate_results", gate_runs.outdated(project, limit))


def settle() -> None:
    """Cut stale releases again and delete the old files. Raises `Unfinished` if files of a release may remain."""
    cutting.recut_stale()
    if failing := isolation.failing(cutting.RECUT):
        raise Unfinished(failing[0])
