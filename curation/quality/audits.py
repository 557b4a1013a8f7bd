"""The random audit: a uniform share of all interactions, rated or not, that a person judges blind.

Voters are not a random sample; this is. An interaction is drawn only by the keyed hash of its number: neither the
question nor any vote matters, nobody can choose a number that is drawn, and drawing again gives the same result.
Raising the share later does not draw from earlier interactions; each keeps the share that it was drawn with.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.utils import timezone

from curation.decisions.rules import DOWN, USUAL
from curation.evidence.records import Finding
from curation.models import AuditDay, AuditFrame, AuditItem, CurationPolicy, ReviewTask, TaskState
from curation.quality import strata
from curation.quality.strata import Audit, SampledAnswer
from curation.quality.votes import start_of
from curation.review import opening
from curation.selection.holdout import place
from feedback.models import Interaction, Project, Signal
from privacy.console.dates import first_key
from privacy.subjects import digests

DEFAULT_SHARE = 0.01
CHUNK = 20_000
SETTLED = timedelta(hours=1)
Resolution = ReviewTask.Resolution


def share_of(policy: CurationPolicy) -> float:
    return float(policy.settings.get("audit", {}).get("share", DEFAULT_SHARE))


def is_drawn(interaction: int, share: float, key: bytes) -> bool:
    return place(interaction.to_bytes(8, "big"), key=key) < share


def draw(project: Project, policy: CurationPolicy, now: datetime | None = None) -> int:
    """Draw from the interactions since the last draw; returns how many were drawn. The cost depends on what is new.

    Interactions are drawn once they are an hour old, so that a transaction that commits late is not missed. A drawn
    interaction that already waits for a person is judged there; the others get a task.
    """
    share, key, drawn = share_of(policy), digests.key("audit"), 0
    settled = (now or timezone.now()) - SETTLED
    AuditFrame.objects.get_or_create(project=project)
    while True:
        with transaction.atomic():
            frame = AuditFrame.objects.select_for_update().get(project=project)
            rows = Interaction.objects.visible().filter(project=project, pk__gt=frame.drawn_to, received_at__lt=settled)
            found = list(rows.order_by("pk").values_list("pk", "subject_id", "occurred_at")[:CHUNK])
            if not found:
                return drawn
            chosen = {number: subject for number, subject, _ in found if is_drawn(number, share, key)}
            before = counted(frame) if frame.drawn is None else frame.drawn
            remember_days(frame, before)
            enter(project, chosen, share)
            worth: defaultdict[date, list[float]] = defaultdict(list)
            for number, _, at in found:
                if number in chosen:
                    worth[at.date()].append(1 / share)
            count_days(project.pk, worth)
            drawn += len(chosen)
            frame.drawn_to, frame.seen, frame.drawn = found[-1][0], frame.seen + len(found), before + len(chosen)
            frame.save(update_fields=["drawn_to", "seen", "drawn"])


def counted(frame: AuditFrame) -> int:
    """How many were drawn before shares were stored; they get the overall share that was drawn."""
    items = AuditItem.objects.filter(project=frame.project_id, share__isnull=True)
    number = items.count()
    if number and frame.seen:
        items.update(share=min(1.0, number / frame.seen))
    return number


def remember_days(frame: AuditFrame, drawn: int) -> None:
    """Count by day what was drawn before days were counted; what was erased since is spread over all days."""
    if not drawn or AuditDay.objects.filter(project=frame.project_id).exists():
        return
    items = AuditItem.objects.filter(project=frame.project_id).values_list("interaction__occurred_at", "share")
    worth: defaultdict[date, list[float]] = defaultdict(list)
    for at, share in items:
        worth[at.date()].append(1 / (share or DEFAULT_SHARE))
    lost = drawn / max(1, sum(map(len, worth.values())))
    count_days(frame.project_id, {day: [lost * one for one in every] for day, every in worth.items()})


def count_days(project: int, worth: Mapping[date, Sequence[float]]) -> None:
    """Add to what was drawn on these days: what each answer stands for."""
    rows = {row.day: row for row in AuditDay.objects.filter(project=project, day__in=list(worth))}
    fresh = [AuditDay(project_id=project, day=day) for day in worth if day not in rows]
    for row in (*rows.values(), *fresh):
        row.drawn, row.stands_for = row.drawn + len(worth[row.day]), row.stands_for + sum(worth[row.day])
    AuditDay.objects.bulk_update(rows.values(), ["drawn", "stands_for"])
    AuditDay.objects.bulk_create(fresh)


def forget(items: QuerySet[AuditItem]) -> None:
    """Take these out of the numbers that were drawn: they are past their retention, which is no erasure."""
    gone: defaultdict[int, defaultdict[date, list[float]]] = defaultdict(lambda: defaultdict(list))
    for project, at, share in items.values_list("project", "interaction__occurred_at", "share"):
        gone[project][at.date()].append(1 / (share or DEFAULT_SHARE))
    for project, days in gone.items():
        with transaction.atomic():
            frame = AuditFrame.objects.select_for_update().filter(project=project, drawn__isnull=False).first()
            if frame is None:
                continue
            number = sum(map(len, days.values()))
            frame.drawn = max(0, (frame.drawn or 0) - number)
            frame.save(update_fields=["drawn"])
            for row in AuditDay.objects.filter(project=project, day__in=list(days)):
                row.drawn = max(0, row.drawn - len(days[row.day]))
                row.stands_for = max(0.0, row.stands_for - sum(days[row.day]))
                row.save(update_fields=["drawn", "stands_for"])
            AuditDay.objects.filter(project=project, drawn=0).delete()


def enter(project: Project, chosen: dict[int, int], share: float) -> None:
    """Put these interactions (by their subjects) into the sample, and ask a person about each."""
    items = [
        AuditItem(interaction_id=key, project=project, subject_id=subject, share=share)
        for key, subject in chosen.items()
    ]
    AuditItem.objects.bulk_create(items, ignore_conflicts=True)
    why = Finding(opening.AUDIT, opening.AUDIT, "")
    opening.ask(project, {key: (subject, why) for key, subject in chosen.items()})
    for priority, numbers in opening.turns(chosen).items():
        waiting = ReviewTask.objects.filter(interaction__in=numbers, state=TaskState.OPEN, reason=opening.AUDIT)
        waiting.update(priority=priority)


def sample(*projects: Project, since: date | None = None) -> list[SampledAnswer]:
    """The samples of these projects, of answers from that day on, without people who have an open request; one query."""
    tasks = ReviewTask.objects.filter(interaction=OuterRef("pk")).exclude(kind__in=opening.ASIDE)
    resolved = tasks.filter(state=TaskState.RESOLVED).order_by("-resolved_at", "-pk")
    doubted = tasks.filter(kind=ReviewTask.Kind.LABEL).exclude(reason=opening.AUDIT)
    # One with a correction decides by itself.
    against = Signal.objects.live().filter(interaction=OuterRef("pk"), kind=DOWN, correction="")
    rows = AuditItem.objects.filter(project__in=projects, subject__restricted_at__isnull=True)
    if since is not None:
        begin = start_of(since)
        # An answer never occurs after it is received, so earlier keys need not be read.
        rows = rows.filter(pk__gte=first_key(Interaction, "received_at", begin), interaction__occurred_at__gte=begin)
    found = (
        rows.order_by("pk")
        .annotate(
            said=Subquery(resolved.values("resolution")[:1]),
            said_at=Subquery(resolved.values("resolved_at")[:1]),
            priority=Subquery(doubted.order_by("pk").values("priority")[:1]),
            settles=Subquery(doubted.order_by("pk").values("settles")[:1]),
            late=Subquery(against.order_by("-effective_at").values("effective_at")[:1]),
        )
        .values_list(*COLUMNS)
    )
    return [drawn_of(*row) for row in found]


COLUMNS = (
    "pk",
    "project",
    "subject",
    "share",
    "interaction__agent_version",
    "interaction__decision__language",
    "interaction__tags",
    "interaction__occurred_at",
    "interaction__decision__outcome",
    "said",
    "said_at",
    "priority",
    "settles",
    "late",
)


def drawn_of(*row: Any) -> SampledAnswer:
    """A drawn answer. Where a vote against it came after its verdict, it is of the sort that people doubt, as it would be
    had it been judged later: else the answers that are judged early would be worse than those that wait.
    """
    key, project, subject, share, version, language, tags, at, outcome, said, said_at, priority, settles, late = row
    if priority is None and late is not None and said_at is not None and late > said_at:
        priority = USUAL
    return SampledAnswer(
        key,
        judged(said, outcome),
        priority is not None,
        version,
        language or "",
        tuple(tags),
        at,
        project=project,
        subject=subject,
        is_waiting=said is None,
        priority=priority or 0,
        settles=settles or 1,
        share=share or DEFAULT_SHARE,
    )


JUDGED = {Resolution.APPROVE: True, Resolution.AGENT: True, Resolution.CORRECT: False, Resolution.REJECT: False}


def judged(said: str | None, outcome: str | None) -> bool | None:
    """Whether a verdict found the agent's answer good; None if it does not say.

    "Use it as decided" judges the answer as the decision did.
    """
    if said == Resolution.USE:
        return {"confirmed": True, "corrected": False}.get(outcome or "")
    return JUDGED.get(Resolution(said)) if said else None


def days_of(*projects: Project, since: date | None = None) -> dict[tuple[int, date], float]:
    """What all answers drawn from these projects stand for, by project and day; erasure does not lower it."""
    rows = AuditDay.objects.filter(project__in=projects)
    if since is not None:
        rows = rows.filter(day__gte=since)
    return {(project, day): worth for project, day, worth in rows.values_list("project", "day", "stands_for")}


def first_of_newest(projects: Sequence[Project], most: int) -> date | None:
    """The first of the newest days of which at most so many answers were drawn; None if no more were drawn in all."""
    days = AuditDay.objects.filter(project__in=projects).values_list("day").annotate(number=Sum("drawn"))
    first: date | None = None
    total = 0
    for day, number in days.order_by("-day"):
        total += number
        if first and total > most:
            return first
        first = day
    return None


def audit(*projects: Project, since: date | None = None) -> Audit:
    """How good the agent's answers from that day on are, with what the figure rests on and covers."""
    return strata.audit(sample(*projects, since=since), days=days_of(*projects, since=since))
