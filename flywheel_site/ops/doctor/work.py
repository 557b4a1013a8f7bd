"""Examinations of work: people's requests, work that has waited too long, work that was given up."""

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from flywheel_site.ops import health, waiting
from flywheel_site.ops.doctor.findings import Finding, fault, ok, warning
from privacy.console.counting import counted
from privacy.erasure import tombstones
from privacy.models import Erasure, Tombstone, Webhook
from privacy.requests import audit

# Seconds after which work that no worker holds has waited too long. Feedback may wait a day for its interaction.
PATIENCE = {"interactions": 900.0, "signals": 26 * 3600.0, "erasures": 3600.0, "releases": 3600.0, "periods": 3600.0}
PATIENCE |= {"webhooks": 6 * 3600.0, "tombstones": 600.0}
GRAVE = frozenset({"requests", "erasures"})
REMEDIES = {
    "requests": "Open the privacy desk in the console: it shows the reason.",
    "erasures": "Check the erasures in the console and the worker's log, and remove the cause; the next sweep continues.",
    "releases": "Open the release in the console: it shows the reason.",
    "periods": "Open the dataset in the console and press Try again now.",
    "webhooks": "Open the webhooks in the console and check why the receiver does not answer.",
    "interactions": "Check that a worker runs, and its log; manage.py curate does it by hand.",
    "signals": "Check that a worker runs: it drops feedback whose interaction never arrived.",
    "tombstones": "Check that the worker can write to FLYWHEEL_VAR.",
}
WORDS = {
    "requests": ("request of a person", "requests of people"),
    "erasures": ("erasure", "erasures"),
    "releases": ("release", "releases"),
    "periods": ("scheduled release", "scheduled releases"),
    "webhooks": ("message to a webhook", "messages to webhooks"),
}


def requests() -> Iterator[Finding]:
    """People's requests against the legal deadlines."""
    found = waiting.requests()
    if found["overdue"]:
        yield fault(
            "requests",
            f"{counted(found['overdue'], *WORDS['requests'])} overdue.",
            "Open the privacy desk in the console.",
        )
    if found["due_soon"]:
        yield warning(
            "requests",
            f"{counted(found['due_soon'], *WORDS['requests'])} due within a week.",
            "Open the privacy desk.",
        )
    if recalls := waiting.overdue_recalls():
        days = settings.RECALL_DAYS
        yield warning(
            "requests",
            f"{counted(recalls, 'recall')} not acknowledged within {days} days.",
            "Ask those who use the release.",
        )
    if not any((found["overdue"], found["due_soon"], recalls)):
        yield ok("requests", f"{found['open']} open, none is late")


def erasures() -> Iterator[Finding]:
    """Whether erasures are on the tombstone list, and overwritten; and what the audit has found."""
    if number := audit.found().count():
        yield fault(
            "erasures",
            f"The audit found text of {counted(number, 'erased person', 'erased people')}.",
            "The privacy desk names the places. Remove what is there; in SQLite's file, VACUUM does. The next audit looks again.",
        )
    old = Erasure.objects.filter(settled_at__lt=timezone.now() - timedelta(hours=50), overwritten_at__isnull=True)
    if number := old.count():
        yield warning(
            "erasures",
            f"{counted(number, 'erasure')} older than two days still in PostgreSQL's pages.",
            "Check that beat runs at REWRITE_HOUR, and which transaction is open all night.",
        )
    if not tombstones.file().exists() and Tombstone.objects.filter(exported=True).exists():
        yield fault(
            "erasures",
            "tombstones.jsonl is missing.",
            "A worker writes it again; check that one runs. A restore needs it.",
        )


def queues() -> Iterator[Finding]:
    """Work that was given up, that fails, or that waits."""
    given_up = {work: number for work, number in waiting.set_aside().items() if number}
    for work, number in given_up.items():
        made = fault if work in GRAVE else warning
        yield made("work", f"{counted(number, *WORDS[work])} given up after too many failures.", REMEDIES[work])
    if failing := waiting.failing():
        yield warning(
            "work",
            f"{counted(failing, 'part')} of background work failed on its last run.",
            "See Failing work in the console.",
        )
    late = {work: seconds for work, seconds in waiting.oldest().items() if seconds > PATIENCE[work]}
    for work, seconds in late.items():
        made = fault if work in ("interactions", "erasures", "tombstones") else warning
        yield made("work", f"Waiting {work}: the oldest has waited for {seconds / 3600:,.1f} hours.", REMEDIES[work])
    if not given_up and not failing and not late:
        yield ok(
            "work", f"nothing has waited too long ({health.backlog()['pending_interactions']} interactions to curate)"
        )


def webhooks() -> Iterator[Finding]:
    """Receivers that said they are gone."""
    if number := Webhook.objects.filter(disabled_at__isnull=False).count():
        yield warning(
            "webhooks",
            f"{counted(number, 'webhook')} switched off: the receiver answered 410 (gone).",
            "Add another address: manage.py addwebhook.",
        )
