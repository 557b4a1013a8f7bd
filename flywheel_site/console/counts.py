"""The counts of the console's home page. Each costs the same at any size: a large number is counted up to a limit, or
estimated from a sample. Slow counts are cached for a minute.
"""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple, TypeVar

from django.core.cache import cache
from django.db.models import Count, Exists, Min, OuterRef, Q, Subquery
from django.utils import timezone

from curation.decisions.rules import Outcome
from curation.models import FIRST, GateResult, ReleaseMember, ReviewTask, TaskState
from curation.review.queues import why
from feedback.models import Interaction, Project, WriteResult
from feedback.models import Outcome as Write
from privacy.console.dates import first_key
from privacy.console.lists import SPLIT
from privacy.console.pagination import keys_of
from privacy.db import sampling

KEEP_SECONDS = 60
LONG = 0.05  # seconds; a slower count is cached
FEW = 10  # rows of a sample; fewer give no good estimate
MOST_WAITING = 10_000  # of each age
FIRST_WAITING = 5_000
AGES = (("under a day", 1), ("1 to 3 days", 3), ("3 to 7 days", 7), ("over a week", 0))
Counted = TypeVar("Counted")


class Figure(NamedTuple):
    """A number as the page shows it, and whether it is exact enough to compute shares from."""

    number: int
    words: str
    is_known: bool = True


def exact(number: int) -> Figure:
    return Figure(number, f"{number:,}")


def estimate(found: int, share: float, counted: int = 0) -> Figure:
    """The number that rows of a sample stand for, plus others that were counted."""
    if share == 1.0:
        return exact(found + counted)
    number = rounded(found / share + counted)
    if found < FEW:
        return Figure(number, f"under {rounded(FEW / share + counted):,}", is_known=False)
    return Figure(number, f"about {number:,}")


def rounded(number: float) -> int:
    """To three digits."""
    return int(float(f"{number:.3g}"))


def cached(what: str, keys: list[int], days: str, count: Callable[[], Counted]) -> Counted:
    """A count, cached for a minute if it is slow."""
    name = f"home:{what}:{','.join(map(str, keys))}:{days}"
    counted: Counted | None = cache.get(name)
    if counted is None:
        began = time.perf_counter()
        counted = count()
        if time.perf_counter() - began > LONG:
            cache.set(name, counted, KEEP_SECONDS)
    return counted


def funnel(keys: list[int], since: datetime | None) -> dict[str, Figure]:
    """How many of these projects' conversations since then reached each stage."""
    writes = Write.objects.filter(project__in=keys, kind="interaction", result=WriteResult.NO_CONSENT)
    rows = Interaction.objects.visible()
    if since is not None:
        rows, writes = rows.filter(received_at__gte=since), writes.filter(day__gte=since.date())
    drawn = sampling.draw(
        Interaction, "project", keys, first_key(Interaction, "received_at", since) if since is not None else 0
    )
    stages = {
        "consented": Count("pk"),
        "rated": Count("pk", filter=Q(revision__gt=0)),
        "decided": Count("pk", filter=Q(decision__outcome__in=[Outcome.CONFIRMED, Outcome.CORRECTED])),
        "released": Count("pk", filter=Exists(ReleaseMember.objects.filter(interaction=OuterRef("pk")))),
        "gated": Count("pk", filter=Exists(GateResult.objects.filter(interaction=OuterRef("pk")))),
    }
    found: Counter[str] = Counter()
    for part in drawn.parts():
        found.update(rows.filter(pk__in=part).aggregate(**stages))
    refused = sum(writes.values_list("number", flat=True))
    reached = {stage: estimate(found[stage], drawn.share) for stage in stages}
    return {"captured": estimate(found["consented"], drawn.share, refused), **reached}


@dataclass(frozen=True, slots=True)
class Waiting:
    """The open tasks: how many of each age, how many in all, and since when the oldest has waited."""

    ages: tuple[Figure, ...]
    tasks: Figure
    oldest: datetime | None


def waiting(keys: list[int]) -> Waiting:
    """The open tasks of these projects; of each age at most ten thousand are counted."""
    tasks, now, after, ages = opened(keys), timezone.now(), None, []
    for _, days in AGES:
        rows = tasks if after is None else tasks.filter(created_at__lt=after)
        after = now - timedelta(days=days)
        rows = rows.filter(created_at__gte=after) if days else rows
        ages.append(at_most(rows[:MOST_WAITING].count(), MOST_WAITING))
    number = sum(age.number for age in ages)
    words = f"{number:,}" + ("" if all(age.is_known for age in ages) else "+")
    own = ReviewTask.objects.filter(state=TaskState.OPEN, project=OuterRef("pk")).order_by("created_at")
    oldest = Project.objects.filter(pk__in=keys).annotate(at=Subquery(own.values("created_at")[:1]))
    return Waiting(tuple(ages), Figure(number, words), oldest.aggregate(first=Min("at"))["first"])


def at_most(number: int, limit: int) -> Figure:
    """The figure for a number that was counted up to a limit."""
    return exact(number) if number < limit else Figure(number, f"{number:,}+", is_known=False)


def opened(keys: Sequence[int]) -> Any:
    return ReviewTask.objects.filter(project__in=keys, state=TaskState.OPEN)


@dataclass(frozen=True, slots=True)
class Reasons:
    """The most frequent reasons why tasks are open; if there are very many, `among` the first of them."""

    numbers: tuple[tuple[str, int], ...]
    among: int | None


def reasons(keys: list[int]) -> Reasons:
    """Why the open tasks of these projects wait."""
    parts = [[key] for key in keys] if len(keys) <= SPLIT else [keys]
    first = keys_of([opened(part).order_by(*FIRST) for part in parts], FIRST_WAITING) if parts else []
    rows = ReviewTask.objects.filter(pk__in=first).annotate(why=why()).values_list("why").annotate(n=Count("pk"))
    return Reasons(tuple(rows.order_by("-n")[:5]), FIRST_WAITING if len(first) == FIRST_WAITING else None)
