"""The random audit: a uniform share of all interactions, rated or not, that a person judges blind.

Voters are not a random sample; this is. An interaction is drawn only by the keyed hash of its number: neither the
question nor any vote matters, nobody can choose a number that is drawn, and drawing again gives the same result.
Raising the share later does not draw from earlier interactions; each keeps the share that it was drawn with.
"""

from collections import defaultdict
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import OuterRef, Subquery, Sum
from django.utils import timezone

from curation.evidence.records import Finding
from curation.models import AuditFrame, AuditItem, CurationPolicy, ReviewTask, TaskState
from curation.quality import strata
from curation.quality.strata import Audit, Drawn
from curation.review import opening
from curation.selection.holdout import place
from feedback.models import Interaction, Project
from privacy.subjects import digests

DEFAULT_SHARE = 0.01
CHUNK = 20_000
SETTLED = timedelta(hours=1)
PRIORITIES = 19  # of audit tasks: 1 to 19, around the 10 of other tasks
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
            found = list(rows.order_by("pk").values_list("pk", "subject_id")[:CHUNK])
            if not found:
                return drawn
            chosen = {number: subject for number, subject in found if is_drawn(number, share, key)}
            before = counted(frame) if frame.drawn is None else frame.drawn
            enter(project, chosen, share)
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


def enter(project: Project, chosen: dict[int, int], share: float) -> None:
    """Put these interactions (by their subjects) into the sample, and ask a person about each.

    Their priorities are also drawn by a keyed hash: if the oldest came first, the judged ones would describe last
    month.
    """
    items = [
        AuditItem(interaction_id=key, project=project, subject_id=subject, share=share)
        for key, subject in chosen.items()
    ]
    AuditItem.objects.bulk_create(items, ignore_conflicts=True)
    why = Finding(opening.AUDIT, opening.AUDIT, "")
    opening.ask(project, {key: (subject, why) for key, subject in chosen.items()})
    turns: defaultdict[int, list[int]] = defaultdict(list)
    key = digests.key("audit order")
    for number in chosen:
        turns[1 + int(PRIORITIES * place(number.to_bytes(8, "big"), key=key))].append(number)
    for priority, numbers in turns.items():
        waiting = ReviewTask.objects.filter(interaction__in=numbers, state=TaskState.OPEN, reason=opening.AUDIT)
        waiting.update(priority=priority)


def sample(*projects: Project, since: datetime | None = None) -> list[Drawn]:
    """The samples of these projects, of answers since then, without people who have an open request; one query."""
    tasks = ReviewTask.objects.filter(interaction=OuterRef("pk")).exclude(kind__in=opening.ASIDE)
    resolved = tasks.filter(state=TaskState.RESOLVED).order_by("-resolved_at", "-pk")
    doubted = tasks.filter(kind=ReviewTask.Kind.LABEL).exclude(reason=opening.AUDIT)
    rows = AuditItem.objects.filter(project__in=projects, subject__restricted_at__isnull=True)
    if since is not None:
        rows = rows.filter(interaction__occurred_at__gte=since)
    found = rows.order_by("pk").values_list(
        "pk",
        "project",
        "subject",
        "share",
        "interaction__agent_version",
        "interaction__decision__language",
        "interaction__tags",
        "interaction__occurred_at",
        "interaction__decision__outcome",
        Subquery(resolved.values("resolution")[:1]),
        Subquery(doubted.order_by("pk").values("priority")[:1]),
        Subquery(doubted.order_by("pk").values("settles")[:1]),
    )
    return [
        Drawn(
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
        for key, project, subject, share, version, language, tags, at, outcome, said, priority, settles in found
    ]


JUDGED = {Resolution.APPROVE: True, Resolution.AGENT: True, Resolution.CORRECT: False, Resolution.REJECT: False}


def judged(said: str | None, outcome: str | None) -> bool | None:
    """Whether a verdict found the agent's answer good; None if it does not say.

    "Use it as decided" judges the answer as the decision did.
    """
    if said == Resolution.USE:
        return {"confirmed": True, "corrected": False}.get(outcome or "")
    return JUDGED.get(Resolution(said)) if said else None


def erased(*projects: Project) -> float:
    """The share of all answers ever drawn that has left the sample, or is hidden by an open request."""
    frames = AuditFrame.objects.filter(project__in=projects, drawn__isnull=False)
    drawn = frames.aggregate(drawn=Sum("drawn"))["drawn"] or 0
    rows = AuditItem.objects.filter(project__in=frames.values("project"), subject__restricted_at__isnull=True)
    return max(0.0, 1 - rows.count() / drawn) if drawn else 0.0


def audit(*projects: Project, since: datetime | None = None) -> Audit:
    """How good the agent's answers since then are, with what the figure rests on and covers."""
    return strata.audit(sample(*projects, since=since), erased=erased(*projects))
