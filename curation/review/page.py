"""One review task as its page shows it, with everything that helps to judge it. A constant number of queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from curation.decisions import reasons
from curation.decisions.fragments import amended
from curation.decisions.reasons import REASONS, Reason
from curation.decisions.rules import LABELLED
from curation.evidence.summaries import AnswerSummary, evidence
from curation.models import Decision, EvalCase, Question, ReviewTask, TaskState
from curation.policies import versions
from curation.questions import clusters
from curation.review import deciding, double_review, holds, queues
from curation.review.opening import ASIDE, AUDIT
from curation.review.verdicts import barred, claim_of
from feedback.models import Interaction, Signal
from privacy.models import Subject

EARLIER, NEAR = 3, 3
RECENT = 8
PAUSE = timedelta(minutes=30)  # a longer pause ends a sitting
DAY = timedelta(hours=12)
COUNTED = 500
SHOWN = 100  # signals; the rest are a list of their own
Resolution = ReviewTask.Resolution


@dataclass(frozen=True, slots=True)
class ShownSignal:
    """One person's signal, as shown to a reviewer."""

    kind: str
    label: str
    correction: str
    comment: str
    score: float | None
    at: Any
    counts: bool
    step: Mapping[str, Any]


class VerdictButton(NamedTuple):
    """A verdict button. One with a key decides at once; a correction has to be written first."""

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


class Start(NamedTuple):
    """A text from which a reviewer can begin a correction."""

    words: str
    text: str


class Sitting(NamedTuple):
    """What a reviewer has decided today without a long pause; `pace` is in seconds per task, 0 if unknown."""

    today: int
    done: int
    pace: int


@dataclass(frozen=True, slots=True)
class Page:
    task: ReviewTask
    why: str
    priority: str
    said: tuple[ShownSignal, ...]
    unshown: int  # older signals
    earlier: tuple[Decision, ...]
    near: tuple[Question, ...]
    tags: tuple[str, ...]
    differ: tuple[ReviewTask, ...]
    queued: int
    sitting: Sitting
    recent: tuple[ReviewTask, ...]
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
    starts: tuple[Start, ...]
    closed: str
    evidence: AnswerSummary | None

    @property
    def is_open(self) -> bool:
        return self.task.state == TaskState.OPEN

    @property
    def left(self) -> str:
        return queues.left_words(self.queued)

    @property
    def whole(self) -> int:
        """What this session has done and what is left: the whole of its progress bar."""
        return self.sitting.done + self.queued


def page(task: ReviewTask, user: User, queue: Any, *, blind: bool, recent: Sequence[ReviewTask]) -> Page:
    """What the page shows about a task; if it is judged blind, nothing that others said. `recent` is what the reviewer
    decided last, newest first.
    """
    now = timezone.now()
    is_open = task.state == TaskState.OPEN
    policy = versions.current(task.project) if is_open else None
    signals = list(Signal.objects.visible().filter(interaction=task.interaction_id).order_by("effective_at", "id"))
    # Second reviews, calibrations and everything drawn into the audit, even if something else opened the task, are
    # judged blind: what others said would bias them.
    is_drawn = task.reason == AUDIT or hasattr(task.interaction, "audit")
    blind = blind or is_drawn or task.kind in ASIDE
    held = task.claimed_until is not None and task.claimed_until > now and task.claimed_by_id != user.pk
    is_hold = is_open and holds.is_hold(task)
    record = holds.record(task, policy) if is_hold and policy else None
    heard = () if blind and is_open else tuple(map(said, signals))
    is_summed = task.reason in REASONS and REASONS[task.reason].kind == reasons.Kind.VOTES and not (blind and is_open)
    cluster = clusters.cluster_of(task.interaction)
    before = tuple(earlier(task, cluster))
    amended = "" if blind or not is_open else with_fragment(task, signals)
    return Page(
        task=task,
        why=REASONS[AUDIT].sentence if is_drawn and is_open else words(task),
        priority=queues.priority_words(row for row in signals if row.withdrawn_at is None) if is_summed else "",
        said=heard[-SHOWN:],
        unshown=max(0, len(heard) - SHOWN),
        earlier=before,
        near=tuple(near(task, cluster, before)),
        tags=tuple(deciding.known_tags(policy)) if policy else tuple(task.tags),
        differ=tuple(double_review.verdicts_before(task)) if user.has_perm(double_review.ADJUDICATES) else (),
        queued=queues.left(queue),
        sitting=sitting(user, now),
        recent=tuple(recent),
        last=recent[0] if recent else None,
        blind=blind,
        held=held and is_open,
        mine=task.resolved_by_id == user.pk,
        barred=barred(task, user) if is_open else "",
        is_hold=is_hold,
        record=record,
        verdicts=verdict_buttons(task, record),
        claim=claim_of(task),
        amended=amended,
        starts=starts(task, heard, amended),
        closed="" if is_open else closed_words(task),
        evidence=None if blind and is_open else evidence(task.project, task.interaction_id),
    )


