"""`manage.py thresholds --project P`: what judged answers say about the gate's thresholds."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from curation.gate import measuring, thresholds
from curation.gate.graders import GRADERS, Grader, GraderError
from curation.gate.model_graders import models_for
from curation.gate.verdicts import GatePolicy, PolicyError
from curation.policies import versions
from feedback.models import Project
from feedback.projects.commands import project_named


class Command(BaseCommand):
    help = "Show the thresholds that people's judgements suggest, with the current ones."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--project", required=True, help="The project's name.")
        parser.add_argument(
            "--adopt", action="store_true", help="Make the proposed thresholds the next version of the policy."
        )
        parser.add_argument(
            "--measure",
            type=int,
            metavar="N",
            help="Ask the policy's graders, models included, about the newest N answers that people judged or corrected.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        project = project_named(options["project"])
        found = thresholds.curves(project)
        for one in found:
            proposal = f"{one.proposed:.2f}, {one.why}" if one.proposed is not None else f"none: {one.why}"
            self.stdout.write(
                f"{one.kind:<11}{one.grader:<9} now {one.now:.2f}  {one.right} right, {one.wrong} wrong  proposed {proposal}"
            )
        if options["adopt"]:
            made = thresholds.adopt(project, [one.name for one in found], None)
            self.stdout.write(f"{made} applies from now on." if made else "Nothing changes: the policy stays as it is.")
        if options["measure"]:
            self.measure(project, options["measure"])

    def measure(self, project: Project, most: int) -> None:
        """Print how the graders judge the answers that people have judged. A model is asked only if the policy names it."""
        try:
            policy = GatePolicy.from_dict(versions.current(project).settings.get("gate", {}))
            models = models_for(policy)
        except (GraderError, PolicyError) as error:
            raise CommandError(str(error)) from error
        graders: dict[str, Grader] = {name: GRADERS[name] for name in thresholds.LIKENESS} | dict(models.graders)
        for one in measuring.measured_now(project, graders, most):
            silent = f", {one.silent} without a grade" if one.silent else ""
            self.stdout.write(
                f"{one.grader}: right ones refused {one.refuses_right}, wrong ones passed {one.passes_wrong}, "
                f"agrees with people {one.agreement}{silent}"
            )
