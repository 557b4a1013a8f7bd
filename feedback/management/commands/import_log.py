"""`manage.py import_log FILE --project P [--consent capture,evaluation,training --notice TEXT]`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from feedback import importing, logs
from feedback.capture import Asked
from feedback.models import Outcome
from privacy import consent
from privacy.models import Purpose

WORDS = {"stored": "stored", "replayed": "there already", "no_consent": "without consent", "gone": "erased before"}
VOTES = {
    "stored": "signals", "replayed": "signals_replayed", "no_consent": "signals_no_consent", "gone": "signals_gone"
}  # fmt: skip
ASK = (
    "Lines without consent were not kept. Write it into each line "
    '("consent": {"capture": true, "evaluation": true, "training": true}), or, if you hold it already: '
    '--consent capture,evaluation,training --notice "the words under which people agreed"'
)


class Command(BaseCommand):
    help = "Import a log of conversations. A bad line is reported by its number and field; the rest goes in."

    def add_arguments(self, parser: CommandParser) -> None:
        importing.add_arguments(parser, logs.FORMAT)
        add_consent(parser)
        parser.add_argument(
            "--map", action="append", default=[], metavar="FIELD=PATH",
            help="Where your log has a field: --map question=input.text --map answer=output. Other fields are left out.",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        project = importing.project(options["project"])
        held, asked = consent_of(options)
        fields = dict(mapping(text) for text in options["map"])
        records = importing.records(options["file"], structured=logs.STRUCTURED)
        tally = importing.Tally()
        tally.counts["signals"] = 0
        for line in logs.import_lines(project, records, consent=held, asked=asked, fields=fields):
            tally.add(line.number, str(line.result), line.field, line.problem)
            for result, number in line.votes.items():
                tally.counts[VOTES.get(result, f"signals_{result}")] += number
        importing.finish(self, tally, in_words(tally), taken=logs.TAKEN, as_json=options["json"])


def in_words(tally: importing.Tally) -> str:
    """How the import went, and what to do about lines without consent."""
    counts = tally.counts
    said = [f"{counts[name]} {words}" for name, words in WORDS.items() if counts[name] or name == "stored"]
    votes = [f"{counts[VOTES[name]]} {words}" for name, words in WORDS.items() if counts[VOTES[name]]]
    lines = [f"{', '.join(said)}; signals: {', '.join(votes) or 'none'}."]
    return "\n".join([*lines, *([ASK] if counts[Outcome.Result.NO_CONSENT] else [])])


def add_consent(parser: CommandParser) -> None:
    """The arguments that say what the operator holds already."""
    parser.add_argument(
        "--consent", default="", help="What you hold already for lines that carry none: capture,evaluation,training"
    )
    parser.add_argument("--notice", default="", help="The wording under which people agreed.")


def consent_of(options: dict[str, Any]) -> tuple[dict[str, bool], Asked]:
    """What the operator holds, and under which wording. Raises `CommandError`."""
    held = dict.fromkeys(filter(None, (name.strip() for name in options["consent"].split(","))), True)
    if set(held) - set(Purpose.values):
        raise CommandError(f"--consent takes a list of: {', '.join(Purpose.values)}")
    if held and Purpose.CAPTURE not in held:
        raise CommandError("--consent names no capture, and without that nothing is kept.")
    try:
        return held, Asked("import", consent.notice_for(options["notice"]))
    except consent.PersonalNotice as error:
        raise CommandError(str(error)) from None


def mapping(text: str) -> tuple[str, str]:
    """(our field, its place in the log) of a `--map`. Raises `CommandError`."""
    name, equals, path = text.partition("=")
    if name not in logs.FIELDS or not equals or not path:
        raise CommandError(f"--map takes FIELD=PATH, where FIELD is one of: {', '.join(logs.FIELDS)}")
    return name, path
