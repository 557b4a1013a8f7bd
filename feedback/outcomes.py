"""How every write ended, counted in the transaction of the write itself: received is the sum, nothing is unseen."""

import random

from django.db.models import F, Sum
from django.utils import timezone

from feedback.models import Outcome, Project

SLOTS = 16


def count(project: Project, kind: str, result: str, number: int = 1) -> None:
    """Add to the count of today. A random slot keeps writers on PostgreSQL from waiting for one another's row."""
    row = Outcome(
        project=project,
        day=timezone.now().date(),
        kind=kind,
        result=result,
        slot=random.randrange(SLOTS),
        number=0,
    )
    same = {"project": project, "day": row.day, "kind": kind, "result": result, "slot": row.slot}
    if not Outcome.objects.filter(**same).update(number=F("number") + number):
        Outcome.objects.bulk_create([row], ignore_conflicts=True)
        Outcome.objects.filter(**same).update(number=F("number") + number)


def totals(project: Project) -> dict[str, dict[str, int]]:
    """{kind: {result: number}} since the beginning, with `received` as the sum of each kind."""
    rows = (
        Outcome.objects.filter(project=project).values_list("kind", "result").annotate(total=Sum("number")).order_by()
    )
    found: dict[str, dict[str, int]] = {}
    for kind, result, total in rows:
        found.setdefault(kind, {})[result] = total
        found[kind]["received"] = found[kind].get("received", 0) + total
    return found
