"""`manage.py import_log FILE --project P [--consent capture,evaluation,training --notice TEXT]`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from feedback.importing import commands, logs
from feedback.models import WriteResult

WORDS = {"stored": "stored", "replayed": "there already", "no_consent": "without consent", "gone": "erased before"}
VOTES = {
    "stored": "signals", "replayed": "signals_replayed", "no_consent": "signals_no_consent", "gone": "signals_gone"
}  # fmt: skip


class Command(BaseCommand):
    help = "Import a log of conversations. A bad line is reported by its number and field; the rest goes in."

    def add_arguments(self, parser: CommandParser) -> None:
        commands.add_arguments(parser, logs.FORMAT)
        commands.add_log_options(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        project = commands.project(options["project"])
        held, asked = commands.consent_of(options)
        fields = commands.fields_of(options)
        records = commands.records(options["file"], structured=logs.STRUCTURED)
        tally = commands.Tally()
        tally.counts["signals"] = 0
        for line in logs.import_lines(project, records, consent=held, asked=asked, fields=fields):
            tally.add(line.number, str(line.result), line.field, line.problem)
            for result, number in line.votes.items():
                tally.counts[VOTES.get(result, f"signals_{result}")] += number
        commands.finish(self, tally, in_words(tally), taken=logs.TAKEN, as_json=options["json"])


def in_words(tally: commands.Tally) -> str:
    """How the import went, and what to do about lines without consent."""
    counts = tally.counts
    said = [f"{counts[name]} {words}" for name, words in WORDS.items() if counts[name] or name == "stored"]
    votes = [f"{counts[VOTES[name]]} {words}" for name, words in WORDS.items() if counts[VOTES[name]]]
    lines = [f"{', '.join(said)}; signals: {', '.join(votes) or 'none'}."]
    return "\n".join([*lines, *([commands.ASK] if counts[WriteResult.NO_CONSENT] else [])])
