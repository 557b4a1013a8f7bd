"""`manage.py import_evals FILE --project P`."""

import sys
from collections import Counter
from pathlib import Path
from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError, CommandParser

from curation import evalsets
from feedback.capture import Asked
from feedback.models import Project
from feedback.progress import bar
from privacy.consent import notice_for

SHOWN = 20
NOTICE = "An eval set of the operator's own, imported for testing; no person's conversation."


class Command(BaseCommand):
    help = "Import an eval set (promptfoo, OpenAI evals, Inspect, plain): each case waits for a reviewer's approval."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help=".yaml, .json or JSON Lines")
        parser.add_argument("--project", required=True)
        parser.add_argument("--json", action="store_true", help="Print the counts as JSON.")

    def handle(self, *args: Any, **options: Any) -> None:
        project = Project.objects.select_related("redaction").filter(name=options["project"]).first()
        if project is None:
            raise CommandError("There is no such project. Make it with: manage.py createproject NAME")
        try:
            cases = list(evalsets.read(options["file"]))
        except (evalsets.EvalSetError, OSError) as error:
            raise CommandError(str(error)) from error
        counts: Counter[str] = Counter()
        bad = []
        with bar("import", "case") as progress:
            for case in evalsets.import_cases(project, cases, Asked("import", notice_for(NOTICE))):
                counts[str(case.result)] += 1
                bad += [case] if case.result == "bad" else []
                progress(counts.total(), len(cases))
        if options["json"]:
            problems = [{"case": case.number, "problem": case.problem} for case in bad]
            self.stdout.write(orjson.dumps({**counts, "problems": problems}).decode())
            return
        self.stdout.write(f"{counts['stored']} wait for review, {counts['replayed']} were there already.")
        for case in bad[:SHOWN]:
            self.stderr.write(f"case {case.number}: {case.problem}")
        if bad:
            sys.exit(1)
