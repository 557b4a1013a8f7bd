"""`manage.py verify_ledger`: whether every subject's chain of consents is whole."""

from itertools import groupby
from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError, CommandParser

from privacy import consent
from privacy.models import ConsentEntry


class Command(BaseCommand):
    help = "Check the consent ledger, line by line. Exit status 1 where a line was changed, added or taken out."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        lines = ConsentEntry.objects.select_related("notice").order_by("subject", "id").iterator(chunk_size=2_000)
        subjects, broken = 0, []
        for subject, chain in groupby(lines, key=lambda line: line.subject_id):
            subjects += 1
            if line := consent.broken_at(chain):
                broken.append({"subject": subject, "line": line.pk})
        if options["json"]:
            self.stdout.write(orjson.dumps({"subjects": subjects, "broken": broken}).decode())
        else:
            self.stdout.write(f"{subjects - len(broken)} of {subjects} chains are whole.")
        if broken:
            places = ", ".join(f"subject {entry['subject']} at line {entry['line']}" for entry in broken[:20])
            raise CommandError(f"The ledger was changed: {places}.")
