"""`manage.py erase --project P --subject S [--purpose training]`."""

from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError, CommandParser

from feedback.models import Project
from privacy import erasure
from privacy.models import Erasure, Purpose
from privacy.subjects import find


class Command(BaseCommand):
    help = "Forget a person: their rows, what was derived from them, and their lines in released files."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--project", required=True)
        parser.add_argument("--subject", required=True, help="The product's own user id.")
        parser.add_argument(
            "--purpose", choices=Purpose.values, help="Only what serves this purpose; consent is withdrawn."
        )
        parser.add_argument("--json", action="store_true", help="Print the receipt as JSON.")

    def handle(self, *args: Any, **options: Any) -> None:
        project = Project.objects.filter(name=options["project"]).first()
        if project is None:
            raise CommandError("There is no such project.")
        subject = find(project.namespace, options["subject"])
        if subject is None:
            raise CommandError("Nothing of this person is kept.", returncode=3)
        purpose = options["purpose"]
        made = erasure.withdraw(subject, purpose, method="operator") if purpose else erasure.erase(subject)
        erasure.settle()
        made.refresh_from_db()
        self.stdout.write(receipt(made) if options["json"] else readable(made))


def receipt(made: Erasure) -> str:
    """The receipt as JSON; it holds nothing of the person."""
    return orjson.dumps(
        {
            "erasure": str(made.id),
            "purpose": made.purpose or None,
            "executed_at": made.executed_at,
            "settled_at": made.settled_at,
            "counts": made.counts,
            "releases": made.releases,
        }
    ).decode()


def readable(made: Erasure) -> str:
    """The receipt in words."""
    removed = ", ".join(f"{number} {kind.replace('_', ' ')}" for kind, number in made.counts.items() if number)
    recut = f" Cut again: {', '.join(made.releases)}." if made.releases else ""
    return f"Removed: {removed or 'nothing'}.{recut} Receipt {made.id}."
