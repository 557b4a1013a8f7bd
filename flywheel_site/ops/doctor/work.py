"""Examinations of work: what people asked for, what waits for too long, what was given up."""

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from flywheel_site.ops import health, waiting
from flywheel_site.ops.doctor.findings import Finding, fault, numbered, ok, warning
from privacy.erasure import tombstones
from privacy.models import Erasure, Tombstone, Webhook

# Seconds after which work that nobody is at has waited for too long. Feedback may wait a day for its interaction.
PATIENCE = {"interactions": 900.0, "signals": 26 * 3600.0, "erasures": 3600.0, "releases": 3600.0, "periods": 3600.0}
PATIENCE |= {"webhooks": 6 * 3600.0, "tombstones": 600.0}
GRAVE = frozenset({"requests", "erasures"})
TODO = {
    "requests": "Open the privacy desk in the console: the reason stands there.",
    "erasures": "Look at the erasures in the console and the worker's log, and make it possible; then a sweep goes on.",
    "releases": "Open the release in the console: the reason stands there.",
    "periods": "Open the dataset in the console, and press Try again now.",
    "webhooks": "Open the webhooks in the console, and see why the receiver does not answer.",
    "interactions": "See that a worker runs, and what its log says; manage.py curate does it by hand.",
    "signals": "See that a worker runs: it drops feedback whose interaction did not come.",
    "tombstones": "See that FLYWHEEL_VAR can be written to by the worker.",
}
WORDS = {
    "requests": ("request of a person", "requests of people"),
    "erasures": ("erasure", "erasures"),
    "releases": ("release", "releases"),
    "periods": ("scheduled release", "scheduled releases"),
    "webhooks": ("message to a webhook", "messages to webhooks"),
}


def requests() -> Iterator[Finding]:
    """Requests of people, by what the law allows."""
    found = waiting.requests()
    if found["overdue"]:
        yield fault(
            "requests",
            f"{numbered(found['overdue'], *WORDS['requests'])} overdue.",
            "Open the privacy desk in the console.",
        )
    if found["due_soon"]:
        yield warning(
            "requests",
            f"{numbered(found['due_soon'], *WORDS['requests'])} due within a week.",
            "Open the privacy desk.",
        )
    if recalls := waiting.overdue_recalls():
        days = settings.RECALL_DAYS
        yield warning(
            "requests",
            f"{numbered(recalls, 'recall', 'recalls')} not acknowledged within {days} days.",
            "Ask who uses the release.",
        )
    if not any((found["overdue"], found["due_soon"], recalls)):
        yield ok("requests", f"{found['open']} open, none is late")


def erasures() -> Iterator[Finding]:
    """Whether what was erased is on the list, and overwritten."""
    old = Erasure.objects.filter(settled_at__lt=timezone.now() - timedelta(hours=50), overwritten_at__isnull=True)
    if number := old.count():
        yield warning(
            "erasures",
            f"{numbered(number, 'erasure', 'erasures')} of more than two days ago still in PostgreSQL's pages.",
            "See that beat runs at REWRITE_HOUR, and which transaction is open all night.",
        )
    if not tombstones.file().exists() and Tombstone.objects.filter(exported=True).exists():
        yield fault(
            "erasures", "tombstones.jsonl is gone.", "A worker writes it again; see that it runs. A restore needs it."
        )


def queues() -> Iterator[Finding]:
    """Work that was given up, that fails, and that waits."""
    given_up = {work: number for work, number in waiting.set_aside().items() if number}
    for work, number in given_up.items():
        made = fault if work in GRAVE else warning
        yield made("work", f"{numbered(number, *WORDS[work])} given up after too many failures.", TODO[work])
    if failing := waiting.failing():
        yield warning(
            "work",
            f"{numbered(failing, 'part', 'parts')} of background work failed at the last try.",
            "See the setbacks on the console's home page.",
        )
    late = {work: seconds for work, seconds in waiting.oldest().items() if seconds > PATIENCE[work]}
    for work, seconds in late.items():
        made = fault if work in ("interactions", "erasures", "tombstones") else warning
        yield made("work", f"The oldest of the waiting {work} has waited for {seconds / 3600:,.1f} hours.", TODO[work])
    if not given_up and not failing and not late:
        yield ok("work", f"nothing waits too long ({health.backlog()['pending_interactions']} interactions to curate)")


def webhooks() -> Iterator[Finding]:
    """Receivers that said that they are gone."""
    if number := Webhook.objects.filter(disabled_at__isnull=False).count():
        yield warning(
            "webhooks",
            f"{numbered(number, 'webhook', 'webhooks')} switched off: the receiver said 410.",
            "Give another address: manage.py addwebhook.",
        )
