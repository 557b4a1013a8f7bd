"""`manage.py erase --project P --subject S [--purpose training]`."""

from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError, CommandParser

from feedback.projects.commands import project_named
from privacy.models import PrivacyRequest, Purpose
from privacy.requests import lifecycle
from privacy.subjects import master_keys
from privacy.subjects.lookup import find


class Command(BaseCommand):
    help = "Erase a person: their rows, everything derived from them, and their lines in released files."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--project", required=True)
        parser.add_argument("--subject", required=True, help="The product's own user id.")
        parser.add_argument(
            "--purpose",
            choices=Purpose.values,
            help="Erase only what serves this purpose, and withdraw consent for it.",
        )
        parser.add_argument("--json", action="store_true", help="Print the receipt as JSON.")

    def handle(self, *args: Any, **options: Any) -> None:
        project = project_named(options["project"])
        try:
            master_keys.expect_known()
        except master_keys.UnknownKey as error:
            raise CommandError(str(error.detail)) from None
        subject = find(project.namespace, options["subject"])
        if subject is None:
            raise CommandError("Nothing is kept about this person.", returncode=3)
        kind = PrivacyRequest.Kind.WITHDRAWAL if options["purpose"] else PrivacyRequest.Kind.ERASURE
        purposes = [options["purpose"]] if options["purpose"] else []
        made = lifecycle.submit_for(
            subject, kind, purposes=purposes, namespace=project.namespace, origin=project.name, verified_by="operator"
        )
        made = lifecycle.advance(made)
        self.stdout.write(receipt(made) if options["json"] else readable(made))


def receipt(made: PrivacyRequest) -> str:
    """The receipt as JSON, without personal data. `signed` is what `verify_receipt` checks."""
    done = made.erasures.order_by("executed_at").last()
    report = {
        "erasure": str(done.id) if done else None,
        "purpose": done.purpose or None if done else None,
        "executed_at": made.executed_at,
        "settled_at": done.settled_at if done else None,
        "counts": made.counts,
        "releases": made.releases,
        "request": str(made.id),
        "status": made.state,
        "signed": made.receipt or None,
    }
    return orjson.dumps(report).decode()


def readable(made: PrivacyRequest) -> str:
    """The receipt as text."""
    removed = ", ".join(f"{number} {kind.replace('_', ' ')}" for kind, number in made.counts.items() if number)
    recut = f" Cut again: {', '.join(made.releases)}." if made.releases else ""
    state = "" if made.is_over else f" Not closed yet ({made.error or made.state}); the worker continues."
    return f"Removed: {removed or 'nothing'}.{recut}{state} Receipt {made.id}."
