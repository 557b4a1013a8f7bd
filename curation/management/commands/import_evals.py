"""`manage.py import_evals FILE --project P`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from curation.gate import eval_sets
from feedback.capture import ConsentSource
from feedback.importing import commands
from feedback.models import WriteResult
from privacy.consent.ledger import notice_for

NOTICE = "An eval set of the operator's own, imported for testing; no person's conversation."
TAKEN = (WriteResult.STORED, WriteResult.REPLAYED)


class Command(BaseCommand):
    help = "Import an eval set from another tool; each case waits for a reviewer's approval."

    def add_arguments(self, parser: CommandParser) -> None:
        commands.add_arguments(parser, eval_sets.FORMAT)

    def handle(self, *args: Any, **options: Any) -> None:
        project = commands.project(options["project"])
        tally = commands.Tally()
        records = commands.records(options["file"], structured=eval_sets.STRUCTURED, lists=eval_sets.LISTS)
        for case in eval_sets.import_cases(project, records, ConsentSource("import", notice_for(NOTICE))):
            tally.add(case.number, str(case.result), case.field, case.problem)
        counts = tally.counts
        summary = f"{counts['stored']} wait for review, {counts['replayed']} were there already."
        commands.finish(self, tally, summary, taken=TAKEN, as_json=options["json"])
