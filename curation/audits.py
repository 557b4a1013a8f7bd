"""The random audit: a uniform share of all interactions, rated or not, that a person judges blind.

Who votes is no random sample; this is. An interaction is drawn by the keyed hash of its number alone, so that neither
what was asked nor whether somebody voted decides, nobody can choose a number that is drawn, and drawing again draws the
same. What a share of the stream would have been is not made up for where the share is raised later.
"""

from collections import Counter
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Subquery
from django.utils import timezone

from curation import bias, reviewtasks
from curation.leakage import place
from curation.models import AuditFrame, AuditItem, CurationPolicy, ReviewTask
from curation.records import Finding
from feedback.models import Interaction, Project
from privacy import digests

DEFAULT_SHARE = 0.01
CHUNK = 20_000
SETTLED = timedelta(hours=1)
State, Resolution = ReviewTask.State, ReviewTask.Resolution


def share_of(policy: CurationPolicy) -> float:
    """The share of the interactions that a project's policy has judged."""
    return float(policy.settings.get("audit", {}).get("share", DEFAULT_SHARE))


def is_drawn(interaction: int, share: float, key: bytes) -> bool:
    """Whether the interaction of this number is in the sample."""
    return place(interaction.to_bytes(8, "big"), key=key) < share


def draw(project: Project, policy: CurationPolicy, now: datetime | None = None) -> int:
    """Draw from the interactions that came since the last draw; how many were. Costs what is new.

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
    why = Finding(reviewtasks.AUDIT, reviewtasks.AUDIT, "")
    reviewtasks.ask(project, {key: (subject, why) for key, subject in chosen.items()})


def estimate(project: Project) -> bias.Estimate:
    """How good the agent's answers are, from the judged part of the sample; with n and interval, as every rate."""
    counts = Counter(judgements(project).values())
    return bias.wilson(counts[True], counts[True] + counts[False], method="audit")


def judgements(project: Project) -> dict[int, bool]:
    """Of each judged interaction of the sample, whether its answer was right. Who could not tell did not judge."""
    newest = ReviewTask.objects.filter(interaction=OuterRef("pk"), state=State.RESOLVED).order_by("-resolved_at")
    said = AuditItem.objects.filter(project=project, subject__restricted_at__isnull=True)
    said = said.annotate(said=Subquery(newest.values("resolution")[:1]))
    judged = said.filter(said__in=[Resolution.APPROVE, Resolution.CORRECT, Resolution.REJECT])
    return {key: word == Resolution.APPROVE for key, word in judged.values_list("pk", "said")}


def waiting(project: Project) -> int:
    """How many of the sample nobody has judged yet."""
    resolved = ReviewTask.objects.filter(interaction=OuterRef("pk"), state=State.RESOLVED)
    return AuditItem.objects.filter(project=project).exclude(Exists(resolved)).count()
