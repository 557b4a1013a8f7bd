"""`manage.py createproject NAME`: in this app because a project starts with a dataset of its own name."""

from typing import Any

import orjson
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from curation.policies import projects


class Command(BaseCommand):
    help = "Make a project, with its dataset and policies. An existing one is left as it is."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="Lower-case letters, digits, - and _.")
        parser.add_argument("--namespace", default="", help="Share it with projects that know the same people.")
        parser.add_argument("--json", action="store_true", help="Print {project}.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            project = projects.create_project(options["name"], namespace=options["namespace"])
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from None
        if options["json"]:
            self.stdout.write(orjson.dumps({"project": project.name}).decode())
        else:
            self.stdout.write(
                f"Project {project.name} is ready. Next: manage.py createkey {project.name} --scope ingest"
            )
