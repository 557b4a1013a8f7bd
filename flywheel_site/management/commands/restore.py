"""`manage.py restore FILE`: read a backup into an empty installation, and purge it before anything is served."""

from pathlib import Path
from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError, CommandParser

from flywheel_site.ops.backups import CannotRestore, restore
from privacy.console.progress import bar


class Command(BaseCommand):
    requires_system_checks = []  # the database has no tables yet
    help = (
        "Read a backup into an empty installation. It erases the people erased since the backup again, cuts the "
        "releases that held them again, and reports what was restored and removed. Exit status 0: the installation may "
        "serve; 1: it may not; 2: it may, but lines of the tombstone list could not be read."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE")
        parser.add_argument(
            "--tombstones",
            action="append",
            default=[],
            metavar="LIST",
            help="The newest tombstones.jsonl; may be repeated. Lists under FLYWHEEL_VAR and next to FILE are found without it.",
        )
        parser.add_argument(
            "--without-tombstones",
            action="store_true",
            help="Restore without a list: nobody was erased since the backup.",
        )
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        lists = [Path(each) for each in options["tombstones"]]
        try:
            with bar("read", unit="B") as progress:
                found = restore(Path(options["file"]), lists, progress, without_list=options["without_tombstones"])
        except CannotRestore as error:
            raise CommandError(str(error)) from None
        if options["json"]:
            self.stdout.write(orjson.dumps(found).decode())
        else:
            self.say(found)
        if torn := found["lists"]["torn"]:
            raise CommandError(
                f"Lines of the lists that could not be read: {torn}. People on these lines may be back: replay a "
                f"complete copy with manage.py replay_tombstones --from.",
                returncode=2,
            )

    def say(self, found: dict[str, Any]) -> None:
        """Print what was restored, what was removed, and what the backup cannot know."""
        back, went = found["back"], found["went"]
        self.stdout.write(f"Restored, as of {found['made_at']}: {back['rows']} rows, {back['releases']} releases.")
        self.stdout.write(
            f"Removed again: {went.get('subjects', 0)} people, {went.get('withdrawals', 0)} withdrawn consents, "
            f"{sum(went['expired'].values())} expired rows."
        )
        for name in went["recut"]:
            self.stdout.write(f"Cut again: {name}")
        lists = found["lists"]
        self.stdout.write(
            f"Tombstone lists: {', '.join(lists['files']) or 'none'}; the newest line is from "
            f"{lists['newest'] or 'never'}."
        )
        self.stdout.write("The backup cannot know about these; check them by hand:")
        for what in found["not_known"]:
            self.stdout.write(f"  {what}")
