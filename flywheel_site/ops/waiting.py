"""What is waiting and for how long, what was given up, and what is overdue: figures for `/metrics` and `doctor`."""

from datetime import datetime, timedelta

from django.db.models import Max, Min
from django.utils import timezone

from curation.models import Period, PeriodState, Recall, Release, ReleaseState, Run
from curation.releases import cutting, recalls
from curation.runs import control
from feedback.models import Interaction, ParkedSignal
from privacy.erasure import erasure, tombstones
from privacy.models import Delivery, DeliveryStatus, Erasure, PrivacyRequest, RequestStatus, Setback
from privacy.requests import audit, lifecycle

SAMPLE = 100  # the oldest pending interactions, which a curation run takes first
SOON = timedelta(days=7)
OVER = [RequestStatus.CLOSED, RequestStatus.REFUSED]


def oldest() -> dict[str, float]:
    """For each kind of work, the seconds that its oldest item has waited without a worker; 0 if none waits."""
    now = timezone.now()
    since = {
        "interactions": uncurated_since(),
        "signals": ParkedSignal.objects.aggregate(at=Min("received_at"))["at"],
        "erasures": Erasure.objects.filter(settled_at__isnull=True).aggregate(at=Min("executed_at"))["at"],
        "releases": Release.objects.filter(state=ReleaseState.CUTTING).aggregate(at=Min("created_at"))["at"],
        "periods": Period.objects.filter(state=PeriodState.WAITING, due_at__lte=now).aggregate(at=Min("due_at"))["at"],
        "webhooks": Delivery.objects.filter(state=DeliveryStatus.WAITING).aggregate(at=Min("created_at"))["at"],
        "tombstones": tombstones.waiting_since(),
    }
    return {work: max(0.0, (now - at).total_seconds()) if at else 0.0 for work, at in since.items()}


def uncurated_since() -> datetime | None:
    """Since when something new has waited for curation while no run was under way.

    Paused projects do not count. A row becomes pending by its own arrival or its newest signal. Changed rules make old
    rows pending; then the run that handles them counts.
    """
    waiting = Interaction.objects.filter(pending=True)
    projects = waiting.exclude(project__in=control.resting().values("pk")).values_list("project", flat=True).distinct()
    found = []
    for project in projects.order_by():
        rows = waiting.filter(project=project).order_by("id").values_list("pk", flat=True)[:SAMPLE]
        events = Interaction.objects.filter(pk__in=list(rows)).annotate(said=Max("signals__received_at"))
        first = min((max(said or at, at) for said, at in events.values_list("said", "received_at")), default=None)
        runs = Run.objects.filter(project=project).order_by("-pk").values_list("alive_at", "finished_at")[:1]
        at_work = [at for run in runs for at in run if at]
        if first is not None:
            found.append(max([first, *at_work]))
    return min(found, default=None)


def set_aside() -> dict[str, int]:
    """Work that failed so often that it is no longer retried, by kind."""
    spent = erasure.MAX_TRIES
    requests = PrivacyRequest.objects.exclude(state__in=OVER).filter(tries__gte=lifecycle.MAX_TRIES)
    releases = Release.objects.filter(state=ReleaseState.CUTTING, tries__gte=cutting.MAX_TRIES)
    return {
        "requests": requests.count(),
        "erasures": Erasure.objects.filter(settled_at__isnull=True, tries__gte=spent).count(),
        "releases": releases.count() + Release.objects.filter(state=ReleaseState.FAILED).count(),
        "periods": Period.objects.filter(state=PeriodState.FAILED).count(),
        "webhooks": Delivery.objects.filter(state=DeliveryStatus.SET_ASIDE).count(),
    }


def failing() -> int:
    """Parts of background work that failed the last time they ran."""
    return Setback.objects.count()


def requests() -> dict[str, int]:
    """Open requests of people: all, those past the legal deadline, and those due soon; and closed ones for whom the
    audit has still found text.
    """
    now = timezone.now()
    open_now = PrivacyRequest.objects.exclude(state__in=OVER)
    return {
        "open": open_now.count(),
        "overdue": open_now.filter(due_at__lt=now).count(),
        "due_soon": open_now.filter(due_at__gte=now, due_at__lt=now + SOON).count(),
        "found_by_audit": audit.found().count(),
    }


def overdue_recalls() -> int:
    """Recalls that nobody has acknowledged in time."""
    return recalls.overdue(Recall.objects.all()).count()
