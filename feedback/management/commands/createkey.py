"""`manage.py createkey PROJECT --scope ingest --scope feedback`."""

from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError, CommandParser

from feedback.models import Project
from feedback.projects import keys
from privacy.api.scopes import Scope


class Command(BaseCommand):
    help = "Make a key for a project and print it. It is shown this once: only its hash is kept."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("project")
        parser.add_argument("--scope", action="append", dest="scopes", choices=Scope.values, required=True)
        parser.add_argument("--name", default="", help="What the key is for.")
        parser.add_argument("--json", action="store_true", help="Print {key, prefix, scopes}.")

    def handle(self, *args: Any, **options: Any) -> None:
        project = Project.objects.filter(name=options["project"]).first()
        if project is None:
            raise CommandError("There is no such project. Make it with: manage.py createproject NAME")
        row, text = keys.create(project, options["scopes"], options["name"])
        if options["json"]:
            self.stdout.write(orjson.dumps({"key": text, "prefix": row.prefix, "scopes": row.scopes}).decode())
        else:
            self.stdout.write(f"{text}\nKeep it: it cannot be shown again. Scopes: {', '.join(row.scopes)}.")
