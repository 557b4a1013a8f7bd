"""`manage.py redact [--project P]`: the redactor as a filter. It is in this app because projects have their own terms."""

import io
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from feedback.projects.commands import project_named
from privacy.redaction import DEFAULT_POLICY, RedactionError
from privacy.redaction.streams import filter_lines


class Command(BaseCommand):
    help = 'Read JSON Lines {"text"} and write {"text", "spans"}: the redacted text, and where something was replaced.'
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--project", help="Also use this project's own terms.")

    def handle(self, *args: Any, **options: Any) -> None:
        policy = DEFAULT_POLICY
        if options["project"]:
            project = project_named(options["project"])
            policy = project.redaction_policy
        lines = io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8", newline="\n")
        out = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline="\n")
        try:
            for line in filter_lines(lines, policy):
                out.write(line + "\n")
        except RedactionError as error:
            raise CommandError(str(error)) from None
        except UnicodeDecodeError:
            raise CommandError("the input is not UTF-8") from None
        finally:
            out.flush()
            out.detach()
