"""Pages of a list with a million rows: first the keys in index order, then one page's rows by key.

When a list spans several projects, a planner reads and sorts all of their rows. Asked one project at a time, each
answer comes in index order, and the answers are merged here. The same pass over the keys gives the count.
"""

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any

from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property

COUNTED = 5_000
Rows = QuerySet[Any]


def keys_of(parts: Sequence[Rows], limit: int = COUNTED) -> list[Any]:
    """At most `limit` first keys of these querysets together; they share one order and have no row in common."""
    first, *others = parts
    if not others:
        return list(first.values_list("pk", flat=True)[:limit])
    descends: dict[str, bool] = {}
    for name in map(str, first.query.order_by):
        descends.setdefault(name.lstrip("-"), name.startswith("-"))  # a column named twice changes nothing
    rows = [row for part in parts for row in part.values_list(*descends, "pk")[:limit]]
    for place, reverse in reversed(
        list(enumerate(descends.values()))
    ):  # the sort is stable, so the column sorted last decides first
        rows.sort(key=itemgetter(place), reverse=reverse)
    return [row[-1] for row in rows[:limit]]


def has_plain_order(rows: Rows) -> bool:
    """Whether the order is by plain columns, so that Python can merge by it."""
    return bool(rows.query.order_by) and all(isinstance(name, str) for name in rows.query.order_by)


class BoundedPaginator(Paginator):
    """Counts at most five thousand rows: nobody turns a hundred pages, and an exact count reads the whole table.

    `parts` are the list's rows project by project, where that helps; `listed` fetches rows by key, in any order.
    """

    def __init__(
        self,
        object_list: Rows,
        per_page: int,
        orphans: int = 0,
        allow_empty_first_page: bool = True,
        *,
        parts: Sequence[Rows],
        listed: Callable[[Sequence[Any]], Rows],
    ) -> None:
        super().__init__(object_list, per_page, orphans, allow_empty_first_page)
        self.parts, self.listed = parts, listed

    @cached_property
    def keys(self) -> list[Any]:
        return keys_of(self.parts)

    @cached_property
    def count(self) -> int:
        return len(self.keys)

    def rows(self, start: int, end: int) -> list[Any]:
        """The rows at these places of the list, in its order."""
        keys = self.keys[start:end]
        found = {row.pk: row for row in self.listed(keys)}
        return [found[key] for key in keys if key in found]

    def page(self, number: int | str) -> Page[Any]:
        place = self.validate_number(number)
        start = (place - 1) * self.per_page
        return Page(self.rows(start, start + self.per_page), place, self)


class BoundedChangeList(ChangeList):
    """Sorts only by what the list offers, whatever the query string asks for, and fetches its rows by key."""

    paginator: BoundedPaginator

    def get_ordering_field(self, field_name: Any) -> Any:
        return super().get_ordering_field(field_name) if field_name in (self.sortable_by or ()) else None

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        if isinstance(self.result_list, QuerySet):  # all of them on one page
            self.result_list = self.paginator.rows(0, self.result_count)
