"""The random audit: a uniform share of all interactions, rated or not, that a person judges blind.

Who votes is no random sample; this is. An interaction is drawn by the keyed hash of its number alone, so that neither
what was asked nor whether somebody voted decides, nobody can choose a number that is drawn, and drawing again draws the
same. Raising the share later does not draw from earlier interactions.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Subquery
from django.utils import timezone

from curation.evidence.records import Finding
from curation.models import AuditFrame, AuditItem, CurationPolicy, ReviewTask, TaskState
from curation.quality import estimates
from curation.review import opening
from curation.selection.holdout import place
from feedback.models import Interaction, Project
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

    Only what is an hour old is drawn from: a transaction that commits late is not passed over. A drawn interaction that waits for a person already is judged there; for the others a task is opened.
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
            enter(project, chosen)
            drawn += len(chosen)
            frame.drawn_to, frame.seen = found[-1][0], frame.seen + len(found)
            frame.save(update_fields=["drawn_to", "seen"])


def enter(project: Project, chosen: dict[int, int]) -> None:
    """Put these interactions (by their subjects) into the sample, and ask a person about each."""
    items = [AuditItem(interaction_id=key, project=project, subject_id=subject) for key, subject in chosen.items()]
    AuditItem.objects.bulk_create(items, ignore_conflicts=True)
    why = Finding(opening.AUDIT, opening.AUDIT, "")
    opening.ask(project, {key: (subject, why) for key, subject in chosen.items()})


@dataclass(frozen=True, slots=True)
class Drawn:
    """One interaction of the sample. `good` is what a person judged, None where nobody has or they could not tell;
    `is_asked_anyway` where it would wait for a person without the audit, too. `language` is known once it is decided.
    """

    interaction: int
    good: bool | None
    is_asked_anyway: bool
    agent_version: str
    language: str
    tags: tuple[str, ...]
    at: datetime


def sample(*projects: Project) -> list[Drawn]:
    """The samples of these projects, without people who have a request under way; one query."""
    tasks = ReviewTask.objects.filter(interaction=OuterRef("pk")).exclude(kind__in=opening.ASIDE)
    resolved = tasks.filter(state=TaskState.RESOLVED).order_by("-resolved_at", "-pk")
    rows = AuditItem.objects.filter(project__in=projects, subject__restricted_at__isnull=True).annotate(
        said=Subquery(resolved.values("resolution")[:1]),
        outcome=F("interaction__decision__outcome"),
        anyway=Exists(tasks.filter(kind=ReviewTask.Kind.LABEL).exclude(reason=opening.AUDIT)),
    )
    found = rows.order_by("pk").values_list(
        "pk",
        "said",
        "outcome",
        "anyway",
        "interaction__agent_version",
        "interaction__decision__language",
        "interaction__tags",
        "interaction__occurred_at",
    )
    return [
        Drawn(key, judged(said, outcome), anyway, version, language or "", tuple(tags), at)
        for key, said, outcome, anyway, version, language, tags, at in found
    ]


JUDGED = {Resolution.APPROVE: True, Resolution.AGENT: True, Resolution.CORRECT: False, Resolution.REJECT: False}


def judged(said: str | None, outcome: str | None) -> bool | None:
    """Whether a verdict found the agent's answer good; None where it does not tell. To use a record as it was decided
    judges the answer as that did.
    """
    if said == Resolution.USE:
        return {"confirmed": True, "corrected": False}.get(outcome or "")
    return JUDGED.get(Resolution(said)) if said else None


def estimate(*projects: Project) -> estimates.Estimate:
    """How good the agent's answers are, from the judged part of the sample; with n and interval, as every rate."""
    return estimate_of(sample(*projects))


def estimate_of(drawn: Iterable[Drawn]) -> estimates.Estimate:
    """The estimate from these. What waits for a person for another reason too is judged sooner, and is mostly doubtful:
    each of the two sorts counts by its share of what was drawn, not of what has been judged so far.
    """
    counts: dict[bool, list[int]] = {True: [0, 0, 0], False: [0, 0, 0]}
    for item in drawn:
        kind = counts[item.is_asked_anyway]
        kind[0] += 1
        kind[1] += item.good is not None
        kind[2] += bool(item.good)
    return estimates.stratified((kind[0], kind[1], kind[2]) for kind in counts.values())
