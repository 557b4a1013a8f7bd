"""`manage.py upgrade`: bring a database from before 0.1.0 to the tables of this version."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from flywheel_site.ops import upgrade


class Command(BaseCommand):
    help = "Bring a database that was made before 0.1.0 to the tables of this version, then migrate. Safe to run again."

    def handle(self, *args: Any, **options: Any) -> None:
        if not upgrade.is_needed():
            self.stdout.write("Nothing to upgrade: run manage.py migrate.")
            return
        try:
            changes = upgrade.upgrade()
        except upgrade.CannotUpgradeError as error:
            raise CommandError(str(error)) from None
        call_command("migrate", verbosity=0)
        for name in changes.added:
            self.stdout.write(f"changed  {name}")
        for name in changes.unused:
            self.stdout.write(f"unused {name} (kept, but no code reads it)")
        self.stdout.write("The database is at this version.")
