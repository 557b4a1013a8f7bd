"""`manage.py policy --project P`: print a project's curation policy as YAML, try a change, or set the next version."""

from pathlib import Path
from typing import Any

import yaml
from django.core.management.base import BaseCommand, CommandError, CommandParser

from curation.policies import settings, trials, versions
from feedback.projects.commands import project_named

HEADING = "# Curation policy of {policy}. Only settings that differ from the defaults; see docs/reference/policy.md.\n"


class Command(BaseCommand):
    help = "Print a project's curation policy as YAML. --try FILE shows what another policy would change, --set FILE makes it the next version."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--project", required=True)
        parser.add_argument("--defaults", action="store_true", help="Print the defaults instead.")
        either = parser.add_mutually_exclusive_group()
        either.add_argument("--try", dest="tried", metavar="FILE", help="YAML or JSON. Nothing is written.")
        either.add_argument("--set", dest="given", metavar="FILE", help="YAML or JSON; needs --note.")
        parser.add_argument("--note", default="", help="One line that says why.")
        parser.add_argument(
            "--again", action="store_true", help="With --set: apply the filters again to decided records."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        project = project_named(options["project"])
        if options["tried"]:
            self.say(trials.trial(project, settings_of(options["tried"]), most=None))
        elif options["given"]:
            if not options["note"]:
                raise CommandError("Say why in one line, for later readers of this version: --note.")
            self.warn(given := settings_of(options["given"]))
            made = versions.revise(project, given, options["note"], again=options["again"])
            self.stdout.write(f"{made} applies from the next run on.")
        else:
            policy = versions.newest(project)
            self.warn(policy.settings)
            shown = settings.defaults() if options["defaults"] else policy.settings
            heading = "" if options["defaults"] else HEADING.format(policy=policy)
            self.stdout.write(heading + yaml.safe_dump(shown, sort_keys=True, allow_unicode=True), ending="")

    def warn(self, given: dict[str, Any]) -> None:
        """Name settings in the policy that no longer exist."""
        if gone := settings.retired(given):
            self.stderr.write(f"Ignored, because these settings no longer exist: {', '.join(gone)}.")

    def say(self, made: trials.Trial) -> None:
        for verdict, stage, code, number in made.rows:
            self.stdout.write(f"{number:>9,}  {verdict:<5} {stage}: {code}")
        for change in made.first:
            self.stdout.write(f"  {change.public_id}: {change.verdict}, {change.detail}")
        self.stdout.write(f"{sum(made.counts.values()):,} of {made.read:,} records would change.")


def settings_of(name: str) -> dict[str, Any]:
    """The settings in a file. Raises `CommandError`, which never quotes it."""
    try:
        given = yaml.safe_load(Path(name).read_bytes()) or {}
        settings.check(given)
    except OSError as error:
        raise CommandError(f"{name} cannot be read: {error.strerror}.") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise CommandError(f"{name} is not YAML{f': line {mark.line + 1}' if mark else ''}.") from None
    except ValueError as error:
        raise CommandError(str(error)) from None
    return dict(given)
