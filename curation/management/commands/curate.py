"""`manage.py curate --project P`."""

from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError, CommandParser

from curation import curate
from feedback.models import Project
from feedback.progress import bar


class Command(BaseCommand):
    help = "Decide what is new since the last run. With nothing new it does nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--project", required=True)
        parser.add_argument("--json", action="store_true", help="Print the counts as JSON.")

    def handle(self, *args: Any, **options: Any) -> None:
        project = Project.objects.filter(name=options["project"]).first()
        if project is None:
            raise CommandError("There is no such project.")
        with bar("curate") as progress:
            run = curate.curate(project, progress=progress)
        counts = {"read": run.read if run else 0, **(run.counts if run else {})}
        if options["json"]:
            self.stdout.write(orjson.dumps(counts).decode())
        elif run is None:
            self.stdout.write("Nothing is new.")
        else:
            self.stdout.write(", ".join(f"{number} {name}" for name, number in counts.items()))
