"""Feedback that arrives before its interaction waits for it, for a day. `applying` parks it and unparks it."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef
from django.utils import timezone

from feedback.capture.plan import signal_columns
from feedback.capture.recording import writing
from feedback.capture.store import count_results, other_names
from feedback.models import Interaction, ParkedSignal, Project, Signal, WriteResult
from privacy.consent import ledger
from privacy.db import isolation
from privacy.erasure.erasure import TURN
from privacy.models import Purpose
from privacy.subjects.lookup import drop_unused

WAIT = timedelta(days=1)


def hand_over() -> int:
    """Unpark feedback that was parked while its interaction was being stored; return how many."""
    same = Interaction.objects.filter(project=OuterRef("project"), external_id=OuterRef("interaction_external_id"))
    missed = ParkedSignal.objects.filter(Exists(same)).values_list("pk", flat=True)
    return sum(isolation.each("parked feedback", missed, _hand_over))


def hand_over_to(project: Project, traces: Collection[str], names: Collection[str]) -> None:
    """Unpark feedback that waits under another id of an interaction in these traces: the trace's own id, in any case,
    that of one of its spans, or one of these names.
    """
    waiting = ParkedSignal.objects.filter(project=project).values_list("pk", "interaction_external_id")
    about = {pk: name for pk, name in waiting if name.lower()[:32] in traces or name in names}
    ours = other_names(project, set(about.values())) if about else {}
    for pk, name in about.items():
        if name in ours:
            ParkedSignal.objects.filter(pk=pk).update(interaction_external_id=ours[name])
            _hand_over(pk)


def _hand_over(pk: int) -> bool:
    with writing():
        parked = ParkedSignal.objects.select_for_update().filter(pk=pk).first()
        if parked is None:
            return False
        same = {"project": parked.project_id, "external_id": parked.interaction_external_id}
        interaction = Interaction.objects.select_for_update().filter(**same).first()
        if interaction is None:
            return False
        voter = parked.subject
        if voter and not ledger.effective(voter, parked.project.consent_defaults)[Purpose.CAPTURE]:
            parked.delete()
            drop_unused({voter.pk})
            count_results(parked.project, {("signal", WriteResult.DROPPED): 1})
            return False
        subject = parked.subject_id or interaction.subject_id
        Signal.objects.create(interaction=interaction, subject_id=subject, **signal_columns(parked))
        Interaction.objects.filter(pk=interaction.pk).update(pending=True, revision=interaction.revision + 1)
        parked.delete()
    return True


def drop_stale(now: datetime | None = None) -> int:
    """Drop and count feedback that has waited longer than a day."""
    dropped = 0
    while True:
        with writing():
            some = drop_some(now or timezone.now())
        if not some:
            return dropped
        dropped += some


def drop_some(now: datetime) -> int:
    """Drop and count at most `TURN` of them; return how many. Call in a transaction.

    The list is read to its end before the first write: SQLite refuses to write from an outdated snapshot.
    """
    stale = ParkedSignal.objects.select_for_update().filter(received_at__lt=now - WAIT)
    found = list(stale.values_list("pk", "project", "subject")[:TURN])
    ParkedSignal.objects.filter(pk__in=[pk for pk, _, _ in found]).delete()
    drop_unused({person for _, _, person in found if person})
    for project, number in sorted(Counter(project for _, project, _ in found).items()):
        count_results(Project(pk=project), {("signal", WriteResult.DROPPED): number})
    return len(found)
