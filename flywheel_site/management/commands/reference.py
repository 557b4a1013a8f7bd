"""`manage.py reference [--check]`: write the generated pages of docs/reference/."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from flywheel_site import reference


class Command(BaseCommand):
    help = "Write the generated pages of docs/reference/: API, commands, settings, policy, reasons and data map."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="Write nothing; exit with 1 where a page is stale.")

    def handle(self, *args: Any, **options: Any) -> None:
        if not reference.FOLDER.is_dir():
            raise CommandError("There is no docs/reference/ here: this needs a checkout.")
        try:
            changed = reference.stale() if options["check"] else reference.write()
        except reference.Stale as error:
            raise CommandError(str(error)) from error
        if options["check"] and changed:
            raise CommandError(f"Stale: {', '.join(changed)}. Run manage.py reference.")
        self.stdout.write(f"Written: {', '.join(changed)}." if changed else "Every page is as it should be.")
