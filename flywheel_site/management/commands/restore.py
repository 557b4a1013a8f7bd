"""`manage.py restore FILE`: read a backup into an empty installation, and purge it before anything serves."""

from pathlib import Path
from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError, CommandParser

from flywheel_site.ops.backups import CannotRestore, restore
from privacy.console.progress import bar


class Command(BaseCommand):
    requires_system_checks = []  # the database has no tables yet
    help = (
        "Read a backup into an empty installation: erase again who was erased since, cut releases again that held them, "
        "and say what came back and what went. Exit status 0: it may serve; 1: it may not; 2: it may, but lines of the "
        "list of tombstones could not be read."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE")
        parser.add_argument(
            "--tombstones",
            action="append",
            default=[],
            metavar="LIST",
            help="The newest tombstones.jsonl; may be repeated. The one under FLYWHEEL_VAR and one next to FILE are taken "
            "by themselves.",
        )
        parser.add_argument(
            "--without-tombstones",
            action="store_true",
            help="There is no list, and nobody was erased since the backup.",
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
                f"Lines of the lists that could not be read: {torn}. Whoever was on these may be back: replay a whole copy "
                "with manage.py replay_tombstones --from.",
                returncode=2,
            )

    def say(self, found: dict[str, Any]) -> None:
        """What came back, what went, and what nobody can know."""
        back, went = found["back"], found["went"]
        self.stdout.write(f"Back, as of {found['made_at']}: {back['rows']} rows, {back['releases']} releases.")
        self.stdout.write(
            f"Gone again: {went.get('subjects', 0)} people, {went.get('withdrawals', 0)} consents that were taken back, "
            f"{sum(went['expired'].values())} expired rows."
        )
        for name in went["recut"]:
            self.stdout.write(f"Cut again: {name}")
        lists = found["lists"]
        self.stdout.write(
            f"Tombstones: {', '.join(lists['files']) or 'no list'}; the newest is of {lists['newest'] or 'never'}."
        )
        self.stdout.write("Nothing tells of these; look after them by hand:")
        for what in found["not_known"]:
            self.stdout.write(f"  {what}")
