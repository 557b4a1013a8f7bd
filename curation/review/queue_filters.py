"""The filters over the review queue. Each narrows as `queues.Queue` does, so that list and review page agree."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from curation.decisions.reasons import REASONS
from curation.models import TaskState
from curation.review import queues
from curation.review.queues import Queue

Lookups = list[tuple[str, str]]


class QueueFilter(admin.SimpleListFilter):
    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self.value()
        return Queue.asked({str(self.parameter_name): chosen}).among(queryset) if chosen else queryset

    def has_output(self) -> bool:
        return bool(self.lookup_choices) or self.value() is not None


class ProjectPart(QueueFilter):
    title = parameter_name = "project"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Lookups:
        rows = model_admin.admin_site.projects_of(request).order_by("name").values_list("pk", "name")[:100]
        return [(str(pk), name) for pk, name in rows]


class ReasonPart(QueueFilter):
    title = parameter_name = "reason"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Lookups:
        return [(code, words.short) for code, words in REASONS.items() if words.short]


class AgePart(QueueFilter):
    title = parameter_name = "age"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Lookups:
        return list(queues.AGES.items())


class TagPart(QueueFilter):
    title = parameter_name = "tag"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Lookups:
        return [(name, name) for name in seen(request, model_admin).tags]


class LanguagePart(QueueFilter):
    title = parameter_name = "language"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Lookups:
        return [(name, name) for name in seen(request, model_admin).languages]


class StatePart(admin.SimpleListFilter):
    """Open unless something else is asked for."""

    title = parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Lookups:
        return [("resolved", "Decided"), ("cancelled", "No longer needed"), ("all", "All")]

    def choices(self, changelist: Any) -> Any:
        first, *rest = super().choices(changelist)
        return [{**first, "display": "Open"}, *rest]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self.value() or TaskState.OPEN
        return queryset if chosen == "all" else queryset.filter(state=chosen)


class MinePart(admin.SimpleListFilter):
    """Tasks that this reviewer was asked to decide, or has decided."""

    title = parameter_name = "mine"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Lookups:
        return [("assigned", "assigned to me"), ("decided", "decided by me")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "assigned":
            return queryset.filter(assignee=request.user.pk)
        return queryset.filter(resolved_by=request.user.pk) if self.value() == "decided" else queryset


def seen(request: HttpRequest, model_admin: Any) -> queues.Choices:
    kept: dict[str, Any] = vars(request)
    if "queue_choices" not in kept:
        kept["queue_choices"] = queues.choices(
            model_admin.project_by_project(request, model_admin.get_queryset(request))
        )
    found: queues.Choices = kept["queue_choices"]
    return found


FILTERS: list[Any] = [StatePart, ProjectPart, ReasonPart, TagPart, LanguagePart, AgePart, MinePart]
