"""`manage.py rescan`: the second redaction, now."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from feedback.rescans import rescan
from privacy.console.progress import bar
from privacy.db import isolation


class Command(BaseCommand):
    help = "Read stored text again where rules have changed since, and replace what they find. Beat does this too."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--limit", type=int, default=1_000_000_000, help="At most so many interactions a project.")

    def handle(self, *args: Any, **options: Any) -> None:
        with bar("rescan") as progress:
            done = rescan.run(options["limit"], progress)
        self.stdout.write(f"{done} interactions read again.")
        if failing := isolation.failing(rescan.WORK):
            raise CommandError("\n".join(failing))
