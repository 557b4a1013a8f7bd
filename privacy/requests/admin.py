"""The privacy desk: people's requests, when they are due, and which are stuck."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.html import format_html

from privacy.console.lists import NamespaceFilter, ReadOnlyAdmin
from privacy.console.reauthentication import confirmed
from privacy.models import PrivacyRequest, RequestStatus
from privacy.requests import audit, lifecycle

ALERTS = (0.8, 0.5)


def used(request: PrivacyRequest) -> float:
    """The share of the legal time limit that has passed."""
    return (timezone.now() - request.received_at) / (request.due_at - request.received_at)


class Urgency(admin.SimpleListFilter):
    """Requests that need attention."""

    title = "urgency"
    parameter_name = "urgency"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("open", "Open"), ("overdue", "Overdue"), ("stuck", "Set aside"), ("audit", "Found by the audit")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[PrivacyRequest]) -> QuerySet[PrivacyRequest]:
        unfinished = queryset.exclude(state__in=[RequestStatus.CLOSED, RequestStatus.REFUSED])
        if self.value() == "overdue":
            return unfinished.filter(due_at__lt=timezone.now())
        if self.value() == "stuck":
            return unfinished.filter(tries__gte=lifecycle.MAX_TRIES)
        if self.value() == "audit":
            return queryset.filter(pk__in=audit.found().values("pk"))
        return unfinished if self.value() == "open" else queryset


@admin.register(PrivacyRequest)
class PrivacyRequestAdmin(ReadOnlyAdmin):
    """Every request with its countdown. Staff verify requests that came by post, refuse them, or retry a stuck one."""

    namespace_path = "namespace"
    list_display = ["asked", "countdown", "stage", "origin", "received_at", "problem"]
    list_filter = [Urgency, NamespaceFilter, "kind", "state", "law"]
    heading = "Privacy requests"
    lead = "What people have asked for. Each step happens exactly once, even after a crash, and a closed request has a signed receipt."
    empty = (
        "No requests",
        "They come from a person's own page, from POST /api/v1/privacy/requests, or from a subject's page here.",
    )
    ordering = [F("closed_at").desc(nulls_first=True), "due_at"]
    fields = [
        "kind",
        "purposes",
        "origin",
        "state",
        "countdown",
        "law",
        "verified_by",
        "received_at",
        "due_at",
        "restricted_at",
        "executed_at",
        "closed_at",
        "counts",
        "releases",
        "recalls",
        "scan",
        "error",
        "tries",
        "receipt",
    ]
    actions = ["verify", "refuse", "try_again"]

    @admin.display(description="request", ordering="kind")
    def asked(self, row: PrivacyRequest) -> str:
        """The kind of request, and the first characters of its id."""
        return f"{row.kind.capitalize()} {str(row.pk)[:8]}"

    @admin.display(description="state", ordering="state")
    def stage(self, row: PrivacyRequest) -> str:
        """The state with its colour."""
        return format_html('<span class="chip chip-{}">{}</span>', row.state, row.get_state_display())

    @admin.display(description="problem")
    def problem(self, row: PrivacyRequest) -> str:
        """Why the request is stuck."""
        stuck = f" (set aside after {row.tries} tries)" if row.tries >= lifecycle.MAX_TRIES else ""
        return f"{row.error}{stuck}"

    @admin.display(description="due", ordering="due_at")
    def countdown(self, row: PrivacyRequest) -> str:
        """The time left until the deadline."""
        if row.is_over:
            return "done" if row.state == RequestStatus.CLOSED else "refused"
        tone = "bad" if row.days_left < 0 else "warn" if used(row) > ALERTS[1] else "calm"
        words = f"overdue by {-row.days_left} days" if row.days_left < 0 else f"{row.days_left} days left"
        return format_html('<span class="chip chip-{}">{}</span>', tone, words)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        for level, text in alerts(self.get_queryset(request)):
            messages.add_message(request, level, text, fail_silently=True)
        return super().changelist_view(request, {"title": "Privacy requests", **(extra_context or {})})

    def has_desk_permission(self, request: HttpRequest) -> bool:
        """Whether this user may handle requests."""
        return bool(request.user.has_perm("privacy.change_privacyrequest"))

    @admin.action(description="Confirm that this is the person", permissions=["desk"])
    @confirmed
    def verify(self, request: HttpRequest, rows: QuerySet[PrivacyRequest]) -> HttpResponse:
        for row in rows.filter(state=RequestStatus.RECEIVED):
            lifecycle.verify(row, "desk")
        return redirect("admin:privacy_privacyrequest_changelist")

    @admin.action(description="Refuse", permissions=["desk"])
    def refuse(self, request: HttpRequest, rows: QuerySet[PrivacyRequest]) -> None:
        for row in rows.filter(state__in=[RequestStatus.RECEIVED, RequestStatus.VERIFIED, RequestStatus.RESTRICTED]):
            lifecycle.refuse(row, f"refused at the desk by {request.user.pk}")

    @admin.action(description="Try again", permissions=["desk"])
    def try_again(self, request: HttpRequest, rows: QuerySet[PrivacyRequest]) -> None:
        rows.update(tries=0, lease_until=None)


def alerts(rows: QuerySet[PrivacyRequest]) -> list[tuple[int, str]]:
    """The alerts above the list: overdue, past 80 % or half of the time, set aside, found by the audit."""
    unfinished = list(rows.exclude(state__in=[RequestStatus.CLOSED, RequestStatus.REFUSED]).order_by("due_at")[:500])
    shares = [used(row) for row in unfinished]
    found = [(messages.ERROR, f"Overdue: {requests(number)}.")] if (number := sum(s > 1 for s in shares)) else []
    for limit, above in zip(ALERTS, (1.0, ALERTS[0]), strict=True):
        if number := sum(limit < share <= above for share in shares):
            found.append(
                (messages.WARNING, f"{requests(number)}: more than {limit:.0%} of the time to answer is over.")
            )
    if number := sum(row.tries >= lifecycle.MAX_TRIES for row in unfinished):
        found.append((messages.ERROR, f"Set aside after {lifecycle.MAX_TRIES} tries: {requests(number)}."))
    if number := rows.filter(pk__in=audit.found().values("pk")).count():
        found.append((messages.ERROR, f"The audit found text of erased people: {requests(number)}."))
    return found


def requests(number: int) -> str:
    return f"{number} request{'' if number == 1 else 's'}"
