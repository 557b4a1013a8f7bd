"""Alerts: what a person should look at soon, sent to the project's webhooks and e-mail addresses.

An alert is named after what it is about, so it is sent once however often this runs. It holds names, numbers and an
address in the console, never captured text. Slack and similar services show its `text`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from curation.models import GateRun, Release, ReleaseState
from curation.quality import audits, strata
from curation.quality.estimates import Z99
from curation.releases.cutting import MAX_TRIES
from feedback.models import Project
from privacy.models import PrivacyRequest
from privacy.requests import audit
from privacy.webhooks import delivery

WINDOW = timedelta(days=1)  # anything older was sent, or happened before there was a webhook
RECENT, BEFORE = timedelta(days=7), timedelta(days=28)


@dataclass(frozen=True, slots=True)
class Alert:
    """One thing to look at: `name` is the same each time it is found, `url` says where to look."""

    name: str
    type: str
    text: str
    url: str
    at: datetime


def tell(project: Project, now: datetime | None = None) -> int:
    """Queue the alerts of a project, each once per receiver; returns how many there are."""
    now, number = now or timezone.now(), 0
    for alert in found(project, now):
        payload: dict[str, Any] = {
            "type": alert.type,
            "timestamp": alert.at.isoformat(),
            "text": f"{project.name}: {alert.text} {alert.url}",
            "data": {"project": project.name, "url": alert.url},
        }
        delivery.enqueue(project.name, alert.name, payload)
        number += 1
    return number


def found(project: Project, now: datetime) -> Iterator[Alert]:
    """Alerts about what happened within the last day."""
    since = now - WINDOW
    for run in GateRun.objects.filter(project=project, verdict="refused", created_at__gte=since).select_related(
        "candidate"
    ):
        words = f"the gate refused {run.candidate}."
        yield Alert(f"gate_refused_{run.pk}", "gate.refused", words, page("curation_gaterun", run.pk), run.created_at)
    failed = Release.objects.filter(dataset__project=project, state=ReleaseState.CUTTING, tries__gte=MAX_TRIES)
    for release in failed.select_related("dataset"):
        words = f"release {release} failed."
        yield Alert(f"release_failed_{release.pk}", "release.failed", words, page("curation_release", release.pk), now)
    late = PrivacyRequest.objects.filter(origin=project.name, due_at__lt=now, due_at__gte=since)
    for request in late.exclude(state__in=["closed", "refused"]):
        words = f"a privacy request ({request.kind}) is overdue."
        url = page("privacy_privacyrequest", request.pk)
        yield Alert(f"request_overdue_{request.pk}", "request.overdue", words, url, request.due_at)
    for request in audit.found().filter(origin=project.name):
        words = "the audit found text of an erased person."
        at = str(request.scan["audit"]["at"])
        url = page("privacy_privacyrequest", request.pk)
        yield Alert(f"erasure_found_{request.pk}_{at[:10]}", "erasure.found", words, url, datetime.fromisoformat(at))
    if drop := fallen(project, now):
        week = strata.week_of(now)
        url = f"{settings.ORIGIN}{reverse('admin:quality')}?project={project.pk}"
        yield Alert(f"quality_fell_{project.pk}_{week}", "quality.fell", drop, url, now)


def fallen(project: Project, now: datetime) -> str:
    """A sentence that the audit of the last seven days is wholly below that of the four weeks before; else empty.

    Two 99 % intervals that do not overlap. Checked after each judgement, it is a false alarm in 0.4 to 7 % of weeks, more
    often the nearer all answers are to being right. A fall by 20 points is noticed within its week in 13 to 55 % of cases with
    30 judgements, in 70 to 99 % with 100 (`bench.intervals`: rates of .6 to .95, four times as many judgements before).
    """
    drawn = audits.sample(project, since=(now - RECENT - BEFORE).date())
    recent = [one for one in drawn if one.at >= now - RECENT]
    earlier = [one for one in drawn if one.at < now - RECENT]
    if strata.audit(recent, z=Z99).estimate.high >= strata.audit(earlier, z=Z99).estimate.low:
        return ""
    before, after = strata.audit(earlier), strata.audit(recent)
    return (
        f"right answers fell in the audit: {before.estimate}, {before.period}; then {after.estimate}, {after.period}."
    )


def page(model: str, key: Any) -> str:
    return f"{settings.ORIGIN}{reverse(f'admin:{model}_change', args=[key])}"
