"""Webhooks and their deliveries."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.cache import never_cache

from privacy.console.forms import WebhookForm
from privacy.console.lists import ReadOnlyAdmin
from privacy.console.reauthentication import confirmed
from privacy.models import Delivery, Webhook
from privacy.webhooks import delivery


@admin.register(Webhook)
class WebhookAdmin(ReadOnlyAdmin):
    origin_path = "origin"
    list_display = ["id", "origin", "url", "created_at", "disabled_at"]
    exclude = ["secret"]
    actions = ["disable"]
    ordering = ["-id"]
    lead = "Where a project is told of recalls and alerts, signed as Standard Webhooks says."
    empty = (
        "No webhooks",
        "Add one to hear at once of recalls, refused versions, overdue requests and falls in quality.",
    )
    change_list_template = "admin/privacy/webhook/change_list.html"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.make_view)
        return [path("make/", view, name="privacy_webhook_make"), *super().get_urls()]

    @confirmed
    def make_view(self, request: HttpRequest) -> HttpResponse:
        """A new webhook; its signing secret is shown this once."""
        if not request.user.has_perm("privacy.add_webhook"):
            raise PermissionDenied
        site: Any = self.admin_site
        origins = list(site.projects_of(request).order_by("name").values_list("name", flat=True))
        form = WebhookForm(request.POST or None, origins=origins)
        context = {**site.each_context(request), "title": "Add a webhook", "opts": self.opts, "form": form}
        if form.is_valid():
            row, secret = delivery.add(form.cleaned_data["origin"], form.cleaned_data["url"])
            context |= {"title": "The signing secret", "secret": secret, "about": row.url}
        return shown_once(request, context)

    @admin.action(description="Disable the selected webhooks", permissions=["disable"])
    def disable(self, request: HttpRequest, queryset: QuerySet[Webhook]) -> None:
        changed = queryset.filter(disabled_at__isnull=True).update(disabled_at=timezone.now())
        messages.success(request, f"{changed} disabled.")

    def has_disable_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("privacy.delete_webhook")


@never_cache
def shown_once(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """A form, or the secret that it made, in an answer that no cache may keep."""
    return render(request, "admin/secret_page.html" if "secret" in context else "admin/form_page.html", context)


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    origin_path = "webhook__origin"
    list_display = ["id", "webhook", "state", "tries", "status", "error", "created_at", "delivered_at"]
    list_filter = ["state"]
    list_select_related = ["webhook"]
    exclude = ["lease_until"]
    ordering = ["-id"]
    lead = "What was sent to webhooks: only ids and hashes."
    empty = (
        "Nothing has been sent yet",
        "A delivery appears with the first recall or alert of a project that has a webhook.",
    )
