"""`manage.py verify_receipt FILE [--key HEX]`: check that a receipt is ours and unchanged."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from privacy.requests import receipts


class Command(BaseCommand):
    help = (
        "Check that a receipt is unchanged and who signed it. It may come from the API, the privacy desk or `erase "
        "--json`. Exit status 1 if it is not valid."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", help="The receipt; default: standard input.")
        parser.add_argument("--key", default="", help="The public key to trust, in hex; default: this installation's.")
        parser.add_argument("--public-key", action="store_true", help="Only print this installation's public key.")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["public_key"]:
            self.stdout.write(receipts.public_key())
            return
        data = Path(options["file"]).read_bytes() if options["file"] else sys.stdin.buffer.read()
        try:
            receipt = receipts.verify(data, options["key"])
        except receipts.Forged as error:
            raise CommandError(f"This receipt is not valid. {error}") from None
        removed = ", ".join(
            f"{number} {kind.replace('_', ' ')}" for kind, number in receipt["counts"].items() if number
        )
        self.stdout.write(
            f"The receipt is valid: {receipt['kind']} {receipt['request']}, {removed or 'nothing was kept'}."
        )
