"""`manage.py datamap [--write FILE]`: the data map as Markdown, or into a document between its two marks."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from privacy.erasure import data_map

BEGIN, END = "<!-- datamap -->\n", "<!-- /datamap -->"


class Command(BaseCommand):
    help = "Print every column with its class, purpose and retention."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--write", help="Put it between the marks of this document.")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["write"]:
            self.stdout.write(data_map.table())
            return
        path = Path(options["write"])
        before, _, rest = path.read_text().partition(BEGIN)
        path.write_text(f"{before}{BEGIN}{data_map.table()}{END}{rest.partition(END)[2]}")
