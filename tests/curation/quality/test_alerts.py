"""What a person should look at soon goes to webhooks and to e-mail, once, and without any captured text."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from curation.models import AgentVersion, AuditItem, GateRun, Release, ReviewTask
from curation.quality import alerts
from curation.review import opening
from feedback.models import Interaction, Project
from privacy.models import Delivery, PrivacyRequest, RequestStatus, Webhook
from privacy.webhooks import delivery
from tests import factories as cast

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def shop(settings: Any) -> Project:
    settings.WEBHOOKS_TO_PRIVATE = True
    settings.ORIGIN = "https://flywheel.example"
    project = cast.project("shop")
    delivery.add("shop", "http://127.0.0.1:9/hook")
    return project


def types() -> list[str]:
    return [row.payload["type"] for row in Delivery.objects.order_by("pk")]


def overdue(project: Project, **given: object) -> PrivacyRequest:
    cast.asked(project)
    subject = cast.person(project)
    hour_ago = NOW - timedelta(hours=1)
    return PrivacyRequest.objects.create(
        subject=subject, namespace=project.namespace, origin=project.name, kind="access", due_at=hour_ago, **given
    )


def test_an_overdue_request_is_told_once(shop: Project) -> None:
    made = overdue(shop)
    assert alerts.tell(shop, NOW) == 1 == alerts.tell(shop, NOW)
    payload = Delivery.objects.get().payload
    assert payload["type"] == "request.overdue" and str(made.pk) in payload["data"]["url"]
    assert payload["text"].startswith("shop: a privacy request (access) is overdue. https://flywheel.example/admin/")


def test_a_refused_candidate_and_a_release_that_cannot_be_cut_are_told(shop: Project) -> None:
    cast.said(shop, cast.asked(shop), "thumbs_up")
    cast.turn(shop)
    release = cast.cut(shop)
    candidate = AgentVersion.objects.create(project=shop, name="bot", version="2")
    GateRun.objects.create(project=shop, release=release, candidate=candidate, verdict="refused")
    Release.objects.filter(pk=release.pk).update(state="cutting", tries=5)
    assert alerts.tell(shop, timezone.now()) == 2 and types() == ["gate.refused", "release.failed"]


def test_a_closed_request_is_not_told(shop: Project) -> None:
    overdue(shop, state=RequestStatus.CLOSED)
    assert alerts.tell(shop, NOW) == 0


def test_another_projects_alerts_are_not_told(shop: Project) -> None:
    overdue(cast.project("bank"))
    assert alerts.tell(shop, NOW) == 0


def test_an_e_mail_address_gets_the_text_once(shop: Project, settings: Any) -> None:
    settings.EMAIL_HOST = "mail.shop.example"
    Webhook.objects.all().delete()
    delivery.add("shop", "mailto:ops@shop.example")
    overdue(shop)
    for _ in range(2):
        alerts.tell(shop, NOW)
        delivery.deliver_due()
    assert [(one.to, one.subject) for one in mail.outbox] == [(["ops@shop.example"], "Flywheel: request.overdue")]
    assert "a privacy request (access) is overdue. https://" in mail.outbox[0].body


def test_without_a_mail_server_the_message_waits_and_says_so(shop: Project) -> None:
    Webhook.objects.all().delete()
    delivery.add("shop", "mailto:ops@shop.example")
    overdue(shop)
    alerts.tell(shop, NOW)
    assert delivery.deliver_due() == 0
    assert [(row.state, row.error) for row in Delivery.objects.all()] == [("waiting", "Forbidden")]


@pytest.mark.parametrize(
    "address", ["mailto:", "mailto:nobody", "mailto:a@b.example,c@d.example", "mailto:a@b.example\nBcc:x@y.example"]
)
def test_only_one_whole_address_is_taken(shop: Project, address: str) -> None:
    with pytest.raises(delivery.Forbidden, match="one e-mail address"):
        delivery.add("shop", address)


def drawn(project: Project, number: int, good: int, days: int) -> None:
    """Audited answers of so many days ago, of which so many were right."""
    for place in range(number):
        row = cast.row(cast.asked(project, f"{days}-{place}", question=f"When does gate {place} of {days} open?"))
        Interaction.objects.filter(pk=row.pk).update(occurred_at=NOW - timedelta(days=days))
        AuditItem.objects.create(interaction=row, project=project, subject=row.subject, share=1.0)
        ReviewTask.objects.create(
            interaction=row,
            project=project,
            subject=row.subject,
            reason=opening.AUDIT,
            revision=1,
            state="resolved",
            resolution="approve" if place < good else "reject",
            resolved_at=NOW,
        )


def test_a_fall_of_the_audit_is_told_by_its_figures(shop: Project) -> None:
    drawn(shop, 40, 38, days=12)
    drawn(shop, 20, 6, days=2)
    alerts.tell(shop, NOW)
    assert types() == ["quality.fell"]
    text = Delivery.objects.get().payload["text"]
    assert re.search(
        r"audit: 95.0% \(n = 40, .+\), answers of .+ 20\d\d; then 30.0% \(n = 20, .+\), answers of .+ 20\d\d\.", text
    )


def test_the_same_quality_is_not_told(shop: Project) -> None:
    drawn(shop, 40, 34, days=12)
    drawn(shop, 20, 15, days=2)
    assert alerts.tell(shop, NOW) == 0
