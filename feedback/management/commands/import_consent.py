"""`manage.py import_consent FILE --project P`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from feedback import importing
from privacy import consentimport


class Command(BaseCommand):
    help = "Bring consent that you hold already into the ledger. What is newer there stands."

    def add_arguments(self, parser: CommandParser) -> None:
        importing.add_arguments(parser, consentimport.FORMAT)

    def handle(self, *args: Any, **options: Any) -> None:
        project = importing.project(options["project"])
        tally = importing.Tally()
        records = importing.records(options["file"], structured=consentimport.STRUCTURED)
        for line in consentimport.import_records(project.namespace, records):
            tally.add(line.number, line.result, line.field, line.problem)
        said = ", ".join(f"{number} {result}" for result, number in sorted(tally.counts.items()))
        importing.finish(self, tally, said, taken=("noted", "known", "erased"), as_json=options["json"])
