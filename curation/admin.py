"""Decisions, review and what comes of them in the console, in the order in which they come about."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path

from curation import gateadmin as gateadmin  # registers the gate
from curation import review
from curation.models import (
    CurationPolicy,
    Dataset,
    Decision,
    EvalCase,
    Example,
    PreferencePair,
    Recall,
    Release,
    ReleaseMember,
    ReviewTask,
    Run,
)
from feedback.models import Project
from privacy.admin import ReadOnlyAdmin

SHORT = 100


def projects_of(request: HttpRequest) -> QuerySet[Project]:
    """The projects that this user may see."""
    everything = Project.objects.all()
    return everything if request.user.is_superuser else everything.filter(members__user=request.user)


class ReviewForm(forms.Form):
    """What a reviewer decides of one task."""

    resolution = forms.ChoiceField(choices=ReviewTask.Resolution, widget=forms.RadioSelect)
    correction = forms.CharField(widget=forms.Textarea(attrs={"rows": 6}), required=False, strip=True)
    note = forms.CharField(widget=forms.Textarea(attrs={"rows": 2}), required=False, strip=True)


@admin.register(ReviewTask)
class ReviewTaskAdmin(ReadOnlyAdmin):
    """The queue, and the page on which one task after the other is decided."""

    list_display = ["id", "asked", "reason", "state", "resolution", "priority", "project", "created_at", "resolved_by"]
    list_filter = ["state", "reason", "resolution", "project"]
    list_select_related = ["interaction", "project", "resolved_by"]
    exclude = ["subject"]
    ordering = ["-priority", "id"]

    def get_urls(self) -> list[URLPattern]:
        own = [
            path("next/", self.admin_site.admin_view(self.next_view), name="curation_reviewtask_next"),
            path("<int:key>/decide/", self.admin_site.admin_view(self.decide_view), name="curation_reviewtask_decide"),
        ]
        return own + super().get_urls()

    def get_queryset(self, request: HttpRequest) -> QuerySet[ReviewTask]:
        rows = super().get_queryset(request).filter(subject__restricted_at__isnull=True)
        return rows.filter(project__in=projects_of(request))

    @admin.display(description="question")
    def asked(self, row: ReviewTask) -> str:
        return str(row.interaction.question)[:SHORT]

    def next_view(self, request: HttpRequest) -> HttpResponse:
        """Claim the first free task, and show it."""
        self.require_reviewer(request)
        task = review.claim_next(self.get_queryset(request), request.user)  # type: ignore[arg-type]
        if task is None:
            messages.success(request, "Nothing waits for review. Well done.")
            return redirect("admin:curation_reviewtask_changelist")
        return redirect("admin:curation_reviewtask_decide", key=task.pk)

    def decide_view(self, request: HttpRequest, key: int) -> HttpResponse:
        """Show one task with all that helps to judge it, and carry out what the reviewer decides."""
        self.require_reviewer(request)
        task = self.get_queryset(request).select_related("interaction__project__redaction").filter(pk=key).first()
        if task is None:
            return redirect("admin:curation_reviewtask_changelist")
        form = ReviewForm(request.POST or None, initial={"correction": task.interaction.answer})
        if request.method == "POST" and form.is_valid():
            try:
                review.resolve(task, review.Verdict(**form.cleaned_data), request.user)  # type: ignore[arg-type]
            except review.ReviewError as error:
                form.add_error(None, str(error))
            else:
                return redirect("admin:curation_reviewtask_next")
        context = {
            **self.admin_site.each_context(request),
            "title": "Review",
            "opts": self.opts,
            "task": task,
            "interaction": task.interaction,
            "signals": task.interaction.signals.live().order_by("occurred_at"),
            "form": form,
        }
        return render(request, "admin/curation/reviewtask/decide.html", context)

    def require_reviewer(self, request: HttpRequest) -> None:
        """Refuse whoever may look but not decide."""
        if not request.user.has_perm("curation.change_reviewtask"):
            raise PermissionDenied


@admin.register(Decision)
class DecisionAdmin(ReadOnlyAdmin):
    list_display = ["interaction", "outcome", "reason", "detail", "decided_by", "decided_at", "project"]
    list_filter = ["outcome", "reason", "decided_by", "project"]
    list_select_related = ["interaction", "project"]
    exclude = ["subject"]


class DerivedAdmin(ReadOnlyAdmin):
    """What eval cases, examples and pairs share."""

    list_display: Any = ["decision_id", "asked", "expected", "status", "reason", "project"]
    list_filter: Any = ["status", "reason", "project"]
    list_select_related = [
        "project", "decision__interaction", "decision__correction", "decision__task",
    ]  # fmt: skip
    exclude = ["subject", "fingerprint"]

    @admin.display(description="question")
    def asked(self, row: Any) -> str:
        return str(row.decision.interaction.question)[:SHORT]

    @admin.display(description="right answer")
    def expected(self, row: Any) -> str:
        return str(row.decision.expected)[:SHORT]


@admin.register(EvalCase)
class EvalCaseAdmin(DerivedAdmin):
    list_display = ["decision_id", "kind", "asked", "expected", "status", "reason", "never_again", "project"]
    list_filter = ["kind", "status", "reason", "never_again", "project"]


@admin.register(Example)
class ExampleAdmin(DerivedAdmin):
    list_filter = ["authored", "status", "reason", "project"]


@admin.register(PreferencePair)
class PreferencePairAdmin(DerivedAdmin):
    pass


@admin.register(Dataset)
class DatasetAdmin(admin.ModelAdmin):
    list_display = ["name", "project", "cadence", "time_zone", "holdout"]
    list_select_related = ["project"]

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        return ["name", "project", "created_at"] if obj else ["created_at"]


@admin.register(Release)
class ReleaseAdmin(ReadOnlyAdmin):
    list_display = ["id", "dataset", "version", "state", "published_at"]
    list_filter = ["state", "dataset"]
    list_select_related = ["dataset"]


@admin.register(Recall)
class RecallAdmin(ReadOnlyAdmin):
    list_display = ["id", "release", "replaced_by", "reason", "created_at"]
    list_select_related = ["release__dataset", "replaced_by__dataset"]


@admin.register(Run)
class RunAdmin(ReadOnlyAdmin):
    list_display = ["id", "project", "state", "read", "total", "started_at", "finished_at"]
    list_filter = ["state", "project"]
    list_select_related = ["project"]


@admin.register(CurationPolicy)
class CurationPolicyAdmin(ReadOnlyAdmin):
    list_display = ["project", "version", "note", "created_at", "created_by"]
    list_filter = ["project"]
    list_select_related = ["project", "created_by"]


@admin.register(ReleaseMember)
class ReleaseMemberAdmin(ReadOnlyAdmin):
    list_display = ["id", "release", "interaction", "evaluation", "training"]
    list_select_related = ["release__dataset", "interaction"]
    exclude = ["subject", "author"]
