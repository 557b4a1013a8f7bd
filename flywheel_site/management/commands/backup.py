"""`manage.py backup DIR|FILE`: copy a running installation."""

from pathlib import Path
from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError, CommandParser

from flywheel_site.ops.backups import CannotSave, save
from flywheel_site.ops.backups.archive import save_tombstones
from privacy.console.progress import bar


class Command(BaseCommand):
    help = (
        "Write database and releases of a running installation into one file, while others write. Keys are left out. "
        "Exit status 0: the file is whole and on disk; 1: there is no new file."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("target", metavar="DIR|FILE", help="A folder, for a name with the time, or a new file.")
        parser.add_argument("--keep", type=int, default=0, metavar="N", help="Remove all but the folder's N newest.")
        parser.add_argument(
            "--tombstones",
            action="store_true",
            help="Copy the list of tombstones alone. Do it often: a restore needs the newest.",
        )
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["keep"] < 0:
            raise CommandError("--keep takes a number of 1 or more.")
        try:
            if options["tombstones"]:
                found = save_tombstones(Path(options["target"]))
            else:
                with bar("backup", unit="B") as progress:
                    found = save(Path(options["target"]), progress, keep=options["keep"])
        except CannotSave as error:
            raise CommandError(str(error)) from None
        if options["json"]:
            self.stdout.write(orjson.dumps(found).decode())
        elif options["tombstones"]:
            self.stdout.write(f"{found['file']}: {found['tombstones']} lines.")
        else:
            self.say(found)

    def say(self, found: dict[str, Any]) -> None:
        """What was written, and what was left out."""
        size = f"{found['bytes'] / 1e6:,.1f} MB"
        self.stdout.write(
            f"{found['file']}: {size}, {found['rows']} rows, {found['releases']} releases, {found['seconds']} s."
        )
        for name in found["removed"]:
            self.stdout.write(f"Removed {name}.")
        self.stdout.write("Not in it; keep these apart:")
        for name, why in found["keys_left_out"].items():
            self.stdout.write(f"  {name}: {why}")
