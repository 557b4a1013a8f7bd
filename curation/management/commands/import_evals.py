"""`manage.py import_evals FILE --project P`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from curation import evalsets
from feedback import importing
from feedback.capture import Asked
from feedback.models import Outcome
from privacy.consent import notice_for

NOTICE = "An eval set of the operator's own, imported for testing; no person's conversation."
TAKEN = (Outcome.Result.STORED, Outcome.Result.REPLAYED)


class Command(BaseCommand):
    help = "Import an eval set of another tool: each case waits for a reviewer's approval."

    def add_arguments(self, parser: CommandParser) -> None:
        importing.add_arguments(parser, evalsets.FORMAT)

    def handle(self, *args: Any, **options: Any) -> None:
        project = importing.project(options["project"])
        tally = importing.Tally()
        records = importing.records(options["file"], structured=evalsets.STRUCTURED, lists=evalsets.LISTS)
        for case in evalsets.import_cases(project, records, Asked("import", notice_for(NOTICE))):
            tally.add(case.number, str(case.result), case.field, case.problem)
        counts = tally.counts
        said = f"{counts['stored']} wait for review, {counts['replayed']} were there already."
        importing.finish(self, tally, said, taken=TAKEN, as_json=options["json"])
