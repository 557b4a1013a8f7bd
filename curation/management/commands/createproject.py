"""`manage.py createproject NAME`: in this app because a project starts with a dataset of its own name."""

from typing import Any

import orjson
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from curation.policies import projects
from feedback.models import Project
from feedback.projects import creation
from privacy.models import Purpose


class Command(BaseCommand):
    help = "Create a project with its dataset and policies. An existing project is left as it is."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="Lower-case letters, digits, - and _.")
        parser.add_argument("--namespace", default="", help="A name shared by projects that know the same people.")
        parser.add_argument(
            "--basis",
            action="append",
            default=[],
            metavar="[PURPOSE=]opt_in|opt_out",
            help="The legal basis for each purpose (capture, evaluation, training), or for all: with opt_in nothing is used without the person's consent, with opt_out data is used until they refuse. May be repeated, or separated by commas. Default: opt_in.",
        )
        parser.add_argument("--json", action="store_true", help="Print {project}.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            basis = basis_of(options["basis"])
            project = projects.create_project(options["name"], namespace=options["namespace"], basis=basis)
        except creation.ProjectExists:
            raise CommandError(
                "The project already exists, with another legal basis. Change it in the console."
            ) from None
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from None
        if options["json"]:
            self.stdout.write(orjson.dumps({"project": project.name}).decode())
        else:
            self.stdout.write(
                f"Project {project.name} is ready. Next: manage.py createkey {project.name} --scope ingest"
            )


def basis_of(texts: list[str]) -> dict[str, str]:
    """The legal basis by purpose. Raises `CommandError`."""
    found = {}
    for text in ",".join(texts).split(",") if texts else []:
        purpose, _, given = text.strip().rpartition("=")
        if given not in Project.Consent.values or (purpose and purpose not in Purpose.values):
            raise CommandError("--basis takes opt_in or opt_out, alone or for one purpose: training=opt_in")
        found.update(dict.fromkeys([purpose] if purpose else Purpose.values, given))
    return found
