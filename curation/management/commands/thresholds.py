"""`manage.py thresholds --project P`: what judged answers say about the gate's thresholds."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from curation.gate import thresholds
from feedback.models import Project


class Command(BaseCommand):
    help = "Show the thresholds that people's judgements suggest, with the current ones."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--project", required=True, help="The project's name.")
        parser.add_argument(
            "--adopt", action="store_true", help="Make the proposed thresholds the next version of the policy."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        project = Project.objects.filter(name=options["project"]).first()
        if project is None:
            raise CommandError("There is no such project.")
        found = thresholds.curves(project)
        for one in found:
            proposal = f"{one.proposed:.2f}, {one.why}" if one.proposed is not None else f"none: {one.why}"
            self.stdout.write(
                f"{one.kind:<11}{one.grader:<9} now {one.now:.2f}  {one.right} right, {one.wrong} wrong  proposed {proposal}"
            )
        if options["adopt"]:
            made = thresholds.adopt(project, [one.name for one in found], None)
            self.stdout.write(f"{made} applies from now on." if made else "Nothing changes: the policy stays as it is.")
