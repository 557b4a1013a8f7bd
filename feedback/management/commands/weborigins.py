"""`manage.py weborigins PROJECT [--add https://shop.example]`."""

from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError, CommandParser

from feedback.models import Project
from feedback.projects import origins


class Command(BaseCommand):
    help = (
        "List the origins whose pages may send feedback to a project with a token; optionally add or remove some first."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("project")
        parser.add_argument(
            "--add", action="append", default=[], metavar="ORIGIN", help="Allow an origin: https://shop.example"
        )
        parser.add_argument("--remove", action="append", default=[], metavar="ORIGIN", help="Stop allowing an origin.")
        parser.add_argument("--json", action="store_true", help="Print {project, web_origins}.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            allowed = origins.change(options["project"], add=options["add"], remove=options["remove"])
        except Project.DoesNotExist:
            raise CommandError("There is no such project. Create it with: manage.py createproject NAME") from None
        except origins.NoOrigin:
            raise CommandError(
                "An origin is a scheme and a host, such as https://shop.example, without a path."
            ) from None
        if options["json"]:
            self.stdout.write(orjson.dumps({"project": options["project"], "web_origins": allowed}).decode())
        else:
            self.stdout.write("\n".join(allowed) or "No origin is allowed. Allow one with: --add https://shop.example")
