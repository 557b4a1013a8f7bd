"""`manage.py curate --project P`, or `--explain ID` for the path of one record."""

from dataclasses import asdict
from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError, CommandParser

from curation import pipeline
from curation.decisions import explain
from curation.policies import versions
from curation.quality import audits
from feedback.models import Interaction, Project
from privacy.console.progress import bar


class Command(BaseCommand):
    help = "Decide what is new since the last run. With nothing new it does nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--project", required=True)
        parser.add_argument("--explain", metavar="ID", help="Say why this interaction's records are where they are.")
        parser.add_argument("--json", action="store_true", help="Print the counts, or the path, as JSON.")

    def handle(self, *args: Any, **options: Any) -> None:
        project = Project.objects.filter(name=options["project"]).first()
        if project is None:
            raise CommandError("There is no such project.")
        if options["explain"]:
            self.explain(project, options["explain"], as_json=options["json"])
            return
        with bar("curate") as progress:
            run = pipeline.curate(project, progress=progress)
        audits.draw(project, versions.current(project))
        counts = {"read": run.read if run else 0, **(run.counts if run else {})}
        if options["json"]:
            self.stdout.write(orjson.dumps(counts).decode())
        elif run is None:
            self.stdout.write("Nothing is new.")
        else:
            self.stdout.write(", ".join(f"{number} {name}" for name, number in counts.items()))

    def explain(self, project: Project, name: str, *, as_json: bool) -> None:
        """Print the whole path of one record, each stage with its figure."""
        found = Interaction.objects.filter(project=project, external_id=name).select_related("subject", "project")
        interaction = found.first()
        if interaction is None:
            raise CommandError("There is no such interaction in this project.")
        steps = explain.explain(interaction)
        if as_json:
            self.stdout.write(orjson.dumps([asdict(step) for step in steps]).decode())
            return
        for step in steps:
            figure = "" if step.figure is None else f"{step.figure:g}"
            self.stdout.write(f"{step.stage:<9} {step.verdict:<7} {step.code:<20} {figure:>8}  {step.detail}")