def starts(task: ReviewTask, heard: Sequence[ShownSignal], amended: str) -> tuple[Start, ...]:
    """The texts that a correction can start from: what people wrote, as far as the reviewer may see it, and an empty
    one.
    """
    written = [one.correction for one in heard if one.counts and one.correction]
    found = [
        Start("the answer", str(task.interaction.answer)),
        *([Start("the answer with their fact", amended)] if amended else []),
        *(Start("the person’s correction", text) for text in dict.fromkeys(reversed(written))),
    ]
    return (*found[:4], Start("nothing", ""))


def sitting(user: User, now: datetime) -> Sitting:
    """A reviewer's progress, from the times of their decisions: one query, however many there are."""
    rows = ReviewTask.objects.filter(resolved_by=user, resolved_at__gte=now - DAY).order_by("-resolved_at")
    times = [at for at in rows.values_list("resolved_at", flat=True)[:COUNTED] if at is not None]
    done = next(
        (place for place, at in enumerate(times) if (times[place - 1] if place else now) - at > PAUSE), len(times)
    )
    pace = (times[0] - times[done - 1]).total_seconds() / (done - 1) if done > 1 else 0
    return Sitting(len(times), done, round(pace))


def recently_decided(tasks: QuerySet[ReviewTask], user: User) -> list[ReviewTask]:
    """What this reviewer decided last, newest first, among these tasks; empty if the newest is not among them."""
    mine = ReviewTask.objects.filter(resolved_by=user, state=TaskState.RESOLVED).select_related("interaction")
    mine = mine.only("state", "resolution", "resolved_at", "interaction__question")
    found = list(mine.annotate(seen=Exists(tasks.filter(pk=OuterRef("pk")))).order_by("-resolved_at")[:RECENT])
    return [row for row in found if row.seen] if found and found[0].seen else []


def closed_words(task: ReviewTask) -> str:
    """Why a task no longer needs a verdict."""
    if task.state == TaskState.RESOLVED:
        return f"{task.resolved_by or 'Somebody'} has decided it: {task.get_resolution_display().lower()}."
    row = Decision.objects.filter(pk=task.interaction_id).first()
    if row is None or row.outcome not in LABELLED:
        return "Closed automatically: it is no longer needed."
    return f"Closed automatically, because it was decided without a reviewer: {row.detail}"


def verdict_buttons(task: ReviewTask, record: holds.Record | None) -> tuple[VerdictButton, ...]:
    """A task's buttons, in order. A text written for a hold makes a different record, not a correction."""
    found = [BUTTONS[one] for one in holds.verdicts(task, record)]
    if not holds.is_hold(task):
        return tuple(found)
    return tuple(one._replace(words=WRITE) if one.value == Resolution.CORRECT else one for one in found)


def with_fragment(task: ReviewTask, signals: list[Signal]) -> str:
    """The agent's answer with the fact from the newest correction in it, if the task is about a fragment; else empty."""
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
        counts=signal.withdrawn_at is None,
        step=signal.step,
    )


def earlier(task: ReviewTask, cluster: int | None) -> list[Decision]:
    """How the same or a near question was decided before: the newest eval cases of its cluster."""
    hidden = Subject.objects.filter(pk=OuterRef("subject_id"), restricted_at__isnull=False)
    cases = EvalCase.objects.filter(~Exists(hidden), project=task.project_id).exclude(pk=task.interaction_id)
    same = cases.filter(fingerprint=question_of(task.interaction))
    # By an expression: in order of the key, SQLite would walk through all cases of the project for the few of a question.
    keys = set(same.order_by(-Coalesce("pk", 0)).values_list("pk", flat=True)[:EARLIER])
    if cluster is not None:
        asked = Question.objects.filter(project=task.project_id, cluster=cluster)
        near = asked.filter(Exists(cases.filter(pk=OuterRef("pk")))).order_by("-pk")
        keys |= set(near.values_list("pk", flat=True)[:EARLIER])
    rows = Decision.objects.filter(pk__in=keys).select_related("interaction", "correction", "task")
    return list(rows.order_by("-pk")[:EARLIER])


def question_of(row: Interaction) -> bytes:
    """The key of an interaction's question, by which its eval case is found."""
    decision = getattr(row, "decision", None)
    return bytes(decision.question if decision is not None and decision.question else row.fingerprint)


def near(task: ReviewTask, cluster: int | None, shown: Sequence[Decision]) -> list[Question]:
    """The newest conversations that count as asking the same, without those whose decision the page shows anyway. Their
    outcomes are not read: a second reviewer must not see them.
    """
    if cluster is None:
        return []
    hidden = Subject.objects.filter(pk=OuterRef("interaction__subject_id"), restricted_at__isnull=False)
    rows = Question.objects.filter(project=task.project_id, cluster=cluster).filter(~Exists(hidden))
    rows = rows.exclude(pk__in=[task.interaction_id, *(row.pk for row in shown)])
    return list(rows.select_related("interaction").order_by("-pk")[:NEAR])
