"""The review queue in the console: the list, the page that decides one task after the other, and bulk actions."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

from django.contrib import admin
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.timesince import timesince

from curation.decisions.reasons import short
from curation.models import FIRST, ReviewTask, TaskState
from curation.review import bulk_admin, deciding, double_review, holds, progress
from curation.review import page as review_page
from curation.review.forms import AssignForm, BulkForm, ReviewForm
from curation.review.queues import FILTERS, Queue, why_of
from privacy.console.dates import DateFilter
from privacy.console.lists import ReadOnlyAdmin, chosen_keys, row_key

SHORT = 140
KEPT = 200
OVERTAKEN = 409  # the status that tells the script to keep the previous task's draft
EDITOR = "admin/curation/reviewtask/editor_part.html"
GONE = "This conversation has been deleted, or you have lost access to it."
NOT_LAST = "You have already decided this task. Undo takes the decision back."
SHOWN = ("interaction__decision", "interaction__audit", "project")
SKIPPED, BLIND = "review_skipped", "review_blind"


@admin.register(ReviewTask)
class ReviewTaskAdmin(ReadOnlyAdmin):
    """The queue. A user who may view but not decide sees the same pages without buttons."""

    project_path = "project"
    subject_path = "subject_id"
    list_display = ["asked", "why", "language", "state_chip", "waits", "settles", "priority", "assignee", "project"]
    list_display_links = None
    list_filter = (*FILTERS, DateFilter)
    made_at = "created_at"
    list_select_related = ["interaction__decision", "interaction__audit", "project", "assignee"]
    sortable_by = ["settles"]
    actions = ["decide_chosen", "assign_chosen", progress.mark_calibration, progress.unmark_calibration]
    lead = "Answers that signals alone cannot label. A person decides; a label is never guessed."
    empty = (
        "Nothing is waiting for review",
        "Tasks appear when people disagree, or vote an answer down without correcting it.",
    )
    change_list_template = "admin/curation/reviewtask/change_list.html"

    def get_urls(self) -> list[URLPattern]:
        pages: dict[str, tuple[Callable[..., HttpResponseBase], str]] = {
            "next/": (self.next_view, "next"),
            "undo/": (self.undo_view, "undo"),
            "blind/": (self.blind_view, "blind"),
            "bulk/": (partial(bulk_admin.bulk_view, self), "bulk"),
            "bulks/": (partial(bulk_admin.bulks_view, self), "bulks"),
            "progress/": (partial(progress.progress_view, self), "progress"),
            "assign/": (partial(bulk_admin.assign_view, self), "assign"),
            "preview/": (self.preview_view, "preview"),
            "<int:key>/decide/": (self.decide_view, "decide"),
            "<int:key>/skip/": (self.skip_view, "skip"),
            "<int:key>/leave/": (self.leave_view, "leave"),
        }
        wrap = self.admin_site.admin_view
        own = [path(where, wrap(view), name=f"curation_reviewtask_{name}") for where, (view, name) in pages.items()]
        return own + super().get_urls()

    # The list

    @admin.display(description="question")
    def asked(self, row: ReviewTask) -> str:
        url = reverse("admin:curation_reviewtask_decide", args=[row.pk])
        return format_html('<a href="{}">{}</a>', url, str(row.interaction.question)[:SHORT])

    @admin.display(description="why it is here")
    def why(self, row: ReviewTask) -> str:
        return short(why_of(row))

    @admin.display(description="language")
    def language(self, row: ReviewTask) -> str:
        decision = getattr(row.interaction, "decision", None)
        return decision.language if decision else ""

    @admin.display(description="state")
    def state_chip(self, row: ReviewTask) -> str:
        word = row.get_resolution_display() if row.resolution else row.get_state_display()
        return format_html('<span class="chip chip-{}">{}</span>', row.resolution or row.state, word)

    @admin.display(description="waits")
    def waits(self, row: ReviewTask) -> str:
        return timesince(row.created_at, depth=1) if row.state == TaskState.OPEN else ""

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        queue = Queue.asked(request.GET)
        more = {"queue": queue.query(), "decides": self.decides(request)}
        return super().changelist_view(request, {**more, **(extra_context or {})})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """A task has one page: the one on which it is decided."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        key = row_key(object_id)
        if self.found(request, key) is None:
            raise Http404
        return redirect("admin:curation_reviewtask_decide", key)

    def get_ordering(self, request: HttpRequest) -> Any:
        """Open tasks in the order in which they are served, closed ones by age; each has an index."""
        if "state" in request.GET:
            return ["-id"]
        asked = request.GET.get("o", "-")
        return [*FIRST] if asked.startswith("-") else ["settles", "priority", "-id"]

    def get_sortable_by(self, request: HttpRequest) -> Any:
        return () if "state" in request.GET else self.sortable_by

    def decides(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("curation.change_reviewtask"))

    def require_reviewer(self, request: HttpRequest) -> User:
        if not isinstance(request.user, User) or not self.decides(request):
            raise PermissionDenied
        return request.user

    # One task after the other

    def queue(self, request: HttpRequest) -> QuerySet[ReviewTask]:
        """The open tasks of the requested queue in this user's projects."""
        return Queue.asked(request.GET).among(self.get_queryset(request).filter(state=TaskState.OPEN))

    def next_task(self, request: HttpRequest, user: User) -> ReviewTask | None:
        skipped = request.session.get(SKIPPED, [])
        projects = () if user.is_superuser else chosen_keys(self, request)
        queue = self.queue(request).exclude(pk__in=skipped).select_related(*SHOWN)
        return deciding.claim_next(queue, user, projects)

    def next_view(self, request: HttpRequest) -> HttpResponseBase:
        user = self.require_reviewer(request)
        if "again" in request.GET:
            request.session.pop(SKIPPED, None)
        return self.go_on(request, user)

    def go_on(self, request: HttpRequest, user: User, notice: Any = None) -> HttpResponseBase:
        """The next task: rendered at once for the script or with a notice, otherwise a redirect."""
        task = self.next_task(request, user)
        if task is None:
            return self.finished(request, user, notice)
        if request.headers.get("X-Review") or notice:
            return self.shown(request, task, user, notice=notice)
        query = Queue.asked(request.GET).query()
        return redirect(f"{reverse('admin:curation_reviewtask_decide', args=[task.pk])}{query and f'?{query}'}")

    def seen(self, request: HttpRequest) -> QuerySet[ReviewTask]:
        """This user's tasks, with what their page shows."""
        return self.get_queryset(request).select_related(*SHOWN)

    def found(self, request: HttpRequest, key: int) -> ReviewTask | None:
        return self.seen(request).filter(pk=key).first()

    def decide_view(self, request: HttpRequest, key: int) -> HttpResponseBase:
        """Show one task with everything that helps to judge it, and carry out the reviewer's verdict."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        # A verdict reads the task again, under its lock.
        seen = self.get_queryset(request) if request.method == "POST" else self.seen(request)
        task = seen.filter(pk=key).first()
        if task is None:
            return self.gone(request)
        if request.method != "POST":
            if self.decides(request) and isinstance(request.user, User):
                deciding.claim(task, request.user)
            return self.shown(request, task, request.user)
        user, form = self.require_reviewer(request), ReviewForm(request.POST)
        if not form.is_valid():
            return self.shown(request, task, user, error="Choose what to do with the answer.", typed=request.POST)
        try:
            deciding.resolve(task, deciding.Verdict(**form.cleaned_data), user)
        except deciding.ReviewError as error:
            task = self.found(request, key)
            if task is None or task.state != TaskState.OPEN:
                return self.overtaken(request, user, task)
            deciding.claim(task, user)  # the page is shown again, and the next verdict applies to what it then shows
            return self.shown(request, task, user, error=str(error), typed=request.POST)
        return self.go_on(request, user)

    def gone(self, request: HttpRequest) -> HttpResponseBase:
        """A task that is missing or not this user's to see: the script moves on, and anybody else gets a 404."""
        if request.method != "POST" or not request.headers.get("X-Review"):
            raise Http404
        return self.overtaken(request, self.require_reviewer(request), None)

    def overtaken(self, request: HttpRequest, user: User, task: ReviewTask | None) -> HttpResponseBase:
        """The next task, with a note on why the previous one needs no verdict, and what the reviewer typed there."""
        notice = {
            "words": review_page.closed_words(task) if task is not None else GONE,
            "task": task,
            "typed": written(request, task),
        }
        return self.go_on(request, user, notice)

    def shown(
        self,
        request: HttpRequest,
        task: ReviewTask | None,
        user: Any,
        *,
        error: str = "",
        typed: Any = None,
        notice: Any = None,
    ) -> HttpResponse:
        """The task's page, or only its changing part if the script asked for that."""
        assert task is not None
        page = review_page.page(
            task, user, self.queue(request), blind=bool(request.session.get(BLIND)), recent=self.recent(request, user)
        )
        query = Queue.asked(request.GET).query()
        context = {
            "page": page,
            "task": task,
            "interaction": task.interaction,
            "error": error,
            "typed": typed or {},
            "typed_tags": typed.getlist("tags") if typed else [],
            "notice": notice,
            "editor": EDITOR if self.decides(request) and page.is_open and not page.held and not page.barred else "",
            "queue": query,
            "decides": self.decides(request),
            "title": "Review",
            "opts": self.opts,
            "fragment": bool(request.headers.get("X-Review")),
        }
        status = 422 if error else OVERTAKEN if notice else 200
        return self.answer(request, "task", context, status)

    def finished(self, request: HttpRequest, user: User, notice: Any = None) -> HttpResponse:
        context = {
            "notice": notice,
            "skipped": len(request.session.get(SKIPPED, [])),
            "last": self.last(request, user),
            "title": "Review",
            "opts": self.opts,
            "queue": Queue.asked(request.GET).query(),
            "held": self.queue(request).count(),
        }
        return self.answer(request, "finished", context, OVERTAKEN if notice else 200)

    def answer(self, request: HttpRequest, name: str, context: dict[str, Any], status: int) -> HttpResponse:
        if request.headers.get("X-Review"):
            return render(request, f"admin/curation/reviewtask/{name}_part.html", context, status=status)
        whole = {
            **self.admin_site.each_context(request),
            **context,
            "part": f"admin/curation/reviewtask/{name}_part.html",
        }
        return render(request, "admin/curation/reviewtask/review.html", whole, status=status)

    def recent(self, request: HttpRequest, user: Any) -> list[ReviewTask]:
        """What this reviewer decided last, if it can still be undone."""
        return review_page.recently_decided(self.get_queryset(request), user)

    def last(self, request: HttpRequest, user: Any) -> ReviewTask | None:
        return next(iter(self.recent(request, user)), None)

    def undo_view(self, request: HttpRequest) -> HttpResponseBase:
        """Undo the reviewer's last decision, or an older one that is named, and show that task again."""
        user = self.require_reviewer(request)
        named = self.found(request, row_key(request.POST.get("task", ""))) if request.method == "POST" else None
        task = named or (self.last(request, user) if request.method == "POST" else None)
        if task is None:
            return self.go_on(request, user)
        if named is None and request.POST.get("last", str(task.pk)) != str(task.pk):
            return self.shown(request, self.found(request, task.pk), user, error=NOT_LAST)
        try:
            deciding.undo(task, user)
        except deciding.ReviewError as error:
            return self.shown(request, self.found(request, task.pk), user, error=str(error))
        if request.headers.get("X-Review"):
            return self.shown(request, self.found(request, task.pk), user)
        return redirect("admin:curation_reviewtask_decide", task.pk)

    def preview_view(self, request: HttpRequest) -> HttpResponse:
        """A correction as it will be shown, by the renderer for all captured text."""
        self.require_reviewer(request)
        if request.method != "POST":
            return redirect("admin:curation_reviewtask_changelist")
        return render(request, "admin/curation/reviewtask/preview.html", {"text": request.POST.get("correction", "")})

    def skip_view(self, request: HttpRequest, key: int) -> HttpResponseBase:
        user = self.require_reviewer(request)
        task = self.found(request, key)
        if task is None:
            raise Http404
        if request.method == "POST":
            if task.claimed_until is not None:
                deciding.release(task.pk, user, task.claimed_until)
            skipped = [pk for pk in request.session.get(SKIPPED, []) if pk != key]
            request.session[SKIPPED] = [*skipped, key][-KEPT:]
        return self.go_on(request, user)

    def leave_view(self, request: HttpRequest, key: int) -> HttpResponse:
        """Release the claim on a task when its page is closed."""
        user = self.require_reviewer(request)
        if self.found(request, key) is None:
            raise Http404
        try:
            until = datetime.fromisoformat(request.POST.get("until", "")).astimezone(UTC)
            given_back = request.method == "POST" and deciding.release(key, user, until)
        except (ValueError, OverflowError):  # not a time, or out of range in UTC
            given_back = False
        return HttpResponse(status=204 if given_back else 205)

    def blind_view(self, request: HttpRequest) -> HttpResponse:
        self.require_reviewer(request)
        if request.method == "POST":
            request.session[BLIND] = not request.session.get(BLIND, False)
        here = row_key(request.POST.get("task", ""))
        if here:
            query = Queue.asked(request.GET).query()
            return redirect(f"{reverse('admin:curation_reviewtask_decide', args=[here])}{query and f'?{query}'}")
        return redirect("admin:curation_reviewtask_changelist")

    # Many at once

    @admin.action(description="Decide the selected tasks…", permissions=["decide"])
    def decide_chosen(self, request: HttpRequest, queryset: QuerySet[ReviewTask]) -> HttpResponse:
        tasks = bulk_admin.chosen(queryset)
        return bulk_admin.bulk_page(self, request, tasks, BulkForm(verdicts=holds.bulk_verdicts(tasks)))

    @admin.action(description="Assign the selected tasks…", permissions=["decide"])
    def assign_chosen(self, request: HttpRequest, queryset: QuerySet[ReviewTask]) -> HttpResponse:
        tasks = bulk_admin.chosen(queryset)
        return bulk_admin.assign_page(self, request, tasks, AssignForm(people=bulk_admin.people(tasks)))

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return self.decides(request)

    def has_adjudicate_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(double_review.ADJUDICATES))


def written(request: HttpRequest, task: ReviewTask | None) -> str:
    """The correction that a reviewer typed; empty if it is only the answer that the editor started with."""
    text = request.POST.get("correction", "").strip()
    return "" if task is not None and text == str(task.interaction.answer).strip() else text
