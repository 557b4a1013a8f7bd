"""An even sample of a table's rows: estimates shares and totals at the same cost for any number of rows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models

from privacy.db import bulk

MOST = (
    20_000  # rows; from a larger table, half as many to this many are drawn, which estimates a share to within a point
)
STRETCHES = 1_000


@dataclass(frozen=True, slots=True)
class Sample:
    """The keys of the rows that were drawn, in order, and the share of all rows that they are; 1.0 if all were."""

    keys: Sequence[int]
    share: float = 1.0

    @property
    def is_whole(self) -> bool:
        return self.share == 1.0

    def parts(self) -> Iterator[Sequence[int]]:
        """The keys, as many at a time as fit into one statement."""
        for start in range(0, len(self.keys), bulk.KEYS):
            yield self.keys[start : start + bulk.KEYS]


def draw(model: type[models.Model], owner: str, owners: Sequence[int], first: int = 0) -> Sample:
    """A sample of these owners' rows whose key is at least this one: all rows or, if they are many, a part.

    Keys grow as rows are made. Taking a few in a row at a thousand places, at equal distances, draws from all times
    alike. `owner` is the column that the model's list is indexed by.
    """
    manager: Any = model._default_manager
    keys = manager.filter(pk__gte=first).order_by("pk").values_list("pk", flat=True)
    own = keys.filter(**{f"{owner}__in": owners}).order_by()
    if own[: MOST + 1].count() <= MOST:
        return Sample(sorted(own[:MOST]))
    low, high = keys.first(), keys.last()
    step = -(-(high - low + 1) // STRETCHES)
    width = max(1, MOST // STRETCHES)
    found = bulk.stretches(model, f"{owner}_id", owners, range(low, high + 1, step), width)
    if len(found) < MOST // 2:  # many of the keys are missing, or others'
        width = min(step, width * MOST // max(1, len(found)))
        found = bulk.stretches(model, f"{owner}_id", owners, range(low, high + 1, step), width)
    each = max(1, -(-len(found) // MOST))
    return Sample(found[::each], width / step / each)
