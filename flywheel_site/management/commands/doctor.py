"""`manage.py doctor`: examine this deployment and say what to do."""

from dataclasses import asdict
from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError, CommandParser

from flywheel_site.ops.doctor import Finding, Severity, examine, worst
from privacy.console.counting import counted


class Command(BaseCommand):
    requires_system_checks = []  # doctor runs the checks itself, and carries on after a failure
    help = (
        "Examine settings, keys, database, broker, workers, disk, clock, backups and work, and say what to do. Exit status "
        "0: all is well; 1: warnings; 2: faults."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--deploy",
            action="store_true",
            help="Check that the settings are fit for production; the default if PUBLIC_URL is not on this machine.",
        )
        parser.add_argument("--quiet", action="store_true", help="Print only what is wrong.")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        found = []
        for finding in examine(deployed=options["deploy"] or None):
            found.append(finding)
            if not options["json"] and not (options["quiet"] and finding.severity is Severity.OK):
                self.say(finding)
        status = worst(found)
        if options["json"]:
            listed = [{**asdict(each), "severity": each.severity.name.lower()} for each in found]
            self.stdout.write(orjson.dumps({"status": status.name.lower(), "findings": listed}).decode())
        if status is not Severity.OK:
            number = sum(each.severity is status for each in found)
            raise CommandError(counted(number, status.name.lower()), returncode=int(status))

    def say(self, finding: Finding) -> None:
        """Print a line for the finding, and one for what to do."""
        style = {
            Severity.OK: self.style.SUCCESS,
            Severity.WARNING: self.style.WARNING,
            Severity.FAULT: self.style.ERROR,
        }
        code = f" ({finding.code})" if finding.code else ""
        name = style[finding.severity](f"{finding.severity.name.lower():<8}")
        self.stdout.write(f"{name} {finding.part:<11} {finding.words}{code}")
        if finding.todo:
            self.stdout.write(f"{'':21}→ {finding.todo}")
