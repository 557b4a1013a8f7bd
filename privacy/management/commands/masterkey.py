"""`manage.py masterkey [--add | --retire N]`: the versions of the master key that this database accepts."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from privacy.models import MasterKey
from privacy.subjects import master_keys

WARNING = (
    "People stored under another version are found only with that version: keep it, and use it for their requests, "
    "until its rows have expired. Then retire it."
)


class Command(BaseCommand):
    requires_system_checks: list[str] = []  # they would refuse the key that is being added
    help = "List the accepted versions of the master key, add this machine's key, or retire a version."

    def add_arguments(self, parser: CommandParser) -> None:
        chosen = parser.add_mutually_exclusive_group()
        chosen.add_argument("--add", action="store_true", help="Accept this machine's key from now on.")
        chosen.add_argument("--retire", type=int, metavar="N", help="Stop accepting version N.")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["add"]:
            self.stdout.write(f"The key of this machine is version {master_keys.add()}. {WARNING}")
        elif options["retire"] is not None and not master_keys.retire(options["retire"]):
            raise CommandError("There is no live version with this number.")
        here = master_keys.fingerprint()
        for row in MasterKey.objects.order_by("version"):
            state = f"retired {row.retired_at:%Y-%m-%d}" if row.retired_at else "live"
            mine = ", this machine's" if row.fingerprint == here else ""
            self.stdout.write(f"version {row.version}  {row.fingerprint[: master_keys.SHOWN]}  {state}{mine}")
