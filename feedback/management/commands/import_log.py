"""`manage.py import_log FILE --project P [--consent capture,evaluation,training --notice TEXT]`."""

from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError, CommandParser

from feedback.importing import commands, logs
from feedback.importing.reading import Unmapped
from feedback.importing.trial import Trial
from feedback.models import WriteResult
from feedback.projects.commands import project_named

VOTES = {
    "stored": "signals",
    "replayed": "signals_replayed",
    "no_consent": "signals_no_consent",
    "gone": "signals_gone",
    "parked": "signals_waiting",
}


class Command(BaseCommand):
    help = "Import a log of conversations. A bad line is reported by its number and field; the rest is stored."

    def add_arguments(self, parser: CommandParser) -> None:
        commands.add_arguments(parser, logs.FORMAT)
        commands.add_log_options(parser)
        parser.add_argument("--dry-run", action="store_true", help="Show what would be stored, and store nothing.")

    def handle(self, *args: Any, **options: Any) -> None:
        project = project_named(options["project"])
        held, asked = commands.consent_of(options)
        reading = commands.reading_of(options)
        trial = Trial() if options["dry_run"] else None
        records = commands.log_records(options["file"], options["encoding"], options["delimiter"])
        tally = commands.Tally()
        tally.counts["signals"] = 0
        try:
            for line in logs.import_lines(project, records, consent=held, asked=asked, reading=reading, trial=trial):
                tally.add(line.number, str(line.result), line.field, line.problem)
                for result, number in line.votes.items():
                    tally.counts[VOTES.get(result, f"signals_{result}")] += number
        except Unmapped as error:
            raise CommandError(str(error)) from None
        read_as = reading.found.title if reading.found else ""
        words = [f"Read as: {read_as}."] if read_as else []
        if trial:
            words += [
                orjson.dumps(row, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS).decode() for row in trial.first
            ]
            words.append("This is a dry run: nothing was stored. The result would be:")
        words.append(in_words(tally))
        more = {"format": reading.found.name} if reading.found else {}
        commands.finish(
            self,
            tally,
            "\n".join(words),
            taken=logs.TAKEN,
            as_json=options["json"],
            more=more | ({"dry_run": True, "first": trial.first} if trial else {}),
        )


def in_words(tally: commands.Tally) -> str:
    """The import's result, and what to do about lines without consent."""
    counts = tally.counts
    said = [f"{counts[name]} {words}" for name, words in commands.WORDS.items() if counts[name] or name == "stored"]
    outcomes = {**commands.WORDS, "parked": "waiting for their conversation"}
    votes = [f"{counts[VOTES[name]]} {outcomes[name]}" for name in VOTES if counts[VOTES[name]]]
    lines = [f"{', '.join(said)}; signals: {', '.join(votes) or 'none'}."]
    return "\n".join([*lines, *([commands.ASK] if counts[WriteResult.NO_CONSENT] else [])])
