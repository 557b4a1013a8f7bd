"""One review task as its page shows it, with everything that helps to judge it. A constant number of queries."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple

from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils import timezone

from curation.decisions.fragments import amended
from curation.decisions.reasons import REASONS, Reason
from curation.models import AuditItem, Decision, Question, ReviewTask, TaskState
from curation.review import double_review, holds, queues
from curation.review.opening import ASIDE, AUDIT
from curation.review.verdicts import barred, claim_of
from feedback.models import Signal
from privacy.models import Subject

EARLIER = 3
Resolution = ReviewTask.Resolution


@dataclass(frozen=True, slots=True)
class ShownSignal:
    """One person's signal, as a reviewer reads it."""

    kind: str
    label: str
    correction: str
    comment: str
    score: float | None
    at: Any
    stands: bool


class VerdictButton(NamedTuple):
    """A verdict button. One with a key is given at once; a correction is written first."""

    value: str
    words: str
    key: str


BUTTONS: dict[str, VerdictButton] = {
    one.value: one
    for one in (
        VerdictButton(Resolution.APPROVE, "Approve", "a"),
        VerdictButton(Resolution.CORRECT, "Correct", "c"),
        VerdictButton(Resolution.REJECT, "Reject", "r"),
        VerdictButton(Resolution.SENSITIVE, "Sensitive", "s"),
        VerdictButton(Resolution.UNSURE, "Unsure", "u"),
        VerdictButton(Resolution.USE, "Use as decided", "a"),
        VerdictButton(Resolution.AGENT, "Use the agent’s answer", "g"),
        VerdictButton(Resolution.NEVER, "Never use", "r"),
    )
}
WRITE = "Write another"


@dataclass(frozen=True, slots=True)
class Page:
    task: ReviewTask
    why: str
    priority: str
    said: tuple[ShownSignal, ...]
    earlier: tuple[Decision, ...]
    differ: tuple[ReviewTask, ...]
    left: str
    today: int
    last: ReviewTask | None
    blind: bool
    held: bool
    mine: bool
    barred: str
    is_hold: bool
    record: holds.Record | None
    verdicts: tuple[VerdictButton, ...]
    claim: str
    amended: str

    @property
    def is_open(self) -> bool:
        return self.task.state == TaskState.OPEN


def page(task: ReviewTask, user: User, queue: Any, *, blind: bool, last: ReviewTask | None) -> Page:
    """What the page shows of a task; if it is judged blind, nothing that others said."""
    now = timezone.now()
    is_open = task.state == TaskState.OPEN
    signals = list(Signal.objects.visible().filter(interaction=task.interaction_id).order_by("effective_at", "id"))
    # Second reviews, calibrations and whatever was drawn into the audit, even where something else opened the task, are
    # judged blind: what others said would bias them.
    is_drawn = task.reason == AUDIT or AuditItem.objects.filter(pk=task.interaction_id).exists()
    blind = blind or is_drawn or task.kind in ASIDE
    held = task.claimed_until is not None and task.claimed_until > now and task.claimed_by_id != user.pk
    is_hold = is_open and holds.is_hold(task)
    record = holds.record(task) if is_hold else None
    return Page(
        task=task,
        why=REASONS[AUDIT].sentence if is_drawn and is_open else words(task),
        priority="" if blind and is_open else queues.priority_words(row for row in signals if row.withdrawn_at is None),
        said=() if blind and is_open else tuple(map(said, signals)),
        earlier=tuple(earlier(task)),
        differ=tuple(double_review.verdicts_before(task)) if user.has_perm(double_review.ADJUDICATES) else (),
        left=queues.left(queue),
        today=ReviewTask.objects.filter(resolved_by=user, resolved_at__gte=now - timedelta(hours=12)).count(),
        last=last,
        blind=blind,
        held=held and is_open,
        mine=task.resolved_by_id == user.pk,
        barred=barred(task, user) if is_open else "",
        is_hold=is_hold,
        record=record,
        verdicts=verdict_buttons(task, record),
        claim=claim_of(task),
        amended="" if blind or not is_open else with_fragment(task, signals),
    )


def verdict_buttons(task: ReviewTask, record: holds.Record | None) -> tuple[VerdictButton, ...]:
    """The buttons of a task, in their order. A text written for a hold makes another record, not a correction."""
    found = [BUTTONS[one] for one in holds.verdicts(task, record)]
    if not holds.is_hold(task):
        return tuple(found)
    return tuple(one._replace(words=WRITE) if one.value == Resolution.CORRECT else one for one in found)


def with_fragment(task: ReviewTask, signals: list[Signal]) -> str:
    """The agent's answer with the fact of the newest correction in it, where the task is about a fragment; or nothing."""
    if task.reason != Reason.CORRECTION_IS_FRAGMENT:
        return ""
    said = [str(row.correction) for row in signals if row.withdrawn_at is None and row.correction]
    return (said and amended(str(task.interaction.answer), said[-1])) or ""


def words(task: ReviewTask) -> str:
    """Why a person is asked, in a sentence."""
    known = REASONS.get(task.reason)
    return task.detail or (known.sentence if known else task.reason.replace("_", " "))


def said(signal: Signal) -> ShownSignal:
    return ShownSignal(
        kind=signal.kind,
        label=signal.get_kind_display(),
        correction=str(signal.correction),
        comment=str(signal.comment),
        score=signal.score,
        at=signal.occurred_at,
        stands=signal.withdrawn_at is None,
    )


def earlier(task: ReviewTask) -> list[Decision]:
    """How the same question, or one near it, was decided before: the newest eval cases of its cluster.

    Two queries, each in the order of an index: for both at once, a planner reads every case of the project.
    """
    cluster = Question.objects.filter(pk=task.interaction_id).values("cluster")[:1]
    same = Decision.objects.filter(
        evalcase__project=task.project_id, evalcase__fingerprint=bytes(task.interaction.fingerprint)
    )
    near = Decision.objects.filter(
        interaction__asked__project=task.project_id,
        interaction__asked__cluster=Subquery(cluster),
        evalcase__isnull=False,
    )
    found = [*newest(same, "evalcase", task), *newest(near, "interaction__asked", task)]
    return sorted({row.pk: row for row in found}.values(), key=lambda row: -row.pk)[:EARLIER]


def newest(rows: QuerySet[Decision], order: str, task: ReviewTask) -> QuerySet[Decision]:
    """The newest few of these decisions, without the task's own and hidden ones."""
    hidden = Subject.objects.filter(pk=OuterRef("subject_id"), restricted_at__isnull=False)
    rows = rows.exclude(pk=task.interaction_id).filter(~Exists(hidden))
    return rows.select_related("interaction", "correction", "task").order_by(f"-{order}")[:EARLIER]
