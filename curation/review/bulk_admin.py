"""The pages that act on many tasks: preview, bulk decisions (which can be followed and undone), and assignment."""

from collections import Counter
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html

from curation import tasks as work
from curation.decisions.reasons import short
from curation.models import FIRST, BulkDecision, ReviewTask, TaskState
from curation.review import bulk, deciding, holds
from curation.review.forms import AssignForm, BulkForm
from curation.review.queues import why_of
from privacy.console.lists import row_key

NEWEST = 20
MANY = 1_000
AT_ONCE_SECONDS = 0.4  # of work within the request, so that a few tasks are done when the page loads


def bulk_view(model_admin: Any, request: HttpRequest) -> HttpResponse:
    """Start the previewed bulk decision: a few tasks are decided at once, many in the background."""
    user, tasks = model_admin.require_reviewer(request), sent(model_admin, request)
    form = BulkForm(request.POST, verdicts=holds.bulk_verdicts(tasks))
    if not tasks:
        return redirect("admin:curation_reviewtask_changelist")
    if not form.is_valid():
        return bulk_page(model_admin, request, tasks, form)
    made = bulk.begin(tasks, deciding.Verdict(**form.cleaned_data), user)
    if not finish_soon(made):
        return redirect("admin:curation_reviewtask_bulks")
    messages.success(request, format_html('{} <a href="{}">Bulk decisions</a>', summary(made), bulks_url()))
    return redirect("admin:curation_reviewtask_changelist")


def bulks_view(model_admin: Any, request: HttpRequest) -> HttpResponse:
    """The user's own bulk decisions, newest first; a POST undoes one."""
    user: User = model_admin.require_reviewer(request)
    if request.method == "POST":
        key = row_key(request.POST.get("bulk", ""))
        if bulk.take_back(key, user):
            finish_soon(BulkDecision.objects.get(pk=key))
        else:
            messages.error(request, "This is not one of your bulk decisions, or it was already undone.")
        return redirect("admin:curation_reviewtask_bulks")
    newest = list(BulkDecision.objects.filter(who=user).order_by("-pk")[:NEWEST])
    verdicts = dict(ReviewTask.Resolution.choices)
    context = {
        **model_admin.admin_site.each_context(request),
        "title": "Bulk decisions",
        "opts": model_admin.opts,
        "rows": [(row, verdicts.get(row.resolution, row.resolution), bulk.progress(row)) for row in newest],
        "is_live": any(row.is_under_way for row in newest),
    }
    return render(request, "admin/curation/reviewtask/bulks.html", context)


def finish_soon(made: BulkDecision) -> bool:
    """Work on it briefly and leave the rest to a worker; returns whether it is done."""
    bulk.advance(made.pk, AT_ONCE_SECONDS)
    made.refresh_from_db()
    if made.is_under_way:
        transaction.on_commit(lambda: work.advance_bulk.delay(made.pk))
    return not made.is_under_way


def summary(made: BulkDecision) -> str:
    found = bulk.progress(made)
    left = sum(number for _, number in found.skipped)
    return f"{found.decided} decided." + (f" {left} were skipped." if left else "")


def bulks_url() -> str:
    return reverse("admin:curation_reviewtask_bulks")


def chosen(rows: QuerySet[ReviewTask]) -> list[ReviewTask]:
    """The open tasks among the selected ones, at most a thousand."""
    return list(rows.filter(state=TaskState.OPEN).select_related("project", "interaction__audit", "about")[:MANY])


def sent(model_admin: Any, request: HttpRequest) -> list[ReviewTask]:
    """The tasks that the previous page listed, by key: tasks that have matched the filter since are left alone."""
    keys = [row_key(sent) for sent in request.POST.getlist("task")[:MANY]]
    return chosen(model_admin.get_queryset(request).filter(pk__in=keys).order_by(*FIRST))


def bulk_page(model_admin: Any, request: HttpRequest, tasks: list[ReviewTask], form: BulkForm) -> HttpResponse:
    return dry_page(model_admin, request, tasks, form, "Decide alike", "bulk", "Decide")


def assign_page(model_admin: Any, request: HttpRequest, tasks: list[ReviewTask], form: AssignForm) -> HttpResponse:
    return dry_page(model_admin, request, tasks, form, "Assign", "assign", "Assign")


def dry_page(
    model_admin: Any, request: HttpRequest, tasks: list[ReviewTask], form: Any, title: str, name: str, button: str
) -> HttpResponse:
    """What an action would affect, by reason, with the first tasks."""
    reasons = Counter(short(why_of(task)) for task in tasks)
    context = {
        **model_admin.admin_site.each_context(request),
        "title": title,
        "opts": model_admin.opts,
        "tasks": tasks,
        "form": form,
        "reasons": reasons.most_common(),
        "first": tasks[:10],
        "many": MANY,
        "button": f"{button} {len(tasks)}",
        "action": reverse(f"admin:curation_reviewtask_{name}"),
        "decides_alike": name == "bulk",
    }
    return render(request, "admin/curation/reviewtask/dry.html", context)


def assign_view(model_admin: Any, request: HttpRequest) -> HttpResponse:
    user = model_admin.require_reviewer(request)
    tasks = sent(model_admin, request)
    form = AssignForm(request.POST, people=people(tasks))
    if not tasks or not form.is_valid():
        return (
            assign_page(model_admin, request, tasks, form)
            if tasks
            else redirect("admin:curation_reviewtask_changelist")
        )
    changed = deciding.assign(tasks, form.cleaned_data["assignee"], user)
    messages.success(request, f"{changed} assigned.")
    return redirect("admin:curation_reviewtask_changelist")


def people(tasks: list[ReviewTask]) -> QuerySet[User]:
    people = User.objects.filter(is_active=True, is_staff=True).order_by("username")
    for project in {task.project_id for task in tasks}:
        members = people.filter(memberships__project=project) | people.filter(is_superuser=True)
        people = people.filter(pk__in=members.values("pk"))
    return people
