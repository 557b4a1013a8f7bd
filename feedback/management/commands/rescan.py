"""`manage.py rescan`: run the second redaction now."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from feedback.rescans import rescan
from privacy.console.counting import counted
from privacy.console.progress import bar
from privacy.db import isolation


class Command(BaseCommand):
    help = "Redact stored text again if rules have changed since. Beat does this too."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--limit", type=int, default=1_000_000_000, help="At most this many interactions per project."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        with bar("rescan") as progress:
            done = rescan.run(options["limit"], progress)
        self.stdout.write(f"{counted(done, 'interaction')} redacted again.")
        if failing := isolation.failing(rescan.WORK):
            raise CommandError("\n".join(failing))
