"""`manage.py redaction_report --project P [--sample N]`: what redaction replaced, and a sample for a person to check."""

from collections import Counter
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from feedback.models import Interaction, Project
from feedback.projects.commands import project_named
from privacy.subjects.digests import digest

CHUNK = 2_000


@dataclass(frozen=True, slots=True)
class Line:
    """Replacements of one type in one week (its Monday) under one version of the rules."""

    week: date
    rules: str
    type: str
    replaced: int
    interactions: int


def lines(project: Project) -> list[Line]:
    """The project's figures by week, rules and type, oldest first. Reads only counts, never text."""
    replaced: Counter[tuple[date, str, str]] = Counter()
    interactions: Counter[tuple[date, str, str]] = Counter()
    rows = Interaction.objects.filter(project=project).values_list("received_at", "redaction_version", "redactions")
    for received_at, rules, counts in rows.iterator(chunk_size=CHUNK):
        day = received_at.date()
        for kind, number in counts.items():
            key = (day - timedelta(days=day.weekday()), rules, kind)
            replaced[key] += number
            interactions[key] += 1
    return [Line(*key, replaced[key], interactions[key]) for key in sorted(replaced)]


def spot_check(project: Project, number: int, salt: str) -> list[Interaction]:
    """A random sample of stored interactions; the same salt gives the same sample again."""
    keys = Interaction.objects.visible().filter(project=project).values_list("pk", flat=True)
    chosen = sorted(keys.iterator(chunk_size=CHUNK), key=lambda pk: digest("spot-check", salt, str(pk)))[:number]
    return list(Interaction.objects.filter(pk__in=chosen).order_by("pk"))


class Command(BaseCommand):
    help = (
        "Show what was replaced, by week, rules and type; with --sample, also stored texts in which to look for misses."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--project", required=True)
        parser.add_argument(
            "--sample", type=int, default=0, help="Show this many random interactions as they are stored."
        )
        parser.add_argument("--salt", default="", help="The same salt shows the same sample. Default: today's date.")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        project = project_named(options["project"])
        figures = lines(project)
        salt = options["salt"] or timezone.now().date().isoformat()
        sample = spot_check(project, options["sample"], salt) if options["sample"] else []
        if options["json"]:
            shown = [{"id": row.external_id, "question": row.question, "answer": row.answer} for row in sample]
            self.stdout.write(orjson.dumps({"lines": [asdict(line) for line in figures], "sample": shown}).decode())
            return
        for line in figures:
            self.stdout.write(
                f"{line.week}  {line.type:<15} {line.replaced:>7} in {line.interactions} interactions  ({line.rules})"
            )
        for row in sample:
            self.stdout.write(f"\n{row.external_id}\n  {row.question}\n  {row.answer}")
