"""`manage.py import_log FILE --project P [--consent capture,evaluation,training --notice TEXT]`."""

import sys
from collections import Counter
from pathlib import Path
from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from feedback import logs
from feedback.capture import Asked
from feedback.models import Outcome, Project
from privacy import consent
from privacy.models import Purpose

SHOWN = 20


class Command(BaseCommand):
    help = "Import a log of conversations (JSON Lines or CSV). A bad line is reported by its number; the rest goes in."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--project", required=True)
        parser.add_argument("--consent", default="", help="What you hold already: capture,evaluation,training")
        parser.add_argument("--notice", default="", help="The wording under which people agreed to that.")
        parser.add_argument("--json", action="store_true", help="Print the counts as JSON.")

    def handle(self, *args: Any, **options: Any) -> None:
        project = Project.objects.select_related("redaction").filter(name=options["project"]).first()
        if project is None:
            raise CommandError("There is no such project. Make it with: manage.py createproject NAME")
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError("There is no such file.")
        held = dict.fromkeys(filter(None, options["consent"].split(",")), True)
        if set(held) - set(Purpose.values):
            raise CommandError(f"--consent takes a list of: {', '.join(Purpose.values)}")
        try:
            asked = Asked("import", consent.notice_for(options["notice"]) if held else None)
        except consent.PersonalNotice as error:
            raise CommandError(str(error)) from None
        counts, bad = self.run(project, path, held, asked)
        self.report(counts, bad, as_json=options["json"])
        if bad and not options["json"]:
            sys.exit(1)

    def run(
        self, project: Project, path: Path, held: dict[str, bool], asked: Asked
    ) -> tuple[Counter[str], list[logs.LineResult]]:
        """Import with a progress bar over the bytes of the file."""
        counts: Counter[str] = Counter()
        bad: list[logs.LineResult] = []
        with tqdm(
            total=path.stat().st_size, unit="B", unit_scale=True, desc="import", leave=False, disable=None
        ) as bar:

            def read() -> Any:
                for number, raw in logs.read_lines(path):
                    bar.update(len(raw))
                    yield number, raw

            for line in logs.import_lines(project, read(), consent=held, asked=asked):
                counts[str(line.result)] += 1
                counts["signals"] += line.signals
                if line.result == "bad":
                    bad.append(line)
        return counts, bad

    def report(self, counts: Counter[str], bad: list[logs.LineResult], *, as_json: bool) -> None:
        """Say how it went, and what to do about what did not go in."""
        if as_json:
            problems = [{"line": line.number, "problem": line.problem} for line in bad]
            self.stdout.write(orjson.dumps({**counts, "problems": problems}).decode())
            return
        names = {
            "stored": "stored",
            "replayed": "there already",
            "no_consent": "without consent",
            "gone": "erased before",
        }
        said = [f"{counts[name]} {words}" for name, words in names.items() if counts[name] or name == "stored"]
        self.stdout.write(f"{', '.join(said)}; {counts['signals']} signals.")
        if counts[Outcome.Result.NO_CONSENT]:
            self.stdout.write(
                "Lines without consent were not kept. If you hold it: "
                "--consent capture,evaluation,training --notice TEXT"
            )
        for line in bad[:SHOWN]:
            self.stderr.write(f"line {line.number}: {line.problem}")
        if len(bad) > SHOWN:
            self.stderr.write(f"… and {len(bad) - SHOWN} more lines that could not be read (--json lists all).")
