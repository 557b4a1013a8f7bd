"""`manage.py replay_tombstones [--from FILE]`: erase again what had been erased, after a backup was restored."""

from pathlib import Path
from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError, CommandParser

from privacy.erasure import tombstones

NAMED = 20


class Command(BaseCommand):
    help = "Erase again, in a restored database, everything that the list next to it names as erased. Run it before serving."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--from", dest="file", help="The list; default: tombstones.jsonl under FLYWHEEL_VAR.")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(options["file"]) if options["file"] else tombstones.file()
        if not path.exists():
            raise CommandError("There is no list at this path.")
        torn: list[int] = []
        counts = tombstones.replay(path, torn)
        if options["json"]:
            self.stdout.write(orjson.dumps({**counts, "torn": len(torn)}).decode())
        else:
            self.stdout.write(
                f"{counts['tombstones']} tombstones read; erased again: {counts['subjects']} people; "
                f"withdrawn again: {counts['withdrawals']}."
            )
        if torn:
            named = ", ".join(map(str, torn[:NAMED])) + (" …" if len(torn) > NAMED else "")
            raise CommandError(
                f"Lines that could not be read: {len(torn)} (line {named}). All others were applied. People on the "
                f"unreadable lines may be back in the database: replay a complete copy of the list as well, with "
                f"--from."
            )
