"""`manage.py redaction_report --project P [--sample N]`."""

from dataclasses import asdict
from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from feedback.models import Project
from feedback.rescans import report


class Command(BaseCommand):
    help = (
        "What was replaced, by week, rules and type; with --sample, stored texts to check by eye for what was missed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--project", required=True)
        parser.add_argument(
            "--sample", type=int, default=0, help="Show so many random interactions as they are stored."
        )
        parser.add_argument("--salt", default="", help="The same salt shows the same sample. Default: today's date.")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        project = Project.objects.filter(name=options["project"]).first()
        if project is None:
            raise CommandError("There is no such project.")
        lines = report.lines(project)
        salt = options["salt"] or timezone.now().date().isoformat()
        sample = report.spot_check(project, options["sample"], salt) if options["sample"] else []
        if options["json"]:
            shown = [{"id": row.external_id, "question": row.question, "answer": row.answer} for row in sample]
            self.stdout.write(orjson.dumps({"lines": [asdict(line) for line in lines], "sample": shown}).decode())
            return
        for line in lines:
            self.stdout.write(
                f"{line.week}  {line.type:<15} {line.replaced:>7} in {line.interactions} interactions  ({line.rules})"
            )
        for row in sample:
            self.stdout.write(f"\n{row.external_id}\n  {row.question}\n  {row.answer}")
