"""`manage.py backup DIR|FILE`: copy a running installation."""

from pathlib import Path
from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError, CommandParser

from flywheel_site.ops.backups import CannotSave, save
from flywheel_site.ops.backups.archive import save_tombstones
from privacy.console.counting import counted
from privacy.console.progress import bar


class Command(BaseCommand):
    help = (
        "Write the database and releases of a running installation into one file, while others write. Keys are left "
        "out. Exit status 0: the file is complete and on disk; 1: there is no new file."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "target", metavar="DIR|FILE", help="A new file, or a folder, where the file is named after the time."
        )
        parser.add_argument("--keep", type=int, default=0, metavar="N", help="Remove all but the folder's N newest.")
        parser.add_argument(
            "--tombstones",
            action="store_true",
            help="Copy only the tombstone list. Do it often: a restore needs the newest.",
        )
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["keep"] < 0:
            raise CommandError("--keep takes a number from 1 up.")
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
        """Print what was written, and what was left out."""
        size = f"{found['bytes'] / 1e6:,.1f} MB"
        self.stdout.write(
            f"{found['file']}: {size}, {counted(found['rows'], 'row')}, {counted(found['releases'], 'release')}, {found['seconds']} s."
        )
        for name in found["removed"]:
            self.stdout.write(f"Removed {name}.")
        self.stdout.write("Not in the backup; keep these separately:")
        for name, why in found["keys_left_out"].items():
            self.stdout.write(f"  {name}: {why}")
