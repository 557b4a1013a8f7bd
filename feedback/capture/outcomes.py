"""How every write ended, counted in the transaction of the write itself: received is the sum, nothing is unseen."""

import random
from collections.abc import Mapping

from django.db.models import Sum
from django.utils import timezone

from feedback.models import Outcome, Project
from privacy.db.bulk import run

SLOTS = 16
UPSERT = """INSERT INTO feedback_outcome (project_id, day, kind, result, slot, number) VALUES {lines}
ON CONFLICT (project_id, day, kind, result, slot) DO UPDATE SET number = feedback_outcome.number + excluded.number"""


def count(project: Project, kind: str, result: str, number: int = 1) -> None:
    """Add to one count of today."""
    add(project, {(kind, result): number})


def add(project: Project, numbers: Mapping[tuple[str, str], int]) -> None:
    """Add to the counts of today, by (kind, result), in one statement.

    A random slot keeps writers on PostgreSQL from waiting for one another's row; the order keeps them from deadlock.
    """
    day, slot = timezone.now().date(), random.randrange(SLOTS)  # noqa: S311 - no secret
    lines = [
        (project.pk, day, str(kind), str(result), slot, number) for (kind, result), number in sorted(numbers.items())
    ]
    if lines:
        statement = UPSERT.format(lines=", ".join(["(%s, %s, %s, %s, %s, %s)"] * len(lines)))
        run(statement, [value for line in lines for value in line])


def totals(project: Project) -> dict[str, dict[str, int]]:
    """{kind: {result: number}} since the beginning, with `received` as the sum of each kind.

    What was dropped is not in the sum again: it was counted as parked when it came.
    """
    rows = (
        Outcome.objects.filter(project=project).values_list("kind", "result").annotate(total=Sum("number")).order_by()
    )
    found: dict[str, dict[str, int]] = {}
    for kind, result, total in rows:
        found.setdefault(kind, {})[result] = total
        found[kind].setdefault("received", 0)
        if result != Outcome.Result.DROPPED:
            found[kind]["received"] += total
    return found
