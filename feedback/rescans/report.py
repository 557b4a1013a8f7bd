"""Counts what redaction replaced, and draws a sample for a person to check."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from feedback.models import Interaction, Project
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
    """The project's figures by week, rules and type, oldest first. Reads counts alone, never text."""
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
    """A random sample of stored interactions; the same salt gives the same sample, so that it can be looked at again."""
    keys = Interaction.objects.visible().filter(project=project).values_list("pk", flat=True)
    chosen = sorted(keys.iterator(chunk_size=CHUNK), key=lambda pk: digest("spot-check", salt, str(pk)))[:number]
    return list(Interaction.objects.filter(pk__in=chosen).order_by("pk"))
