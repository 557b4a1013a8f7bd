"""`manage.py verify_ledger`: check that every subject's chain of consents is whole."""

from itertools import groupby
from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError, CommandParser

from privacy.consent import ledger
from privacy.models import ConsentEntry, Subject


class Command(BaseCommand):
    help = "Check the consent ledger, line by line. Exit status 1 if a line was changed, added or removed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            subjects, broken = verified()
        except (ValueError, TypeError, AttributeError) as error:  # Django reads an invalid time as None
            raise CommandError("The ledger was changed: a line of it cannot be read.") from error
        if options["json"]:
            self.stdout.write(orjson.dumps({"subjects": subjects, "broken": broken}).decode())
        else:
            self.stdout.write(f"{subjects - len(broken)} of {subjects} chains are whole.")
        if broken:
            places = ", ".join(f"subject {entry['subject']} at line {entry['line']}" for entry in broken[:20])
            raise CommandError(f"The ledger was changed: {places}.")


def verified() -> tuple[int, list[dict[str, Any]]]:
    """How many subjects have a chain, and the first line of each chain that is not whole. Raises if a line holds a
    value that its column cannot.
    """
    rows = ConsentEntry.objects.select_related("subject", "notice").order_by("subject", "id")
    subjects, broken, read = 0, list[dict[str, Any]](), 0
    for subject, lines in groupby(rows.iterator(chunk_size=2_000), key=lambda line: line.subject_id):
        chain = list(lines)
        subjects, read = subjects + 1, read + len(chain)
        if line := ledger.broken_at(chain):
            broken.append({"subject": subject, "line": line.pk})
    if (
        orphan := ConsentEntry.objects.exclude(subject__in=Subject.objects.all()).first()
        if read < rows.count()
        else None
    ):
        broken.append({"subject": orphan.subject_id, "line": orphan.pk})
    return subjects, broken
