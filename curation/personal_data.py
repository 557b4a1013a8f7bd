"""This app's part of the road in `privacy/erasure.py`: what is made of conversations goes before they do."""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from curation import clusters, copies, duplicates, gateruns, releases
from curation.buckets import StoreFailed
from curation.derive import KINDS, PURPOSE, Touched
from curation.models import (
    AuditItem,
    CalibrationItem,
    CaseGrader,
    Dataset,
    Decision,
    GateResult,
    GateRun,
    Question,
    Recall,
    Release,
    ReleaseMember,
    ReviewTask,
)
from feedback import capture
from feedback.models import Interaction, Project
from privacy.erasure import meeting_any, purposes_gone
from privacy.models import Purpose, Subject
from privacy.redaction import redact
from privacy.requests import Unfinished

MODELS = [
    "curation.ReviewTask",
    "curation.Decision",
    "curation.EvalCase",
    "curation.Example",
    "curation.PreferencePair",
    "curation.Question",
    "curation.AuditItem",
    "curation.CalibrationItem",
    "curation.ReleaseMember",
    "curation.GateResult",
    "curation.CaseGrader",
]
IMPERSONAL = [
    "curation.CurationPolicy",
    "curation.Run",
    "curation.AuditFrame",
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
OPERATOR_TEXT = ["curation.Dataset.system_prompt", "curation.BulkDecision.note"]
State = Release.State


def words_of(subject: Subject) -> QuerySet[Decision]:
    """The decisions on what the person asked, and those whose right answer they wrote."""
    return meeting_any(Decision.objects.all(), Q(subject=subject), Q(correction__subject=subject))


def export(subject: Subject) -> dict[str, list[dict[str, Any]]]:
    """What was made of the person's words."""
    decisions = words_of(subject).select_related("interaction", "correction", "task")
    found: dict[str, list[dict[str, Any]]] = {
        "decisions": [
            {
                "interaction": row.interaction.external_id,
                "outcome": row.outcome,
                "why": row.detail,
                "at": row.decided_at,
            }
            for row in decisions.order_by("pk")
        ],
        "review_tasks": [
            {
                "interaction": row.interaction.external_id,
                "reason": row.reason,
                "state": row.state,
                "correction": row.correction,
                "note": row.note,
            }
            for row in ReviewTask.objects.filter(subject=subject).select_related("interaction").order_by("pk")
        ],
        "gate_results": [
            {
                "interaction": row.interaction.external_id,
                "answer": row.answer,
                "passed": row.passed,
                "judged": row.judged,
                "attempts": row.attempts,
            }
            for row in GateResult.objects.filter(subject=subject).select_related("interaction").order_by("pk")
        ],
        "audit_items": [
            {"interaction": row.interaction.external_id, "drawn_at": row.drawn_at}
            for row in AuditItem.objects.filter(subject=subject).select_related("interaction").order_by("pk")
        ],
        "calibration_items": [
            {"interaction": row.interaction.external_id, "marked_at": row.marked_at}
            for row in CalibrationItem.objects.filter(subject=subject).select_related("interaction").order_by("pk")
        ],
        "questions": [
            {"interaction": row.interaction.external_id}
            for row in Question.objects.filter(subject=subject).select_related("interaction").order_by("pk")
        ],
        "releases": [
            {"release": str(row.release), "interaction": row.interaction.external_id}
            for row in members(subject).select_related("release__dataset", "interaction").order_by("pk")
        ],
    }
    for model in KINDS:
        rows = model.objects.filter(decision__in=words_of(subject).values("pk")).select_related("decision__interaction")
        found[kind_name(model)] = [
            {"interaction": row.decision.interaction.external_id, "status": row.status, "why": row.detail}
            for row in rows.order_by("pk")
        ]
    return found


def kind_name(model: type[Any]) -> str:
    """The plural by which receipts and exports name a kind of record."""
    return str(model._meta.verbose_name_plural).replace(" ", "_")


def members(subject: Subject) -> Any:
    """The places of the person's words in releases."""
    return ReleaseMember.objects.filter(Q(subject=subject) | Q(author=subject))


def cases_of(subject: Subject) -> tuple[QuerySet[GateRun], list[str]]:
    """The gate runs that may name what the person asked, and how they name it. Read before it leaves its releases."""
    asked = list(Interaction.objects.filter(subject=subject).values_list("external_id", flat=True))
    held = list(ReleaseMember.objects.filter(subject=subject).values_list("release", flat=True).distinct())
    return GateRun.objects.filter(release__in=held), asked


def erase(subject: Subject, purpose: str | None = None) -> dict[str, int]:
    """Remove what serves the purposes that are gone, and mark the releases that must be cut again."""
    gone = purposes_gone(purpose)
    cases = cases_of(subject)
    counts = leave_releases(subject, gone)
    touched: defaultdict[int, Touched] = defaultdict(Touched)
    for model in KINDS:
        if PURPOSE[model] in gone:
            rows = model.objects.filter(decision__in=words_of(subject).values("pk"))
            found = list(rows.values_list("pk", "project", "fingerprint", "near_said"))
            for _, project, fingerprint, said in found:
                touched[project].marks.add(bytes(fingerprint))
                touched[project].saids.add(said)
            counts[kind_name(model)] = len(found)
            model.objects.filter(pk__in=[pk for pk, *_ in found]).delete()
    if Purpose.EVALUATION in gone:
        # What a candidate says of a case may repeat the correction in it, whoever asked.
        about = Q(subject=subject), Q(interaction__decision__correction__subject=subject)
        gateruns.forget(*cases)
        counts["gate_results"] = meeting_any(GateResult.objects.all(), *about).delete()[0]
        meeting_any(CaseGrader.objects.all(), *about).delete()
    if Purpose.CAPTURE in gone:
        asked = Question.objects.filter(subject=subject)
        counts["questions"] = clusters.remove(list(asked.values_list("pk", flat=True)))
        counts["audit_items"] = AuditItem.objects.filter(subject=subject).delete()[0]
        written = list(Decision.objects.filter(correction__subject=subject).values_list("pk", flat=True))
        counts["decisions"] = words_of(subject).delete()[0]
        counts["calibration_items"] = CalibrationItem.objects.filter(subject=subject).delete()[0]
        counts["review_tasks"] = ReviewTask.objects.filter(subject=subject).delete()[0]
        capture.touch(written)
    for project, gone_from in touched.items():
        duplicates.resolve(Project(pk=project), gone_from)
    return counts


def leave_releases(subject: Subject, gone: frozenset[str]) -> dict[str, int]:
    """Take the person out of every release; one that is published goes stale, one being cut is begun anew."""
    rows = members(subject)
    affected = list(rows.values_list("release", flat=True).distinct())
    releases_hit = Release.objects.filter(pk__in=affected)
    releases_hit.filter(state=State.CUTTING).update(disturbed=True)
    stale = releases_hit.filter(state=State.PUBLISHED).update(state=State.STALE)
    for purpose in gone & {Purpose.EVALUATION, Purpose.TRAINING}:
        rows.update(**{str(purpose): False})
    removed = rows.filter(evaluation=False, training=False).delete()[0]
    return {"release_memberships": removed, "releases_to_recut": stale}


def affected(subject: Subject) -> list[str]:
    """The published releases that hold the person's words."""
    rows = Release.objects.filter(state=State.PUBLISHED, pk__in=members(subject).values("release"))
    return [str(row) for row in rows.select_related("dataset").order_by("pk")]


def recalls(releases: list[str]) -> list[dict[str, str]]:
    """What replaced these releases, by name; one that has not been cut again yet is missing. Raises `Unfinished`
    while a copy of one may still be in the bucket."""
    rows = Recall.objects.filter(release__state=State.SUPERSEDED).select_related("release__dataset", "replaced_by")
    datasets = Dataset.objects.filter(name__in={name.split()[0] for name in releases})
    names = {str(row.release): row for row in rows.filter(release__dataset__in=datasets)}
    try:
        for dataset in datasets:
            copies.follow(dataset)
    except (copies.Busy, StoreFailed) as error:
        raise Unfinished(f"the copies in the bucket still have to follow ({error})") from error
    return [
        {"release": name, "replaced_by": by.version, "recall": str(names[name].pk)}
        for name in releases
        if name in names and (by := names[name].replaced_by)
    ]


def holding(tombstones: set[str]) -> list[Subject]:
    """Nothing here has an id of its own outside."""
    return []


def reconsider(subject: Subject) -> None:
    """Nothing here: curation looks again because the interactions are pending."""


def expire(before: datetime) -> dict[str, int]:
    """Decisions that became nothing, on interactions older than their project keeps them; their tasks too. As old:
    what reviewers noted, and what candidates answered in runs that no later one is compared with."""
    counts = {"decisions": 0, "review_tasks": 0, "review_notes": 0, "gate_results": 0}
    for project in Project.objects.all():
        limit = before - timedelta(days=project.keep_days)
        for kind, number in leftovers(project, limit).items():
            counts[kind] += number
        old = Decision.objects.filter(
            project=project,
            interaction__received_at__lt=limit,
            evalcase__isnull=True,
            example__isnull=True,
            preferencepair__isnull=True,
            interaction__memberships__isnull=True,
            interaction__gate_results__isnull=True,
        )
        keys = list(old.values_list("pk", flat=True))
        drawn = AuditItem.objects.filter(project=project, interaction__received_at__lt=limit)
        undecided = drawn.filter(interaction__decision__isnull=True).values("pk")
        tasks = ReviewTask.objects.filter(Q(interaction__in=keys) | Q(interaction__in=undecided))
        clusters.remove(keys)
        counts["decisions"] += Decision.objects.filter(pk__in=keys).delete()[0]
        CalibrationItem.objects.filter(task__in=tasks).delete()
        counts["review_tasks"] += tasks.delete()[0]
        drawn.filter(Q(pk__in=keys) | Q(interaction__decision__isnull=True)).delete()
        CaseGrader.objects.filter(interaction__in=keys).delete()
    return counts


def leftovers(project: Project, limit: datetime) -> dict[str, int]:
    """Of what stays in use, the words that no longer serve: notes of reviews, answers of runs that are no measure."""
    noted = ReviewTask.objects.filter(project=project, resolved_at__lt=limit).exclude(note="")
    answered = gateruns.outdated(project, limit)
    return {"review_notes": noted.update(note=redact("")), "gate_results": answered.delete()[0]}


def settle() -> None:
    """Cut stale releases again; the old files go."""
    releases.recut_stale()
