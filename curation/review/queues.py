"""Review queues: which tasks a reviewer asked for, a task's priority in words, and how many are left.

The list's filters narrow the same way as `Queue`, so that list and review page agree.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import timedelta
from typing import Any, Self
from urllib.parse import urlencode

from django.contrib import admin
from django.db.models import Case, Exists, F, OuterRef, QuerySet, TextField, Value, When
from django.db.models.functions import Cast
from django.http import HttpRequest
from django.utils import timezone

from curation.decisions.reasons import REASONS
from curation.decisions.rules import IMPLICIT_WEIGHT, MOST_OF_A_KIND, USUAL
from curation.models import FIRST, AuditItem, Decision, ReviewTask, TaskState
from curation.review.opening import AUDIT
from feedback.models import Interaction, Signal
from feedback.signals import LABELS
from privacy.console.pagination import keys_of
from privacy.db import engine

AGES = {"1": "more than a day", "3": "more than three days", "7": "more than a week", "30": "more than a month"}
SAMPLE = 300
COUNTED = 1_000


@dataclass(frozen=True, slots=True)
class Queue:
    """A selection of the open tasks; a part that is "" does not narrow it."""

    project: str = ""
    reason: str = ""
    tag: str = ""
    language: str = ""
    age: str = ""

    @classmethod
    def asked(cls, given: Mapping[str, Any]) -> Self:
        """The queue of a query string; unknown parts are ignored."""
        return cls(**{part.name: str(given.get(part.name, ""))[:64] for part in fields(cls)})

    def query(self) -> str:
        return urlencode({part.name: value for part in fields(self) if (value := getattr(self, part.name))})

    def among(self, tasks: QuerySet[ReviewTask]) -> QuerySet[ReviewTask]:
        if self.project:
            tasks = tasks.filter(project=int(self.project) if self.project.isdecimal() else 0)
        if self.reason:
            tasks = tasks.annotate(why=why()).filter(why=self.reason)
        if self.tag:
            tasks = tagged(tasks, self.tag)
        if self.language:
            spoken = Decision.objects.filter(pk=OuterRef("interaction_id"), language=self.language)
            tasks = tasks.filter(Exists(spoken))  # a subquery, not a join: the queue keeps its order
        if self.age in AGES:
            tasks = tasks.filter(created_at__lt=timezone.now() - timedelta(days=int(self.age)))
        return tasks


def why() -> Case:
    """Why a task is here, as reviewers see it: an open one whose answer was drawn is about the audit, whatever opened it.
    A list by reason would otherwise say what people think of an answer that is to be judged blind.
    """
    drawn = Exists(AuditItem.objects.filter(pk=OuterRef("interaction_id")))
    return Case(When(drawn, state=TaskState.OPEN, then=Value(AUDIT)), default=F("reason"))


def why_of(task: ReviewTask) -> str:
    """The same of one task."""
    return AUDIT if task.state == TaskState.OPEN and hasattr(task.interaction, "audit") else task.reason


def to_be_judged_blind(interaction: Interaction) -> bool:
    """Whether the conversation was drawn into the audit and waits for its judgement: who may judge it sees no votes."""
    return hasattr(interaction, "audit") and interaction.review_tasks.filter(state=TaskState.OPEN).exists()


def tagged(tasks: QuerySet[ReviewTask], tag: str) -> QuerySet[ReviewTask]:
    """The tasks whose conversation has this tag. Compared as JSON text, in which SQLite escapes non-ASCII characters."""
    written = engine.json_text(tag)
    return tasks.annotate(tags_text=Cast("interaction__tags", TextField())).filter(tags_text__contains=written)


@dataclass(frozen=True, slots=True)
class Choices:
    tags: tuple[str, ...]
    languages: tuple[str, ...]


def choices(parts: Sequence[QuerySet[ReviewTask]]) -> Choices:
    """The tags and languages among the first few hundred open tasks."""
    waiting = [tasks.filter(state=TaskState.OPEN).order_by(*FIRST) for tasks in parts]
    rows = ReviewTask.objects.filter(pk__in=keys_of(waiting, SAMPLE))
    seen = list(rows.values_list("interaction__tags", "interaction__decision__language"))
    tags = Counter(tag for found, _ in seen for tag in found or ())
    languages = Counter(language for _, language in seen if language)
    return Choices(
        tuple(sorted(tag for tag, _ in tags.most_common(12))), tuple(name for name, _ in languages.most_common(12))
    )


def left(tasks: QuerySet[ReviewTask]) -> int:
    """How many of these tasks are open, at most a thousand: an exact count would read the whole queue after every
    decision.
    """
    return tasks.filter(state=TaskState.OPEN).order_by()[:COUNTED].count()


def left_words(number: int) -> str:
    return f"{number:,}" if number < COUNTED else f"{COUNTED:,}+"


def priority_words(signals: Iterable[Signal]) -> str:
    """What implicit signals add to the usual priority, by kind; empty if there are none."""
    counts = Counter(signal.kind for signal in signals if signal.kind in IMPLICIT_WEIGHT)
    parts = [
        f"{USUAL * IMPLICIT_WEIGHT[kind] * counted:g} for {counted} × {LABELS[kind].lower()}"
        for kind, number in sorted(counts.items())
        for counted in [min(number, MOST_OF_A_KIND)]
    ]
    return ", ".join([f"{USUAL} as usual", *parts]) if parts else ""


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
        return list(AGES.items())


class TagPart(QueueFilter):
    title = parameter_name = "tag"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Lookups:
        return [(name, name) for name in seen(request, model_admin).tags]


class LanguagePart(QueueFilter):
    title = parameter_name = "language"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Lookups:
        return [(name, name) for name in seen(request, model_admin).languages]


class StatePart(admin.SimpleListFilter):
    """Open, unless another state is selected."""

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


def seen(request: HttpRequest, model_admin: Any) -> Choices:
    kept: dict[str, Any] = vars(request)
    if "queue_choices" not in kept:
        kept["queue_choices"] = choices(model_admin.project_by_project(request, model_admin.get_queryset(request)))
    found: Choices = kept["queue_choices"]
    return found


FILTERS: list[Any] = [StatePart, ProjectPart, ReasonPart, TagPart, LanguagePart, AgePart, MinePart]
