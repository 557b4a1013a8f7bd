"""The questions whose answers fail most, and what reviewers said is wrong with them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Count, Max, Q

from curation.decisions.posterior import Stance
from curation.models import Opinion, ReviewTask, TaskState
from curation.quality.estimates import Estimate, wilson
from feedback.models import Interaction, Project

MOST: Final = 20
AGAINST: Final = (Stance.DOWN, Stance.REPLACED, Stance.REVIEW_DOWN, Stance.REVIEW_REPLACED)


@dataclass(frozen=True, slots=True)
class Failing:
    """A question: its newest conversation that somebody found wrong, and the share of its conversations that were not."""

    interaction: int
    wrong: int
    right: Estimate


@dataclass(frozen=True, slots=True)
class FailingQuestion:
    """A failing question with its text, and its open review task: 0 if there is none, or if it is to be judged blind."""

    failing: Failing
    row: Interaction
    task: int


def questions(project: Project) -> tuple[Failing, ...]:
    """The questions with the most conversations in which somebody found the answer wrong. Holds no text, so that it can
    be cached.
    """
    rows = Opinion.objects.filter(project=project, subject__restricted_at__isnull=True).values("question")
    counted = rows.order_by().annotate(
        talks=Count("interaction", distinct=True),
        wrong=Count("interaction", distinct=True, filter=Q(stance__in=AGAINST)),
        newest=Max("interaction", filter=Q(stance__in=AGAINST)),
    )
    worst = counted.filter(wrong__gt=0).order_by("-wrong", "talks", "-newest")[:MOST]
    return tuple(
        Failing(row["newest"], row["wrong"], wilson(row["talks"] - row["wrong"], row["talks"])) for row in worst
    )


def with_texts(found: Sequence[Failing]) -> list[FailingQuestion]:
    """These questions as a reader sees them; without those that have been deleted or hidden since. Two queries."""
    keys = [one.interaction for one in found]
    rows = {row.pk: row for row in Interaction.objects.visible().filter(pk__in=keys)}
    tasks = ReviewTask.objects.filter(interaction__in=keys, state=TaskState.OPEN, interaction__audit__isnull=True)
    open_tasks = dict(tasks.values_list("interaction", "pk"))
    return [
        FailingQuestion(one, rows[one.interaction], open_tasks.get(one.interaction, 0))
        for one in found
        if one.interaction in rows
    ]


def reasons(project: Project, since: datetime) -> list[tuple[str, int]]:
    """What reviewers ticked as wrong since then, the most frequent first."""
    rows = ReviewTask.objects.filter(project=project, state=TaskState.RESOLVED, resolved_at__gte=since).exclude(tags=[])
    counted: Counter[str] = Counter()
    for tags, number in rows.order_by().values_list("tags").annotate(n=Count("pk")):
        for tag in tags:
            counted[tag] += number
    return counted.most_common()
