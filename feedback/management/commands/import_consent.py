"""`manage.py import_consent FILE --project P`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from feedback.importing import commands
from feedback.projects.commands import project_named
from privacy.consent import importing


class Command(BaseCommand):
    help = "Import consent that you already hold into the ledger. Newer entries there win."

    def add_arguments(self, parser: CommandParser) -> None:
        commands.add_arguments(parser, importing.FORMAT)

    def handle(self, *args: Any, **options: Any) -> None:
        project = project_named(options["project"])
        tally = commands.Tally()
        records = commands.records(options["file"], structured=importing.STRUCTURED)
        for line in importing.import_records(project.namespace, records):
            tally.add(line.number, line.result, line.field, line.problem)
        said = ", ".join(f"{number} {result}" for result, number in sorted(tally.counts.items()))
        commands.finish(self, tally, said, taken=("noted", "known", "erased"), as_json=options["json"])
