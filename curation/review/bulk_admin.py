"""The pages of bulk decisions: start one from the queue, watch it, take it back."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html

from curation import tasks
from curation.models import BulkDecision, ReviewTask
from curation.review import bulk, deciding, holds
from curation.review.forms import BulkForm
from privacy.console.lists import row_key

NEWEST = 20
AT_ONCE_SECONDS = 0.4  # of work in the request itself, so that a few tasks are done when the page answers


def bulk_view(model_admin: Any, request: HttpRequest) -> HttpResponse:
    """Start the previewed bulk decision: a few tasks are decided at once, many in the background."""
    user, chosen = model_admin.require_reviewer(request), model_admin.sent(request)
    form = BulkForm(request.POST, verdicts=holds.bulk_verdicts(chosen))
    if not chosen:
        return redirect("admin:curation_reviewtask_changelist")
    if not form.is_valid():
        shown: HttpResponse = model_admin.bulk_page(request, chosen, form)
        return shown
    made = bulk.begin(chosen, deciding.Verdict(**form.cleaned_data), user)
    if not finish_soon(made):
        return redirect("admin:curation_reviewtask_bulks")
    messages.success(request, format_html('{} <a href="{}">Bulk decisions</a>', summary(made), bulks_url()))
    return redirect("admin:curation_reviewtask_changelist")


def bulks_view(model_admin: Any, request: HttpRequest) -> HttpResponse:
    """The user's own bulk decisions, newest first; a POST takes one back."""
    user: User = model_admin.require_reviewer(request)
    if request.method == "POST":
        key = row_key(request.POST.get("bulk", ""))
        if bulk.take_back(key, user):
            finish_soon(BulkDecision.objects.get(pk=key))
        else:
            messages.error(request, "That is not one of your bulk decisions, or it was already taken back.")
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
        transaction.on_commit(lambda: tasks.advance_bulk.delay(made.pk))
    return not made.is_under_way


def summary(made: BulkDecision) -> str:
    found = bulk.progress(made)
    left = sum(number for _, number in found.skipped)
    return f"{found.decided} decided." + (f" {left} were left out." if left else "")


def bulks_url() -> str:
    return reverse("admin:curation_reviewtask_bulks")
