"""The pages on which a reviewer sees how they do, and a curator how all do; and the actions that make calibration items."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from curation import calibrated, progress, seconds
from curation.models import CalibrationItem, ReviewTask
from feedback.models import Project

PEOPLE, PROJECTS = 50, 20


def progress_view(model_admin: Any, request: HttpRequest) -> HttpResponse:
    """The reviewer's own progress; a curator's page shows everybody's, and how far they agree in each project."""
    user = request.user
    if not isinstance(user, User) or not model_admin.decides(request):
        raise PermissionDenied
    tasks, curates = model_admin.get_queryset(request), user.has_perm(seconds.ADJUDICATES)
    projects = list(model_admin.admin_site.projects_of(request).order_by("name")[:PROJECTS]) if curates else []
    people = reviewers(user, projects) if curates else [user]
    context = {
        **model_admin.admin_site.each_context(request), "title": "How reviewers do" if curates else "Your progress",
        "opts": model_admin.opts, "rows": progress.progress(tasks, people, timezone.now()), "curates": curates,
        "projects": [(project, progress.reliability(tasks, project)) for project in projects],
        "known": CalibrationItem.objects.filter(project__in=projects).count(),
    }  # fmt: skip
    return render(request, "admin/curation/reviewtask/progress.html", context)


def reviewers(user: User, projects: list[Project]) -> list[User]:
    """The curator first, then those who share these projects and have decided something."""
    shared = User.objects.filter(memberships__project__in=projects, resolved_tasks__isnull=False).exclude(pk=user.pk)
    return [user, *shared.distinct().order_by("username")[:PEOPLE]]


@admin.action(description="Use as calibration: the answer is known", permissions=["adjudicate"])
def mark_chosen(model_admin: Any, request: HttpRequest, queryset: QuerySet[ReviewTask]) -> None:
    """Vouch for the verdicts of the chosen tasks."""
    chosen = list(queryset[:1000])
    made = sum(calibrated.mark(task, request.user) for task in chosen if isinstance(request.user, User))
    left = len(chosen) - made
    messages.success(
        request, f"{made} made calibration items." + f" {left} are not decided, or are one already." * bool(left)
    )


@admin.action(description="Use as calibration no longer", permissions=["adjudicate"])
def unmark_chosen(model_admin: Any, request: HttpRequest, queryset: QuerySet[ReviewTask]) -> None:
    """Vouch for them no longer."""
    gone = sum(calibrated.unmark(task, request.user) for task in queryset[:1000] if isinstance(request.user, User))
    messages.success(request, f"{gone} are calibration items no longer.")
