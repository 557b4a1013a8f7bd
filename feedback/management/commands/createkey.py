"""`manage.py createkey PROJECT --scope ingest --scope feedback`."""

from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError, CommandParser

from feedback.projects import keys
from feedback.projects.commands import project_named
from privacy.api.scopes import Scope


class Command(BaseCommand):
    help = "Create a key for a project and print it. It is shown only now: Flywheel keeps only its hash."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("project")
        names = ",".join(Scope.values)
        parser.add_argument(
            "--scope",
            action="append",
            dest="scopes",
            metavar=names,
            required=True,
            help="May be repeated, or separated by commas.",
        )
        parser.add_argument("--name", default="", help="What the key is for.")
        parser.add_argument("--json", action="store_true", help="Print {key, prefix, scopes}.")

    def handle(self, *args: Any, **options: Any) -> None:
        project = project_named(options["project"])
        scopes = [name.strip() for given in options["scopes"] for name in given.split(",") if name.strip()]
        if unknown := sorted(set(scopes) - set(Scope.values)) or ([] if scopes else ["(none)"]):
            raise CommandError(f"There is no scope {', '.join(unknown)}; there are {', '.join(Scope.values)}.")
        row, text = keys.create(project, list(dict.fromkeys(scopes)), options["name"])
        if options["json"]:
            self.stdout.write(orjson.dumps({"key": text, "prefix": row.prefix, "scopes": row.scopes}).decode())
        else:
            self.stdout.write(f"{text}\nStore it now: it cannot be shown again. Scopes: {', '.join(row.scopes)}.")
