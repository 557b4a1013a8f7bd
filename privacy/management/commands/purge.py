"""`manage.py purge [--dry-run]`: retention."""

from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError, CommandParser

from privacy.db import isolation
from privacy.erasure import erasure, retention


class Command(BaseCommand):
    help = "Remove records older than their project keeps them. Beat does this every hour."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Only count what would be removed.")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        counts = retention.purge(dry_run=options["dry_run"])
        if options["json"]:
            self.stdout.write(orjson.dumps(counts).decode())
        else:
            self.stdout.write(in_words(counts, dry_run=options["dry_run"]))
        if failing := isolation.failing(erasure.RETENTION):
            raise CommandError("\n".join(failing))


def in_words(counts: dict[str, int], *, dry_run: bool) -> str:
    """What was removed, or would be."""
    verb = "Would remove" if dry_run else "Removed"
    parts = [f"{number} {kind.replace('_', ' ')}" for kind, number in counts.items()]
    return f"{verb}: {', '.join(parts)}."
