"""`manage.py import_consent FILE --project P`."""

import sys
from collections import Counter
from pathlib import Path
from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError, CommandParser

from feedback.models import Project
from privacy import consentimport

SHOWN = 20


class Command(BaseCommand):
    help = (
        "Bring consent that you hold already into the ledger (JSON Lines; docs/privacy.md). What is newer there stands."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--project", required=True)
        parser.add_argument("--json", action="store_true", help="Print the counts as JSON.")

    def handle(self, *args: Any, **options: Any) -> None:
        project = Project.objects.filter(name=options["project"]).first()
        if project is None:
            raise CommandError("There is no such project. Make it with: manage.py createproject NAME")
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError("There is no such file.")
        with path.open("rb") as file:
            ended = list(consentimport.import_lines(project.namespace, file))
        counts, bad = Counter(line.result for line in ended), [line for line in ended if line.result == "bad"]
        if options["json"]:
            self.stdout.write(orjson.dumps(counts).decode())
            return
        self.stdout.write(", ".join(f"{number} {result}" for result, number in sorted(counts.items())) or "no lines")
        for line in bad[:SHOWN]:
            self.stderr.write(f"line {line.number}: {line.problem}")
        if bad:
            sys.exit(1)
