"""Near questions in the console: which questions count as near, and a curator's corrections."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import ngettext

from curation.models import EvalCase, Example, Question
from curation.models.derived import JOINED
from curation.questions import clusters
from curation.questions.fingerprints import are_near
from privacy.console.lists import ProjectFilter, ReadOnlyAdmin

SHOWN = 100  # how many questions of a cluster its page shows
SHORT = 140


@dataclass(frozen=True, slots=True)
class Member:
    """A question of a cluster, its likeness to the first one shown (0 if they would not be near), and its records."""

    question: Question
    alike: float
    records: Sequence[tuple[str, EvalCase | Example]]


@admin.register(Question)
class QuestionAdmin(ReadOnlyAdmin):
    project_path = "project"
    subject_path = "subject_id"
    list_display = ["asked", "near", "put_there", "project"]
    list_filter = [ProjectFilter]
    list_select_related = ["interaction", "project"]
    ordering = ["-interaction"]
    lead = "Very similar questions. They are either all held out for testing or all used for training; each keeps its own records."
    empty = ("No near questions", "A question very similar to an earlier one is listed here, next to it.")

    def get_urls(self) -> list[URLPattern]:
        split = self.admin_site.admin_view(self.split_view)
        merge = self.admin_site.admin_view(self.merge_view)
        return [
            path("<int:key>/split/", split, name="curation_question_split"),
            path("<int:key>/merge/", merge, name="curation_question_merge"),
            *super().get_urls(),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """All of the user's questions; in the list, only those that joined another's cluster."""
        rows = super().get_queryset(request)
        here = request.resolver_match
        return rows.filter(JOINED) if here and here.url_name == "curation_question_changelist" else rows

    def listed(self, keys: Sequence[Any]) -> QuerySet[Any]:
        near = Question.objects.filter(project=OuterRef("project"), cluster=OuterRef("cluster")).order_by()
        counted = Subquery(near.values("cluster").annotate(n=Count("pk")).values("n"))
        rows: QuerySet[Any] = super().listed(keys).annotate(members=counted)
        return rows

    @admin.display(description="question")
    def asked(self, row: Question) -> str:
        return str(row.interaction.question)[:SHORT]

    @admin.display(description="in its cluster")
    def near(self, row: Any) -> str:
        number: int = row.members
        return ngettext("%d question", "%d questions", number) % number

    @admin.display(description="assigned by")
    def put_there(self, row: Question) -> str:
        return "a curator" if row.pinned else "likeness"

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The cluster that the question is in."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = self.found(request, int(object_id) if object_id.isdecimal() and len(object_id) < 18 else 0)
        shown, number = self.members(request, row)
        context = {
            **self.admin_site.each_context(request),
            "title": "Near questions",
            "opts": self.opts,
            "row": row,
            "members": shown,
            "number": number,
            "more": number - len(shown),
            "may": self.decides(request),
            **(extra_context or {}),
        }
        return render(request, "admin/curation/question/cluster.html", context)

    def split_view(self, request: HttpRequest, key: int) -> HttpResponse:
        """Take the selected questions out of their cluster."""
        row = self.changed(request, key)
        chosen = {int(sent) for sent in request.POST.getlist("question") if sent.isdecimal() and len(sent) < 18}
        rows = list(self.get_queryset(request).filter(project=row.project_id, cluster=row.cluster, pk__in=chosen))
        if not rows:
            messages.warning(request, "Select the questions that do not belong with the others.")
            return redirect("admin:curation_question_change", key)
        try:
            made = clusters.split(rows)
        except ValueError:
            messages.warning(request, "Leave at least one question in the cluster.")
            return redirect("admin:curation_question_change", key)
        messages.success(request, f"{len(rows)} taken out. The next curation run compares all of them again.")
        return redirect("admin:curation_question_change", made)

    def merge_view(self, request: HttpRequest, key: int) -> HttpResponse:
        """Merge another question's cluster, named by a conversation's id, into this one."""
        row, name = self.changed(request, key), request.POST.get("other", "").strip()
        others = self.get_queryset(request).filter(project=row.project_id)
        other = others.filter(interaction__external_id=name).first() if name else None
        if other is None:
            messages.warning(request, "No decided conversation of this project has that id.")
        elif other.cluster == row.cluster:
            messages.warning(request, "They are already in the same cluster.")
        else:
            moved = clusters.merge(row, other)
            messages.success(request, f"{moved} added. The next curation run compares all of them again.")
        return redirect("admin:curation_question_change", key)

    def decides(self, request: HttpRequest) -> bool:
        """Whether this user may change clusters."""
        return bool(request.user.has_perm("curation.change_question"))

    def changed(self, request: HttpRequest, key: int) -> Question:
        """The question, for users who may change its cluster, and only by POST."""
        if not self.decides(request):
            raise PermissionDenied
        row = self.found(request, key)
        if request.method != "POST":
            raise Http404
        return row

    def found(self, request: HttpRequest, key: int) -> Question:
        """The question among the user's."""
        row: Question | None = (
            self.get_queryset(request).select_related("interaction", "project").filter(pk=key).first()
        )
        if row is None:
            raise Http404
        return row

    def members(self, request: HttpRequest, row: Question) -> tuple[list[Member], int]:
        """The first questions of its cluster, this one first, and how many there are that the user may see."""
        rows = self.get_queryset(request).filter(project=row.project_id, cluster=row.cluster)
        others = list(rows.select_related("interaction").exclude(pk=row.pk).order_by("pk")[: SHOWN - 1])
        shown = [row, *others]
        mine = clusters.of(str(row.interaction.question), row.interaction.context)
        records = records_of([question.pk for question in shown])
        return [
            Member(
                question,
                are_near(mine, clusters.of(str(question.interaction.question), question.interaction.context)),
                records.get(question.pk, []),
            )
            for question in shown
        ], rows.count()


def records_of(keys: Sequence[int]) -> dict[int, list[tuple[str, EvalCase | Example]]]:
    """The records of these conversations, by key: what each is called, and the record."""
    found: dict[int, list[tuple[str, EvalCase | Example]]] = {}
    for name, model in (("eval case", EvalCase), ("example", Example)):
        rows = model.objects.filter(decision__in=keys)
        for record in rows.select_related("decision__interaction", "decision__correction", "decision__task"):
            found.setdefault(record.pk, []).append((name, record))
    return found
